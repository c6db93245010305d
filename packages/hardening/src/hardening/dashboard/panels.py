"""Panels: what the sources said, as plain data; the JSON, and what the page shows."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from hardening.core import Distribution, Measure
from hardening.dashboard.sources import (
    Letter,
    PoolSource,
    QueueDepth,
    Standing,
    Statistics,
    Thresholds,
    Use,
)

Panel = dict[str, Any]
"""Plain data; `level` says how bad it is."""

WAITS = "hardening_locks_wait_seconds"
_LETTERS_MAX = 50
_TEXT_MAX = 300
_QUANTILES = (0.5, 0.95)


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    CRITICAL = "critical"


_ORDER = tuple(Level)
_OF_STATE = {
    "closed": Level.GOOD,
    "half_open": Level.WARNING,
    "disabled": Level.WARNING,
    "open": Level.CRITICAL,
    "forced_open": Level.CRITICAL,
}


def circuits(standings: Iterable[Standing]) -> Panel:
    """Return the circuits, the worst first."""
    rows = [_circuit(standing) for standing in standings]
    rows.sort(key=lambda row: (-_ORDER.index(row["level"]), row["name"]))
    return {"level": _worst(rows), "circuits": rows}


def queues(depths: Iterable[QueueDepth], thresholds: Thresholds) -> Panel:
    """Return the queues, the deepest first, and how many jobs wait in all."""
    rows = [_queue(depth, thresholds) for depth in depths]
    rows.sort(key=lambda row: (-row["depth"], row["name"]))
    total = sum(row["depth"] for row in rows)
    over = total > thresholds.total_critical
    level = Level.CRITICAL if over else _worst(rows)
    limit = thresholds.total_critical
    return {"level": level, "total": total, "total_critical": limit, "queues": rows}


def letters(
    statistics: Statistics, found: Iterable[Letter], search: str, *, redrivable: bool
) -> Panel:
    """Return the dead letters: how many, of what kind, and those that were searched."""
    rows = [_letter(letter) for letter, _ in zip(found, range(_LETTERS_MAX))]  # noqa: B905 - the first fifty
    waiting = statistics.waiting
    return {
        "level": Level.WARNING if waiting else Level.GOOD,
        "waiting": waiting,
        "oldest_age_s": statistics.oldest_age_s,
        "by_reason": _counts(statistics.by_reason),
        "by_queue": _counts(statistics.by_queue),
        "search": search,
        "redrivable": redrivable,
        "letters": rows,
    }


def pools(found: Iterable[tuple[PoolSource, Use]]) -> Panel:
    """Return the pools, each with its use at this instant."""
    rows = [_pool(source, use) for source, use in found]
    return {"level": _worst(rows), "pools": rows}


def locks(measures: Iterable[Measure]) -> Panel:
    """Return how long callers waited for locks, the longest waits first."""
    found = tuple(measures)
    waits = next((one.samples for one in found if one.name == WAITS), ())
    rows = [
        _wait(dict(sample.labels), sample.value, found)
        for sample in waits
        if isinstance(sample.value, Distribution)
    ]
    rows.sort(key=lambda row: (-(row["p95_s"] or 0), row["table"]))
    return {"level": _worst(rows), "locks": rows}


def quantile_s(waits: Distribution, share: float) -> float | None:
    """
    Return the bound that this share of the values does not exceed.

    Args:
        waits: Counted by size.
        share: From 0 to 1; 1 is the largest.

    Returns:
        An upper bound of a bucket; infinite when it is beyond the last one, None
        without values.
    """
    if not waits.count:
        return None
    wanted = share * waits.count
    return next(bound for bound, count in waits.buckets if count >= wanted)


def _circuit(standing: Standing) -> Panel:
    state = str(standing.state)
    minutes = [
        {"succeeded": one.succeeded, "failed": one.failed, "rejected": one.rejected}
        for one in standing.trend
    ]
    return {
        "name": standing.name,
        "state": state,
        "level": _OF_STATE.get(state, Level.WARNING),
        "for_s": standing.for_s,
        "retry_in_s": standing.retry_in_s,
        "trend": minutes,
    }


def _queue(depth: QueueDepth, thresholds: Thresholds) -> Panel:
    late = (depth.latency_s or 0.0) > thresholds.latency_warning_s
    level = Level.GOOD
    if depth.depth > thresholds.depth_critical:
        level = Level.CRITICAL
    elif depth.depth > thresholds.depth_warning or late:
        level = Level.WARNING
    return {
        "name": depth.queue,
        "level": level,
        "depth": depth.depth,
        "depth_warning": thresholds.depth_warning,
        "depth_critical": thresholds.depth_critical,
        "latency_s": depth.latency_s,
        "latency_warning_s": thresholds.latency_warning_s,
    }


def _letter(letter: Letter) -> Panel:
    text = letter.error_text
    return {
        "id": letter.id,
        "queue": letter.queue,
        "task": letter.task,
        "reason": str(letter.reason),
        "error": f"{letter.error_class}: {text}"[:_TEXT_MAX],
        "attempts": letter.attempts,
    }


def _pool(source: PoolSource, use: Use) -> Panel:
    share = use.in_use / use.size if use.size else 0.0
    level = Level.GOOD
    if share >= source.threshold:
        level = Level.CRITICAL
    elif use.waiting:
        level = Level.WARNING
    return {
        "name": source.name,
        "level": level,
        "in_use": use.in_use,
        "size": use.size,
        "share": share,
        "threshold": source.threshold,
        "waiting": use.waiting,
        "rejections": source.rejections,
    }


def _wait(
    labels: Mapping[str, str], waits: Distribution, measures: Sequence[Measure]
) -> Panel:
    timeouts = _counted("hardening_locks_timeouts", labels, measures)
    half, most = (quantile_s(waits, share) for share in _QUANTILES)
    return {
        "table": labels.get("table", ""),
        "level": Level.WARNING if timeouts else Level.GOOD,
        "count": waits.count,
        "p50_s": half,
        "p95_s": most,
        "max_s": quantile_s(waits, 1.0),
        "timeouts": timeouts,
        "deadlocks": _counted("hardening_locks_deadlocks", labels, measures),
        "buckets": _within(waits),
    }


def _within(waits: Distribution) -> list[Panel]:
    """Return how many waits fell into each bucket; the counts are not cumulative."""
    found, before = [], 0
    for bound, count in waits.buckets:
        found.append({"up_to_s": bound, "count": count - before})
        before = count
    return found


def _counted(name: str, labels: Mapping[str, str], measures: Iterable[Measure]) -> int:
    """Return a counter's number for the same labels, 0 where there is none."""
    samples = (one for found in measures if found.name == name for one in found.samples)
    values = (
        one.value
        for one in samples
        if dict(one.labels) == dict(labels) and isinstance(one.value, int | float)
    )
    return int(sum(values))


def _counts(counts: Mapping[str, int]) -> list[Panel]:
    """Return counts by name, the highest first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))
    return [{"name": str(name), "count": count} for name, count in ordered]


def _worst(rows: Iterable[Panel]) -> Level:
    """Return the worst level of some rows."""
    return max((row["level"] for row in rows), key=_ORDER.index, default=Level.GOOD)
