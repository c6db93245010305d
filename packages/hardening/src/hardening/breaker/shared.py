"""
What a breaker needs of a store that processes share; `hardening.breaker.redis` is one.

A closed circuit asks the store nothing. A breaker asks for leave to make a trial call,
which is the one question it waits for; everything else it tells, and goes on. The store
tells it what the others did. Without an answer the breaker decides alone, as if it had
no store.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from hardening.breaker.machine import Circuit, State, Trigger, move, opened
from hardening.breaker.policy import Outcome, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    A shared circuit, as its store has it.

    Attributes:
        state: Closed, open, forced open or disabled. A shared circuit is half-open only
            in the process that makes the trial call; the others find it open.
        failures: In a row, over all processes, while closed.
        openings: In a row, since it last closed.
        retry_in_s: Until a trial call may be asked for; a lent one counts as well.
        version: A later one is greater.
    """

    state: State
    failures: int = 0
    openings: int = 0
    retry_in_s: float = 0.0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """
    Leave to make the one trial call; nobody else has it until it lapses.

    Attributes:
        token: Fences: a lease that lapsed decides nothing any more. More than 0.
    """

    token: int


class Seat(Protocol):
    """
    One circuit's place in the store; thread-safe.

    An adapter guarantees that only `ask` and `ask_async` wait, each for a bounded time,
    that nothing here raises, and that what is told arrives in order or not at all.
    """

    def ask(self, patience_s: float) -> Lease | View | None:
        """
        Return leave to make a trial call, or how the circuit stands without it.

        The lease lapses after so many seconds, and asking again does not renew it. None
        means that the store does not answer.
        """
        ...

    async def ask_async(self, patience_s: float) -> Lease | View | None:
        """Return what `ask` does; a lease is given back when the task is cancelled."""
        ...

    def failed(self) -> None:
        """Tell that a call failed, while closed."""
        ...

    def succeeded(self) -> None:
        """Tell that a call succeeded after others failed, while closed."""
        ...

    def opened(self, retry_in_s: float) -> None:
        """Tell that the circuit opened here, for so many seconds."""
        ...

    def settled(self, lease: int, outcome: Outcome) -> None:
        """Tell what the trial call showed."""
        ...

    def ordered(self, state: State) -> None:
        """Tell an operator's decision: closed, forced open or disabled."""
        ...

    def wake(self) -> None:
        """Start what keeps the circuit up to date, unless it runs already."""
        ...

    def is_current(self, view: View) -> bool:
        """Tell whether the view counts all that was told, and all that was seen."""
        ...


class Store(Protocol):
    """What processes share."""

    def join(
        self,
        name: str,
        policy: Policy,
        follow: Callable[[View], None],
        held: Callable[[], View],
    ) -> Seat:
        """
        Take part in a circuit.

        Args:
            name: The same in all processes.
            policy: The same in all processes, or each uses its own.
            follow: Told, on a thread of the store, how the circuit stands, whenever
                that may have changed; asks the seat whether the view is current.
            held: Says how the circuit stands here; what the store lost is taken from
                it.
        """
        ...


_TOLD = {
    State.CLOSED: Trigger.TOLD_CLOSED,
    State.OPEN: Trigger.TOLD_OPEN,
    State.FORCED_OPEN: Trigger.TOLD_FORCED,
    State.DISABLED: Trigger.TOLD_DISABLED,
}


def followed(policy: Policy, circuit: Circuit, view: View, now_s: float) -> Circuit:
    """
    Return the circuit as the others have it.

    The failures of all processes count together. A trial call under way here goes on:
    the store finds the circuit open meanwhile.
    """
    retry_at_s = now_s + view.retry_in_s
    if view.state is State.CLOSED and circuit.state is State.CLOSED:
        if policy.failures is not None and view.failures >= policy.failures:
            return opened(policy, circuit, Trigger.FAILED_IN_A_ROW, now_s)
        return replace(circuit, failures=view.failures)
    if view.state is State.OPEN and circuit.state in {State.OPEN, State.HALF_OPEN}:
        return replace(circuit, retry_at_s=retry_at_s, openings=view.openings)
    if view.state is circuit.state:
        return circuit
    if view.state is not State.OPEN:
        return move(circuit, _TOLD[view.state], now_s, openings=view.openings)
    facts = {"openings": view.openings, "retry_at_s": retry_at_s}
    return move(circuit, Trigger.TOLD_OPEN, now_s, **facts)


def view_of(circuit: Circuit, now_s: float) -> View:
    """Return how a circuit stands in this process."""
    state = State.OPEN if circuit.state is State.HALF_OPEN else circuit.state
    waits = circuit.state is State.OPEN
    return View(
        state=state,
        failures=circuit.failures,
        openings=circuit.openings,
        retry_in_s=max(0.0, circuit.retry_at_s - now_s) if waits else 0.0,
    )
