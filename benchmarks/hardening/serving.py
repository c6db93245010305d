"""A small gRPC server for the benchmark of the rotation; ends with its standard input."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc


def main() -> None:
    """Write the port, and answer until the standard input closes."""
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    handler = grpc.unary_unary_rpc_method_handler(_answer)
    service = grpc.method_handlers_generic_handler("t.T", {"Get": handler})
    server.add_generic_rpc_handlers((service,))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.read()
    server.stop(0).wait()


def _answer(_request: bytes, _: Any) -> bytes:  # noqa: ANN401 - gRPC's own
    """Say which process this is."""
    return b"%d" % os.getpid()


if __name__ == "__main__":
    main()
