"""Soaking: ten thousand rollouts that hold, each looked at every 30 seconds."""

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.engine.driving import BUILD, measured, warm_up, workers
from benchmarks.engine.figures import Load
from benchmarks.engine.load import BEGUN_PER_S, fill
from benchmarks.engine.serving import server_of_its_own
from gonogo.adapters.journals import SqliteJournal
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.bootstrap.workspace import JOURNAL
from gonogo.ports.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaking:
    """
    A load.

    Attributes:
        count: How many rollouts.
        cadence: Between two looks at one.
        seconds: How long it is measured; as long as shards stay in one worker's hands,
            so that each changes hands once. A word that comes meanwhile waits for up to
            0.3 s, and half the time would see all of these or none.
    """

    count: int = 10_000
    cadence: timedelta = timedelta(seconds=30)
    seconds: float = 60.0

    def __str__(self) -> str:
        """Return it in the words of a row."""
        return f"{self.count:,} soaking, each looked at every {self.cadence.seconds} s"


LARGE = Soaking(count=100_000, cadence=timedelta(minutes=5))
"""The load that is promised beside the usual one; it takes a quarter of an hour."""


def over_sqlite(load: Soaking, *options: str) -> Load:
    """Return what one process sees that has a journal in SQLite to itself."""
    BUILD.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=BUILD) as folder,
        SqliteJournal(Path(folder, JOURNAL)) as journal,
    ):
        return _driven(load, folder, journal, 1, *options)


def over_postgres(load: Soaking, *options: str) -> Load:
    """Return what two workers see that share a journal in PostgreSQL."""
    with (
        server_of_its_own() as server,
        PostgresJournal(server.url()) as journal,
    ):
        return _driven(load, server.url(), journal, 2, *options)


def _driven(
    load: Soaking, place: str, journal: Journal, number: int, *options: str
) -> Load:
    opens_s = time.time() + load.count / BEGUN_PER_S
    fill(journal, load.count, load.cadence, datetime.fromtimestamp(opens_s, UTC))
    with workers(place, number, *options) as started:
        warm_up(started, load.cadence)
        return measured(started, journal, count=load.count, seconds=load.seconds)
