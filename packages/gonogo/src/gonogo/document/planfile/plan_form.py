"""
The form of a plan file, derived from the types of the plan.

The types are walked once; a field that is added to the plan is read, written and
published in the schema without a word more, here or elsewhere.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from gonogo.document.planfile import scalars
from gonogo.document.planfile.forms import (
    ANY,
    KIND,
    ByName,
    Form,
    Key,
    Naming,
    OneOf,
    Record,
    Several,
)
from gonogo.document.planfile.scalars import Scalar
from gonogo.document.value_names import NAMING
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.plan import Metric, Plan, ValueSource

_SCALARS: Mapping[Any, Scalar] = {
    str: scalars.TEXT,
    int: scalars.WHOLE,
    float: scalars.NUMBER,
    bool: scalars.TRUTH,
    timedelta: scalars.SPAN,
    date: scalars.DATE,
    MetricName: scalars.TEXT,
    GateId: scalars.TEXT,
}
_BY_NAME: Mapping[str, Form] = {
    "exposure_pct": scalars.PERCENT,
    "percentage": scalars.PERCENT,
    "cadence": scalars.TIME,
    "deadline": scalars.TIME,
    "share_pct": scalars.PERCENT,
    "extensions": scalars.FROM_ZERO,
    "failure": scalars.FROM_ZERO,
    "inconclusive": scalars.FROM_ZERO,
    "consecutive_error": scalars.FROM_ZERO,
    "consecutive_success": scalars.FROM_ZERO,
}
"""Where a field's type allows more than makes sense."""

# Values reach scripts as environment variables.
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
_AT_LEAST_ONE = frozenset({"stages", "steps"})
_DEFINED_IN_PLAN: Mapping[str, Naming] = {
    "values": "value",
    "connections": "connection",
    "sources": "source",
}
_USED: Mapping[Any, Naming] = {GateId: "gate", MetricName: "metric"}


@cache
def plan_form() -> Record:
    """Return the form of a whole plan file."""
    return _record(Plan)


@cache
def _record(kind: Any) -> Record:  # noqa: ANN401  # a type of the plan
    hints = get_type_hints(kind)
    keys = {field.name: _key(kind, field, hints[field.name]) for field in fields(kind)}
    tag = keys.pop(KIND) if get_origin(hints.get(KIND)) is Literal else None
    tagged = str(tag.default) if tag else None
    return Record(name=kind.__name__, type=kind, keys=keys, kind=tagged)


def _key(kind: type[Any], field: Field[Any], hint: Any) -> Key:  # noqa: ANN401
    members = tuple(each for each in _members(hint) if each is not types.NoneType)
    optional = len(members) < len(_members(hint))
    return Key(
        name=field.name,
        form=_BY_NAME.get(field.name) or _form(field.name, members),
        default=None if optional else _default(field),
        defines=_defines(kind, field.name, members[0]),
        uses=_uses(kind, field.name, members[0]),
    )


def _members(hint: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)


def _default(field: Field[Any]) -> Any:  # noqa: ANN401
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _form(name: str, members: tuple[Any, ...]) -> Form:
    """Return the form of a field, by its name and the members of its type."""
    first = members[0]
    if len(members) > 1:
        return _one_of(members) if is_dataclass(first) else scalars.LIMIT
    if name == "id":
        return scalars.IDENTIFIER
    if first in _SCALARS:
        return _SCALARS[first]
    a_record = is_dataclass(first)
    return _record(first) if a_record else _of_many(name, first)


def _of_many(name: str, kind: Any) -> Form:  # noqa: ANN401
    """Return the form of a list, a mapping or an enumeration."""
    origin = get_origin(kind)
    if origin is tuple:
        least = 1 if name in _AT_LEAST_ONE else 0
        return Several(of=_form("", _members(get_args(kind)[0])), least=least)
    if origin is Mapping:
        inner = _connection() if name == "connections" else None
        names = _VARIABLE if name == "values" else ANY
        return ByName(of=inner or _form("", _members(get_args(kind)[1])), names=names)
    return scalars.TEXT if origin is Literal else scalars.choice(kind)


def _one_of(members: tuple[Any, ...]) -> OneOf:
    records = [_record(each) for each in members]
    return OneOf(kinds={str(record.kind): record for record in records})


def _connection() -> Record:
    """Return the form of a connection: a secret, unless the file says no."""
    source = _record(ValueSource)
    secret = replace(source.keys["secret"], default=True)
    keys = {**source.keys, "secret": secret}
    return replace(source, name="Connection", keys=keys)


def _defines(kind: type[Any], name: str, first: Any) -> Naming | None:  # noqa: ANN401
    if kind is Plan:
        return _DEFINED_IN_PLAN.get(name)
    if name == "id":
        return "gate" if first is GateId else "id"
    return "metric" if kind is Metric and name == "name" else None


def _uses(kind: type[Any], name: str, first: Any) -> Naming | None:  # noqa: ANN401
    if name in {"id", "name"}:
        return None
    if name in NAMING.get(kind, ()):
        return "value"
    if name in {"connection", "source"}:
        return "source" if name == "source" else "connection"
    named = next(iter(get_args(first)), first)
    return _USED.get(named)
