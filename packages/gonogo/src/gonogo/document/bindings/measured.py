"""
What measures a metric, and who judges it.

A probe gives a number; a source is asked for both arms, and its judge has to know a few
things beforehand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from gonogo.document.bindings.bound import (
    MetricBinding,
    Place,
    ReadyBinding,
    SourceBinding,
)
from gonogo.document.bindings.duration import said
from gonogo.document.bindings.fields import Fields
from gonogo.document.bindings.grammar import COUNTING, KEYS, PROBES, example
from gonogo.document.bindings.words import Words, lengthened
from gonogo.document.codes import Code
from gonogo.document.nodes import Leaf, Node
from gonogo.model.judging import Counting, JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Source
from gonogo.model.sample import MetricKind

LONGEST_LOOK = timedelta(seconds=30)
LONGEST_ASKED = timedelta(minutes=10)
"""Who waits longer for a source has no look left to take."""

_E = TypeVar("_E", bound=StrEnum)
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|KEY|CREDENTIAL|PRIVATE", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]+:(?!\$)[^/\s@]+@")
# 'p99', 'p99.9 latency', '95th percentile'.
_QUANTILE = re.compile(
    r"\bp(?P<p>\d{2}(?:\.\d+)?)\b|\b(?P<th>\d{2}(?:\.\d+)?)(?:th|st|nd|rd)?[ -]percentile",
    re.IGNORECASE,
)
_OF_A_SOURCE = (
    "ready",
    "parameters",
    "kind",
    "canary",
    "control",
    "instances",
    "quantile",
    "noise",
    "traffic",
    "share",
    "extensions",
)
_AT_THE_PROBE = "a probe has its own"
_HUNDRED = 100.0


def metric_binding(
    node: Node | None, at: Place, words: Words, name: str = ""
) -> MetricBinding | None:
    """
    Return what measures a metric; None where that is wrong.

    Args:
        node: The mapping.
        at: Its place.
        words: Reads the probes.
        name: Of the metric; 'p99 latency' says which quantile it is.
    """
    fields = Fields(node, at, words.problems, KEYS["metrics"])
    # A look is taken at every tick: it has to answer, or fail, long before the next.
    words = replace(words, deadline=min(words.deadline or LONGEST_LOOK, LONGEST_LOOK))
    same_as = fields.text("same_as")
    if same_as is not None:
        why, instead = "the metric is the same as another", "drop same_as"
        _refuse(fields, (*PROBES, "source", *_OF_A_SOURCE, "deadline"), why, instead)
        return _judged(MetricBinding(same_as=same_as), fields)
    word = words.one(fields, (*PROBES, "source", "same_as"))
    if word == "source":
        return _judged(_of_source(fields, name), fields)
    _refuse(fields, _OF_A_SOURCE, "only what a source counts has it", "name a source")
    _refuse(
        fields, ("deadline",), _AT_THE_PROBE, f"write it under {word or 'the probe'}"
    )
    probe = words.probe_in(fields, PROBES) if word in PROBES else None
    return _judged(MetricBinding(probe=probe) if probe else None, fields)


def _judged(binding: MetricBinding | None, fields: Fields) -> MetricBinding | None:
    """Return a binding with everything that every metric may have."""
    measures = fields.text("measures")
    if measures not in {None, "change", "value"}:
        fields.out_of_range("measures", str(measures), "thing to measure")
    if binding is None:
        return None
    return replace(
        binding,
        unit=fields.text("unit") or binding.unit,
        every=fields.duration("every"),
        consecutive=fields.whole("consecutive"),
        floor=fields.number("floor"),
        errors=fields.whole("errors"),
        measures_change=measures == "change",
        judge=_choice(fields, "judge", JudgeName),
        window=fields.duration("window"),
        tolerance=fields.number("tolerance"),
        counting=_counting(fields),
    )


def _refuse(fields: Fields, keys: tuple[str, ...], why: str, instead: str) -> None:
    for key in keys:
        if fields.has(key):
            fields.problems.add(
                Code.NOT_HERE, fields.place(key), key=key, why=why, instead=instead
            )


# -- what a source is asked ------------------------------------------------------------


def _of_source(fields: Fields, name: str) -> MetricBinding | None:
    source = fields.text("source", required=True)
    kind = _choice(fields, "kind", MetricKind)
    judging = Judging(
        quantile=_quantile(fields, name) if kind is MetricKind.QUANTILE else None,
        noise=_noise(fields),
        traffic=_traffic(fields),
        share_pct=fields.number("share", high=_HUNDRED),
        extensions=_from_zero(fields, "extensions", 1),
    )
    if fields.has("ready"):
        _refuse(fields, ("kind",), "a ready metric has its own", "leave ready out")
        return _ready(fields, source, judging, name)
    fields.needs("kind")
    fields.needs("canary")
    canary = _arm(fields, "canary")
    if source is None or kind is None or canary is None:
        return None
    query = Query(
        source=source,
        metric_kind=kind,
        canary=canary,
        control=_arm(fields, "control"),
        instances=fields.whole("instances") or 1,
    )
    deadline = _deadline(fields)
    if deadline is not None:
        query = replace(query, deadline=deadline)
    if judging.quantile is not None:
        query = replace(query, quantile=judging.quantile)
    percent = "%" if kind is MetricKind.PROPORTION else None
    return MetricBinding(probe=query, judging=judging, unit=percent)


def _ready(
    fields: Fields, source: str | None, judging: Judging, name: str
) -> MetricBinding | None:
    """Return a metric of the catalogue; the source's kind says later how it is asked."""
    said = fields.text("ready")
    if source is None:
        return None
    asked = ReadyBinding(
        name=name if said in {None, "true"} else str(said),
        source=source,
        canary=_selector(fields, "canary"),
        control=_selector(fields, "control"),
        instances=fields.whole("instances") or 1,
        parameters=_texts(fields, "parameters"),
        deadline=_deadline(fields),
    )
    return MetricBinding(ready=asked, judging=judging)


