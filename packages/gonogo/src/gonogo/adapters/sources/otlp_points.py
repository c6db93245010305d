"""
The points of an OTLP export request, read from its JSON form one by one.

A point that does not read is told among the others, and harms none of them.

Source: OpenTelemetry Protocol specification, "JSON Protobuf Encoding"; Metrics Data
Model, "Metric points".
"""

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Any

from gonogo.adapters.sources.buckets import Buckets, added, of_bounds, of_powers
from gonogo.adapters.sources.pushed import Labels, labels_of

_NO_VALUE = 1  # the flag of a point that only says that there is none
_DELTA = frozenset({1, "AGGREGATION_TEMPORALITY_DELTA"})
_CUMULATIVE = frozenset({2, "AGGREGATION_TEMPORALITY_CUMULATIVE"})
_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram")
_MOST_LABELS = 64


class Unread(ValueError):
    """A point cannot be read; says why."""


class Shape(Enum):
    """What a point says of its series."""

    LEVEL = auto()
    SHIFT = auto()
    RISE = auto()
    TOTAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """
    One point.

    Attributes:
        start_ns: Since when a total counts; 0 where it does not say.
        at_ns: When it was so, by the sender's clock.
        buckets: Of a histogram; its `value` is 0 then.
    """

    name: str
    labels: Labels
    shape: Shape
    start_ns: int
    at_ns: int
    value: float = 0.0
    buckets: Buckets | None = None


def points(request: Mapping[str, Any]) -> Iterator[Said | Unread]:
    """Yield the points of a request, in its order, and the reasons of unread ones."""
    for resource in _list(request, "resourceMetrics"):
        labels = _attributes(_part(resource, "resource").get("attributes"))
        for scope in _list(resource, "scopeMetrics"):
            for metric in _list(scope, "metrics"):
                yield from _of_metric(metric, labels)


def _of_metric(
    metric: Mapping[str, Any], resource: Mapping[str, str]
) -> Iterator[Said | Unread]:
    name = str(metric.get("name") or "without a name")
    kind = next((kind for kind in _KINDS if kind in metric), None)
    if kind is None or not metric.get("name"):
        yield Unread(f"the metric {name} is neither sum, gauge nor histogram")
        return
    held = _part(metric, kind)
    for one in _list(held, "dataPoints"):
        try:
            if not int(one.get("flags", 0)) & _NO_VALUE:
                yield _said(name, kind, held, one, resource)
        except Unread as error:
            yield error
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            yield Unread(f"a point of {name} has another form")


def _said(
    name: str,
    kind: str,
    held: Mapping[str, Any],
    one: Mapping[str, Any],
    resource: Mapping[str, str],
) -> Said:
    labels = {**resource, **_attributes(one.get("attributes"))}
    if len(labels) > _MOST_LABELS:
        message = f"a point of {name} has more than {_MOST_LABELS} attributes"
        raise Unread(message)
    counts = kind in {"gauge", "sum"}
    return Said(
        name=name,
        labels=labels_of(labels),
        shape=_shape(name, kind, held),
        start_ns=int(one.get("startTimeUnixNano", 0)),
        at_ns=int(one.get("timeUnixNano", 0)),
        value=_number(one, name) if counts else 0.0,
        buckets=None if counts else _observed(one, kind, name),
    )


def _shape(name: str, kind: str, held: Mapping[str, Any]) -> Shape:
    """Return the shape; a sum that may fall is a level, which its parts shift."""
    temporality = held.get("aggregationTemporality")
    falls = kind == "sum" and not held.get("isMonotonic", False)
    if kind == "gauge":
        return Shape.LEVEL
    if temporality in _DELTA:
        return Shape.SHIFT if falls else Shape.RISE
    if temporality in _CUMULATIVE:
        return Shape.LEVEL if falls else Shape.TOTAL
    message = f"{name} says neither delta nor cumulative"
    raise Unread(message)


def _number(one: Mapping[str, Any], name: str) -> float:
    value = float(one["asInt"] if "asInt" in one else one["asDouble"])
    if not math.isfinite(value):
        message = f"a point of {name} is {value}"
        raise Unread(message)
    return value


def _observed(one: Mapping[str, Any], kind: str, name: str) -> Buckets:
    try:
        if kind == "exponentialHistogram":
            return _exponential(one)
        counts = [float(each) for each in one.get("bucketCounts", ())]
        bounds = [float(each) for each in one.get("explicitBounds", ())]
        return of_bounds(bounds, counts or [float(one.get("count", 0))])
    except (TypeError, ValueError, OverflowError) as error:
        message = f"the histogram {name} does not read: {error}"
        raise Unread(message) from error


def _exponential(one: Mapping[str, Any]) -> Buckets:
    """Return the buckets of both signs; those below zero by their upper edge."""
    above = _powers(one, "positive")
    mirrored = _powers(one, "negative")
    below = {-low: mirrored[high] for low, high in pairwise(sorted(mirrored))}
    zero = {float(one.get("zeroThreshold", 0.0)): float(one.get("zeroCount", 0))}
    return added((below, zero, above))


def _powers(one: Mapping[str, Any], sign: str) -> Buckets:
    part = _part(one, sign)
    counts = [float(each) for each in part.get("bucketCounts", ())]
    return of_powers(int(one.get("scale", 0)), int(part.get("offset", 0)), counts)


def _attributes(pairs: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and isinstance(pair.get("key"), str):
            found[pair["key"]] = _text(pair.get("value"))
    return found


def _text(value: Any) -> str:  # noqa: ANN401 - any value of an attribute
    match value:
        case {"stringValue": str(text)}:
            return text
        case {"boolValue": bool(truth)}:
            return str(truth).lower()
        case {"intValue": number} | {"doubleValue": number}:
            return str(number)
        case {"bytesValue": str(text)}:
            return base64.b64decode(text, validate=False).hex()
        case {"arrayValue": {"values": list(values)}}:
            return ",".join(map(_text, values))
        case _:
            return ""


def _part(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = held.get(name)
    return found if isinstance(found, dict) else {}


def _list(held: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found = held.get(name)
    return [each for each in found or () if isinstance(each, dict)]
