"""
Sealing: the plain JSON form of a plan, and the digest that names it.

Written without the codec that reads values (`gonogo.model.encoding`), because every
command that opens a document seals a plan, and building that codec takes longer than
reading the document. Both write the same bytes; the tests hold them to it.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any

from gonogo.model.plan import ADDED_LATER, Plan

Json = dict[str, Any]

_DAYS_OF_A_YEAR = 365


class NoPartOfAPlan(TypeError):
    """A plan holds a value of a kind that this form has no place for."""

    def __init__(self, value: object) -> None:
        """Compose the message from the value."""
        super().__init__(f"no part of a plan: {value!r}")


def canonical(value: object) -> bytes:
    """Write a JSON value in the one form that digests are taken of."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest_of(data: bytes) -> str:
    """Return `sha256:` and the hexadecimal digest."""
    return f"sha256:{sha256(data).hexdigest()}"


def sealed(plan: Plan) -> Plan:
    """Return the plan with its digest, taken over everything else in it."""
    body = _plain(replace(plan, digest=""), sealing=True)
    return replace(plan, digest=digest_of(canonical(body)))


def encode_plan(plan: Plan) -> Json:
    """Write a plan as a JSON object."""
    body: Json = _plain(plan)
    return body


def _plain(value: object, *, sealing: bool = False) -> Any:  # noqa: ANN401  # any JSON
    """
    Write a value in plain JSON.

    Args:
        value: Any part of a plan.
        sealing: Leave out what came after plans were first sealed and is not used.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (timedelta, date)):
        return value.isoformat() if isinstance(value, date) else iso_duration(value)
    if isinstance(value, Mapping):
        return {key: _plain(each, sealing=sealing) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value, sealing=sealing)
    if isinstance(value, tuple):
        return [_plain(each, sealing=sealing) for each in value]
    raise NoPartOfAPlan(value)


def _record(value: Any, *, sealing: bool) -> Json:  # noqa: ANN401  # a dataclass
    kind: Any = type(value)
    later = _later(kind) if sealing else {}
    members = ((name, getattr(value, name)) for name in _names(kind))
    return {
        name: _plain(each, sealing=sealing)
        for name, each in members
        if name not in later or each != later[name]
    }


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401  # a type of the plan
    return tuple(field.name for field in fields(kind))


@cache
def _later(kind: Any) -> Mapping[str, object]:  # noqa: ANN401  # a type of the plan
    """Return the fields that came later, with their defaults."""
    later = (each for each in fields(kind) if each.metadata == ADDED_LATER)
    return {
        each.name: each.default
        if each.default_factory is MISSING
        else each.default_factory()
        for each in later
    }


def iso_duration(span: timedelta) -> str:
    """Return a span in ISO 8601, years of 365 days: 'PT1M', 'P1DT2H', '-PT5S'."""
    if span < timedelta(0):
        return f"-{iso_duration(-span)}"
    years, days = divmod(span.days, _DAYS_OF_A_YEAR)
    date = _parts((years, "Y"), (days, "D"))
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = _parts((hours, "H"), (minutes, "M")) + _seconds(seconds, span.microseconds)
    if not date and not time:
        return "PT0S"
    return f"P{date}T{time}" if time else f"P{date}"


def _parts(*parts: tuple[int, str]) -> str:
    return "".join(f"{number}{letter}" for number, letter in parts if number)


def _seconds(whole: int, millionths: int) -> str:
    if not millionths:
        return f"{whole}S" if whole else ""
    return f"{whole}.{millionths:06}".rstrip("0") + "S"
