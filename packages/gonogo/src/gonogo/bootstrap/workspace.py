"""The workspace: the folder where rollouts are kept, and which of them is meant."""

import os
from functools import cached_property
from pathlib import Path

from gonogo.adapters.clocks import SystemClock
from gonogo.adapters.journals import RolloutBusy, RolloutLock, SqliteJournal
from gonogo.adapters.shards.locked import holder_of
from gonogo.decision import RolloutState, decide, replay
from gonogo.decision.standing import standing_of
from gonogo.model.command import PeoplesCommand
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.record import Record
from gonogo.model.standing import Standing
from gonogo.ports.journal import Journal

JOURNAL = "journal.db"
# So many rollouts an error names.
NAMED = 10


class NoSuchRollout(LookupError):
    """No rollout of the workspace is meant, or more than one is."""

    def __init__(self, wanted: str | None, known: tuple[RolloutId, ...]) -> None:
        """Compose the message from what was asked for and what there is."""
        what = (
            f"There is no rollout '{wanted}' here" if wanted else "No rollout is named"
        )
        there = f"name one of: {_listed(known)}" if known else "none was run here yet"
        super().__init__(f"{what}: {there}.")


def _listed(known: tuple[RolloutId, ...]) -> str:
    """Return some names, the newest first, and how many there are beside them."""
    newest, others = known[::-1][:NAMED], len(known) - NAMED
    more = f" ({others:,} more: gonogo status --all)" if others > 0 else ""
    return f"{', '.join(newest)}{more}"


class AnotherRollout(Exception):
    """An unfinished rollout of another plan holds the service and environment."""

    def __init__(self, plan: Plan, state: RolloutState) -> None:
        """Compose the message from the two plans."""
        self.state = state
        super().__init__(
            f"Rollout {state.rollout} of {plan.service} in {plan.environment} is not "
            f"finished, and its plan is another one ({state.plan.digest[:19]}…, not "
            f"{plan.digest[:19]}…): the document, or its bindings, have changed. "
            f"Run the document as it was; or let it go over to this one with `gonogo "
            f"amend {plan.document} --rollout {state.rollout} --from STAGE`; or `gonogo "
            f"abort {state.rollout}`, and run this one again: that takes back what was "
            "done."
        )


