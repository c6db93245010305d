"""A status as JSON: instants in ISO 8601, spans in seconds with `_s` at the name."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from gonogo.report.status import Status

Json = dict[str, Any]


def status_as_json(status: Status) -> Json:
    """Return a status as plain JSON values; the names are the attributes'."""
    return _object(status)


def _object(value: Any) -> Json:  # noqa: ANN401
    """Write a dataclass; a span's name gets its unit."""
    every = {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(_member(name, each) for name, each in every.items())


def _member(name: str, value: object) -> tuple[str, object]:
    if isinstance(value, timedelta):
        return f"{name}_s", value.total_seconds()
    return name, _plain(value)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool) else _scalar(value)


def _scalar(value: object) -> object:
    """Write a number as it is, and a word of an enumeration as the word."""
    return value if isinstance(value, int | float) else str(value)
