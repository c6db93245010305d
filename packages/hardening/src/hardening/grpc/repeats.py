"""Repeats: whether a call that was lost may be made again, at another address."""

import grpc

_LOST = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))

# What the client itself says when it had no connection to send anything on.
_NOT_CONNECTED = (
    "failed to connect to all addresses",
    "connections to all backends failing",
    "empty address list",
    "DNS resolution failed",
)


def is_lost(code: grpc.StatusCode | None) -> bool:
    """Tell a lost server from one that answered, be it with an error."""
    return code in _LOST


def may_repeat(
    code: grpc.StatusCode | None,
    details: str | None,
    *,
    connected: bool,
    idempotent: bool,
) -> bool:
    """
    Tell whether a lost call may be made again.

    Args:
        code: Of the failed attempt.
        details: Of the failed attempt.
        connected: Whether its channel could have a connection. A server may pass on
            the words of its own client, and they are the same; the state of our channel
            tells them apart.
        idempotent: Whether the method may run twice.
    """
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return idempotent
    if code is not grpc.StatusCode.UNAVAILABLE:
        return False
    never_sent = not connected and (details or "").startswith(_NOT_CONNECTED)
    return idempotent or never_sent
