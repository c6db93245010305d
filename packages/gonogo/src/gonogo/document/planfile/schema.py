"""
The JSON Schema of plan files, from the forms that the reader reads by.

It says of a file what the reader says of it, but for what needs two places at once: a
name that nothing has, and a limit that does not fit its comparator.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from typing import Any, assert_never

from gonogo.document.json_schema import DIALECT, Json, reference
from gonogo.document.planfile.derived import DERIVED
from gonogo.document.planfile.forms import (
    ANY,
    KIND,
    ByName,
    Form,
    Key,
    OneOf,
    Record,
    Several,
)
from gonogo.document.planfile.plan_form import plan_form
from gonogo.document.planfile.scalars import Scalar

# What follows from where a mapping stands, and from the file itself.
_FOLLOWING: Mapping[str, str] = {
    "id": "Its name in commands and answers; left out, it is made from the title.",
    "line": "Where it stands in the document; left out, where it stands in this file.",
    "document": "What the plan was compiled from; left out, this file.",
    "document_digest": "`sha256:…` of the document's bytes; beside `document` only.",
    "digest": "`sha256:…` of the plan. Compared, never believed; left out by hand.",
}
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {6,}.*)*)", re.MULTILINE)


def plan_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of a plan file."""
    plan = plan_form()
    named = dict(each for key in plan.keys.values() for each in _definitions(key.form))
    return {
        "$schema": DIALECT,
        "title": "A plan of gonogo",
        **_record(plan),
        "$defs": dict(sorted(named.items())),
    }


def _definitions(form: Form) -> Iterator[tuple[str, Json]]:
    """Yield what a form refers to, by name; some of it more than once."""
    match form:
        case Scalar():
            if form.name:
                yield form.name, dict(form.schema)
        case Several() | ByName():
            yield from _definitions(form.of)
        case OneOf():
            for record in form.kinds.values():
                yield from _definitions(record)
        case Record():
            yield form.name, _record(form)
            for key in form.keys.values():
                yield from _definitions(key.form)
        case _:
            assert_never(form)


def _record(form: Record) -> Json:
    text = _unindented(form.type.__doc__ or "")
    told = {match["name"]: match["text"] for match in _ATTRIBUTE.finditer(text)}
    tag = {KIND: {"const": form.kind}} if form.kind else {}
    properties = {key.name: _key(form, key, told) for key in form.keys.values()}
    required = [key.name for key in form.keys.values() if _is_required(form, key)]
    return {
        "description": _flat(text.partition("\n\n")[0]),
        "type": "object",
        "properties": {**tag, **properties},
        "required": [*tag, *required],
        "additionalProperties": False,
    }


def _is_required(form: Record, key: Key) -> bool:
    follows = key.name in _FOLLOWING or (form.type, key.name) in DERIVED
    return key.default is MISSING and not follows


def _key(form: Record, key: Key, told: Mapping[str, str]) -> Json:
    derived = DERIVED.get((form.type, key.name))
    words = [_FOLLOWING.get(key.name) or _flat(told.get(key.name, ""))]
    words += [f"Left out: {derived.said}."] if derived else []
    description = " ".join(filter(None, words))
    default = _default(key)
    return {
        **_schema(key.form),
        **({"description": description} if description else {}),
        **({} if default is None else {"default": default}),
    }


def _default(key: Key) -> Any:  # noqa: ANN401
    """Return a default as it would be written; None where there is none to tell."""
    plain = isinstance(key.form, Scalar) and key.name != "digest"
    if not plain or key.default in {MISSING, None, ""}:
        return None
    return key.form.write(key.default) if isinstance(key.form, Scalar) else None


def _schema(form: Form) -> Json:
    match form:
        case Scalar():
            return reference(form.name) if form.name else dict(form.schema)
        case Several():
            least = {"minItems": form.least} if form.least else {}
            return {"type": "array", "items": _schema(form.of), **least}
        case ByName():
            names = {"propertyNames": {"pattern": f"^{form.names}$"}}
            of = {"additionalProperties": _schema(form.of)}
            return {"type": "object", **(names if form.names != ANY else {}), **of}
        case OneOf():
            return _one_of(form)
        case Record():
            return reference(form.name)
        case _:
            assert_never(form)


def _one_of(form: OneOf) -> Json:
    """Return a choice that an editor can tell apart: by `kind`, not by trying all."""
    return {
        "type": "object",
        "properties": {KIND: {"enum": [*form.kinds]}},
        "required": [KIND],
        "allOf": [
            {
                "if": {"properties": {KIND: {"const": kind}}, "required": [KIND]},
                "then": reference(record.name),
            }
            for kind, record in form.kinds.items()
        ],
    }


def _unindented(text: str) -> str:
    return re.sub(r"^ {4}", "", text, flags=re.MULTILINE).strip("\n")


def _flat(text: str) -> str:
    return " ".join(text.split())
