"""Running: a runner with every port filled, for one rollout."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console

from gonogo.adapters.journals import RolloutLock
from gonogo.adapters.operators import Redactor, UnresolvedValue
from gonogo.adapters.people import AnswersFile, TerminalPeople
from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.line import Line
from gonogo.bootstrap.performers import Performers, values_of
from gonogo.bootstrap.workspace import Workspace
from gonogo.model.command import Person, Start
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.sealing import canonical, encode_plan
from gonogo.model.shard import shard_of
from gonogo.ports.journal import Journal
from gonogo.ports.people import People
from gonogo.runner import Alone, Engine, ThreadedCrew, Watcher


class WorkerBegan(Exception):
    """A worker has begun in the moment in which a run of its own was to begin."""

    def __init__(self, pid: int) -> None:
        """Compose the message from its process."""
        process = f" (process {pid})" if pid else ""
        super().__init__(
            f"A worker{process} has just begun here, and runs every rollout. Nothing "
            "was begun: give the same command again, and it hands the rollout over."
        )


def missing_values(
    plan: Plan, environ: Mapping[str, str]
) -> tuple[UnresolvedValue, ...]:
    """Return every value and connection of a plan that nothing stands behind."""
    return values_of(plan, environ, RolloutId("")).missing()


def spelled_out(document: Document, environ: Mapping[str, str]) -> tuple[str, ...]:
    """
    Return what to say of secrets whose value stands in the plan itself (law 10).

    A plan is journaled as it is, under its digest: it cannot be redacted. What stands
    in the rest of the document only is redacted where its text is kept.
    """
    plan = document.compiled.plan
    if plan is None:
        return ()
    written = canonical(encode_plan(plan)).decode()
    secrets = values_of(plan, environ, RolloutId("")).secrets()
    return tuple(
        f"{document.path}{_line_of(value, document)}: the value of the secret '{name}' "
        f"is spelled out, and would be journaled. Write ${name} instead."
        for name, value in secrets.items()
        if name in plan.values and value in written
    )


def _line_of(value: str, document: Document) -> str:
    lines = enumerate(document.text.splitlines(), start=1)
    return next((f":{number}" for number, line in lines if value in line), "")


def answers_of(path: Path, plan: Plan) -> People:
    """
    Return the people that an answers file stands for.

    Raises:
        AnswersInvalid: It has mistakes, or does not fit the plan.
    """
    return AnswersFile(path, plan)


def person_at(console: Console, name: str) -> TerminalPeople:
    """Return whoever sits at this terminal."""
    return TerminalPeople(name, console=console)


@contextmanager
def runner_for(
    document: Document,
    plan: Plan,
    *,
    workspace: Workspace,
    by: Person,
    people: People,
    watcher: Watcher,
    environ: Mapping[str, str],
    pace: float = 1,
) -> Iterator[Alone]:
    """
    Yield a rollout of the plan: begun, or its unfinished one taken over.

    Raises:
        AnotherRollout: Another plan holds the service and environment.
        RolloutBusy: Another runner drives it.
        UnresolvedValue: A value or connection of the plan is not set.
        WorkerBegan: A worker runs all rollouts here.
    """
    state = workspace.unfinished(plan)
    rollout = state.rollout if state else workspace.next_name(plan)
    clock = clock_for(pace, state)
    folder = document.path.resolve().parent
    performers = Performers(
        workspace.folder, environ, people=people, clock=clock, beside=folder
    )
    with RolloutLock(workspace.folder / "locks", rollout):
        worker = workspace.worker_at_work()
        if worker is not None:
            raise WorkerBegan(worker)
        # A worker that comes later shall not take this shard for one left clean.
        workspace.journal.next_epochs((shard_of(rollout),))
        engine = Engine(
            journal=workspace.journal,
            crew=ThreadedCrew(performers.of),
            clock=clock,
            watcher=watcher,
        )
        if state is None:
            start = start_of(
                document, plan, rollout, by=by, environ=environ, at=clock.now()
            )
            begin(engine, workspace.journal, start)
        else:
            engine.take_over(rollout)
        yield Alone(engine, rollout)


def begin(engine: Engine, journal: Journal, start: Start) -> None:
    """
    Begin a rollout, frozen where the line is stopped for it.

    The line is read before the start and after it was journaled: what is stopped in
    between reaches the rollout, from here or from who stops it.
    """
    line = Line(journal)
    stops, read = line.standing_for(start.plan)
    engine.start(replace(start, stops=stops))
    line.catch_up(start.rollout, start.plan, after=read)


def start_of(
    document: Document,
    plan: Plan,
    rollout: RolloutId,
    *,
    by: Person,
    environ: Mapping[str, str],
    at: datetime,
) -> Start:
    """Return the command that begins a rollout of a document, its secrets taken out."""
    redact = Redactor(values_of(plan, environ, rollout).secrets())
    return Start(
        at=at,
        rollout=rollout,
        plan=plan,
        document=redact(document.text),
        by=by,
        folder=str(document.path.resolve().parent),
    )
