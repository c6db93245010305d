"""
The loop that drives one rollout: read, decide, journal, perform, and wait.

Only this loop decides and journals, on one thread; work is done on others, and comes
back as commands. Events are durable before any effect of theirs is performed, so that
a process that dies at any moment can be followed by another (laws 5 and 8).
"""

import queue
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from gonogo.decision import RolloutState, decide, next_wake, replay
from gonogo.model.command import Command, Recover, Start, Tick
from gonogo.model.effect import Apply, Cancel, Effect, Measure, Undo
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.ports.clock import Clock
from gonogo.ports.journal import Journal
from gonogo.runner.performing import Performer, key_of

# How long a person's command from another terminal may lie before it is seen. A fifth
# of a second feels immediate, and costs one indexed read.
INBOX_PAUSE_S = 0.2
# At a fast pace the cadences of a plan would become a busy loop: no two wake-ups for
# time alone are closer together than this. Results and people never wait for it.
SHORTEST_WAKE_S = 0.25


Key = tuple[Hashable, ...]


class Watcher(Protocol):
    """Somebody who looks on. It is called on the loop's thread and must be quick."""

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Take notice of what was just journaled, and of the state after it."""
        ...


class Runner:
    """Drives one rollout of a journal. At most one runner may do so at a time."""

    def __init__(
        self,
        *,
        rollout: RolloutId,
        journal: Journal,
        performer: Performer,
        clock: Clock,
        watcher: Watcher,
    ) -> None:
        """Take the ports; nothing is read or begun yet."""
        self._rollout, self._journal = rollout, journal
        self._performer, self._clock, self._watcher = performer, clock, watcher
        self._mailbox: queue.SimpleQueue[tuple[Key, Command | None]] = (
            queue.SimpleQueue()
        )
        self._under_way: dict[Key, threading.Event] = {}
        self._state: RolloutState | None = None
        self._seq = 0
        self._ticked_at: datetime | None = None
        self._stopping = threading.Event()

    def start(self, command: Start) -> None:
        """Begin the rollout; its journal has to be empty."""
        self._take(command)

    def recover(self) -> None:
        """Take over where the journal ends; what was under way is in doubt."""
        records = self._journal.read(self._rollout)
        self._state = replay(record.event for record in records)
        self._seq = len(records)
        self._take(Recover(at=self._clock.now()))

    def stop(self) -> None:
        """Leave as soon as no action or undo is under way. From any thread."""
        self._stopping.set()

    def run(self, leave: Callable[[RolloutState], bool]) -> RolloutState:
        """
        Drive the rollout on until it ends, is stopped, or may be left.

        Args:
            leave: Asked after every turn in which nothing is under way.

        Raises:
            JournalConflict: Another runner has written to the journal.
        """
        state = self._known()
        while not (state.ended or self._may_leave(state, leave)):
            self._turn(state)
            state = self._known()
        return state

    # -- one turn --------------------------------------------------------------

    def _turn(self, state: RolloutState) -> None:
        self._take_inbox()
        if self._take_mail(self._pause_s(state)):
            return
        wake = next_wake(self._known())
        if wake is not None and wake <= self._clock.now() and not self._resting_s():
            self._ticked_at = self._clock.wall()
            self._take(Tick(at=self._clock.now()))

    def _take_mail(self, pause_s: float) -> bool:
        """Take one result, waiting for it as long as allowed."""
        try:
            key, command = self._mailbox.get(timeout=pause_s)
        except queue.Empty:
            return False
        self._under_way.pop(key, None)
        if command is not None:
            self._take(command)
        self._tell_clock()
        return True

    def _take_inbox(self) -> None:
        for received in self._journal.received(self._rollout):
            command = replace(received.command, at=self._clock.now())
            self._take(command, consumed=received.number)

    def _take(self, command: Command, consumed: int | None = None) -> None:
        """Decide, journal, perform: in this order, always."""
        decision = decide(self._state, command)
        if decision.events or consumed is not None:
            records = self._journal.append(
                self._rollout,
                decision.events,
                after=self._seq,
                recorded_at=self._clock.wall(),
                consumed=consumed,
            )
            self._seq += len(records)
            self._state = decision.state
            self._watcher.saw(decision.state, records)
        for effect in decision.effects:
            self._perform(effect, decision.state)
        self._tell_clock()

    # -- work ------------------------------------------------------------------

    def _perform(self, effect: Effect, state: RolloutState) -> None:
        if isinstance(effect, Cancel):
            self._cancel(effect)
            return
        key = key_of(effect)
        if key in self._under_way:
            return
        cancelled = self._under_way[key] = threading.Event()
        work = self._performer.work(effect, state)
        # A daemon: a prompt that nobody answers must not keep the process alive.
        thread = threading.Thread(
            target=lambda: self._mailbox.put((key, work(cancelled))),
            name=f"gonogo {type(effect).__name__}",
            daemon=True,
        )
        thread.start()

    def _tell_clock(self) -> None:
        """Let only waiting be hurried; measuring during a hold belongs to waiting."""
        only_waiting = {Measure} if self._known().holding else set[type]()
        busy = any(key[0] not in only_waiting for key in self._under_way)
        self._clock.working(under_way=busy)

    def _cancel(self, effect: Cancel) -> None:
        for key, cancelled in self._under_way.items():
            if key[:2] == (Apply, effect.step):
                cancelled.set()

    # -- waiting and leaving ---------------------------------------------------

    def _pause_s(self, state: RolloutState) -> float:
        """Return how long to wait for a result before looking at inbox and clock."""
        wake = next_wake(state)
        if wake is None:
            return INBOX_PAUSE_S
        left = self._clock.real_seconds(max(wake - self._clock.now(), timedelta(0)))
        return min(INBOX_PAUSE_S, max(left, self._resting_s()))

    def _resting_s(self) -> float:
        """Return how long no tick may follow the last one yet."""
        if self._ticked_at is None:
            return 0.0
        passed = (self._clock.wall() - self._ticked_at).total_seconds()
        return max(SHORTEST_WAKE_S - passed, 0.0)

    def _may_leave(
        self, state: RolloutState, leave: Callable[[RolloutState], bool]
    ) -> bool:
        if any(key[0] in {Apply, Undo} for key in self._under_way):
            return False
        if self._stopping.is_set():
            return not state.going_back
        return not self._under_way and leave(state)

    def _known(self) -> RolloutState:
        if self._state is None:
            message = "a runner runs after start() or recover()"
            raise RuntimeError(message)
        return self._state
