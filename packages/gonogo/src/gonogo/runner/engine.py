"""
The engine: drives any number of rollouts; reads, decides, journals, performs.

One thread decides and journals; work is done on others, and comes back as commands.
Events are durable before any effect of theirs is performed, so that a process that
dies at any moment can be followed by another (laws 5 and 8). What came up meanwhile is
decided together, and kept with one commit: people's words first, then results, then a
bounded number of those that are due, so that nobody waits behind a crowd.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from gonogo.decision import RolloutState, next_wake
from gonogo.model.command import Command, Recover, Start, Tick
from gonogo.model.effect import Apply, Cancel, Effect
from gonogo.model.identifiers import RolloutId
from gonogo.ports.clock import Clock
from gonogo.ports.journal import (
    FencedOff,
    Journal,
    JournalUnavailable,
    Received,
    Unread,
)
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner.agenda import Agenda
from gonogo.runner.at_hand import AtHand, Key, States
from gonogo.runner.batch import Batch, Kept, Refused
from gonogo.runner.crew import Crew
from gonogo.runner.figures import Figures
from gonogo.runner.holding import Holding
from gonogo.runner.inbox import Inbox
from gonogo.runner.pacing import SHORTEST_WAKE, Pacing
from gonogo.runner.performing import key_of
from gonogo.runner.settling import AtOnce, Settling
from gonogo.runner.watching import Alarms, Watcher

# How long a person's command from another process may lie before it is seen: nobody
# feels it, and a look costs one indexed read of about 20 µs.
INBOX_PAUSE = timedelta(milliseconds=20)
# So many rollouts are woken by time with one commit: about 20 ms of deciding.
MOST_WOKEN = 64
# A journal that cannot be reached is tried again so often.
UNREACHED_S = 0.5


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a piece of work; None for nothing to decide on."""

    rollout: RolloutId
    key: Key
    command: Command | None


Mail = Result | Callable[[], None] | None
"""What came of work; what the ports.shards ask; None: only look what there is to do."""


