"""
The JSON Schema of bindings, from the tables of their grammar.

It says what may stand where, and that a line says one thing to do. Whether a name is in
the document, and what fits it there, only the reader knows.
"""

from collections.abc import Mapping, Sequence

from gonogo.document.bindings.duration import PATTERN
from gonogo.document.bindings.grammar import (
    CHANGES,
    COUNTING,
    INCIDENT_WORDS,
    KEYS,
    PROBES,
    REQUIRED,
    ROLLBACK_WORDS,
    SHORT,
    STEP_WORDS,
    TRUE_ALONE,
)
from gonogo.document.json_schema import DIALECT, Json, reference
from gonogo.model.judging import JudgeName
from gonogo.model.sample import MetricKind


def _by_name(of: Json) -> Json:
    return {"type": "object", "additionalProperties": of}


_TEXT, _TEXTS, _SPAN = reference("text"), reference("texts"), reference("span")
_FROM_ZERO: Json = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
_FLAG, _NUMBER, _WHOLE = reference("truth"), reference("number"), reference("whole")

_SCALARS: Mapping[str, Json] = {
    # A number or a word such as 'on' counts as it is written.
    "text": {"type": ["string", "number", "boolean"]},
    "texts": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    "span": {"type": "string", "pattern": PATTERN},
    "truth": {"enum": [True, False, "yes", "no", "on", "off"]},
    "number": {"type": ["number", "string"], "pattern": r"^\s*[-+]?[0-9.]+\s*%?\s*$"},
    "whole": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
}
_WINDOWS: Json = {
    "anyOf": [
        reference("window"),
        {"type": "array", "items": reference("window")},
    ]
}
_VALUES: Mapping[str, Json] = {
    "attempts": _WHOLE,
    "check": reference("check"),
    "confirm": _FLAG,
    "consecutive": _WHOLE,
    "counts_held": _FLAG,
    "deadline": _SPAN,
    "errors": _WHOLE,
    "every": _SPAN,
    "instances": _WHOLE,
    "judge": {"enum": [each.value for each in JudgeName]},
    "noise": reference("noise"),
    "options": _by_name(_TEXT),
    "parameters": _by_name(_TEXT),
    "quantile": _NUMBER,
    "share": _NUMBER,
    "tolerance": _NUMBER,
    "traffic": reference("traffic"),
    "window": _SPAN,
    **dict.fromkeys((*COUNTING, "extensions"), _FROM_ZERO),
    "expect": reference("expect"),
    "flags": _TEXTS,
    "floor": _NUMBER,
    "for": _SPAN,
    "except": _TEXTS,
    "headers": _by_name(_TEXT),
    "holidays": _TEXTS,
    "idempotent": _FLAG,
    "measures": {"enum": ["change", "value"]},
    "metrics": _TEXTS,
    "percentage": _NUMBER,
    "on_failure": {"enum": ["back", "ask"]},
    "retry_delay": _SPAN,
    "secret": _FLAG,
    "timeout": _SPAN,
    "valid_for": _SPAN,
    "windows": _WINDOWS,
}
"""What a key holds, wherever it stands; a text, where it is not named here."""

_SECTIONS: Mapping[str, Json] = {
    "service": _TEXT,
    "environment": _TEXT,
    "self_approval": _FLAG,
    "people": _by_name(_TEXTS),
    "approvals": reference("approvals"),
    "connections": _by_name({"anyOf": [_TEXT, reference("connection")]}),
    "sources": _by_name({"anyOf": [_TEXT, reference("sources")]}),
    "alpha": _NUMBER,
    "values": _by_name({"anyOf": [_TEXT, reference("value")]}),
    "defaults": reference("defaults"),
    "metrics": _by_name(reference("metrics")),
    "steps": _by_name(reference("step")),
    "rollbacks": _by_name(reference("rollback")),
    "incident": _by_name(reference("incident")),
    "variants": _by_name(_TEXT),
    "lint": reference("lint"),
    "vocabulary": reference("vocabulary"),
    "windows": _WINDOWS,
    "stages": _by_name(reference("stage")),
    "on_failure": _VALUES["on_failure"],
}
_ONE_OF: Mapping[str, Sequence[str]] = {
    "metrics": (*PROBES, "source", "same_as"),
    "step": STEP_WORDS,
    "rollback": ROLLBACK_WORDS,
    "incident": INCIDENT_WORDS,
    "check": PROBES,
}
"""The mappings that say exactly one thing, and the words for it."""

_ARM: Json = {"anyOf": [_TEXT, reference("arm")]}
_SPECIAL: Mapping[tuple[str, str], Json] = {
    ("expect", "json"): {"description": "At least this, in the answer."},
    ("metrics", "kind"): {"enum": [each.value for each in MetricKind]},
    ("metrics", "canary"): _ARM,
    ("metrics", "control"): _ARM,
}
"""What a key holds in one mapping, that means another thing elsewhere."""

_ALL_ALIKE: Mapping[str, Json] = {
    "lint": _TEXTS,
    "vocabulary": _TEXTS,
    "noise": _NUMBER,
    "traffic": _NUMBER,
}
"""The mappings all of whose keys hold the same."""

_WORDS = frozenset({*STEP_WORDS, *ROLLBACK_WORDS, *CHANGES, *PROBES})


def bindings_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of `NAME.bindings.yaml`."""
    under = {"type": "object", "properties": {"gonogo": reference("gonogo")}}
    return {
        "$schema": DIALECT,
        "title": "Bindings of gonogo",
        "description": "What a document cannot say itself; `gonogo:` may be left out.",
        "if": {"type": "object", "required": ["gonogo"]},
        "then": under,
        "else": reference("gonogo"),
        "$defs": {**_SCALARS, **{name: _definition(name) for name in KEYS}},
    }


def _definition(name: str) -> Json:
    """Return what may stand where a mapping is meant: in short, too, where it may."""
    forms = [_mapping(name)]
    if name in SHORT and name in _WORDS:
        forms.append(_value(name, SHORT[name]))
    if name in TRUE_ALONE:
        forms.append({"const": True})
    if name == "expect":
        forms.append(_TEXT)
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _mapping(name: str) -> Json:
    words = _ONE_OF.get(name)
    return {
        "type": "object",
        "properties": {key: _value(name, key) for key in KEYS[name]},
        "required": list(REQUIRED.get(name, ())),
        "additionalProperties": False,
        **({"oneOf": [{"required": [word]} for word in words]} if words else {}),
    }


def _value(name: str, key: str) -> Json:
    """Return what a key of a mapping holds."""
    if name == "gonogo":
        return _SECTIONS[key]
    if name in _ONE_OF and key in _WORDS:
        return reference(key)
    return _SPECIAL.get((name, key)) or _ALL_ALIKE.get(name) or _VALUES.get(key, _TEXT)
