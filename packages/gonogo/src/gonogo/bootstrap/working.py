"""Working: an engine that runs every rollout of a workspace, or its share of them."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import count

from gonogo.adapters.clocks import SystemClock
from gonogo.adapters.journals import SqliteJournal
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.adapters.shards.locked import LockedShards
from gonogo.bootstrap.performers import Performers
from gonogo.bootstrap.workspace import Workspace
from gonogo.ports.people import People
from gonogo.ports.shards import Shards
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner import Alarms, Engine, ThreadedCrew, Watcher
from gonogo.runner.engine import INBOX_PAUSE
from gonogo.runner.settling import Behind

# Where the database calls when a command was sent, looking is only the safety net.
CALLED = timedelta(seconds=1)
# How often it is looked whether the engine and its shards still live; and what has
# lived so long is kept out of Python's full collections. They stop every thread while
# they walk all states and plans: over a second with 10,000 rollouts, measured. Those
# hold no cycles, and go by themselves when nobody names them any more.
LOOK_S = 0.5
# At every such look a journal's log is carried over into its file: what is written
# often in between is carried once.
_CARED_FOR = 6


class WorkerIncomplete(Exception):
    """A worker over a database needs a package that is not installed."""

    def __init__(self, package: str | None) -> None:
        """Compose the message from the package."""
        super().__init__(
            f"A worker over PostgreSQL needs the package '{package}', which is not "
            "installed. Install it with: pip install 'gonogo[postgres]'."
        )


class ShardsFailed(Exception):
    """What gives a worker its shards has failed; the reason is in the log."""

    def __init__(self) -> None:
        """Say what was done about it."""
        super().__init__(
            "The worker lost its turns, and has left; no other rollout is harmed by "
            "it. Begin it again; the log has the reason."
        )


class Worker:
    """
    An engine on a thread of its own, with the shards that it gets.

    Args:
        engine: Runs the rollouts.
        shards: Gives it turns.
        care: Done now and then, beside the engine; it may take its time.
    """

    def __init__(
        self, engine: Engine, shards: Shards, care: Callable[[], None] | None = None
    ) -> None:
        self._engine, self._shards, self._care = engine, shards, care
        self._stop, self._left = threading.Event(), threading.Event()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Leave as soon as no action or undo is under way. From any thread."""
        self._stop.set()
        # Asked for one by one, the last would be let go of when another deed has begun.
        self._engine.holding.let_go_of_all()

    def run(self, begun: Callable[[], None]) -> None:
        """
        Run until stopped.

        Args:
            begun: Called when the worker may get shards.

        Raises:
            WorkspaceBusy, ShardsUnusable: No shards are to be had.
            ShardsFailed: They gave out; what could be left was left.
            Exception: The engine has a defect; what it was doing is in doubt.
        """
        thread = threading.Thread(target=self._drive, name="gonogo engine", daemon=True)
        self._engine.holding.refused = self._shards.fenced_off
        self._shards.open(self._engine.holding)
        thread.start()
        begun()
        for look in count():
            if not thread.is_alive() or not self._shards.alive():
                break
            gc.freeze()
            if self._care is not None and not look % _CARED_FOR:
                self._care()
            if self._stop.wait(LOOK_S):
                break
        if self._failure is not None:
            # The shards are not left: what was under way is in doubt, for the next.
            raise self._failure
        self._shards.close()
        self._left.set()
        self._engine.nudge()
        thread.join()
        if not self._stop.is_set():
            raise ShardsFailed

    def _drive(self) -> None:
        try:
            self._engine.run(self._left.is_set)
        except BaseException as failure:  # noqa: BLE001  raised again by `run`
            self._failure = failure


@contextmanager
def worker_of(
    workspace: Workspace,
    *,
    people: People,
    watcher: Watcher,
    alarms: Alarms,
    environ: Mapping[str, str],
    metrics: EngineMetrics = UNMEASURED,
) -> Iterator[Worker]:
    """
    Yield a worker of a workspace: of all its rollouts, or of its share in a database.

    Raises:
        JournalUnusable: The journal cannot be opened.
        WorkerIncomplete: A package is missing.
    """
    clock, journal = SystemClock(), workspace.journal
    performers = Performers(
        workspace.folder, environ, people=people, clock=clock, metrics=metrics
    )
    called = isinstance(journal, PostgresJournal)
    engine = Engine(
        journal=journal,
        crew=ThreadedCrew(performers.of, metrics=metrics),
        clock=clock,
        watcher=watcher,
        alarms=alarms,
        metrics=metrics,
        free=lambda rollout: workspace.driven_alone(rollout) is None,
        inbox_pause=CALLED if called else INBOX_PAUSE,
        settling=partial(Behind, journal)
        if isinstance(journal, SqliteJournal)
        else None,
    )
    with ExitStack() as stack:
        if isinstance(journal, PostgresJournal):
            stack.enter_context(journal.listen(engine.nudge))
        care = journal.carry_over if isinstance(journal, SqliteJournal) else None
        yield Worker(engine, _shards_of(workspace), care)


def _shards_of(workspace: Workspace) -> Shards:
    if workspace.database is None:
        return LockedShards(workspace.folder, workspace.journal)
    # Only here: a workspace on one machine needs no DBOS.
    try:
        from gonogo.adapters.shards.dbos import DbosShards  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise WorkerIncomplete(missing.name) from missing

    # A connection of its own: the engine's may be in the middle of an append.
    epochs = PostgresJournal(workspace.database)
    return DbosShards(workspace.database, epochs)
