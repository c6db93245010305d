"""
The machine: a circuit's states, the moves between them, and what is let through.

Pure: a circuit is a value, each function returns the next one, and the time is an
argument, monotonic and in seconds. `TRANSITIONS` lists every legal move; anything else
raises `IllegalTransition`.

Invariants: `probing` and `proven` are zero outside of `half_open`; `failures` is zero
outside of `closed`; each move raises `moves` by one, so that what a call from before a
move shows can be told from what one after it shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from hardening.breaker.errors import IllegalTransition
from hardening.breaker.policy import Outcome, Policy
from hardening.breaker.window import Rate


class State(StrEnum):
    """What a circuit does with calls."""

    CLOSED = "closed"
    """Lets them through and watches."""
    OPEN = "open"
    """Refuses them until the cool-off is over."""
    HALF_OPEN = "half_open"
    """Lets a few trial calls through."""
    FORCED_OPEN = "forced_open"
    """Refuses them until an operator decides."""
    DISABLED = "disabled"
    """Lets them through and draws no conclusions, until an operator decides."""


class Trigger(StrEnum):
    """What moves a circuit."""

    FAILED_IN_A_ROW = "failed_in_a_row"
    FAILED_TOO_OFTEN = "failed_too_often"
    COOLED = "cooled"
    PROVED = "proved"
    DISPROVED = "disproved"
    LAPSED = "lapsed"
    RESET = "reset"
    FORCED = "forced"
    DISABLED = "disabled"
    TOLD_CLOSED = "told_closed"
    TOLD_OPEN = "told_open"
    TOLD_FORCED = "told_forced"
    TOLD_DISABLED = "told_disabled"


_MEASURED = {
    (State.CLOSED, Trigger.FAILED_IN_A_ROW): State.OPEN,
    (State.CLOSED, Trigger.FAILED_TOO_OFTEN): State.OPEN,
    (State.OPEN, Trigger.COOLED): State.HALF_OPEN,
    (State.HALF_OPEN, Trigger.PROVED): State.CLOSED,
    (State.HALF_OPEN, Trigger.DISPROVED): State.OPEN,
    (State.HALF_OPEN, Trigger.LAPSED): State.HALF_OPEN,
}
_ORDERED = {
    (state, trigger): after
    for trigger, after in (
        (Trigger.RESET, State.CLOSED),
        (Trigger.FORCED, State.FORCED_OPEN),
        (Trigger.DISABLED, State.DISABLED),
    )
    for state in State
}
_TOLD = {
    (state, trigger): after
    for trigger, after in (
        (Trigger.TOLD_CLOSED, State.CLOSED),
        (Trigger.TOLD_OPEN, State.OPEN),
        (Trigger.TOLD_FORCED, State.FORCED_OPEN),
        (Trigger.TOLD_DISABLED, State.DISABLED),
    )
    for state in State
    if state is not after
}

TRANSITIONS: Mapping[tuple[State, Trigger], State] = MappingProxyType(
    _MEASURED | _ORDERED | _TOLD
)
"""Every legal move: what was measured, what an operator ordered, what others told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """
    One circuit as it stands; times are monotonic seconds.

    Attributes:
        state: What it does with calls.
        cause: What moved it there; None since the start.
        since_s: When it moved there.
        moves: How many moves it made.
        failures: In a row, while closed.
        openings: In a row, since it last closed.
        retry_at_s: Open, half-open: no trial call starts before.
        lapse_at_s: Half-open: from here on its trial calls are written off.
        probing: Half-open: trial calls under way.
        proven: Half-open: trial calls that succeeded.
    """

    state: State = State.CLOSED
    cause: Trigger | None = None
    since_s: float = 0.0
    moves: int = 0
    failures: int = 0
    openings: int = 0
    retry_at_s: float = 0.0
    lapse_at_s: float = 0.0
    probing: int = 0
    proven: int = 0


@dataclass(frozen=True, slots=True)
class Permit:
    """
    Leave to make one call.

    Attributes:
        started_s: When it was given.
        probe: Of a trial call, the circuit's `moves` then; None for any other call.
        lease: Of a trial call that processes share, its fencing token; 0 without.
    """

    started_s: float
    probe: int | None = None
    lease: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """No leave; seconds until it is worth asking again, None for an operator's word."""

    retry_in_s: float | None


def move(circuit: Circuit, trigger: Trigger, now_s: float, **facts: float) -> Circuit:
    """
    Return the circuit after a move.

    Raises:
        IllegalTransition: The table does not list it.
    """
    after = TRANSITIONS.get((circuit.state, trigger))
    if after is None:
        raise IllegalTransition(circuit.state, trigger)
    kept = {"openings": circuit.openings} | facts
    moves = circuit.moves + 1
    return Circuit(state=after, cause=trigger, since_s=now_s, moves=moves, **kept)  # type: ignore[arg-type]


