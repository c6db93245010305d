"""A gRPC server in a process of its own: one that a test may kill, freeze and restart."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


def main() -> None:
    """
    Serve until the standard input closes; write the port once it is served.

    Each line that comes in is a status, which its health has from then on.
    """
    name, port = sys.argv[1], int(sys.argv[2])
    pool = ThreadPoolExecutor(8)
    server = grpc.server(pool, options=[("grpc.so_reuseport", 0)])
    state = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    server.add_generic_rpc_handlers((_handlers(name),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    _say(bound)
    for word in sys.stdin:
        status = health_pb2.HealthCheckResponse.ServingStatus.Value(word.strip())
        state.set("", status)
        _say("done")
    server.stop(0).wait()


def _say(what: object) -> None:
    print(what, flush=True)  # noqa: T201 - its starter reads it


def _handlers(name: str) -> grpc.GenericRpcHandler:
    def who(request, _context):
        """Say who this is, after as many milliseconds as the request says."""
        time.sleep(int(request or b"0") / 1000)
        return name.encode()

    def lend(_request, context):
        """Fail with the words of a client that has no connection, as a proxy does."""
        context.abort(
            grpc.StatusCode.UNAVAILABLE, "failed to connect to all addresses; last"
        )

    def many(_request, _context):
        yield from [name.encode()] * 3

    def count(requests, _context):
        return b"%d" % sum(1 for _ in requests)

    def echo(requests, _context):
        yield from requests

    return grpc.method_handlers_generic_handler(
        "t.T",
        {
            "Who": grpc.unary_unary_rpc_method_handler(who),
            "Get": grpc.unary_unary_rpc_method_handler(who),
            "Lend": grpc.unary_unary_rpc_method_handler(lend),
            "Many": grpc.unary_stream_rpc_method_handler(many),
            "Count": grpc.stream_unary_rpc_method_handler(count),
            "Echo": grpc.stream_stream_rpc_method_handler(echo),
        },
    )


if __name__ == "__main__":
    main()
