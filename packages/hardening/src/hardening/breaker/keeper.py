"""
The keeper: one circuit's state while threads use it, and what is told about it.

The state is a value of `machine`. Here it is replaced, under a lock that is never held
while a user's function, listener or store works, and the numbers are counted.
"""

from collections.abc import Iterable
from threading import Lock
from typing import NoReturn, assert_never

from hardening.breaker import machine
from hardening.breaker.errors import CircuitOpen
from hardening.breaker.events import CircuitBreakerEvent, event_of
from hardening.breaker.machine import Circuit, Permit, Refusal, State, Trigger
from hardening.breaker.policy import Outcome, Policy
from hardening.breaker.shared import Lease, Seat, Store, View, followed, view_of
from hardening.breaker.standing import Standing, measures_of
from hardening.breaker.trend import Minute, Totals, Trend
from hardening.breaker.window import Rate, Window
from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    renew_in_child,
    require,
)

_CLOCK = SystemClock()
_POLICY = Policy()
_ALWAYS_S = float("inf")
_NEVER_S = float("-inf")
_CALM = frozenset({State.CLOSED, State.DISABLED})
_DECIDED_HERE = frozenset(
    {Trigger.FAILED_IN_A_ROW, Trigger.FAILED_TOO_OFTEN, Trigger.DISPROVED}
)


