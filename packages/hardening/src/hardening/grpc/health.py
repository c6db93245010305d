"""Health: asking a server how it is, by grpc.health.v1."""

from typing import Any

import grpc

METHOD = "/grpc.health.v1.Health/Check"

# An answer all the same: it is there, and has no opinion of its health.
_NO_OPINION = grpc.StatusCode.UNIMPLEMENTED


def check_on(channel: Any) -> Any:  # noqa: ANN401 - either kind of channel
    """Return the callable that asks over a channel, of threads or of asyncio."""
    from grpc_health.v1 import health_pb2 as health  # noqa: PLC0415 - loaded when used

    return channel.unary_unary(
        METHOD,
        request_serializer=health.HealthCheckRequest.SerializeToString,
        response_deserializer=health.HealthCheckResponse.FromString,
    )


def request_for(service: str) -> object:
    """Return the request for the health of a service; '' is the server as a whole."""
    from grpc_health.v1 import health_pb2 as health  # noqa: PLC0415 - loaded when used

    return health.HealthCheckRequest(service=service)


def reason_of(response: Any) -> str | None:  # noqa: ANN401 - a message
    """Return why a server gets no calls, or None when it is serving."""
    from grpc_health.v1 import health_pb2 as health  # noqa: PLC0415 - loaded when used

    status = health.HealthCheckResponse.ServingStatus
    if response.status == status.SERVING:
        return None
    known = response.status in status.values()
    # A server of a later release may know more ways to be unwell.
    return str(status.Name(response.status) if known else response.status)


def reason_of_error(error: Any) -> str | None:  # noqa: ANN401 - gRPC's error has no type of its own
    """Return why a server that did not answer the question gets no calls."""
    code = error.code()
    return None if code is _NO_OPINION else str(code.name)
