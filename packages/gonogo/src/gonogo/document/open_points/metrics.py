"""Metrics that no probe measures."""

import re
from collections.abc import Iterator

from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.reading import Command, Gate, Trigger
from gonogo.model.condition import Comparator

_ROWS = re.compile(r"\s*select\s+count\(", re.IGNORECASE)
_CHANGE = re.compile(r"\s+(?:change|regression|increase|delta)$")


def metrics(looking: Looking) -> Iterator[OpenPoint]:
    """Yield each metric of a limit that nothing measures, with all its limits."""
    bound = {folded(one.name) for one in looking.bindings.metrics}
    unbound = set(looking.lines_of(Code.UNBOUND_METRIC))
    limits: list[Gate | Trigger] = [*looking.reading.gates, *looking.reading.triggers]
    for limit in sorted(limits, key=lambda limit: limit.line):
        if limit.line in unbound and limit.metric and folded(limit.metric) not in bound:
            yield OpenPoint(
                kind=Kind.METRICS,
                line=limit.line,
                text=looking.text(limit.line),
                section="metrics",
                names=(limit.metric, folded(limit.metric)),
                subject=limit.metric,
                question=f"What measures '{limit.metric}'?{_kind_of(limit)}",
                suggestion=_same(looking, limit) or _queried(looking, limit),
            )


def _kind_of(limit: Gate | Trigger) -> str:
    words = limit.condition and limit.condition.comparator is Comparator.WORDS
    return " It is compared as a word." if words else ""


def _same(looking: Looking, limit: Gate | Trigger) -> str | None:
    """Return the bound metric of which this is the change: one series, two limits."""
    if limit.condition is None or limit.condition.relative is None:
        return None
    base = _CHANGE.sub("", folded(limit.metric))
    names = (one.name for one in looking.bindings.metrics if folded(one.name) == base)
    return next((f"same_as: {name}" for name in names), None)


def _queried(looking: Looking, limit: Gate | Trigger) -> str | None:
    """Return the one query of the same stage whose label or comment is the metric."""
    wanted = set(folded(limit.metric).split())
    hits = [
        text
        for command in looking.reading.commands
        if command.stage_line == limit.stage_line
        for title, text in _statements(command)
        if wanted <= set(re.findall(r"\w+", folded(title)))
    ]
    return hits[0] if len(hits) == 1 else None


def _statements(command: Command) -> Iterator[tuple[str, str]]:
    """Yield each counting query of a block on one line, with the comment above it."""
    title = command.label or ""
    for line in command.text.split("\n"):
        if line.lstrip().startswith("--"):
            title = line
        elif _ROWS.match(line) and line.rstrip().endswith(";"):
            yield title, line.strip().rstrip(";")
