"""The tally: what the locks counted, as plain numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping

from hardening.core import Histogram, Kind, Measure, Sample

# A table's name is never made from data; if it were, the rest would be counted as one.
_TABLES_MAX = 100
OTHERS = "(others)"


class Tally:
    """Counts by table; threads may lose a count to one another, never tear one."""

    __slots__ = ("_waits", "deadlocks", "stale", "timeouts")

    def __init__(self) -> None:
        self._waits: dict[str, Histogram] = {}
        self.timeouts: Counter[str] = Counter()
        self.deadlocks: Counter[str] = Counter()
        self.stale: Counter[str] = Counter()

    def waited(self, table: str, span_s: float) -> None:
        """Count a wait, also one in vain."""
        table = self.label(table)
        waits = self._waits.get(table)
        if waits is None:
            waits = self._waits.setdefault(table, Histogram())
        waits.observe(span_s)

    def label(self, table: str) -> str:
        """Return the name to count under."""
        known = table in self._waits or len(self._waits) < _TABLES_MAX
        return table if known else OTHERS

    def measures(self) -> Iterator[Measure]:
        """Yield what was counted."""
        yield Measure(
            "hardening_locks_wait_seconds",
            "How long callers waited for a lock, had or not.",
            Kind.HISTOGRAM,
            tuple(
                Sample(waits.distribution(), (("table", table),))
                for table, waits in tuple(self._waits.items())
            ),
        )
        yield _counter("timeouts", "Locks that were not had in time.", self.timeouts)
        yield _counter("deadlocks", "Deadlocks, ended by the server.", self.deadlocks)
        yield _counter("stale", "Updates of a version that was gone.", self.stale)


def _counter(name: str, meaning: str, counts: Mapping[str, int]) -> Measure:
    """Return a family of counters, one for each table."""
    samples = (
        Sample(count, (("table", table),)) for table, count in tuple(counts.items())
    )
    full = f"hardening_locks_{name}"
    return Measure(full, meaning, Kind.COUNTER, tuple(samples))
