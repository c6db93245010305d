"""Retry: what a call costs that succeeds at once, and where a herd comes back."""

from collections.abc import Iterator
from statistics import median

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import in_peers_environment
from benchmarks.paired import Timings

BARE = "the function alone"
FLOOR = "a loop written by hand"
OURS = "Retrier"


def measure() -> Iterator[Row]:
    """Yield the overhead of the success path, and the busiest second of each herd."""
    found = in_peers_environment("benchmarks.peers.hardening_retry")
    yield from _overheads("retry", Timings(found["sync"]))
    yield from _overheads("retry, async", Timings(found["async"]))
    for name, share in found["herd"].items():
        yield Row(
            figure=f"retry: of 1,000 that failed at once, the busiest second, {name}",
            value=100 * share,
            unit="%",
            bar=Bar(Of.VALUE, most=5) if name == "Spread(0, 29)" else None,
        )


def _overheads(manner: str, taken: Timings) -> Iterator[Row]:
    """Yield what each candidate costs more than the function, over what the floor does."""
    for name in taken.rounds:
        if name == BARE:
            continue
        is_floor = name == FLOOR
        yield Row(
            figure=f"{manner}: {name}",
            value=taken.median_ns(name) - taken.median_ns(BARE),
            unit="ns",
            against=None if is_floor else FLOOR,
            ratio=None if is_floor else _ratio(taken, name),
            bar=Bar(Of.RATIO, most=3) if OURS in name else None,
        )


def _ratio(taken: Timings, name: str) -> float:
    """Return the median, over the rounds, of one overhead over the floor's."""
    rounds = zip(
        taken.rounds[name], taken.rounds[FLOOR], taken.rounds[BARE], strict=True
    )
    return median((ours - bare) / (floor - bare) for ours, floor, bare in rounds)
