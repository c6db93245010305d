"""Handing over: a rollout that is begun here, and run by a worker."""

from collections.abc import Mapping

from gonogo.adapters.clocks import SystemClock
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.running import begin, start_of
from gonogo.bootstrap.workspace import Workspace
from gonogo.model.command import Person, Recover
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.runner import Engine
from gonogo.runner.crew import NoCrew


def hand_over(
    document: Document,
    plan: Plan,
    *,
    workspace: Workspace,
    by: Person,
    environ: Mapping[str, str],
) -> RolloutId:
    """
    Begin a rollout of the plan, or find its unfinished one; leave it to a worker.

    Raises:
        AnotherRollout, PlaceTaken: Another holds the service and environment.
        UnresolvedValue: A value or connection of the plan is not set.
    """
    before, clock = workspace.unfinished(plan), SystemClock()
    if before is not None:
        return before.rollout
    rollout, journal = workspace.next_name(plan), workspace.journal
    engine = Engine(journal=journal, crew=NoCrew(), clock=clock)
    start = start_of(document, plan, rollout, by=by, environ=environ, at=clock.now())
    begin(engine, journal, start)
    journal.send(rollout, Recover(at=clock.now(), clean=True))
    return rollout