def wants_probe(policy: Policy, circuit: Circuit, now_s: float) -> bool:
    """Tell whether the next call to be let through would be a trial call."""
    match circuit.state:
        case State.OPEN:
            return now_s >= circuit.retry_at_s
        case State.HALF_OPEN:
            # Processes that share a circuit postpone each other's trial calls.
            free = now_s >= circuit.lapse_at_s or _has_room(policy, circuit)
            return free and now_s >= circuit.retry_at_s
        case State.CLOSED | State.FORCED_OPEN | State.DISABLED:
            return False
        case _:
            assert_never(circuit.state)


def admit(
    policy: Policy, circuit: Circuit, now_s: float, *, lease: int = 0
) -> tuple[Circuit, Permit | Refusal]:
    """
    Return the circuit after a call asked to be let through, and the answer.

    Args:
        policy: The rules.
        circuit: As it stands.
        now_s: The time.
        lease: The fencing token of a trial call, where processes share the circuit:
            its store decided already, so nothing but the state is looked at.
    """
    leased = bool(lease) and circuit.state in _MAY_PROBE
    if leased or wants_probe(policy, circuit, now_s):
        return _lend(policy, circuit, now_s, lease)
    match circuit.state:
        case State.CLOSED | State.DISABLED:
            return circuit, Permit(now_s)
        case State.OPEN:
            return circuit, Refusal(circuit.retry_at_s - now_s)
        case State.HALF_OPEN:
            free_at_s = max(circuit.lapse_at_s, circuit.retry_at_s)
            return circuit, Refusal(free_at_s - now_s)
        case State.FORCED_OPEN:
            return circuit, Refusal(None)
        case _:
            assert_never(circuit.state)


def settle(
    policy: Policy,
    circuit: Circuit,
    permit: Permit,
    outcome: Outcome,
    *,
    now_s: float,
    rate: Rate | None = None,
) -> Circuit:
    """
    Return the circuit after a permitted call showed something.

    What a call from before the last move shows is not looked at, nor what a trial call
    shows that was written off.

    Args:
        policy: The rules.
        circuit: As it stands.
        permit: What the call was made with.
        outcome: What it showed.
        now_s: The time.
        rate: The failures among the latest calls, this one included; None without.
    """
    if circuit.state is State.HALF_OPEN and permit.probe == circuit.moves:
        return _settle_probe(policy, circuit, outcome, now_s)
    if circuit.state is State.CLOSED and permit.started_s >= circuit.since_s:
        return _settle_call(policy, circuit, outcome, now_s, rate)
    return circuit


def _settle_call(
    policy: Policy, circuit: Circuit, outcome: Outcome, now_s: float, rate: Rate | None
) -> Circuit:
    """Return a closed circuit after a call."""
    if outcome is Outcome.IGNORED:
        return circuit
    if outcome is Outcome.SUCCEEDED:
        return replace(circuit, failures=0) if circuit.failures else circuit
    failures = circuit.failures + 1
    if policy.failures is not None and failures >= policy.failures:
        return opened(policy, circuit, Trigger.FAILED_IN_A_ROW, now_s)
    limit = policy.rate
    if limit and rate and limit.is_reached(rate.failures, rate.calls):
        return opened(policy, circuit, Trigger.FAILED_TOO_OFTEN, now_s)
    return replace(circuit, failures=failures)


def _settle_probe(
    policy: Policy, circuit: Circuit, outcome: Outcome, now_s: float
) -> Circuit:
    """Return a half-open circuit after one of its trial calls."""
    if now_s >= circuit.lapse_at_s:
        return circuit
    probing = circuit.probing - 1
    match outcome:
        case Outcome.IGNORED:
            return replace(circuit, probing=probing)
        case Outcome.FAILED:
            return opened(policy, circuit, Trigger.DISPROVED, now_s)
        case Outcome.SUCCEEDED if circuit.proven + 1 < policy.probes:
            return replace(circuit, probing=probing, proven=circuit.proven + 1)
        case Outcome.SUCCEEDED:
            return move(circuit, Trigger.PROVED, now_s, openings=0)
        case _:
            assert_never(outcome)


def opened(policy: Policy, circuit: Circuit, why: Trigger, now_s: float) -> Circuit:
    """Return the circuit, opened once more, its cool-off by the openings in a row."""
    openings = circuit.openings + 1
    retry_at_s = now_s + policy.cool_off(openings)
    return move(circuit, why, now_s, openings=openings, retry_at_s=retry_at_s)


_MAY_PROBE = frozenset({State.OPEN, State.HALF_OPEN})


def _has_room(policy: Policy, circuit: Circuit) -> bool:
    """Tell whether a half-open circuit still lets a trial call through."""
    return circuit.probing + circuit.proven < policy.probes


def _lend(
    policy: Policy, circuit: Circuit, now_s: float, lease: int
) -> tuple[Circuit, Permit]:
    """Return the half-open circuit with one more trial call, and its permit."""
    trigger = Trigger.COOLED if circuit.state is State.OPEN else Trigger.LAPSED
    if circuit.state is State.OPEN or now_s >= circuit.lapse_at_s:
        circuit = move(circuit, trigger, now_s)
    lapse_at_s = now_s + policy.patience(circuit.openings)
    lent = replace(circuit, probing=circuit.probing + 1, lapse_at_s=lapse_at_s)
    return lent, Permit(now_s, probe=lent.moves, lease=lease)
