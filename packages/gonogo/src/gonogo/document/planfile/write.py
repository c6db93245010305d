"""
The writer of plan files: a plan as YAML for people, or as the same in JSON.

What is meant anyway is left out; what is written reads back as the very same plan, its
digest included. Small mappings stand on one line, texts of several lines as blocks.
"""

import json
import re
from typing import Any, assert_never

import yaml

from gonogo.document.planfile.derived import DERIVED
from gonogo.document.planfile.forms import (
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
from gonogo.model.plan import Plan

HEADER = """\
# yaml-language-server: $schema=plan.schema.json
# An editor that is told so checks and completes this file against its schema:
#   gonogo schema plan -o plan.schema.json
"""
_WIDTH = 72
# YAML takes some of these for ends of lines, and others for no text at all.
_UNSAFE_IN_YAML = re.compile(r"[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def plan_as_yaml(plan: Plan) -> str:
    """Return a plan as YAML, with a header for editors."""
    body = yaml.dump(
        _written(plan_form(), plan),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )
    return f"{HEADER}{body}"


def plan_as_json(plan: Plan) -> str:
    """Return a plan as JSON: the keys and values of its YAML."""
    text = json.dumps(_written(plan_form(), plan), ensure_ascii=False, indent=2)
    return _UNSAFE_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _written(form: Form, value: Any) -> Any:  # noqa: ANN401
    match form:
        case Scalar():
            return form.write(value)
        case Several():
            return [_written(form.of, each) for each in value]
        case ByName():
            return {name: _written(form.of, each) for name, each in value.items()}
        case OneOf():
            return _record(form.kinds[value.kind], value)
        case Record():
            return _record(form, value)
        case _:
            assert_never(form)


def _record(form: Record, value: object) -> dict[str, Any]:
    values = {name: getattr(value, name) for name in form.keys}
    written = {
        key.name: _written(key.form, values[key.name])
        for key in form.keys.values()
        if values[key.name] is not None and not _is_meant(form, key, values)
    }
    return {KIND: form.kind, **written} if form.kind else written


def _is_meant(form: Record, key: Key, values: dict[str, Any]) -> bool:
    """Tell whether a value is what the reader takes where its key is left out."""
    derived = DERIVED.get((form.type, key.name))
    meant = derived.of(values) if derived else key.default
    value = values[key.name]
    # -0.0 equals 0.0, but a digest tells them apart.
    return bool(value == meant) and str(value) != "-0.0"


class _Dumper(yaml.SafeDumper):
    """Writes what the reader reads, in the form that people write it in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists below their key, too."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002
        """Write everything out: nobody follows an alias by eye."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Return the style of a text; None leaves it to the dumper."""
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    return "|" if len(lines) > 1 else None


def _mapping(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping(
        "tag:yaml.org,2002:map", value, flow_style=_is_small(value)
    )


def _list(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence(
        "tag:yaml.org,2002:seq", value, flow_style=_is_small(value)
    )


def _is_small(value: dict[str, Any] | list[Any]) -> bool:
    """Tell whether a value is short enough to stand on one line."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if "title" in value or not all(
        isinstance(each, (str, int, float)) for each in inner
    ):
        return not value
    text = str(value)
    return len(text) <= _WIDTH and "\\n" not in text


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)