class Keeper:
    """
    Keeps one circuit; thread-safe.

    Invariant: while `_plain_until_s` lies ahead, a call may be made, and its success
    counted, without looking at anything else; while `_calm_until_s` does, without
    looking at anything but the switch.

    Args:
        name: Of the circuit.
        policy: When it opens and closes.
        listener: Told of each move.
        switch: Off leaves calls alone.
        clock: Measures spans.
        shared: The store, where processes share the circuit.
    """

    __slots__ = (
        "__weakref__",
        "_asking",
        "_calm_until_s",
        "_circuit",
        "_failed",
        "_failed_s",
        "_ignored",
        "_listener",
        "_lock",
        "_now",
        "_openings",
        "_plain_until_s",
        "_probes",
        "_rejected",
        "_roll_at_s",
        "_seat",
        "_succeeded",
        "_succeeded_s",
        "_switch",
        "_trend",
        "_window",
        "name",
        "policy",
    )

    def __init__(
        self,
        name: str,
        *,
        policy: Policy = _POLICY,
        listener: Listener[CircuitBreakerEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
        shared: Store | None = None,
    ) -> None:
        require("Breaker.name", name, "a name", holds=bool(name))
        rule, holds = "a Policy", isinstance(policy, Policy)
        require("Breaker.policy", policy, rule, holds=holds)
        self.name = name
        self.policy = policy
        self._listener = listener
        self._switch = switch
        self._now = clock.monotonic_s
        self._lock = Lock()
        self._asking = False
        self._succeeded = self._failed = self._ignored = 0
        self._rejected = self._probes = self._openings = 0
        self._succeeded_s = self._failed_s = 0.0
        now_s = self._now()
        self._circuit = Circuit(since_s=now_s)
        self._trend = Trend(now_s)
        self._window = None if policy.rate is None else Window(policy.rate, now_s)
        # The first call always goes the careful way, and each first one of a minute.
        self._calm_until_s = self._plain_until_s = self._roll_at_s = _NEVER_S
        self._seat: Seat | None = None  # while it joins, a store may tell already
        if shared is not None:
            self._seat = self._join(shared)
        renew_in_child(self, Keeper._begin_again)

    def _join(self, shared: Store) -> Seat:
        """Take part in the circuit that processes share."""
        return shared.join(self.name, self.policy, self._follow, self._held)

    # --- before a call -------------------------------------------------------------

    def _enter(self) -> Permit | None:
        """
        Return leave to make a call; None leaves the call alone: the switch is off.

        Raises:
            CircuitOpen: There is no leave.
        """
        return self._permitted() if self._switch() else None

    async def _enter_async(self) -> Permit | None:
        """Return what `_enter` does, without keeping the event loop waiting."""
        return await self._permitted_async() if self._switch() else None

    def _permitted(self) -> Permit:
        """Return leave to make a call, whatever the switch says."""
        return self._admit() or self._ask()

    async def _permitted_async(self) -> Permit:
        """Return what `_permitted` does."""
        return self._admit() or await self._ask_async()

    def _admit(self) -> Permit | None:
        """
        Return a permit; None where the store has to be asked for one.

        Raises:
            CircuitOpen: There is no leave.
        """
        if self._seat is not None:
            self._seat.wake()
        now_s = self._now()
        with self._lock:
            self._roll(now_s)
            if self._seat is None or not self._wants_probe(now_s):
                permit, event = self._lend(now_s)
            elif self._asking:
                self._refuse(self.policy.patience(self._circuit.openings))
            else:
                self._asking = True
                return None
        self._tell(event)
        return permit

    def _wants_probe(self, now_s: float) -> bool:
        """Tell whether the next call would be a trial call."""
        return machine.wants_probe(self.policy, self._circuit, now_s)

    def _ask(self) -> Permit:
        """Return a permit, if the store or, without its answer, the circuit has one."""
        seat, asked_s = self._asked()
        try:
            answer = seat.ask(self._patience_s())
        except BaseException:
            self._asking = False
            raise
        return self._answered(answer, asked_s)

    async def _ask_async(self) -> Permit:
        """Return what `_ask` does."""
        seat, asked_s = self._asked()
        try:
            answer = await seat.ask_async(self._patience_s())
        except BaseException:  # cancelled, mostly
            self._asking = False
            raise
        return self._answered(answer, asked_s)

    def _asked(self) -> tuple[Seat, float]:
        """Return whom to ask, and the time: a lease runs from before it was given."""
        assert self._seat is not None  # noqa: S101 - only a store is asked
        return self._seat, self._now()

    def _patience_s(self) -> float:
        """Return the seconds that a trial call may take."""
        return self.policy.patience(self._circuit.openings)

    def _answered(self, answer: Lease | View | None, asked_s: float) -> Permit:
        """
        Return the permit that an answer gives.

        Raises:
            CircuitOpen: Somebody else makes the trial call.
        """
        events: list[CircuitBreakerEvent | None] = []
        try:
            return self._decided(answer, asked_s, events)
        finally:  # where the call is refused, too
            for event in events:
                self._tell(event)

    def _decided(
        self,
        answer: Lease | View | None,
        asked_s: float,
        events: list[CircuitBreakerEvent | None],
    ) -> Permit:
        """Return the permit that an answer gives, and add what to tell of it."""
        now_s = self._now()
        with self._lock:
            self._asking = False
            if not isinstance(answer, View):
                permit, event = self._lend(asked_s, answer.token if answer else 0)
                events.append(event)
                return permit
            after = followed(self.policy, self._circuit, answer, now_s)
            events.append(self._become(after, now_s))
            if self._wants_probe(now_s):
                self._refuse(0.0)
            permit, event = self._lend(now_s)
            events.append(event)
            return permit

    def _lend(
        self, now_s: float, lease: int = 0
    ) -> tuple[Permit, CircuitBreakerEvent | None]:
        """
        Return a permit and what to tell about it; under the lock.

        Raises:
            CircuitOpen: There is none.
        """
        after, permit = machine.admit(self.policy, self._circuit, now_s, lease=lease)
        if lease and (isinstance(permit, Refusal) or not permit.lease):
            self._give_back(lease)  # the circuit moved while the store was asked
        if isinstance(permit, Refusal):
            self._refuse(permit.retry_in_s)
        self._probes += permit.probe is not None
        return permit, self._become(after, now_s)

    def _give_back(self, lease: int) -> None:
        """Tell the store that its trial call is not made."""
        if self._seat is not None:
            self._seat.settled(lease, Outcome.IGNORED)

    def _refuse(self, retry_in_s: float | None) -> NoReturn:
        """Count a call that is not made, and say so."""
        self._rejected += 1
        raise CircuitOpen(self.name, retry_in_s)

    # --- after a call --------------------------------------------------------------

    def _leave(self, permit: Permit, error: BaseException | None) -> None:
        """Take in how a call ended."""
        if error is None:
            outcome = Outcome.SUCCEEDED
        elif isinstance(error, Exception):
            outcome = self.policy.outcome(error)
        else:
            outcome = Outcome.IGNORED
        self._settle(permit, outcome)

    def _settle(self, permit: Permit, outcome: Outcome) -> None:
        """Count a call and draw the conclusions."""
        now_s = self._now()
        with self._lock:
            self._roll(now_s)
            self._count(outcome, now_s - permit.started_s)
            before = self._circuit
            after = machine.settle(
                self.policy,
                before,
                permit,
                outcome,
                now_s=now_s,
                rate=self._rate(now_s),
            )
            event = self._become(after, now_s)
            if self._seat is not None:
                _report(self._seat, permit, outcome, before, after)
        self._tell(event)

    def _count(self, outcome: Outcome, spent_s: float) -> None:
        """Count how a call ended; under the lock."""
        match outcome:
            case Outcome.SUCCEEDED:
                self._succeeded += 1
                self._succeeded_s += spent_s
            case Outcome.FAILED:
                self._failed += 1
                self._failed_s += spent_s
                if self._window is not None:
                    self._window.failed(self._judged())
            case Outcome.IGNORED:
                self._ignored += 1
            case _:
                assert_never(outcome)

    def _rate(self, now_s: float) -> Rate | None:
        """Return the failures among the latest calls, if they are looked at."""
        if self._window is None:
            return None
        return self._window.rate(now_s, self._judged())

    def _judged(self) -> int:
        """Return how many calls showed something."""
        return self._succeeded + self._failed

    # --- moving --------------------------------------------------------------------

    def _order(self, state: State, trigger: Trigger) -> None:
        """Do what an operator decided, here and where the circuit is shared."""
        if self._seat is not None:
            self._seat.wake()
        now_s = self._now()
        with self._lock:
            self._roll(now_s)
            after = machine.move(self._circuit, trigger, now_s, openings=0)
            event = self._become(after, now_s)
            if self._seat is not None:
                self._seat.ordered(state)
        self._tell(event)

    def _follow(self, view: View) -> None:
        """Take over how the circuit stands elsewhere."""
        now_s = self._now()
        with self._lock:
            if self._seat is None or not self._seat.is_current(view):
                return
            before = self._circuit
            after = followed(self.policy, before, view, now_s)
            event = self._become(after, now_s)
            if after.moves > before.moves and after.cause in _DECIDED_HERE:
                self._seat.opened(after.retry_at_s - now_s)
        self._tell(event)

    def _held(self) -> View:
        """Return how the circuit stands here."""
        return view_of(self._circuit, self._now())

    def _become(self, after: Circuit, now_s: float) -> CircuitBreakerEvent | None:
        """Replace the circuit, and return what to tell; under the lock."""
        before, self._circuit = self._circuit, after
        if after.moves > before.moves:
            self._openings += after.cause in _DECIDED_HERE
            if self._window is not None:
                self._window.clear(now_s, self._judged())
        calm = after.state in _CALM and not after.failures
        self._calm_until_s = self._roll_at_s if calm else _NEVER_S
        plain = self._switch is always_on
        self._plain_until_s = self._calm_until_s if plain else _NEVER_S
        return event_of(self.name, before, after)

    def _tell(self, event: CircuitBreakerEvent | None) -> None:
        """Tell the listener, outside of the lock."""
        if event is not None:
            self._listener(event)

    # --- counting ------------------------------------------------------------------

    def _roll(self, now_s: float) -> None:
        """Begin a new minute of the trend, and the next note of the window, when due."""
        if now_s < self._roll_at_s:
            return
        self._trend.roll(now_s, self._totals())
        note_s = _ALWAYS_S
        if self._window is not None:
            self._window.note(now_s, self._judged())
            note_s = self._window.next_note_s
        self._roll_at_s = min(self._trend.ends_s, note_s)
        self._become(self._circuit, now_s)

    def _totals(self) -> Totals:
        """Return what was counted since the start."""
        return Totals(
            succeeded=self._succeeded,
            failed=self._failed,
            ignored=self._ignored,
            rejected=self._rejected,
            probes=self._probes,
            openings=self._openings,
        )

    def standing(self) -> Standing:
        """Return how the circuit stands."""
        with self._lock:
            trend = self._trend.minutes(self._now(), self._totals())
        return self._stand(trend)

    def _stand(self, trend: tuple[Minute, ...] = ()) -> Standing:
        """Return how the circuit stands; a scrape has no use for its trend."""
        if self._seat is not None:
            self._seat.wake()
        circuit, now_s = self._circuit, self._now()
        waits = circuit.state is State.OPEN
        return Standing(
            name=self.name,
            state=circuit.state,
            cause=circuit.cause,
            for_s=now_s - circuit.since_s,
            failures=circuit.failures,
            openings=circuit.openings,
            retry_in_s=max(0.0, circuit.retry_at_s - now_s) if waits else None,
            totals=self._totals(),
            succeeded_s=self._succeeded_s,
            failed_s=self._failed_s,
            trend=trend,
        )

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, as it stands."""
        return measures_of((self._stand(),))

    def _begin_again(self) -> None:
        """Be of use in a forked child: its parent's threads are not there."""
        self._lock = Lock()
        self._asking = False
        self._calm_until_s = self._plain_until_s = _NEVER_S


def _report(
    seat: Seat, permit: Permit, outcome: Outcome, before: Circuit, after: Circuit
) -> None:
    """Tell the store what a call showed; nothing for a plain success."""
    if permit.lease:
        seat.settled(permit.lease, outcome)
    elif after.moves > before.moves and after.cause in _DECIDED_HERE:
        seat.opened(after.retry_at_s - after.since_s)
    elif after.state is State.CLOSED and after.failures > before.failures:
        seat.failed()
    elif after.state is State.CLOSED and after.failures < before.failures:
        seat.succeeded()


def measures_of_all(keepers: Iterable[Keeper]) -> tuple[Measure, ...]:
    """Return what several circuits counted, as one family for each number."""
    return measures_of(keeper._stand() for keeper in keepers)  # noqa: SLF001 - of this module
