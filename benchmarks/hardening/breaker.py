"""Breaker: what a closed circuit costs, and what processes that share one keep."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import in_peers_environment
from benchmarks.hardening.callers import Callers, open_everywhere, race
from benchmarks.paired import Timings
from hardening.testing.redis import private_redis

FLOOR = "a breaker written by hand"
BARE = "the function alone"
TWICE = Bar(Of.RATIO, most=2)
BARS = {
    ("sync", "Breaker.call"): TWICE,
    ("async", "Breaker.call_async"): TWICE,
    ("shared", "Breaker.call, shared"): TWICE,
}
RUNS = 100
BATCH = 10
PROCESSES = 4
CALLERS = 16
COOL_OFF_S = 0.3


def measure() -> Iterator[Row]:
    """Yield the costs, all over the function alone, then the laws of sharing."""
    found = in_peers_environment("benchmarks.peers.hardening_breaker")
    for part in ("sync", "async", "shared"):
        spans = {name: tuple(span) for name, span in found[part].items()}
        yield from _costs(part, Timings(spans))
    for name, commands in found["commands"].items():
        bar = Bar(Of.VALUE, most=0) if name.startswith("Breaker") else None
        figure = f"{name}: Redis commands a call"
        yield Row(figure=figure, value=commands, unit="commands", bar=bar)
    with private_redis() as server, ExitStack() as stack:
        processes = [stack.enter_context(Callers(server.url)) for _ in range(PROCESSES)]
        yield _probes(processes)
        yield _recovery(processes)


def _costs(part: str, taken: Timings) -> Iterator[Row]:
    """Yield what each guard adds to a call."""
    for name in taken.rounds:
        if name == BARE:
            continue
        ratio = _over(taken, name) if name != FLOOR and _paired(taken, name) else None
        yield Row(
            figure=f"{part}: {name}",
            value=taken.median_ns(name) - taken.median_ns(BARE),
            unit="ns",
            against=None if ratio is None else FLOOR,
            ratio=ratio,
            bar=BARS.get((part, name)),
        )


def _paired(taken: Timings, name: str) -> bool:
    """Tell whether it ran in the same rounds as the floor."""
    return len(taken.rounds[name]) == len(taken.rounds[FLOOR])


def _over(taken: Timings, name: str) -> float:
    """Return the median, over the rounds, of what it adds over what the floor adds."""
    ours, floor, bare = (taken.rounds[n] for n in (name, FLOOR, BARE))
    rounds = zip(ours, floor, bare, strict=True)
    return median((one - none) / (hand - none) for one, hand, none in rounds)


def _probes(processes: list[Callers]) -> Row:
    """Return the most trial calls that any run let through."""
    reached = []
    for batch in range(RUNS // BATCH):
        names = [f"race-{batch}-{number}" for number in range(BATCH)]
        for name in names:
            open_everywhere(processes, name, COOL_OFF_S, probe_s=10)
        time.sleep(COOL_OFF_S + 0.1)
        reached += [race(processes, name, CALLERS) for name in names]
    worst = max(reached) if min(reached) == 1 else min(reached)
    figure = f"trial calls, {PROCESSES} of {CALLERS} callers, the worst of {RUNS} runs"
    return Row(figure=figure, value=worst, unit="calls", bar=Bar(Of.VALUE, 1, 1))


def _recovery(processes: list[Callers]) -> Row:
    """Return the longest recovery from a killed prober, in cool-offs."""
    pairs = [processes[:2], processes[2:]]
    with ThreadPoolExecutor(len(pairs)) as pool:
        spans = [span for found in pool.map(_recoveries, pairs) for span in found]
    figure = f"recovery after SIGKILL of the prober, the worst of {len(spans)} runs"
    worst = max(spans) / COOL_OFF_S
    return Row(figure=figure, value=worst, unit="cool-offs", bar=Bar(Of.VALUE, most=1))


def _recoveries(pair: list[Callers]) -> list[float]:
    """Return the seconds from each killing to the next call."""
    spans = []
    for number in range(RUNS // 2):
        name = f"kill-{id(pair)}-{number}"
        open_everywhere(pair, name, COOL_OFF_S)
        time.sleep(COOL_OFF_S + 0.1)
        if not pair[0].do("kill_prober", name):
            raise RuntimeError(name)
        spans.append(pair[1].do("recover", name))
    return spans
