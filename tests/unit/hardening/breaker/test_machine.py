"""The machine: every legal move, and no other."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.breaker import (
    TRANSITIONS,
    FailureRate,
    IllegalTransition,
    Outcome,
    Policy,
)
from hardening.breaker.machine import (
    Circuit,
    Permit,
    Refusal,
    State,
    Trigger,
    admit,
    move,
    settle,
    wants_probe,
)
from hardening.breaker.window import Rate

POLICY = Policy()
OPEN = Circuit(state=State.OPEN, retry_at_s=60.0, openings=1, moves=1)
HALF_OPEN, PROBE = admit(POLICY, OPEN, 60.0)


def outcomes(policy, circuit, *shown, now_s=0.0):
    """Return the circuit after plain calls that showed this."""
    for outcome in shown:
        circuit = settle(policy, circuit, Permit(now_s), outcome, now_s=now_s)
    return circuit


@pytest.mark.parametrize(("state", "trigger"), list(product(State, Trigger)), ids=str)
def test_only_the_listed_moves_are_made(state, trigger):
    """A move that the table does not list is an error with a name."""
    circuit = Circuit(state=state)
    if (state, trigger) in TRANSITIONS:
        after = move(circuit, trigger, 7.0)
        assert (TRANSITIONS[state, trigger], trigger, 7.0, 1) == (
            after.state,
            after.cause,
            after.since_s,
            after.moves,
        )
    else:
        with pytest.raises(IllegalTransition, match=f"{state}.*{trigger}"):
            move(circuit, trigger, 7.0)


def test_what_is_measured_moves_a_circuit_in_these_ways_only():
    """An operator's states are left by an operator, or by word of another process."""
    told = {t for t in Trigger if t.name.startswith("TOLD")}
    ordered = {Trigger.RESET, Trigger.FORCED, Trigger.DISABLED}
    measured = {
        (before, after)
        for (before, trigger), after in TRANSITIONS.items()
        if trigger not in told | ordered
    }
    assert {
        (State.CLOSED, State.OPEN),
        (State.OPEN, State.HALF_OPEN),
        (State.HALF_OPEN, State.OPEN),
        (State.HALF_OPEN, State.CLOSED),
        (State.HALF_OPEN, State.HALF_OPEN),
    } == measured


@pytest.mark.parametrize(
    ("failures", "state"), [(4, State.CLOSED), (5, State.OPEN)], ids=str
)
def test_the_fifth_failure_in_a_row_opens(failures, state):
    """Four do not."""
    shown = [Outcome.FAILED] * failures
    assert state is outcomes(POLICY, Circuit(), *shown).state


def test_a_success_ends_the_row():
    """Five failures that are not in a row open nothing."""
    shown = [*[Outcome.FAILED] * 4, Outcome.SUCCEEDED, *[Outcome.FAILED] * 4]
    circuit = outcomes(POLICY, Circuit(), *shown)
    assert (State.CLOSED, 4) == (circuit.state, circuit.failures)


def test_what_shows_nothing_changes_nothing():
    """A cancelled call neither ends a row of failures nor adds to it."""
    circuit = outcomes(POLICY, Circuit(), *[Outcome.FAILED] * 4, Outcome.IGNORED)
    assert 4 == circuit.failures


@pytest.mark.parametrize(
    ("calls", "state"), [(20, State.OPEN), (21, State.CLOSED)], ids=str
)
def test_the_rate_opens_too(calls, state):
    """A service that fails every other call is unwell, in a row or not."""
    policy = replace(POLICY, rate=FailureRate(share=0.5, least=20))
    rate = Rate(failures=10, calls=calls)
    failed = Outcome.FAILED
    after = settle(policy, Circuit(), Permit(0.0), failed, now_s=0.0, rate=rate)
    assert state is after.state


@pytest.mark.parametrize(
    ("now_s", "answer"),
    [(59.9, Refusal), (60.0, Permit), (60.1, Permit)],
    ids=str,
)
def test_the_trial_call_comes_when_the_cool_off_is_over(now_s, answer):
    """Sixty seconds after the opening, not before."""
    _, given_ = admit(POLICY, OPEN, now_s)
    assert answer is type(given_)


def test_a_refusal_says_when_to_come_back():
    """Whoever is refused knows how long to wait."""
    assert Refusal(45.0) == admit(POLICY, OPEN, 15.0)[1]
    assert Refusal(30.0) == admit(POLICY, HALF_OPEN, 60.0)[1]
    forced = Circuit(state=State.FORCED_OPEN)
    assert Refusal(None) == admit(POLICY, forced, 15.0)[1]


@pytest.mark.parametrize("probes", [1, 2, 3])
def test_no_more_trial_calls_than_the_policy_says(probes):
    """A service that is just getting up is not run over."""
    policy = replace(POLICY, probes=probes)
    circuit, answers = OPEN, []
    for _ in range(5):
        circuit, answer = admit(policy, circuit, 60.0)
        answers.append(type(answer))
    assert [Permit] * probes + [Refusal] * (5 - probes) == answers


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.SUCCEEDED, State.CLOSED),
        (Outcome.FAILED, State.OPEN),
        (Outcome.IGNORED, State.HALF_OPEN),
    ],
)
def test_the_trial_call_decides(outcome, state):
    """It closes the circuit, or opens it again; one that shows nothing decides nothing."""
    after = settle(POLICY, HALF_OPEN, PROBE, outcome, now_s=61.0)
    assert state is after.state