class Workspace:
    """
    Where rollouts are kept: a folder with the journal, locks and shell sessions.

    Args:
        folder: `.gonogo` beside where gonogo was called, unless told otherwise.
        database: Of PostgreSQL, where the journal is kept instead, so that workers
            on many machines share it; the rest stays in the folder.
    """

    def __init__(self, folder: Path, database: str | None = None) -> None:
        """Name the places; nothing is made before it is needed."""
        self.folder, self.database = folder, database

    @cached_property
    def journal(self) -> Journal:
        """Open the journal, once; it is closed when the process ends."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.database is not None:
            from gonogo.adapters.journals.postgres import (  # noqa: PLC0415  optional
                PostgresJournal,
            )

            return PostgresJournal(self.database)
        journal = SqliteJournal(self.folder / JOURNAL)
        fill_standings(journal)
        return journal

    @property
    def begun(self) -> bool:
        """Return whether a rollout was ever begun here; nothing is made."""
        return self.database is not None or (self.folder / JOURNAL).exists()

    def records(self, rollout: RolloutId) -> tuple[Record, ...]:
        """Return a rollout's records, oldest first."""
        return self.journal.read(rollout)

    def state(self, rollout: RolloutId) -> RolloutState:
        """
        Return where a rollout stands.

        Raises:
            NoSuchRollout: It has no journal here.
        """
        state = replay(record.event for record in self.records(rollout))
        if state is None:
            raise NoSuchRollout(rollout, self.journal.rollouts())
        return state

    def find(self, name: str | None) -> RolloutId:
        """
        Return the rollout of this name; without one, the last that was begun.

        Raises:
            NoSuchRollout: There is none.
        """
        known = self.journal.rollouts()
        if name is None and known:
            return known[-1]
        if name not in known:
            raise NoSuchRollout(name, known)
        return RolloutId(str(name))

    def unfinished(self, plan: Plan) -> RolloutState | None:
        """
        Return the rollout of this plan that has not ended.

        Raises:
            AnotherRollout: One of another plan holds the service and environment.
        """
        found = self._of_same_place(plan, under_way=True)
        if found is None:
            return None
        state = self.state(found.rollout)
        if plan.digest not in {state.plan.digest, state.document_plan}:
            raise AnotherRollout(plan, state)
        return state

    def ended(self, plan: Plan) -> RolloutState | None:
        """Return the last rollout of the service and environment, if it ran this plan."""
        last = self._of_same_place(plan, under_way=False)
        if last is None or last.ended_at is None or last.digest != plan.digest:
            return None
        return self.state(last.rollout)

    def _of_same_place(self, plan: Plan, *, under_way: bool) -> Standing | None:
        """Return the newest rollout of the plan's service and environment."""
        if not self.begun:
            return None
        standings = reversed(self.journal.standings(under_way=under_way))
        place = (plan.service, plan.environment)
        return next((s for s in standings if (s.service, s.environment) == place), None)

    def runner_at_work(self, rollout: RolloutId) -> int | None:
        """Return the process that runs a rollout now, 0 if unknown; None for none."""
        alone = self.driven_alone(rollout)
        return self.worker_at_work() if alone is None else alone

    @property
    def run_by_workers(self) -> bool:
        """Return whether a rollout that begins here is a worker's to run."""
        return self.database is not None or self.worker_at_work() is not None

    def worker_at_work(self) -> int | None:
        """Return the worker that runs all rollouts, 0 if unknown; None for none."""
        if self.database is None:
            return holder_of(self.folder)
        # Only here: a folder needs no driver of PostgreSQL.
        from gonogo.adapters.shards.workers import somebody_works  # noqa: PLC0415

        return 0 if somebody_works(self.database) else None

    def driven_alone(self, rollout: RolloutId) -> int | None:
        """Return the process that drives just this rollout, as `runner_at_work`."""
        lock = RolloutLock(self.folder / "locks", rollout)
        if not _may_be_held(lock.path):
            return None
        try:
            with lock:
                return None
        except RolloutBusy as busy:
            return busy.pid or 0

    def settle(self, rollout: RolloutId, word: PeoplesCommand) -> None:
        """
        Journal a word about an ended rollout, which no runner takes up any more.

        Raises:
            RolloutBusy: A runner is at work all the same.
        """
        with RolloutLock(self.folder / "locks", rollout):
            records = self.records(rollout)
            state = replay(record.event for record in records)
            decision = decide(state, word)
            wall = SystemClock().wall()
            self.journal.append(
                rollout,
                decision.events,
                after=len(records),
                recorded_at=wall,
                standing=standing_of(decision.state),
            )

    def next_name(self, plan: Plan) -> RolloutId:
        """Return a name for a new rollout: service, environment and a number."""
        stem = "-".join(f"{plan.service} {plan.environment}".lower().split())
        count = sum(each.startswith(f"{stem}-") for each in self.journal.rollouts())
        return RolloutId(f"{stem}-{count + 1}")


def fill_standings(journal: Journal) -> None:
    """Say of each rollout of an earlier version's journal where it stands."""
    for rollout in journal.without_standing():
        records = journal.read(rollout)
        state = replay(record.event for record in records)
        if state is not None:
            journal.append(
                rollout,
                (),
                after=len(records),
                recorded_at=records[-1].recorded_at,
                standing=standing_of(state),
            )


def _may_be_held(lock: Path) -> bool:
    """
    Return whether the process that a lock file names is there.

    Who only looks must not take the lock, were it for an instant: a runner that
    starts just then would be refused.
    """
    try:
        os.kill(int(lock.read_text()), 0)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