def _deadline(fields: Fields) -> timedelta | None:
    """Return how long one look at a source may take."""
    span = fields.duration("deadline")
    if span is None or timedelta() < span <= LONGEST_ASKED:
        return span
    wanted = f"deadline of a look: above 0, {said(LONGEST_ASKED)} at most"
    fields.out_of_range("deadline", said(span), wanted)
    return None


def _texts(fields: Fields, key: str) -> Mapping[str, str]:
    """Return a mapping of texts."""
    inner = Fields(fields.node(key), fields.place(key), fields.problems)
    texts = {name: inner.text(name) for name in inner.entries}
    return {name: text for name, text in texts.items() if text is not None}


def _selector(fields: Fields, key: str) -> str | None:
    """Return what tells an arm from the rest: 'version="2"'."""
    node = fields.node(key)
    if node is not None and not isinstance(node, Leaf):
        why = 'a ready metric asks by itself; this only tells the arm: version="2"'
        fields.wrong(
            fields.place(key), node, "a text", f"{key}: 'version=\"2\"' ({why})"
        )
        return None
    return fields.text(key)


def _arm(fields: Fields, key: str) -> Asked | None:
    node, place = fields.node(key), fields.place(key)
    if node is None:
        return None
    inner = Fields(lengthened("arm", node), place, fields.problems, KEYS["arm"])
    events = inner.text("events", required=True)
    exposure = inner.text("exposure")
    return None if events is None else Asked(events=events, exposure=exposure)


def _quantile(fields: Fields, name: str) -> float | None:
    """Return which quantile it is: as said, or by the name of the metric."""
    named = _QUANTILE.search(name)
    if named and not fields.has("quantile"):
        return float(named["p"] or named["th"]) / _HUNDRED
    fields.needs("quantile")
    value = _share(fields, "quantile")
    if value is not None and not 0 < value < 1:
        fields.out_of_range("quantile", f"{value:g}", "quantile between 0 and 1")
        return None
    return value