def test_after_a_trial_call_that_showed_nothing_comes_another():
    """A cancelled trial call does not wedge the circuit."""
    after = settle(POLICY, HALF_OPEN, PROBE, Outcome.IGNORED, now_s=61.0)
    assert wants_probe(POLICY, after, 61.0)


def test_a_trial_call_that_fails_starts_the_next_cool_off():
    """The second in a row lasts as long as the policy says of a second one."""
    policy = replace(POLICY, cool_off_s=(60, 300))
    after = settle(policy, HALF_OPEN, PROBE, Outcome.FAILED, now_s=61.0)
    assert (2, 361.0) == (after.openings, after.retry_at_s)


def test_every_trial_call_has_to_succeed():
    """With two of them, one success is not enough."""
    policy = replace(POLICY, probes=2)
    circuit, first = admit(policy, OPEN, 60.0)
    circuit, second = admit(policy, circuit, 60.0)
    circuit = settle(policy, circuit, first, Outcome.SUCCEEDED, now_s=61.0)
    assert State.HALF_OPEN is circuit.state
    circuit = settle(policy, circuit, second, Outcome.SUCCEEDED, now_s=61.0)
    assert (State.CLOSED, 0) == (circuit.state, circuit.openings)


@pytest.mark.parametrize(
    ("now_s", "answer"), [(89.9, Refusal), (90.0, Permit), (90.1, Permit)], ids=str
)
def test_a_trial_call_that_hangs_is_written_off(now_s, answer):
    """After half a cool-off the next one may start."""
    assert answer is type(admit(POLICY, HALF_OPEN, now_s)[1])


def test_a_trial_call_that_was_written_off_decides_nothing():
    """Its late answer says how the service was, not how it is."""
    circuit, second = admit(POLICY, HALF_OPEN, 90.0)
    for outcome in Outcome:
        assert circuit is settle(POLICY, circuit, PROBE, outcome, now_s=91.0)
    after = settle(POLICY, circuit, second, Outcome.SUCCEEDED, now_s=91.0)
    assert State.CLOSED is after.state


@pytest.mark.parametrize(
    ("now_s", "state"), [(89.9, State.CLOSED), (90.0, State.HALF_OPEN)], ids=str
)
def test_a_trial_call_is_late_from_the_moment_another_may_start(now_s, state):
    """Both cannot count."""
    after = settle(POLICY, HALF_OPEN, PROBE, Outcome.SUCCEEDED, now_s=now_s)
    assert state is after.state


def test_a_call_from_before_the_last_move_shows_nothing():
    """A slow failure of the last outage does not count towards the next one."""
    closed = settle(POLICY, HALF_OPEN, PROBE, Outcome.SUCCEEDED, now_s=61.0)
    old, new = Permit(10.0), Permit(61.0)
    assert closed is settle(POLICY, closed, old, Outcome.FAILED, now_s=62.0)
    assert 1 == settle(POLICY, closed, new, Outcome.FAILED, now_s=62.0).failures


@pytest.mark.parametrize("state", [State.FORCED_OPEN, State.DISABLED, State.OPEN])
def test_no_call_moves_a_circuit_that_draws_no_conclusions(state):
    """An operator's decision stands until the operator changes it."""
    circuit = Circuit(state=state, retry_at_s=60.0)
    assert circuit == outcomes(POLICY, circuit, *[Outcome.FAILED] * 9)


def test_a_lease_is_leave_by_itself():
    """The store decided; what else was heard meanwhile does not matter."""
    circuit, permit = admit(POLICY, OPEN, 15.0, lease=7)
    assert (State.HALF_OPEN, 7) == (circuit.state, permit.lease)
    assert 0 == admit(POLICY, Circuit(), 15.0, lease=7)[1].lease


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["call", *Outcome]), st.sampled_from([0.0, 1.0, 30.0, 60.0])
        ),
        max_size=60,
    ),
    st.integers(1, 3),
)
def test_the_invariants_hold_whatever_happens(steps, probes):
    """
    `probing` and `proven` are zero outside of half-open, `failures` outside of closed;
    never more trial calls than allowed; moves only grow.
    """
    policy = Policy(failures=2, probes=probes)
    circuit, permits, now_s = Circuit(), [], 0.0
    for what, wait_s in steps:
        now_s += wait_s
        before = circuit.moves
        if what == "call":
            circuit, answer = admit(policy, circuit, now_s)
            permits += [answer] if isinstance(answer, Permit) else []
        elif permits:
            circuit = settle(policy, circuit, permits.pop(0), what, now_s=now_s)
        half_open = circuit.state is State.HALF_OPEN
        assert half_open or 0 == circuit.probing == circuit.proven
        assert State.CLOSED is circuit.state or 0 == circuit.failures
        assert 0 <= circuit.probing + circuit.proven <= probes
        assert before <= circuit.moves


@given(st.lists(st.booleans(), max_size=40))
def test_a_closed_circuit_opens_when_a_list_of_all_calls_would_say_so(calls):
    """At the first five failures in a row, and never otherwise."""
    text = "".join("f" if failed else "s" for failed in calls)
    circuit = Circuit()
    for failed in calls:
        shown = Outcome.FAILED if failed else Outcome.SUCCEEDED
        circuit = outcomes(POLICY, circuit, shown)
    assert ("fffff" in text) is (circuit.state is State.OPEN)
