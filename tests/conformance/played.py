"""A rollout that is played into a journal, before watchers."""

from gonogo.decision.standing import standing_of
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Approval, Check, Plan
from gonogo.model.record import FIRST_LINK, chained
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.scenes import Scene, gate, plan, stage
from gonogo.testing.world import world_of


def small_plan() -> Plan:
    """Return a plan of an approval, an action and a check, watched by a trigger."""
    return plan(
        stage(
            Approval(id=StepId("ok"), line=1, title="Sign-off", role="Ops"),
            Action(
                id=StepId("ship"),
                line=2,
                title="Ship it",
                apply=Shell(run="ship"),
                undo=Shell(run="unship", idempotent=True),
            ),
            Check(id=StepId("look"), line=3, title="Look", probe=Shell(run="look")),
            name="canary",
        ),
        triggers=(gate("errors-low"),),
    )


class Played(Scene):
    """A scene whose events are journaled, and shown to watchers."""

    def __init__(self, what=None, *, watchers=(), journal=None):
        """Start the rollout at noon."""
        self.journal = MemoryJournal() if journal is None else journal
        self.watchers = list(watchers)
        super().__init__(small_plan() if what is None else what)

    def take(self, command):
        """Let a command come, journal its events, and show them."""
        events = super().take(command)
        rollout = self.state.rollout
        records = self.journal.append(
            rollout,
            events,
            after=len(self.journal.read(rollout)),
            recorded_at=self.now,
            standing=standing_of(self.state),
        )
        for watcher in self.watchers:
            watcher.saw(self.state, records)
        return events

    @property
    def records(self):
        """Return what was journaled so far."""
        return self.journal.read(self.state.rollout)

    def shipped(self):
        """Approve, apply the action, and leave the check to be looked at."""
        self.after(minutes=5).approved("ok")
        self.after(seconds=1).prepared("ship")
        self.after(seconds=2).applied("ship")
        return self

    def completed(self):
        """Go through to the end."""
        self.shipped().after(seconds=3).observed("look")
        return self

    def tripped(self):
        """Let the trigger fire, and everything be undone."""
        self.shipped().after(seconds=1).measured(1.0)
        self.after(minutes=1).measured(9.0)
        self.after(seconds=4).undone()
        return self

    def called_off(self):
        """Let a person turn back, and everything be undone."""
        self.shipped().aborted("not today")
        self.undone()
        return self


def lived(seed):
    """Return the records and the state of a random rollout, lived to its end."""
    world = world_of(seed)
    state = world.run()
    records = []
    for event in world.history:
        records += chained(
            state.rollout,
            [event],
            after=len(records),
            previous=records[-1].link if records else FIRST_LINK,
            recorded_at=event.at,
        )
    return records, state
