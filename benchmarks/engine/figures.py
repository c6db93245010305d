"""Figures of a worker, as it prints them; and what is made of those of several."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.engine.beside import Beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    What one worker saw while it was measured.

    Attributes:
        late_s: Of each tick: how long after its due time it was taken.
        broke: When a look first saw a broken trigger, by rollout; seconds of the epoch.
        undone: When the first undo of a rollout was begun, likewise.
        cpu_pct: Of one core.
        memory_mib: The most it held since it was started.
        set_aside: Rollouts that could not be run.
    """

    late_s: Sequence[float]
    broke: Mapping[str, float]
    undone: Mapping[str, float]
    cpu_pct: float
    memory_mib: float
    set_aside: int

    @classmethod
    def parsed(cls, line: str) -> "Figures":
        """Return what a worker printed."""
        return cls(**json.loads(line))

    def line(self) -> str:
        """Return it as a worker prints it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """
    What all workers of one load saw together; spans in milliseconds.

    Attributes:
        ticks_per_s: Over all workers.
        acted_ms: From a person's abort to the first undo begun.
        turned_ms: From the look that broke a trigger to the first undo begun.
        beside: What a process saw that did next to nothing meanwhile.
        cpu_pct: Of one core, over all workers.
        memory_mib: Of the largest worker.
    """

    ticks_per_s: float
    late_ms: Sequence[float]
    acted_ms: Sequence[float]
    turned_ms: Sequence[float]
    beside: Beside
    cpu_pct: float
    memory_mib: float


def together(
    found: Sequence[Figures],
    aborted: Mapping[str, float],
    *,
    seconds: float,
    beside: Beside,
) -> Load:
    """
    Return what the workers saw together.

    Args:
        found: Of each worker.
        aborted: When the abort of a rollout was sent; seconds of the epoch.
        seconds: How long it was measured.
        beside: See `Load`.

    Raises:
        RuntimeError: A rollout could not be run, so that the figures tell nothing.
    """
    if any(each.set_aside for each in found):
        message = "rollouts were set aside; the worker has said why"
        raise RuntimeError(message)
    undone = {name: at for each in found for name, at in each.undone.items()}
    broke = {name: at for each in found for name, at in each.broke.items()}
    late = [1000 * late_s for each in found for late_s in each.late_s]
    return Load(
        ticks_per_s=len(late) / seconds,
        late_ms=late,
        acted_ms=_spans_ms(aborted, undone),
        turned_ms=_spans_ms(broke, undone),
        beside=beside,
        cpu_pct=sum(each.cpu_pct for each in found),
        memory_mib=max(each.memory_mib for each in found),
    )


def _spans_ms(begun: Mapping[str, float], ended: Mapping[str, float]) -> list[float]:
    """Return from each begin to its end; one that never ended took for ever."""
    return [1000 * (ended.get(name, math.inf) - at) for name, at in begun.items()]


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the smallest value that so many percent do not exceed; NaN for none."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(math.ceil(percent / 100 * len(ordered)), 1) - 1]
