"""
The sections of bindings (`people`, `values`, `metrics`, `steps`, …), read to values.

Each section gives entries of one form, a name and its value with its place, so that
several sources can be laid over one another entry by entry.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gonogo.document.bindings.bound import (
    Bound,
    MetricBinding,
    Place,
    SourceBinding,
    StageBinding,
    StepBinding,
)
from gonogo.document.bindings.fields import Fields
from gonogo.document.bindings.grammar import (
    INCIDENT_WORDS,
    KEYS,
    ROLLBACK_WORDS,
    STEP_WORDS,
)
from gonogo.document.bindings.measured import (
    alpha_in,
    metric_binding,
    source_binding,
)
from gonogo.document.bindings.windows import (
    on_failure_in,
    stage_binding,
    windows_in,
)
from gonogo.document.bindings.words import Words
from gonogo.document.codes import Code
from gonogo.document.nodes import Leaf, Node, Table
from gonogo.model.plan import ValueSource

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What documents write for people to fill in: <app>, [app], {{app}}, YOUR_APP.
_PLACEHOLDER = re.compile(
    r"<[^<>\n]+>|\[[^\[\]\n]+\]|\{\{?[^{}\n]+\}?\}|\$\{[^{}\n]+\}"
)
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY|CREDENTIAL|PRIVATE", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]+:[^/\s@]+@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One bound thing: the section it stands in, and what it binds."""

    section: str
    bound: Bound[Any]


def step_binding(node: Node | None, at: Place, words: Words) -> StepBinding | None:
    """Return what a step is bound to; None where that is wrong."""
    return words.step(Fields(node, at, words.problems, KEYS["step"]), STEP_WORDS)


def rollback_binding(node: Node | None, at: Place, words: Words) -> StepBinding | None:
    """Return what the way back of a stage is bound to."""
    fields = Fields(node, at, words.problems, KEYS["rollback"])
    return words.step(fields, ROLLBACK_WORDS)


def incident_binding(node: Node | None, at: Place, words: Words) -> StepBinding | None:
    """Return what a task of the incident response is bound to."""
    fields = Fields(node, at, words.problems, KEYS["incident"])
    return words.step(fields, INCIDENT_WORDS)


def entries(fields: Fields, words: Words) -> Iterator[Entry]:
    """Yield everything that the top mapping of one source binds."""
    for key in ("service", "environment"):
        text = fields.text(key)
        if text is not None:
            yield _entry(key, key, fields.place(key), text)
    if fields.has("self_approval"):
        said = fields.flag("self_approval")
        yield _entry(
            "self_approval", "self_approval", fields.place("self_approval"), said
        )
    found = windows_in(fields)
    if found:
        yield _entry("windows", "windows", fields.place("windows"), found)
    on_failure = on_failure_in(fields)
    if on_failure:
        yield _entry("on_failure", "on_failure", fields.place("on_failure"), on_failure)
    alpha = alpha_in(fields)
    if alpha is not None:
        yield _entry("alpha", "alpha", fields.place("alpha"), alpha)
    yield from _spans("approvals", fields)
    yield from _spans("defaults", fields)
    yield from _lint(fields)
    yield from _vocabulary(fields)
    for section, read in _SECTIONS.items():
        inner = Fields(fields.node(section), fields.place(section), words.problems)
        for name in inner.entries:
            value = read(inner, name, words)
            if value is not None:
                yield _entry(section, name, inner.place(name), value)


def _entry(section: str, name: str, at: Place, value: object) -> Entry:
    return Entry(section=section, bound=Bound(name=name, at=at, value=value))


def _spans(section: str, fields: Fields) -> Iterator[Entry]:
    keys = KEYS[section]
    place = fields.place(section)
    inner = Fields(fields.node(section), place, fields.problems, keys)
    for key in keys:
        span = inner.duration(key)
        if span is not None:
            yield _entry(section, key, inner.place(key), span)