class Engine:
    """
    Drives rollouts: those it is given, and those of the shards that it holds.

    `turn` does what there is to do, without waiting, on the thread of its caller: so
    a simulated world drives it. `run` does so and waits in between.

    Attributes:
        holding: What it may run; to be given to the ports.shards that share it out.

    Args:
        alarms: Told of what ends or stops one rollout, so that the others go on;
            without, it is raised.
        most_at_hand: States kept in memory; the others are read when they are due.
        inbox_pause: How long a command may lie when nobody nudges.
        free: Whether no other process drives a rollout by itself.
        settling: Makes what lets the engine act upon what it journaled, given what
            wakes the engine; without, every append of the journal is durable.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        crew: Crew,
        clock: Clock,
        watcher: Watcher | None = None,
        alarms: Alarms | None = None,
        metrics: EngineMetrics = UNMEASURED,
        most_at_hand: int = 20_000,
        inbox_pause: timedelta = INBOX_PAUSE,
        free: Callable[[RolloutId], bool] = lambda _: True,
        settling: Callable[[Callable[[], None]], Settling] | None = None,
    ) -> None:
        """Take the ports; nothing is read or begun yet."""
        self._journal, self._crew, self._clock = journal, crew, clock
        self._watcher, self._alarms, self._metrics = watcher, alarms, metrics
        self._mail: queue.SimpleQueue[Mail] = queue.SimpleQueue()
        self._agenda = Agenda()
        self._states = States(journal, most=most_at_hand)
        self._figures = Figures(clock, metrics)
        self.holding = Holding(
            journal,
            self._states,
            self._agenda,
            clock,
            post=self._mail.put,
            free=free,
            figures=self._figures,
            metrics=metrics,
        )
        self._batch = Batch(journal, self._states, self.holding.fence_of)
        self._settling = settling(self._wake) if settling else AtOnce(journal)
        # Results that wait for a commit, oldest first; and those that wait until their
        # rollout has settled.
        self._results: deque[Result] = deque()
        self._parked: deque[Result] = deque()
        # Whether a person's word waits for that.
        self._unheard = False
        # What the ports.shards ask; answered when nothing waits for a commit.
        self._asked: deque[Callable[[], None]] = deque()
        self._inbox = Inbox(journal, clock, pause=inbox_pause)
        self._pacing = Pacing(clock)
        self._stopping = threading.Event()
        # The numbers of the commands that did not read.
        self._unread: set[int] = set()

    # -- from any thread -------------------------------------------------------

    def stop(self) -> None:
        """Leave as soon as no action or undo is under way."""
        self._stopping.set()
        self.nudge()

    @property
    def stopping(self) -> bool:
        """Return whether it was asked to leave."""
        return self._stopping.is_set()

    def nudge(self) -> None:
        """Look into the inbox at once."""
        self._inbox.listen_again()
        self._wake()

    def _wake(self) -> None:
        self._mail.put(None)

    # -- on the thread that drives ---------------------------------------------

    def start(self, command: Start) -> None:
        """
        Begin a rollout; its journal has to be empty.

        Raises:
            PlaceTaken: Another holds the service and environment.
        """
        self.holding.give(command.rollout)
        self._batch.add(command.rollout, command)
        self._commit()

    def take_over(self, rollout: RolloutId) -> None:
        """Go on where the journal ends; what was under way is in doubt."""
        self.holding.give(rollout)
        self.holding.recover(rollout, clean=False)
        self.turn()

    def state(self, rollout: RolloutId) -> RolloutState:
        """Return where a rollout at hand stands."""
        running = self._states.find(rollout)
        if running is None:
            message = "a rollout runs after start() or take_over()"
            raise RuntimeError(message)
        return running.state

    @property
    def pending(self) -> bool:
        """Return whether something has come that was not decided on yet."""
        return bool(self._results or self._asked or not self._mail.empty())

    def next_wake(self) -> datetime | None:
        """Return when time alone gives the engine something to do; None for never."""
        return self._agenda.next()

    def under_way(self, rollout: RolloutId) -> frozenset[Hashable]:
        """Return the kinds of work that are under way for a rollout."""
        running = self._states.get(rollout)
        return (
            frozenset(key[0] for key in running.under_way) if running else frozenset()
        )

    def run(self, done: Callable[[], bool]) -> None:
        """
        Drive until `done`, which is asked after every turn.

        Raises:
            JournalConflict: Another runner has written to the journal; so do all
                errors where nobody takes alarms.
        """
        try:
            while not done():
                self._wait()
                self._patient_turn()
            self._settle_all()
        except BaseException:
            self.holding.end(clean=False)
            raise
        finally:
            self._settling.close()
        self.holding.end(clean=True)

    def turn(self) -> None:
        """Take up what has come, decide, journal, perform; in this order, always."""
        self._follow_settled()
        self._take_mail()
        self._hear_people()
        self._take_results()
        self._wake_due()
        self._commit()
        self._answer()
        if not self._settling:
            self._states.trim()
        self._pacing.tell_clock(self._states.all())
        self._metrics.waiting("mail", self._mail.qsize() + len(self._results))
        self._metrics.waiting("agenda", len(self._agenda))

    def _patient_turn(self) -> None:
        """Do a turn; try again in a while when the journal cannot be reached."""
        try:
            self.turn()
        except JournalUnavailable as unavailable:
            if self._alarms is None:
                raise
            self._alarms.unreached(unavailable)
            self._stopping.wait(UNREACHED_S)

    # -- what comes up ---------------------------------------------------------

    def _take_mail(self) -> None:
        while not self._mail.empty():
            self._sort(self._mail.get())

    def _sort(self, mail: Mail) -> None:
        if isinstance(mail, Result):
            self._results.append(mail)
        elif mail is not None:
            self._asked.append(mail)

    def _answer(self) -> None:
        """Do what was asked for, once no result waits to be journaled."""
        if self._asked or self.holding.wanted:
            self._settle_all()
        while self._asked and not self._results:
            self._asked[0]()
            self._asked.popleft()
        if not self._results:
            self.holding.let_go_of_wanted()

    def _hear_people(self) -> None:
        again = [self._hear(each) for each in self._inbox.heard()]
        if any(again) and self._settling:
            self._unheard = True
        elif any(again):
            self._inbox.listen_again()

    def _hear(self, received: Received | Unread) -> bool:
        """Decide on a received command; return whether it has to be heard again."""
        if not self.holding.may_run(received.rollout):
            return False
        if isinstance(received, Unread):
            self._tell_unread(received)
            return False
        command = replace(received.command, at=self._clock.now())
        return not self._add(received.rollout, command, received)

    def _tell_unread(self, command: Unread) -> None:
        if self._alarms is None:
            raise command.why
        if command.number not in self._unread:
            self._unread.add(command.number)
            self._alarms.unread(command)

    def _take_results(self) -> None:
        for _ in range(len(self._results)):
            result = self._results.popleft()
            if result.rollout in self._settling:
                self._parked.append(result)
            elif self._took(result):
                running = self._states.get(result.rollout)
                if running is not None:
                    running.under_way.pop(result.key, None)
            else:
                self._results.append(result)

    def _took(self, result: Result) -> bool:
        """Decide on a result; return False when it has to wait for the next commit."""
        if result.command is None or self._states.get(result.rollout) is None:
            return True
        if not self.holding.may_run(result.rollout):
            self.holding.missed(result.rollout)
            return True
        return self._add(result.rollout, result.command)

    def _wake_due(self) -> None:
        if self._pacing.resting_s():
            return
        now = self._clock.now()
        # All at once: one that has to wait goes behind those that are due now.
        for rollout, due in tuple(self._agenda.take_due(now, MOST_WOKEN)):
            self._pacing.woke()
            self._metrics.ticked((now - due).total_seconds())
            # One that settles is put again when it has.
            if rollout in self._settling or not self.holding.may_run(rollout):
                continue
            if not self._add(rollout, Tick(at=now)):
                self._agenda.put(rollout, now)

    def _add(
        self, rollout: RolloutId, command: Command, received: Received | None = None
    ) -> bool:
        """Decide on a command; return False when it has to wait for the next commit."""
        if rollout in self._batch or rollout in self._settling:
            return False
        if not self.holding.may_take(rollout):
            return True
        clean = self.holding.to_recover(rollout)
        try:
            if clean is None:
                self._batch.add(rollout, command, received)
            else:
                at = self._clock.now()
                self._batch.add(rollout, Recover(at=at, clean=clean))
        except JournalUnavailable:
            return False
        except Exception as error:
            if self._alarms is None:
                raise
            self.holding.set_aside(rollout)
            self._alarms.set_aside(rollout, error)
            return True
        self._metrics.decided(type(command).__name__)
        return clean is None

    # -- what follows ----------------------------------------------------------

    def _commit(self) -> None:
        began = self._clock.wall()
        answered = tuple(self._batch.commit(began, self._settling.append_all))
        events = sum(len(each.records) for each in answered if isinstance(each, Kept))
        if events:
            seconds = (self._clock.wall() - began).total_seconds()
            self._metrics.appended(events, seconds)
        kept: list[Kept] = []
        for each in answered:
            if isinstance(each, Refused):
                self._refused(each)
            elif each.decided.says_nothing:
                self._follow(each)
            else:
                kept.append(each)
        self._settling.put(kept)
        self._follow_settled()

    def _follow_settled(self) -> None:
        """Act upon what has become durable."""
        settled = self._settling.take()
        if not settled:
            return
        for kept in settled:
            self._follow(kept)
        self._results.extend(self._parked)
        self._parked.clear()
        if self._unheard:
            self._unheard = False
            self._inbox.listen_again()

    def _settle_all(self) -> None:
        """Wait until everything is durable, and act upon it."""
        self._settling.flush()
        self._follow_settled()

    def _follow(self, kept: Kept) -> None:
        running, state = kept.running, kept.running.state
        if self._watcher is not None and not kept.decided.says_nothing:
            self._watcher.saw(state, kept.records)
        if isinstance(kept.decided.command, Recover):
            self.holding.recovered(running.rollout)
        self._figures.take(kept)
        for effect in kept.decided.decision.effects:
            self._perform(effect, running)
        wake = next_wake(state, running.measuring)
        if wake is not None and wake <= kept.decided.command.at:
            wake = self._clock.now() + SHORTEST_WAKE
        self._agenda.put(running.rollout, wake)
        if state.ended:
            self.holding.ended(running.rollout)

    def _refused(self, refused: Refused) -> None:
        """
        Read the rollout anew: somebody else has written to it.

        Raises:
            JournalConflict, PlaceTaken: Nobody takes alarms.
        """
        rollout = refused.decided.rollout
        self._figures.refused(refused)
        if isinstance(refused.why, FencedOff):
            self.holding.lose(rollout)
        elif self._alarms is None:
            raise refused.why
        else:
            self.holding.reread(rollout)
        self._inbox.listen_again()

    def _perform(self, effect: Effect, running: AtHand) -> None:
        if isinstance(effect, Cancel):
            _cancel(effect, running)
            return
        key = key_of(effect)
        if key not in running.under_way:
            report = partial(self._report, running.rollout, key)
            may = partial(self._may, running.rollout)
            running.under_way[key] = self._crew.begin(
                effect, running.state, report, may=may
            )

    def _may(self, rollout: RolloutId) -> bool:
        """Return whether a deed may be done; if not, somebody looks what came of it."""
        may = self.holding.still_holds(rollout)
        if not may:
            self._mail.put(partial(self.holding.passed_over, rollout))
        return may

    def _report(self, rollout: RolloutId, key: Key, command: Command | None) -> None:
        self._mail.put(Result(rollout, key, command))

    # -- time ------------------------------------------------------------------

    def _wait(self) -> None:
        """Wait until something comes, or falls due."""
        pause_s = 0.0 if self._results else self._pause_s()
        try:
            self._sort(self._mail.get(block=pause_s > 0, timeout=pause_s or None))
        except queue.Empty:
            return

    def _pause_s(self) -> float:
        due = self._agenda.next()
        quiet_s = self._inbox.pause_s()
        return quiet_s if due is None else min(quiet_s, self._pacing.left_s(due))


def _cancel(effect: Cancel, running: AtHand) -> None:
    for key, cancelled in running.under_way.items():
        if key[:2] == (Apply, effect.step):
            cancelled.set()
