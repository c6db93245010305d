"""
A worker under load: gonogo's engine, journal and shards, in a world that answers at once.

    python -m benchmarks.engine.worker FOLDER    over SQLite, alone
    python -m benchmarks.engine.worker URL       over PostgreSQL, among others

It prints a line at its first tick. It is told over its input: `begin` to measure, `end`
to measure no more and to print its `Figures` in one line. It leaves when its input ends.
"""

import argparse
import cProfile
import pstats
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.engine.figures import Figures
from benchmarks.engine.world import Nobody, World
from gonogo.adapters.clocks import SystemClock
from gonogo.adapters.journals import SqliteJournal
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.adapters.shards.locked import LockedShards
from gonogo.bootstrap.working import CALLED, Worker
from gonogo.bootstrap.workspace import JOURNAL
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Http
from gonogo.ports.journal import Unread
from gonogo.ports.shards import Shards
from gonogo.ports.telemetry import Unmeasured
from gonogo.runner import Engine, ThreadedCrew
from gonogo.runner.engine import INBOX_PAUSE
from gonogo.runner.looks import SharedLooks
from gonogo.runner.performing import Performer
from gonogo.runner.settling import Behind

SETTLES_S = 1.0
"""What broke, or was sent, right before the end has so long to be acted on."""

COSTLIEST = 25
"""So many functions of a profile are printed."""


def main(arguments: list[str]) -> None:
    """Work until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("place")
    parser.add_argument("--at-hand", type=int, default=20_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args(arguments)
    kind = Profiled if options.profile else Engine
    with _worker(options.place, options.at_hand, kind) as worker:
        worker.run(lambda: None)


class Pulse(Unmeasured):
    """Implements `EngineMetrics` and `Alarms`: notes ticks, and what goes wrong."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.late_s: list[float] = []
        self.aside = 0
        self._at_work = False

    def ticked(self, late_s: float) -> None:
        """Note a tick; say that there was a first."""
        if not self._at_work:
            self._at_work = True
            print("at work", flush=True)
        self.late_s.append(late_s)

    def set_aside(self, rollout: RolloutId, why: Exception) -> None:
        """Note and say that a rollout cannot be run."""
        self.aside += 1
        print(f"{rollout} was set aside: {why!r}", file=sys.stderr)

    def unread(self, command: Unread) -> None:
        """End: here every command is of this version."""
        raise command.why

    def unreached(self, why: Exception) -> None:
        """Say that the journal is away."""
        print(f"the journal cannot be reached: {why}", file=sys.stderr)


class Profiled(Engine):
    """
    An engine that says at its end on what it spent its time while it was measured.

    Attributes:
        watched: Whether it is measured now.
    """

    watched = False

    def run(self, done: Callable[[], bool]) -> None:
        """Drive until `done`, and print the costliest functions."""
        profile = cProfile.Profile()

        def between_turns() -> bool:
            # On the thread of the engine, which is the only one that a profile sees.
            (profile.enable if self.watched else profile.disable)()
            return done()

        super().run(between_turns)
        profile.disable()
        stats = pstats.Stats(profile, stream=sys.stderr)
        stats.sort_stats("tottime").print_stats(COSTLIEST)


class Measured:
    """Answers what is told over the input."""

    def __init__(
        self, worker: Worker, engine: Engine, world: World, pulse: Pulse
    ) -> None:
        self._worker, self._engine = worker, engine
        self._world, self._pulse = world, pulse
        self._began_s = self._busy_s = 0.0

    def obey(self) -> None:
        """Do what each line says, and stop the worker after the last."""
        for line in sys.stdin:
            {"begin": self._begin, "end": self._end}[line.strip()]()
        self._worker.stop()

    def _begin(self) -> None:
        self._began_s, self._busy_s = time.perf_counter(), time.process_time()
        self._pulse.late_s = []
        self._world.breaking = True
        self._profile(watched=True)

    def _end(self) -> None:
        self._world.breaking = False
        late_s, self._pulse.late_s = self._pulse.late_s, []
        passed_s = time.perf_counter() - self._began_s
        busy_s = time.process_time() - self._busy_s
        self._profile(watched=False)
        time.sleep(SETTLES_S)
        figures = Figures(
            late_s=late_s,
            broke=dict(self._world.broke),
            undone=dict(self._world.undone),
            cpu_pct=100 * busy_s / passed_s,
            memory_mib=_peak_mib(),
            set_aside=self._pulse.aside,
        )
        print(figures.line(), flush=True)

    def _profile(self, *, watched: bool) -> None:
        if isinstance(self._engine, Profiled):
            self._engine.watched = watched


@contextmanager
def _worker(place: str, at_hand: int, kind: type[Engine]) -> Iterator[Worker]:
    """Yield a worker of a place that obeys what it is told."""
    world, pulse = World(), Pulse()
    journal, shards = _opened(place)
    called = isinstance(journal, PostgresJournal)
    engine = kind(
        journal=journal,
        crew=_crew(world),
        clock=SystemClock(),
        alarms=pulse,
        metrics=pulse,
        most_at_hand=at_hand,
        inbox_pause=CALLED if called else INBOX_PAUSE,
        settling=partial(Behind, journal)
        if isinstance(journal, SqliteJournal)
        else None,
    )
    care = journal.carry_over if isinstance(journal, SqliteJournal) else None
    worker = Worker(engine, shards, care)
    measured = Measured(worker, engine, world, pulse)
    with ExitStack() as stack:
        if isinstance(journal, PostgresJournal):
            stack.enter_context(journal.listen(engine.nudge))
        threading.Thread(target=measured.obey, daemon=True).start()
        yield worker


def _opened(place: str) -> tuple[SqliteJournal | PostgresJournal, Shards]:
    """Return the journal of a folder or a database, and who gives turns there."""
    if not place.startswith("postgresql:"):
        journal = SqliteJournal(Path(place, JOURNAL))
        return journal, LockedShards(Path(place), journal)
    # As in the product: without a database, DBOS is not even loaded.
    from gonogo.adapters.shards.dbos import DbosShards  # noqa: PLC0415

    return PostgresJournal(place), DbosShards(place, PostgresJournal(place))


def _crew(world: World) -> ThreadedCrew:
    clock = SystemClock()
    performer = Performer(
        operators={Http: world},
        people=Nobody(),
        clock=clock,
        looks=SharedLooks(clock),
    )
    return ThreadedCrew(lambda _: performer)


def _peak_mib() -> float:
    """Return the most memory that this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


if __name__ == "__main__":
    main(sys.argv[1:])
