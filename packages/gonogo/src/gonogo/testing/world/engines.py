"""
Engines in a world: two workers share a journal, die, stand still, and believe things.

The real loop drives here, not a model of it: the engine's turns, its batches, fences
and snapshots, over a journal that fails before and after it has kept what it was given.
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta

from gonogo.decision import RolloutState
from gonogo.decision.evolve import evolve
from gonogo.model import effect as effects
from gonogo.model.command import Command, PeoplesCommand, Sent, Start
from gonogo.model.effect import Effect
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.shard import Fence, Shard, shard_of
from gonogo.ports.journal import Append, Appended, JournalUnavailable, Unread
from gonogo.runner import Engine
from gonogo.runner.crew import May, NoCrew, Report
from gonogo.testing.clock import NOON
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.laws import LawBroken
from gonogo.testing.laws.law import hold
from gonogo.testing.plans import chance, pick
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.disk import Disk, Lagging
from gonogo.testing.world.judging import ReplayJudge, check_done_once, is_intended
from gonogo.testing.world.people import STARTER, People
from gonogo.testing.world.script import SECOND, Moment, Script
from gonogo.testing.world.truth import Truth
from gonogo.testing.world.work import Work, Workshop, key_of

ROLLOUT = RolloutId("r-1")
# A worker that is silent for so long is passed over.
TAKEN_OVER_AFTER = 4 * SECOND
# At most so many commits of one turn are tried again at one instant.
TRIES = 20


class Died(BaseException):
    """A worker dies here; nothing of it may catch this."""


class WorldClock:
    """Implements `ports.clock.Clock`: the time of a world's agenda."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda

    def now(self) -> datetime:
        """Return the instant in the world."""
        return self._agenda.now

    def wall(self) -> datetime:
        """Return the same instant."""
        return self._agenda.now

    def working(self, *, under_way: bool) -> None:
        """Take no note."""

    def real_seconds(self, span: timedelta) -> float:
        """Return the span in seconds."""
        return span.total_seconds()


class FailingJournal(MemoryJournal):
    """
    A journal that now and then fails, or kills: before it keeps, or after.

    Attributes:
        disk: What it is on; what was written and not synced goes when the power fails.
    """

    def __init__(self, script: Script, disk: Disk) -> None:
        super().__init__()
        self._script, self.spared, self.disk = script, True, disk

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Append; or fail, with everything kept or nothing."""
        answers = self.write_all(appends)
        self.sync()
        return answers

    def sync(self) -> None:
        """Make durable what was written."""
        self.disk.sync(self)

    def send(self, rollout: RolloutId, command: Sent) -> None:
        """Keep a person's command, durable."""
        super().send(rollout, command)
        self.sync()

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """Take shards over, durable."""
        taken = super().next_epochs(shards)
        self.sync()
        return taken

    def left(self, fences: Sequence[Fence]) -> None:
        """Mark shards as left, durable."""
        super().left(fences)
        self.sync()

    def write_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Append; or fail, with everything kept or nothing; the next sync counts."""
        moment = None if self.spared else self._script.moment_of_death()
        if moment is Moment.DECIDED:
            self._fail()
        answers = super().append_all(appends)
        if moment is Moment.JOURNALED:
            self._fail()
        return answers

    def _fail(self) -> None:
        if chance(self._script, 50):
            raise Died
        raise JournalUnavailable


class Worker:
    """
    One worker: an engine, and the work that it has begun.

    Attributes:
        alive: It has not died.
        still: It stands still: nothing happens in it until it goes on.
    """

    def __init__(self, world: "SimulatedEngines") -> None:
        """Start."""
        self.alive, self.still = True, False
        self.under_way: dict[tuple[Hashable, ...], Work] = {}
        self.late: list[Callable[[], None]] = []
        self._world = world
        self.engine = Engine(
            journal=world.journal,
            crew=self,
            clock=world.clock,
            alarms=world,
            inbox_pause=timedelta(0),
            settling=self._lagging if world.journal.disk.slow else None,
        )

    def _lagging(self, wake: Callable[[], None]) -> Lagging:
        """Return what settles over the world's slow disk."""
        del wake
        journal, agenda = self._world.journal, self._world.agenda
        return Lagging(
            journal.write_all,
            journal.sync,
            journal.disk,
            agenda,
            lambda: self._world.turn(self),
        )

    def begin(
        self, effect: Effect, state: RolloutState, report: Report, *, may: May
    ) -> threading.Event:
        """Begin the work of an effect, as the world has it."""
        del state
        cancelled = _Cancelled()
        self._world.perform(self, effect, report, may, cancelled)
        return cancelled

    def turn(self) -> None:
        """Take turns until nothing is left to do at this instant."""
        for _ in range(TRIES):
            try:
                self.engine.turn()
            except JournalUnavailable:
                continue
            if not self.engine.pending:
                return


