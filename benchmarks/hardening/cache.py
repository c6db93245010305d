"""The credential cache: what a hit costs, and what is stale after an invalidation."""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from threading import Thread

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import in_peers_environment
from benchmarks.paired import timings
from benchmarks.peers.stale_rounds import LOAD_S, PAUSE_S, Board, Report, readers
from hardening.cache import SingleValue
from hardening.cache.redis import RedisGenerations
from hardening.testing.redis import private_redis

ROUNDS, PEER_ROUNDS, PROCESSES, THREADS = 10_000, 500, 3, 2
FLOOR = "a value and its expiry, by hand"
PEER = "cashews, lock=True"


def measure() -> Iterator[Row]:
    """Yield the cost of a hit, then what readers saw in the rounds."""
    with private_redis() as server:
        yield from _hits(server.url)
        yield from _rounds(server.url)
        yield from _peer(server.url)


def _hits(url: str) -> Iterator[Row]:
    """Yield what a hit costs."""
    generations = RedisGenerations.connect(url)
    cache = SingleValue("hit", lambda: "value", generations=generations)
    cache.get()
    held = ("value", time.monotonic() + 3600)

    def by_hand() -> str:
        value, expires_s = held
        if time.monotonic() < expires_s:
            return value
        raise AssertionError

    calls: dict[str, Callable[[], object]] = {FLOOR: by_hand, "a hit": cache.get}
    taken = timings(calls, number=20_000)
    cache.close()
    generations.close()
    for name in calls:
        is_ours = name != FLOOR
        yield Row(
            figure=f"SingleValue.get, {name}" if is_ours else name,
            value=taken.median_ns(name),
            unit="ns",
            against=FLOOR if is_ours else None,
            ratio=taken.ratio(name, FLOOR) if is_ours else None,
        )


def _rounds(url: str) -> Iterator[Row]:
    """Yield what readers in other processes saw of 10,000 invalidations."""
    report, took_ms = rounds(url, ROUNDS, processes=PROCESSES)
    seen = f"{ROUNDS:,} invalidations, {PROCESSES} processes of {THREADS} readers"
    none = Bar(Of.VALUE, most=0)
    yield Row(figure=f"{seen}: stale reads", value=report.stale, unit="reads", bar=none)
    yield Row(figure=f"{seen}: reads", value=report.reads, unit="reads")
    # Without loads in flight there would be nothing to overtake, and to prove.
    many = Bar(Of.VALUE, least=ROUNDS / 10)
    yield Row(
        figure=f"{seen}: loads overtaken",
        value=report.overtaken,
        unit="loads",
        bar=many,
    )
    yield Row(
        figure="confirmed over all processes, p50", value=median(took_ms), unit="ms"
    )
    yield Row(
        figure="confirmed over all processes, slowest", value=max(took_ms), unit="ms"
    )


def _peer(url: str) -> Iterator[Row]:
    """Yield what readers saw of cashews in the same rounds, fewer of them."""
    arguments = (url, str(PEER_ROUNDS), str(PROCESSES))
    said = in_peers_environment("benchmarks.peers.hardening_cache", *arguments)
    seen = f"{PEER}: {PEER_ROUNDS:,} invalidations, {PROCESSES} processes"
    yield Row(figure=f"{seen}: stale reads", value=said["stale"], unit="reads")
    yield Row(figure=f"{seen}: reads", value=said["reads"], unit="reads")
    yield Row(figure=f"{PEER}: delete, p50", value=median(said["ms"]), unit="ms")


def rounds(
    url: str, number: int, *, processes: int, stale_s: float = 5.0
) -> tuple[Report, tuple[float, ...]]:
    """
    Invalidate this often under readers in other processes.

    Returns:
        What the readers saw, and the milliseconds that each confirmation took; the
        first one waits for the store's youth and is left out.
    """
    generations = RedisGenerations.connect(url)
    cache = SingleValue(
        "rounds",
        lambda: None,
        generations=generations,
        stale_s=stale_s,
        poll_s=stale_s / 10,
    )
    target = partial(read, stale_s=stale_s)
    with readers(target, url, processes=processes) as (board, report):
        board.change(cache.invalidate)
        took_ms = []
        for _ in range(number):
            began = time.perf_counter()
            board.change(cache.invalidate)
            took_ms.append((time.perf_counter() - began) * 1e3)
    cache.close()
    generations.close()
    return report, tuple(took_ms)


def read(url: str, board: Board, *, stale_s: float) -> None:
    """Read on a few threads of this process until it is over."""
    sys.setswitchinterval(0.0005)  # what is measured is the cache, not a busy GIL
    generations = RedisGenerations.connect(url)

    def load() -> int:
        value = int(board.truth.value)
        time.sleep(LOAD_S)
        return value

    cache = SingleValue(
        "rounds", load, generations=generations, stale_s=stale_s, poll_s=stale_s / 10
    )
    reports = [Report() for _ in range(THREADS)]

    def go_on(report: Report) -> None:
        while board.going.value:
            floor = board.confirmed.value
            report.note(floor=floor, got=cache.get())
            time.sleep(PAUSE_S)

    cache.get()
    board.ready.release()
    threads = [Thread(target=go_on, args=(report,)) for report in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Report()
    for report in reports:
        total.add(report)
    counted = {measure.name: measure.samples[0].value for measure in cache.measures()}
    total.loads = int(counted["hardening_cache_loads"])  # type: ignore[arg-type]
    total.overtaken = int(counted["hardening_cache_overtaken"])  # type: ignore[arg-type]
    cache.close()
    generations.close()
    board.reports.put(total)
