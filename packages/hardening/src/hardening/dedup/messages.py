"""
Keys of Kafka messages, read from confluent-kafka's and aiokafka's alike.

Take what the producer gave the event: a header, or a field of the value. A partition
and an offset tell copies that Kafka delivers twice, not those that a producer sent
twice; the message's key mostly names an entity, of which there are many events.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from hardening.core import is_whole
from hardening.dedup.key import Key

Reader = Callable[[Any], Key | None]
"""Reads a key from a message; None where there is none."""


def by_header(name: str) -> Reader:
    """Return a reader of a header; of several of that name the last counts."""

    def read(message: object) -> Key | None:
        headers: Iterable[tuple[str, Key | None]] = _part(message, "headers") or ()
        found = [content for header, content in headers if header == name]
        return (found[-1] or None) if found else None

    return read


def by_message_key() -> Reader:
    """
    Return a reader of the message's own key, where each event has one of its own.

    One that a deserializer of the consumer's made neither text nor a number is none.
    """

    def read(message: object) -> Key | None:
        key = _part(message, "key")
        return (key or None) if isinstance(key, bytes) else _named(key)

    return read


def by_json_field(*path: str) -> Reader:
    """
    Return a reader of a field of a JSON value, text or whole number.

        by_json_field("payload", "event_id")

    The value may be parsed already, by a deserializer of the consumer's. One that is no
    JSON, or has no such field, has no key.
    """

    def read(message: object) -> Key | None:
        found = _parsed(_part(message, "value"))
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return _named(found)

    return read


def _named(found: object) -> str | None:
    """Return a text or a whole number as a key; all else names nothing."""
    if is_whole(found):
        return str(found)
    return (found or None) if isinstance(found, str) else None


def _parsed(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what a value says; None for what is no JSON."""
    if not isinstance(value, str | bytes | bytearray):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _part(message: object, name: str) -> Any:  # noqa: ANN401 - headers, key or value
    """Return a part of a message: confluent-kafka has methods, aiokafka has fields."""
    part = getattr(message, name)
    return part() if callable(part) else part
