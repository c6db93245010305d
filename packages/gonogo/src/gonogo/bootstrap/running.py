"""Running: a runner with every port filled, for one rollout."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from gonogo.adapters.journals import RolloutLock
from gonogo.adapters.operators import (
    Redactor,
    UnresolvedValue,
    Values,
    all_operators,
)
from gonogo.adapters.people import AnswersFile, TerminalPeople
from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.workspace import Workspace
from gonogo.model.command import Person, Start
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan, ValueSource
from gonogo.model.sealing import canonical, encode_plan
from gonogo.ports.people import People
from gonogo.runner import Runner, Watcher
from gonogo.runner.performing import Performer


def missing_values(
    plan: Plan, environ: Mapping[str, str]
) -> tuple[UnresolvedValue, ...]:
    """Return every value and connection of a plan that nothing stands behind."""
    return _values(plan, environ, RolloutId("")).missing()


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
    secrets = _values(plan, environ, RolloutId("")).secrets()
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
) -> Iterator[Runner]:
    """
    Yield a runner that has begun the plan, or taken its unfinished rollout over.

    Raises:
        AnotherRollout: Another plan holds the service and environment.
        RolloutBusy: Another runner drives it.
        UnresolvedValue: A value or connection of the plan is not set.
    """
    state = workspace.unfinished(plan)
    rollout = state.rollout if state else workspace.next_name(plan)
    clock = clock_for(pace, state)
    values = _values(plan, environ, rollout)
    redact = Redactor(values.secrets())
    with RolloutLock(workspace.folder / "locks", rollout):
        operators = all_operators(
            values=values,
            redact=redact,
            folder=document.path.resolve().parent,
            sessions=workspace.folder / "sessions" / rollout,
        )
        runner = Runner(
            rollout=rollout,
            journal=workspace.journal,
            performer=Performer(operators=operators, people=people, clock=clock),
            clock=clock,
            watcher=watcher,
        )
        if state is None:
            text = redact(document.text)
            at = clock.now()
            start = Start(at=at, rollout=rollout, plan=plan, document=text, by=by)
            runner.start(start)
        else:
            runner.recover()
        yield runner


def _values(plan: Plan, environ: Mapping[str, str], rollout: RolloutId) -> Values:
    """Return the plan's values, and those that every plan has."""
    own = {
        "GONOGO_ROLLOUT": rollout,
        "GONOGO_SERVICE": plan.service,
        "GONOGO_ENVIRONMENT": plan.environment,
    }
    known = {name: ValueSource(literal=value) for name, value in own.items()}
    return Values({**known, **plan.values}, environ, connections=plan.connections)
