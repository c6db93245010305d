"""Codecs: results as bytes, and back."""

import json
from typing import Any, Generic, Protocol, TypeVar

V = TypeVar("V")


class Codec(Protocol, Generic[V]):
    """
    Turns results into bytes and back.

    An adapter guarantees that `decode(encode(value))` equals the value, and that both
    raise ValueError or TypeError for what they cannot handle.
    """

    def encode(self, value: V) -> bytes:
        """Return a result as bytes."""
        ...

    def decode(self, payload: bytes) -> V:
        """Return the result that the bytes stand for."""
        ...


class JsonCodec:
    """Implements `Codec` by JSON: texts, numbers, lists, and mappings from texts."""

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(
            ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode

    def encode(self, value: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
        """Return a result as JSON."""
        return self._encode(value).encode()

    def decode(self, payload: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the result of JSON."""
        return json.loads(payload)