def _noise(fields: Fields) -> Noise | None:
    inner = _inner(fields, "noise")
    if inner is None:
        return None
    phi = inner.number("phi", low=1.0)
    return Noise(
        phi=1.0 if phi is None else phi,
        tau=_share(inner, "tau") or 0.0,
        lrv=inner.number("lrv"),
    )


def _traffic(fields: Fields) -> Traffic | None:
    inner = _inner(fields, "traffic")
    if inner is None:
        return None
    inner.needs("rate")
    inner.needs("canary")
    rate, canary = _share(inner, "rate"), inner.number("canary")
    if rate is None or canary is None:
        return None
    control = inner.number("control") or 0.0
    return Traffic(rate=rate, canary_per_s=canary, control_per_s=control)


def _inner(fields: Fields, key: str) -> Fields | None:
    node = fields.node(key)
    if node is None:
        return None
    return Fields(node, fields.place(key), fields.problems, KEYS[key])


def _share(fields: Fields, key: str) -> float | None:
    """Return a number; '0.5 %' counts as 0.005."""
    value, node = fields.number(key), fields.node(key)
    percent = isinstance(node, Leaf) and node.text.strip().endswith("%")
    return value / _HUNDRED if percent and value is not None else value


def _counting(fields: Fields) -> Counting | None:
    """Return how many measurements may go which way, where anything is said of it."""
    if not any(fields.has(key) for key in COUNTING):
        return None
    plain = Counting()
    return Counting(
        **{
            of: _from_zero(fields, key, getattr(plain, of))
            for key, of in COUNTING.items()
        }
    )


def _from_zero(fields: Fields, key: str, default: int) -> int:
    value = fields.number(key, high=1_000_000)
    if value is None:
        return default
    if value != int(value):
        fields.out_of_range(key, f"{value:g}", "whole number")
        return default
    return int(value)


def _choice(fields: Fields, key: str, words: Callable[[str], _E]) -> _E | None:
    said = fields.text(key)
    if said is None:
        return None
    try:
        return words(said)
    except ValueError:
        known = ", ".join(f"'{each.value}'" for each in words)  # type: ignore[attr-defined]
        fields.out_of_range(key, said, f"{key} here: one of {known}")
        return None


# -- sources ---------------------------------------------------------------------------


def source_binding(
    node: Node | None, at: Place, words: Words, name: str
) -> SourceBinding | None:
    """Return where measurements come from."""
    fields = Fields(lengthened("sources", node), at, words.problems, KEYS["sources"])
    kind, url = fields.text("kind", required=True), fields.text("url") or ""
    options, place = _texts(fields, "options"), fields.place("options")
    for key, text in options.items():
        if _SECRET.search(key) and "$" not in text:
            shouted = _shouted(f"{name}_{key}")
            words.problems.add(Code.SECRET_WRITTEN, place, name=shouted)
    if _PASSWORD_IN_URL.search(url):
        shouted = _shouted(f"{name}_URL")
        words.problems.add(Code.SECRET_WRITTEN, fields.place("url"), name=shouted)
    if kind is None:
        return None
    return SourceBinding(
        source=Source(kind=kind, url=url, options=options),
        canary=fields.text("canary"),
        control=fields.text("control"),
    )


def alpha_in(fields: Fields) -> float | None:
    """Return how often a soak without fault may be turned back."""
    value = _share(fields, "alpha")
    if value is None or 0 < value <= _MOST_ALPHA:
        return value
    wanted = f"share of false alarms: above 0, {_MOST_ALPHA:g} at most"
    fields.problems.add(
        Code.BAD_VALUE,
        fields.place("alpha"),
        value=f"{value:g}",
        wanted=wanted,
        example=example("alpha"),
    )
    return None


# Above, more harmless changes would be turned back than people put up with.
_MOST_ALPHA = 0.5


def _shouted(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").upper()
