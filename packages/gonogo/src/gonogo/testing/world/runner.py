"""The runner of a world: it decides, journals and performs, and dies in between."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

from gonogo.decision import Decision, RolloutState, decide, next_wake
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command
from gonogo.model.effect import Effect
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId, StepId
from gonogo.model.plan import Plan
from gonogo.testing.clock import NOON
from gonogo.testing.laws import LawBroken
from gonogo.testing.laws.law import hold
from gonogo.testing.plans import chance, pick
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.judging import (
    ReplayJudge,
    WatchJudge,
    check_decision,
    check_done_once,
    is_intended,
)
from gonogo.testing.world.people import STARTER, People
from gonogo.testing.world.script import MINUTE, SECOND, Moment, Script
from gonogo.testing.world.truth import Truth
from gonogo.testing.world.work import Work, Workshop, key_of


class SimulatedRunner:
    """
    Drives one rollout through the real machine.

    Attributes:
        history: The journal: what survives a crash.
        state: What the journal folds to; None before it has begun.
        decided_at: The latest instant that a command was decided at.
        crashes: How often it died.
        found: How often a deed that outlived its runner was found again.
        down: It died, and has not started again.
        under_way: The work that was begun and has not reported, by its key.
        people: Whom it asks.
        replayed: What a replay of the journal gives.
    """

    def __init__(
        self, plan: Plan, script: Script, agenda: Agenda, truth: Truth
    ) -> None:
        """Take the plan, and the world that it runs in."""
        self.history: list[Event] = []
        self.state: RolloutState | None = None
        self.decided_at = NOON
        self.crashes = 0
        self.found = 0
        self.down = False
        self.under_way: dict[tuple[Hashable, ...], Work] = {}
        self.people = People(plan, script, agenda, truth, self)
        self._workshop = Workshop(script, agenda, truth)
        self._plan, self._script, self._weather = plan, script, script.weather
        self._agenda, self._truth = agenda, truth
        self._left: dict[tuple[Hashable, ...], Work] = {}
        self._performed: Counter[tuple[Hashable, ...]] = Counter()
        self._watch = WatchJudge(plan)
        self.replayed = ReplayJudge()

    def known(self) -> RolloutState:
        """Return the state of a rollout that has begun."""
        if self.state is None:
            message = "the world has not begun"
            raise LawBroken(message)
        return self.state

    def wake(self) -> datetime | None:
        """Return when it has to be woken; None while it is down, and for never."""
        return None if self.down else next_wake(self.known())

    def begin(self) -> None:
        """Start the rollout."""
        self.take(
            commands.Start(
                at=self._agenda.now,
                rollout=RolloutId("r-1"),
                plan=self._plan,
                document="# A drawn plan",
                by=STARTER,
            )
        )

    # -- a turn ----------------------------------------------------------------

    def take(self, command: Command, *, kept: bool = False) -> None:
        """
        Decide, journal, perform; and now and then die in between.

        Args:
            command: What came.
            kept: It is in the inbox, and comes again if it finds nobody.
        """
        if self.down:
            self._come_again(command, kept=kept)
            return
        dies_at = self._script.moment_of_death()
        decision = self._decide(command)
        if dies_at is Moment.DECIDED:
            self._crash()
            self._come_again(command, kept=kept)
            return
        self._journal(decision.events)
        self.state = decision.state
        self._perform_all(decision.effects, dies_at)
        if dies_at is not None:
            self._crash()
        elif command.at == self._agenda.now:
            self._watch.check(self._agenda.now, self.under_way)

    def _come_again(self, command: Command, *, kept: bool) -> None:
        if kept:
            self._agenda.after(MINUTE, lambda: self.take(command, kept=True))

    def _decide(self, command: Command) -> Decision:
        decision = decide(self.state, command)
        self.decided_at = max(self.decided_at, command.at)
        check_decision(self.state, command, decision)
        return decision

    def _journal(self, told: Sequence[Event]) -> None:
        self.history.extend(told)
        for event in told:
            self._watch.take(event)
            self.replayed.take(event)

    def _perform_all(self, wanted: Sequence[Effect], dies_at: Moment | None) -> None:
        """Perform the effects: none, or the first only, if it dies over them."""
        if dies_at is Moment.JOURNALED:
            return
        for effect in wanted[:1] if dies_at is Moment.PERFORMING else wanted:
            self._perform(effect)

    # -- dying -----------------------------------------------------------------

    def _crash(self) -> None:
        """Die: what is under way outlives it, takes effect now, or never."""
        self.crashes += 1
        self.down = True
        for work in self.under_way.values():
            if work.supervised:
                self._leave(work)
                continue
            if work.deed is not None and chance(self._script, 50):
                self._do(work)
            if (
                not work.dead
                and work.deed is None
                and self._script.wrong(self._weather.repeats)
            ):
                late = SECOND * self._script.number(900)
                self._agenda.after(late, self._zombie(work))
            work.dead = True
        self.under_way.clear()
        self.people.asked.clear()
        downtime = SECOND * pick(self._script, (1, 30, 600, 7200))
        self._agenda.after(downtime, self._restart)

    def _leave(self, work: Work) -> None:
        """Let a deed go on without its runner."""
        work.left, work.crash = True, ""
        self._left[work.key] = work

    def _zombie(self, work: Work) -> Callable[[], None]:
        return lambda: self.take(work.report())

    def _restart(self) -> None:
        self.down = False
        self.replayed.check(self.state)
        if self.state is None:
            self.begin()
        else:
            self.take(commands.Recover(at=self._agenda.now))

    # -- performing ------------------------------------------------------------

    def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Ask():
                self.people.ask(effect.question)
            case effects.AskApproval():
                self.people.ask_approval(effect.step)
            case effects.Cancel():
                self._cancel(effect.step)
            case effects.Notify():
                pass
            case effects.Find(sought=sought) if key_of(sought) in self._left:
                self._take_up(self._left.pop(key_of(sought)))
            case _:
                self._begin_work(effect)

    def _take_up(self, work: Work) -> None:
        """Find a deed again: it reports at its end, or soon if that has come."""
        self.found += 1
        work.left = False
        self.under_way[work.key] = work
        if work.ended:
            self._agenda.after(SECOND, lambda: self._report(work))

    def _begin_work(self, effect: Effect) -> None:
        """Begin an effect; one that is under way already is dropped."""
        work, span = self._workshop.work_of(effect)
        if work.key in self.under_way:
            return
        self._check_begun(effect, work)
        self.under_way[work.key] = work
        if work.deed is not None:
            self._agenda.after(span / 2, lambda: self._happen(work))
        self._agenda.after(span, lambda: self._report(work))

    def _happen(self, work: Work) -> None:
        """Let a deed take effect, unless the runner dies before; or let it die after."""
        if work.dead or work.deed is None:
            return
        if work.crash == "before" and work.supervised:
            self._crash()
            late = SECOND * self._script.number(1200)
            self._agenda.after(late, lambda: self._happen(work))
            return
        if work.crash == "before":
            work.deed, work.dead = None, True
        else:
            self._do(work)
        if work.crash:
            self._crash()

    def _do(self, work: Work) -> None:
        operation, work.deed = work.deed, None
        if operation is None:
            return
        forward = work.key[0] is effects.Apply
        if forward and not operation.idempotent:
            check_done_once(operation, self.history, self.known(), self._truth)
        self._truth.do(operation, forward=forward)

    def _report(self, work: Work) -> None:
        if work.deed is not None and not work.dead:
            self._agenda.after(MINUTE, lambda: self._report(work))
            return
        work.ended = True
        if work.dead or self.under_way.get(work.key) is not work:
            return
        del self.under_way[work.key]
        command = work.report()
        if self._script.wrong(self._weather.repeats):
            late = SECOND * self._script.number(900)
            self._agenda.after(late, lambda: self.take(command))
        self.take(command)

    def _cancel(self, step: StepId) -> None:
        """End an action: it stops where it is, or comes to its own end after all."""
        for key, work in list(self.under_way.items()):
            if key[:2] == (effects.Apply, step) and chance(self._script, 50):
                self._stop(work)

    def _stop(self, work: Work) -> None:
        if work.deed is not None and chance(self._script, 50):
            self._do(work)
        work.dead = True
        ended = self._workshop.cancelled(work)
        self.under_way[work.key] = ended
        self._agenda.after(SECOND * 3, lambda: self._report(ended))

    # -- judged at each turn ---------------------------------------------------

    def _check_begun(self, effect: Effect, work: Work) -> None:
        """Law 5: the intent is in the journal; no attempt is begun twice."""
        if not isinstance(effect, effects.Apply | effects.Undo):
            return
        intended = is_intended(self.history, effect)
        hold(intended, f"{work.key} is performed without an intent")
        self._performed[work.key] += 1
        hold(self._performed[work.key] == 1, f"{work.key} is performed twice")