class _Cancelled(threading.Event):
    """Ends a piece of work when it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.end: Callable[[], None] = lambda: None

    def set(self) -> None:
        """End it."""
        super().set()
        self.end()


class SimulatedEngines:
    """
    Drives one rollout with the real engine, in two workers. As `SimulatedRunner`.

    Attributes:
        crashes: How often a worker died.
        taken_over: How often the shard changed hands.
        fenced_off: How often one learned that it was passed over.
    """

    down = False
    # An engine says itself when it wants to be woken, and may mean at once.
    decided_at = NOON - SECOND

    def __init__(
        self, plan: Plan, script: Script, agenda: Agenda, truth: Truth
    ) -> None:
        """Take the plan, and the world that it runs in."""
        self.clock, self.agenda = WorldClock(agenda), agenda
        self.journal = FailingJournal(script, Disk(script.seed))
        self.crashes = self.taken_over = self.fenced_off = 0
        self.people = People(plan, script, agenda, truth, self)
        self._plan, self._script, self._weather = plan, script, script.weather
        self._agenda, self._truth = agenda, truth
        self._workshop = Workshop(script, agenda, truth)
        self._left: dict[tuple[Hashable, ...], Work] = {}
        self._performed: Counter[tuple[Hashable, ...]] = Counter()
        self._begun: list[effects.Apply | effects.Undo] = []
        self._state: RolloutState | None = None
        self._seq = 0
        self._workers = [Worker(self), Worker(self)]
        self._owner: Worker | None = None

    # -- as `SimulatedRunner` --------------------------------------------------

    @property
    def history(self) -> list[Event]:
        """Return the journal: what survives a crash."""
        return [record.event for record in self.journal.records.get(ROLLOUT, ())]

    @property
    def state(self) -> RolloutState | None:
        """Return what the journal folds to."""
        for record in self.journal.records.get(ROLLOUT, [])[self._seq :]:
            self._state = evolve(self._state, record.event)
            self._seq = record.seq
        return self._state

    @property
    def under_way(self) -> list[tuple[Hashable, ...]]:
        """Return the work that was begun and has not reported."""
        return [key for worker in self._workers for key in worker.under_way]

    def known(self) -> RolloutState:
        """Return the state of a rollout that has begun."""
        if self.state is None:
            message = "the world has not begun"
            raise LawBroken(message)
        return self.state

    @property
    def replayed(self) -> ReplayJudge:
        """Return what a replay of the whole journal gives."""
        judge = ReplayJudge()
        for event in self.history:
            judge.take(event)
        return judge

    def wake(self) -> datetime | None:
        """Return when a worker has to be woken that could do something then."""
        wakes = (w.engine.next_wake() for w in self._workers if w.alive and not w.still)
        return min((wake for wake in wakes if wake is not None), default=None)

    def begin(self) -> None:
        """Begin the rollout, and give it to the first worker."""
        starter = Engine(journal=self.journal, crew=NoCrew(), clock=self.clock)
        starter.start(
            Start(
                at=self._agenda.now,
                rollout=ROLLOUT,
                plan=self._plan,
                document="# A drawn plan",
                by=STARTER,
            )
        )
        self.journal.spared = False
        self._give(self._workers[0])

    def take(self, command: Command, *, kept: bool = False) -> None:
        """Leave a person's command in the inbox, and let every worker have its turn."""
        del kept
        if isinstance(command, PeoplesCommand):
            self.journal.send(ROLLOUT, command)
        self._upset()
        self._turn_all()

    # -- alarms ----------------------------------------------------------------

    def set_aside(self, rollout: RolloutId, why: Exception) -> None:
        """Raise what an engine could not decide on: here it is always a defect."""
        message = f"{rollout} was set aside: {why!r}"
        raise LawBroken(message) from why

    def unread(self, command: Unread) -> None:
        """Raise what does not read: everybody here is of one version."""
        raise command.why

    def unreached(self, why: Exception) -> None:
        """Take no note: the journal is tried again."""

    # -- turns -----------------------------------------------------------------

    def turn(self, worker: Worker) -> None:
        """Let a worker have its turn, if it can."""
        if worker.alive and not worker.still:
            self._turn(worker)

    def _turn_all(self) -> None:
        for worker in tuple(self._workers):
            self.turn(worker)

    def _turn(self, worker: Worker) -> None:
        try:
            worker.turn()
        except Died:
            self._die(worker)

    def _give(self, worker: Worker) -> None:
        """Give a worker a turn at the shard, whatever the other believes."""
        ((fence, clean),) = self.journal.next_epochs((shard_of(ROLLOUT),))
        self._owner = worker
        worker.engine.holding.refused = self._refused
        worker.engine.holding.taken(fence, clean=clean)
        self._turn(worker)
        self._turn(worker)

    def _refused(self, fence: Fence) -> None:
        del fence
        self.fenced_off += 1

    def _upset(self) -> None:
        """Let the owner stand still, or hand over, now and then."""
        owner = self._owner
        if owner is None or not owner.alive or owner.still:
            return
        if self._script.wrong(self._weather.crashes):
            self._stand_still(owner)
        elif self._script.wrong(self._weather.crashes):
            self._hand_over(owner)

    def _hand_over(self, owner: Worker) -> None:
        """Ask the owner to leave until it does, and give the shard to the other."""
        if self._owner is not owner or not owner.alive:
            return
        if owner.still:
            # Who was asked leaves when it can, and tells nobody: so ask until it has.
            self._agenda.after(SECOND, lambda: self._hand_over(owner))
            return
        answers: list[bool] = []
        shard = shard_of(ROLLOUT)
        held = owner.engine.holding.fence_of(ROLLOUT)
        owner.engine.holding.ask_to_leave(shard, answers.append)
        self._turn(owner)
        if answers != [True]:
            self._agenda.after(SECOND, lambda: self._hand_over(owner))
            return
        if held is not None:
            self.journal.left((held,))
        self._pass_to_other(owner)

    def _pass_to_other(self, owner: Worker) -> None:
        other = next((w for w in self._workers if w is not owner and w.alive), None)
        if self._owner is owner and other is not None and not other.still:
            self.taken_over += 1
            self._give(other)
        else:
            self._agenda.after(SECOND, lambda: self._pass_on_later(owner))

    def _pass_on_later(self, owner: Worker) -> None:
        """Give the shard to whoever can run it, should nobody have it yet."""
        if self._owner is not owner:
            return
        able = [w for w in self._workers if w.alive and not w.still]
        if able:
            self.taken_over += 1
            self._give(pick(self._script, able))
        else:
            self._agenda.after(SECOND, lambda: self._pass_on_later(owner))

    # -- dying and standing still ----------------------------------------------

    def _die(self, worker: Worker) -> None:
        """Die alone, or with the whole machine and what was not synced there."""
        if self.journal.disk.power_fails() and not self.known().ended:
            self.journal.disk.lose(self.journal)
            self._state, self._seq = None, 0
            for deed in self._begun:
                hold(is_intended(self.history, deed), f"the intent of {deed} is lost")
            for each in tuple(self._workers):
                self._end_of(each)
        else:
            self._end_of(worker)

    def _end_of(self, worker: Worker) -> None:
        """Die: what is under way outlives it, takes effect now, or never."""
        self.crashes += 1
        worker.alive = False
        self._workers.remove(worker)
        for work in worker.under_way.values():
            if work.supervised:
                work.left = True
                self._left[work.key] = work
            elif chance(self._script, 50):
                self._do(work)
            work.dead = not work.supervised
        worker.under_way.clear()
        if self._owner is worker:
            # A prompt goes with its process; what the owner has asked, it asks still.
            self.people.asked.clear()
        downtime = SECOND * pick(self._script, (1, 30, 600))
        self._agenda.after(downtime, lambda: self._workers.append(Worker(self)))
        if self._owner is worker:
            self._agenda.after(TAKEN_OVER_AFTER, lambda: self._pass_on_later(worker))

    def _stand_still(self, worker: Worker) -> None:
        """Stop for a while: the other takes over, and this one does not know."""
        worker.still = True
        for work in tuple(worker.under_way.values()):
            if work.deed is not None and not work.supervised:
                self._hurry(work)
        span = SECOND * pick(self._script, (1, 10, 60, 900))
        self._agenda.after(span, lambda: self._go_on(worker))
        self._agenda.after(TAKEN_OVER_AFTER, lambda: self._pass_over(worker))

    def _hurry(self, work: Work) -> None:
        """Let a deed happen before all stands still, or fail when it goes on."""
        if work.key[0] is effects.Undo or chance(self._script, 50):
            self._do(work)
            return
        work.deed = None
        work.report = self._workshop.cancelled(work).report

    def _pass_over(self, worker: Worker) -> None:
        if worker.still and self._owner is worker:
            for work in worker.under_way.values():
                if work.supervised:
                    self._left[work.key] = work
            self._pass_to_other(worker)

    def _go_on(self, worker: Worker) -> None:
        worker.still = False
        for happen in worker.late:
            happen()
        worker.late.clear()
        if worker.alive:
            self._turn(worker)

    # -- work ------------------------------------------------------------------

    def perform(
        self,
        worker: Worker,
        effect: Effect,
        report: Report,
        may: May,
        cancelled: _Cancelled,
    ) -> None:
        """Let a worker begin an effect."""
        match effect:
            case effects.Ask():
                self.people.ask(effect.question)
                report(None)
            case effects.AskApproval():
                self.people.ask_approval(effect.step)
                report(None)
            case effects.Notify():
                report(None)
            case effects.Find(sought=sought) if key_of(sought) in self._left:
                self._find(worker, self._left.pop(key_of(sought)), report)
            case _:
                self._begin(worker, effect, report, may, cancelled)

    def _begin(
        self,
        worker: Worker,
        effect: Effect,
        report: Report,
        may: May,
        cancelled: _Cancelled,
    ) -> None:
        work, span = self._workshop.work_of(effect)
        if isinstance(effect, effects.Apply | effects.Undo):
            if not may():
                report(None)
                return
            self._check_begun(effect, work)
        worker.under_way[work.key] = work
        work.crash = ""
        if work.deed is not None:
            self._agenda.after(span / 2, lambda: self._happen(work))
        self._agenda.after(span, lambda: self._end(worker, work, report))
        cancelled.end = lambda: self._cancel(worker, work, report)

    def _check_begun(self, effect: effects.Apply | effects.Undo, work: Work) -> None:
        """Law 5: the intent is in the journal; no attempt is begun twice."""
        intended = is_intended(self.history, effect)
        hold(intended, f"{work.key} is performed without an intent")
        self._begun.append(effect)
        self._performed[work.key] += 1
        hold(self._performed[work.key] == 1, f"{work.key} is performed twice")

    def _happen(self, work: Work) -> None:
        if not work.dead:
            self._do(work)

    def _do(self, work: Work) -> None:
        operation, work.deed = work.deed, None
        if operation is None:
            return
        forward = work.key[0] is effects.Apply
        if forward and not operation.idempotent:
            check_done_once(operation, self.history, self.known(), self._truth)
        self._truth.do(operation, forward=forward)

    def _find(self, worker: Worker, work: Work, report: Report) -> None:
        """Find a deed again: it reports at its end, or soon if that has come."""
        work.left = False
        worker.under_way[work.key] = work
        if work.ended:
            self._agenda.after(SECOND, lambda: self._tell(worker, work, report))
        else:
            work.found = lambda: self._tell(worker, work, report)

    def _end(self, worker: Worker, work: Work, report: Report) -> None:
        if work.ended or work.dead:
            return
        work.ended = True
        if work.found is not None:
            work.found()
        else:
            self._tell(worker, work, report)

    def _tell(self, worker: Worker, work: Work, report: Report) -> None:
        """Report what came of work; one that stands still does so when it goes on."""
        if not worker.alive or worker.under_way.get(work.key) is not work:
            return
        if worker.still:
            worker.late.append(lambda: self._tell(worker, work, report))
            return
        del worker.under_way[work.key]
        command = work.report()
        report(command)
        if self._script.wrong(self._weather.repeats):
            late = SECOND * self._script.number(900)
            self._agenda.after(late, lambda: report(command))
        self._turn_all()

    def _cancel(self, worker: Worker, work: Work, report: Report) -> None:
        """End an action: it stops where it is, or comes to its own end after all."""
        if work.ended or work.dead or chance(self._script, 50):
            return
        if chance(self._script, 50):
            self._do(work)
        work.dead, work.deed = True, None
        ended = self._workshop.cancelled(work)
        worker.under_way[work.key] = ended
        self._agenda.after(SECOND * 3, lambda: self._end(worker, ended, report))
