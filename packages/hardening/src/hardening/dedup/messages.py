"""
Keys of Kafka messages, read from confluent-kafka's and aiokafka's alike.

Take what the producer gave the event: a header, or a field of the value. A partition
and an offset tell copies that Kafka delivers twice, not those that a producer sent
twice; the message's key mostly names an entity, of which there are many events.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

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
    """Return a reader of the message's own key, where each event has one of its own."""

    def read(message: object) -> Key | None:
        key: Key | None = _part(message, "key")
        return key or None

    return read


def by_json_field(*path: str) -> Reader:
    """
    Return a reader of a field of a JSON value, text or whole number.

        by_json_field("payload", "event_id")

    A value that is no JSON, or has no such field, has no key.
    """

    def read(message: object) -> Key | None:
        try:
            found = json.loads(_part(message, "value") or b"")
        except (ValueError, RecursionError):
            return None
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)
        return (found or None) if isinstance(found, str) else None

    return read


def _part(message: object, name: str) -> Any:  # noqa: ANN401 - headers, key or value
    """Return a part of a message: confluent-kafka has methods, aiokafka has fields."""
    part = getattr(message, name)
    return part() if callable(part) else part
