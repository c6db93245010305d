"""The workspace: the folder where rollouts are kept, and which of them is meant."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from gonogo.adapters.clocks import SystemClock
from gonogo.adapters.journals import RolloutBusy, RolloutLock, SqliteJournal
from gonogo.decision import RolloutState, decide, replay
from gonogo.model.command import PeoplesCommand
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.record import Record

JOURNAL = "journal.db"


class NoSuchRollout(LookupError):
    """No rollout of the workspace is meant, or more than one is."""

    def __init__(self, wanted: str | None, known: tuple[RolloutId, ...]) -> None:
        """Compose the message from what was asked for and what there is."""
        what = (
            f"There is no rollout '{wanted}' here" if wanted else "No rollout is named"
        )
        there = f"name one of: {', '.join(known)}" if known else "none was run here yet"
        super().__init__(f"{what}: {there}.")


class AnotherRollout(Exception):
    """An unfinished rollout of another plan holds the service and environment."""

    def __init__(self, plan: Plan, state: RolloutState) -> None:
        """Compose the message from the two plans."""
        self.state = state
        super().__init__(
            f"Rollout {state.rollout} of {plan.service} in {plan.environment} is not "
            f"finished, and its plan is another one ({state.plan.digest[:19]}…, not "
            f"{plan.digest[:19]}…): the document, or its bindings, have changed. "
            f"Run the document as it was; or `gonogo abort {state.rollout}`, and run "
            "this one again: that takes back what was done."
        )


class Workspace:
    """
    Where rollouts are kept: a folder with the journal, locks and shell sessions.

    Args:
        folder: `.gonogo` beside where gonogo was called, unless told otherwise.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is made before it is needed."""
        self.folder = folder

    @cached_property
    def journal(self) -> SqliteJournal:
        """Open the journal, once; it is closed when the process ends."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return SqliteJournal(self.folder / JOURNAL)

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
        for state in self._of_same_place(plan):
            if state.ended:
                continue
            if state.plan.digest != plan.digest:
                raise AnotherRollout(plan, state)
            return state
        return None

    def ended(self, plan: Plan) -> RolloutState | None:
        """Return the last rollout of the service and environment, if it ran this plan."""
        last = next(self._of_same_place(plan), None)
        if last is None or not last.ended or last.plan.digest != plan.digest:
            return None
        return last

    def _of_same_place(self, plan: Plan) -> Iterator[RolloutState]:
        """Yield the rollouts of the plan's service and environment, newest first."""
        if not (self.folder / JOURNAL).exists():
            return
        for rollout in reversed(self.journal.rollouts()):
            state = self.state(rollout)
            place = (state.plan.service, state.plan.environment)
            if place == (plan.service, plan.environment):
                yield state

    def runner_at_work(self, rollout: RolloutId) -> int | None:
        """Return the process that runs a rollout now, 0 if unknown; None for none."""
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
            events = decide(state, word).events
            wall = SystemClock().wall()
            self.journal.append(rollout, events, after=len(records), recorded_at=wall)

    def next_name(self, plan: Plan) -> RolloutId:
        """Return a name for a new rollout: service, environment and a number."""
        stem = "-".join(f"{plan.service} {plan.environment}".lower().split())
        count = sum(each.startswith(f"{stem}-") for each in self.journal.rollouts())
        return RolloutId(f"{stem}-{count + 1}")


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
