"""Payloads: a value, or the memory of a failure, as the bytes that are stored."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from hardening.cache.codec import Codec
from hardening.cache.errors import RememberedFailure
from hardening.core import require

V = TypeVar("V")

_VALUE, _FAILURE = b"v", b"e"


class Refused(Exception):
    """
    A value cannot be stored, or a payload not be read.

    Attributes:
        reason: 'too large', 'unencodable' or 'undecodable'.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"A value of a cache is {reason}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """
    Failures worth remembering: asking again soon would give the same.

    Attributes:
        on: The errors, such as a provider's 'no such number'.
        ttl_s: For how long.
    """

    on: tuple[type[Exception], ...]
    ttl_s: float = 30.0

    def __post_init__(self) -> None:
        rule = "one Exception class or more"
        require("Negative.on", self.on, rule, holds=bool(self.on))
        holds = 0 < self.ttl_s < float("inf")
        require("Negative.ttl_s", self.ttl_s, "more than 0 and finite", holds=holds)


@dataclass(frozen=True, slots=True)
class Form(Generic[V]):
    """
    How values become payloads.

    Attributes:
        cache: The cache's name, for the error of a remembered failure.
        codec: Of the values.
        bytes_max: A larger payload is refused.
    """

    cache: str
    codec: Codec[V]
    bytes_max: int

    def pack(self, value: V) -> bytes:
        """
        Return a value's payload.

        Raises:
            Refused: It is too large, or the codec cannot encode it.
        """
        try:
            return self.pack_bytes(self.codec.encode(value))
        except (ValueError, TypeError, RecursionError) as error:
            reason = "unencodable"
            raise Refused(reason) from error

    def pack_bytes(self, content: bytes) -> bytes:
        """
        Return the payload of a value that is bytes already.

        Raises:
            Refused: It is too large.
        """
        if len(content) > self.bytes_max:
            reason = "too large"
            raise Refused(reason)
        return _VALUE + content

    def pack_failure(self, error: BaseException) -> bytes:
        """Return the payload of a failure: the error's class, and nothing it says."""
        return _FAILURE + type(error).__name__.encode()

    def unpack(self, payload: bytes) -> V:
        """
        Return the value of a payload.

        Raises:
            RememberedFailure: It is that of a failure.
            Refused: The codec cannot read it.
        """
        content = self.unpack_bytes(payload)
        if content is None:
            kind = payload[1:].decode("utf-8", "replace")
            raise RememberedFailure(cache=self.cache, kind=kind)
        try:
            return self.codec.decode(content)
        except (ValueError, TypeError, RecursionError) as error:
            reason = "undecodable"
            raise Refused(reason) from error

    def unpack_bytes(self, payload: bytes) -> bytes | None:
        """Return a value's bytes; None for a failure."""
        return payload[1:] if payload[:1] == _VALUE else None
