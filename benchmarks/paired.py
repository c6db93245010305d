"""
Paired timing: each round times every candidate, so that a slow second slows them all.

A candidate runs `number` times in a row inside one round; the ratios are taken within
a round, and the median over the rounds is reported. This module needs the standard
library alone, so that it runs in the peers' environment as well.
"""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import repeat
from random import Random
from statistics import median

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timings:
    """Nanoseconds for one call of each candidate, one number a round."""

    rounds: Mapping[str, tuple[float, ...]]

    def median_ns(self, name: str) -> float:
        """Return the median nanoseconds of one call."""
        return median(self.rounds[name])

    def ratio(self, name: str, against: str) -> float:
        """Return the median, over the rounds, of one candidate over another."""
        pairs = zip(self.rounds[name], self.rounds[against], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


def timings(calls: Mapping[str, Call], *, rounds: int = 30, number: int) -> Timings:
    """
    Time candidates against one another.

    Args:
        calls: Each candidate by its name; run once unmeasured, to warm up.
        rounds: How often each is measured.
        number: How often it runs within a measurement.
    """
    for call in calls.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    order, dice = list(calls), Random(0)
    for _ in range(rounds):
        dice.shuffle(order)  # nobody always runs in another's wake
        for name in order:
            taken[name].append(_once(calls[name], number))
    return Timings({name: tuple(spans) for name, spans in taken.items()})


def _once(call: Call, number: int) -> float:
    """Return nanoseconds a call, over one run without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter_ns()
        for _ in repeat(None, number):
            call()
        return (time.perf_counter_ns() - started) / number
    finally:
        gc.enable()