def _lint(fields: Fields) -> Iterator[Entry]:
    """Yield the codes that are not to be told; `silence` knows which there are."""
    place = fields.place("lint")
    inner = Fields(fields.node("lint"), place, fields.problems, KEYS["lint"])
    codes = inner.texts("ignore")
    if codes is not None:
        yield _entry("lint", "ignore", inner.place("ignore"), codes)


def _vocabulary(fields: Fields) -> Iterator[Entry]:
    """Yield the team's own words, by the topic that they name."""
    keys, place = KEYS["vocabulary"], fields.place("vocabulary")
    inner = Fields(fields.node("vocabulary"), place, fields.problems, keys)
    for topic in keys:
        words = inner.texts(topic)
        if words:
            yield _entry("vocabulary", topic, inner.place(topic), words)


def _people(fields: Fields, name: str, words: Words) -> tuple[str, ...] | None:
    del words
    fields.needs(name)
    return fields.texts(name)


def _variant(fields: Fields, name: str, words: Words) -> str | None:
    del words
    return fields.text(name, required=True)


def _connection(fields: Fields, name: str, words: Words) -> ValueSource | None:
    node, place = fields.node(name), fields.place(name)
    fields.needs(name)
    if isinstance(node, Leaf):
        if _PASSWORD_IN_URL.search(node.text):
            words.problems.add(Code.SECRET_WRITTEN, place, name=_shouted(name))
        return ValueSource(literal=node.text)
    inner = Fields(node, place, words.problems, KEYS["connection"])
    env = inner.text("env", required=node is not None)
    # A database URL holds a password more often than not.
    return ValueSource(env=env, secret=True) if env else None


def _value(fields: Fields, name: str, words: Words) -> ValueSource | None:
    node, place = fields.node(name), fields.place(name)
    fields.needs(name)
    if not names_a_value(name):
        wanted = "name of a value (letters, digits and _), nor a placeholder"
        words.problems.add(
            Code.BAD_VALUE,
            place,
            value=name,
            wanted=wanted,
            example="APP_URL, or as the document writes the placeholder",
        )
        return None
    if isinstance(node, Leaf):
        if _SECRET.search(name):
            words.problems.add(Code.SECRET_WRITTEN, place, name=_shouted(name))
        return ValueSource(literal=node.text)
    inner = Fields(node, place, words.problems, KEYS["value"])
    env = inner.text("env", required=node is not None)
    secret = inner.flag("secret", default=bool(_SECRET.search(name)))
    return ValueSource(env=env, secret=secret) if env else None


def names_a_value(name: str) -> bool:
    """Tell whether a value can be bound to this name, or to this placeholder."""
    return bool(_NAME.fullmatch(name) or _PLACEHOLDER.fullmatch(name))


def _shouted(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").upper()


def _metric(fields: Fields, name: str, words: Words) -> MetricBinding | None:
    return metric_binding(fields.node(name), fields.place(name), words, name)


def _source(fields: Fields, name: str, words: Words) -> SourceBinding | None:
    return source_binding(fields.node(name), fields.place(name), words, name)


def _step(fields: Fields, name: str, words: Words) -> StepBinding | None:
    return step_binding(fields.node(name), fields.place(name), words)


def _rollback(fields: Fields, name: str, words: Words) -> StepBinding | None:
    return rollback_binding(fields.node(name), fields.place(name), words)


def _incident(fields: Fields, name: str, words: Words) -> StepBinding | None:
    return incident_binding(fields.node(name), fields.place(name), words)


def _stage(fields: Fields, name: str, words: Words) -> StageBinding | None:
    del words
    return stage_binding(fields.node(name), fields.place(name), fields)


_SECTIONS: Mapping[str, Callable[[Fields, str, Words], object]] = {
    "people": _people,
    "connections": _connection,
    "values": _value,
    "sources": _source,
    "metrics": _metric,
    "steps": _step,
    "rollbacks": _rollback,
    "incident": _incident,
    "stages": _stage,
    "variants": _variant,
}


def is_document_level(node: Node | None) -> bool:
    """Tell whether a comment binds for the whole document, not for its line."""
    if not isinstance(node, Table) or not node.entries:
        return False
    return all(key.text in KEYS["gonogo"] for key, _ in node.entries)
