"""The rows of the benchmark, with their bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.engine import commands
from benchmarks.engine.figures import Load, percentile
from benchmarks.engine.soaking import Soaking, over_postgres, over_sqlite
from benchmarks.engine.wakeups import Wakeups, over_peer
from benchmarks.form import Bar, Of, Row

SOAKING = Soaking()

MEMORY = Bar(Of.VALUE, most=512)
TURNED = Bar(Of.VALUE, most=100)
ALONE, SHARED = Bar(Of.VALUE, most=50), Bar(Of.VALUE, most=200)

NAP = "a sleep of 10 ms beside it is late, p99"
SYNC = "SQLite: a page written and synced beside it, p99"
FLOOR = "a table and SKIP LOCKED by hand, 2 workers"
PEERS = {
    "on_pgqueuer": "PgQueuer, a job for each tick, 2 workers",
    "on_procrastinate": "procrastinate, a job for each tick, 2 workers",
}

POLLING = {
    # Argo Rollouts, analysis: DefaultErrorRetryInterval; a metric's own interval is
    # the author's, and one without is measured once.
    "Argo Rollouts, documented: a measurement in error is retried after": 10.0,
    # Flagger: --control-loop-interval, and analysis.threshold failed checks; its
    # tutorials have 10 s times 10, or a minute times 5.
    "Flagger, documented: the loop, times the failed checks allowed": 10.0,
}
"""What peers document of their loops, in seconds: shown, not measured here."""


@dataclass(frozen=True, slots=True)
class Against:
    """A figure of the same run, in milliseconds, that others are held against."""

    name: str
    value_ms: float


def measure() -> Iterator[Row]:
    """Yield all rows: under load, beside the peers, and of whole commands."""
    yield from alone(SOAKING)
    yield from beside_peers(SOAKING)
    yield from documented()
    yield from commands.measure()


def alone(load: Soaking, *options: str) -> Iterator[Row]:
    """Yield the rows of one process over SQLite; options are its own."""
    seen = over_sqlite(load, *options)
    disk = Against(SYNC, percentile(seen.beside.synced_ms, 99))
    yield _beside(SYNC, disk.value_ms, None)
    yield from _rows(f"SQLite, {load}", seen, ALONE, late=disk, acted=disk)


def shared(load: Soaking, *options: str, floor: Wakeups | None = None) -> Iterator[Row]:
    """Yield the rows of two workers over PostgreSQL, beside a floor."""
    seen = over_postgres(load, *options)
    # No disk beside it: this server syncs none.
    late = Against(FLOOR, floor.late_ms_p99) if floor else None
    yield from _rows(f"PostgreSQL, 2 workers, {load}", seen, SHARED, late=late)


def beside_peers(load: Soaking) -> Iterator[Row]:
    """Yield the same number of ticks: the floor, gonogo, and queues."""
    floor = over_peer("floor", load)
    yield from _wakeups(FLOOR, floor, None)
    yield from shared(load, floor=floor)
    for kind, name in PEERS.items():
        yield from _wakeups(name, over_peer(kind, load), floor)


def documented() -> Iterator[Row]:
    """Yield what peers document of how soon they answer a breach."""
    for figure, value in POLLING.items():
        yield Row(figure=figure, value=value, unit="s")


def _rows(
    name: str,
    seen: Load,
    bar: Bar,
    *,
    late: Against | None = None,
    acted: Against | None = None,
) -> Iterator[Row]:
    """Yield the rows of one load on gonogo, beside what the machine itself allows."""
    where = name.partition(",")[0]
    nap = percentile(seen.beside.overslept_ms, 99)
    yield Row(figure=f"{where}: {NAP}", value=nap, unit="ms")
    yield Row(figure=name, value=seen.ticks_per_s, unit="ticks/s")
    yield from _spans(f"{where}: late", seen.late_ms, bar, late)
    yield from _spans(f"{where}: abort acted on after", seen.acted_ms, bar, acted)
    turned = f"{where}: breach turned back after"
    yield from _spans(turned, seen.turned_ms, TURNED, acted)
    yield Row(figure=f"{where}: CPU", value=seen.cpu_pct, unit="% of a core")
    memory = f"{where}: memory, the largest process"
    yield Row(figure=memory, value=seen.memory_mib, unit="MiB", bar=MEMORY)


def _spans(
    name: str, spans_ms: Sequence[float], bar: Bar, against: Against | None
) -> Iterator[Row]:
    """Yield the half and the worst of some spans; the worst is what the bar is for."""
    yield Row(figure=f"{name}, p50", value=percentile(spans_ms, 50), unit="ms")
    yield _beside(f"{name}, p99", percentile(spans_ms, 99), against, bar)


def _wakeups(name: str, seen: Wakeups, floor: Wakeups | None) -> Iterator[Row]:
    """Yield the rows of a peer, or of the floor itself."""
    against = Against(FLOOR, floor.late_ms_p99) if floor else None
    yield Row(figure=name, value=seen.ticks_per_s, unit="ticks/s")
    yield Row(figure=f"{name}: late, p50", value=seen.late_ms_p50, unit="ms")
    yield _beside(f"{name}: late, p99", seen.late_ms_p99, against)


def _beside(
    figure: str, value_ms: float, against: Against | None, bar: Bar | None = None
) -> Row:
    """Return a row in milliseconds, held against another where there is one."""
    return Row(
        figure=figure,
        value=value_ms,
        unit="ms",
        against=against.name if against else None,
        ratio=value_ms / against.value_ms if against else None,
        bar=bar,
    )
