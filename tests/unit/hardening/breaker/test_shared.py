"""A breaker and a store that processes share: what is asked, told and followed."""

import asyncio
import threading

import pytest

from hardening.breaker import (
    Breaker,
    CircuitOpen,
    Lease,
    Outcome,
    Policy,
    State,
    Trigger,
    View,
)
from hardening.breaker.machine import Circuit
from hardening.breaker.shared import followed, view_of

POLICY = Policy()
OPEN = View(state=State.OPEN, openings=2, retry_in_s=30.0)


class Store:
    """A store and its one seat; answers what the test says, remembers what it hears."""

    def __init__(self):
        self.answer = None
        self.heard = []
        self.current = True
        self.follow = None

    def join(self, _name, _policy, follow, held):
        """Take the breaker's two ends."""
        self.follow, self.held = follow, held
        return self

    def ask(self, patience_s):
        """Answer, or do what the test says and answer with that."""
        self.heard.append(("ask", patience_s))
        return self.answer() if callable(self.answer) else self.answer

    async def ask_async(self, patience_s):
        """Answer, after letting others run."""
        await asyncio.sleep(0)
        return self.ask(patience_s)

    def failed(self):
        """Hear it."""
        self.heard.append("failed")

    def succeeded(self):
        """Hear it."""
        self.heard.append("succeeded")

    def opened(self, retry_in_s):
        """Hear it."""
        self.heard.append(("opened", retry_in_s))

    def settled(self, lease, outcome):
        """Hear it."""
        self.heard.append(("settled", lease, outcome))

    def ordered(self, state):
        """Hear it."""
        self.heard.append(("ordered", state))

    def wake(self):
        """Do nothing."""

    def is_current(self, _view):
        """Say what the test says."""
        return self.current


@pytest.fixture
def store():
    """Give a store that does not answer."""
    return Store()


@pytest.fixture
def breaker(store, clock, told):
    """Give a breaker that shares its circuit."""
    return Breaker("twilio", clock=clock, listener=told.append, shared=store)


@pytest.fixture
def cooled(breaker, clock, fail, store):
    """Give the breaker, open and cooled off; nothing heard, nothing told yet."""
    fail(breaker, 5)
    clock.advance(60)
    store.heard.clear()
    return breaker


def test_failures_and_the_opening_are_told(breaker, fail, store):
    """The others count along, and stop calling with this process."""
    fail(breaker, 5)
    assert [*["failed"] * 4, ("opened", 60.0)] == store.heard


def test_a_store_may_tell_before_it_has_given_a_seat(clock):
    """What is told on the store's thread while the breaker is made breaks nothing."""

    class Hasty(Store):
        def join(self, name, policy, follow, held):
            follow(OPEN)
            return super().join(name, policy, follow, held)

    breaker = Breaker("twilio", clock=clock, shared=Hasty())
    assert State.CLOSED is breaker.state
    breaker._seat.follow(OPEN)
    assert State.OPEN is breaker.state


def test_a_success_is_told_only_after_failures(breaker, service, fail, store):
    """A healthy circuit says nothing."""
    breaker.call(service.answer)
    assert [] == store.heard
    fail(breaker, 1)
    breaker.call(service.answer)
    breaker.call(service.answer)
    assert ["failed", "succeeded"] == store.heard


def test_a_lease_is_a_trial_call_and_its_outcome_is_told(cooled, way, service, store):
    """With the token, so that the store knows whose it is."""
    store.answer = Lease(7)
    assert 42 == way(cooled, service)
    told = [("ask", 30.0), ("settled", 7, Outcome.SUCCEEDED)]
    assert (told, State.CLOSED) == (store.heard, cooled.state)


def test_whoever_gets_no_lease_is_refused_until_then(cooled, way, service, store):
    """The next one does not ask again before."""
    store.answer = View(state=State.OPEN, retry_in_s=20.0)
    for _ in range(2):
        with pytest.raises(CircuitOpen) as refused:
            way(cooled, service)
        assert 20.0 == refused.value.retry_in_s
    assert (0 + 5, [("ask", 30.0)]) == (service.calls, store.heard)


def test_a_circuit_that_others_closed_is_called_at_once(cooled, way, service, store):
    """No trial call is needed any more."""
    store.answer = View(state=State.CLOSED)
    assert 42 == way(cooled, service)
    assert State.CLOSED is cooled.state


def test_a_refusal_is_told_with_what_led_to_it(cooled, way, service, store, told):
    """An operator's decision is heard of by asking, and told, though the call is not."""
    store.answer = View(state=State.FORCED_OPEN)
    with pytest.raises(CircuitOpen, match="operator"):
        way(cooled, service)
    assert "circuit_breaker_followed" == told[-1].event


def test_without_an_answer_the_process_decides_alone(cooled, way, service, store):
    """As if it shared nothing."""
    assert 42 == way(cooled, service)
    assert ([("ask", 30.0)], State.CLOSED) == (store.heard, cooled.state)


def test_only_one_caller_asks(cooled, service, store):
    """The others of the process are refused meanwhile, without waiting for the store."""
    asked, answered = threading.Event(), threading.Event()

    def slowly():
        asked.set()
        answered.wait(5)
        return Lease(7)

    store.answer = slowly
    first = threading.Thread(target=cooled.call, args=(service.answer,))
    first.start()
    assert asked.wait(5)
    with pytest.raises(CircuitOpen):
        cooled.call(service.answer)
    answered.set()
    first.join()
    assert 1 == store.heard.count(("ask", 30.0))


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, asyncio.CancelledError])
def test_whoever_is_interrupted_while_asking_blocks_nobody(
    cooled, way, service, store, interrupt
):
    """The next caller asks anew."""

    def interrupted():
        raise interrupt

    store.answer = interrupted
    with pytest.raises(interrupt):
        way(cooled, service)
    store.answer = Lease(8)
    assert 42 == way(cooled, service)


def test_a_lease_that_is_not_needed_is_given_back(cooled, service, store):
    """An operator closed the circuit while the store was asked."""

    def meanwhile():
        cooled.reset()
        return Lease(9)

    store.answer = meanwhile
    assert 42 == cooled.call(service.answer)
    assert ("settled", 9, Outcome.IGNORED) in store.heard


def test_a_lease_that_came_in_another_order_is_used(cooled, service, store):
    """The view that others lent it arrives before the lease itself does."""

    def meanwhile():
        store.follow(View(state=State.OPEN, retry_in_s=30.0))
        return Lease(9)

    store.answer = meanwhile
    assert 42 == cooled.call(service.answer)
    assert ("settled", 9, Outcome.SUCCEEDED) == store.heard[-1]


def test_a_view_that_is_not_current_is_not_followed(breaker, store):
    """It would undo what is on its way."""
    store.current = False
    store.follow(OPEN)
    assert State.CLOSED is breaker.state


def test_an_opening_by_the_failures_of_all_is_told_by_who_notices(breaker, store, told):
    """It is an opening of this process, with its event and its count."""
    store.follow(View(state=State.CLOSED, failures=5))
    assert (State.OPEN, [("opened", 60.0)]) == (breaker.state, store.heard)
    assert (["circuit_breaker_opened"], 1) == (
        [event.event for event in told],
        breaker.standing().totals.openings,
    )


def test_what_others_opened_is_not_counted_here(breaker, store):
    """The sum over all processes is the number of openings."""
    store.follow(OPEN)
    assert 0 == breaker.standing().totals.openings


@pytest.mark.parametrize("state", list(State), ids=str)
@pytest.mark.parametrize(
    "view",
    [
        View(state=State.CLOSED),
        OPEN,
        View(state=State.FORCED_OPEN),
        View(state=State.DISABLED),
    ],
    ids=lambda view: view.state.value,
)
def test_a_circuit_becomes_what_the_others_have(state, view):
    """Whatever it was; but a trial call under way goes on while the others find it open."""
    after = followed(POLICY, Circuit(state=state), view, 100.0)
    goes_on = state is State.HALF_OPEN and view.state is State.OPEN
    assert after.state is (state if goes_on else view.state)


def test_an_open_circuit_takes_over_the_wait():
    """And the number of openings, which sets the next cool-off."""
    after = followed(POLICY, Circuit(), OPEN, 100.0)
    assert (130.0, 2, Trigger.TOLD_OPEN) == (
        after.retry_at_s,
        after.openings,
        after.cause,
    )
    again = followed(POLICY, after, View(state=State.OPEN, retry_in_s=5.0), 110.0)
    assert (115.0, after.moves) == (again.retry_at_s, again.moves)


@pytest.mark.parametrize(
    ("circuit", "view"),
    [
        (Circuit(failures=3), View(state=State.CLOSED, failures=3)),
        (
            Circuit(state=State.OPEN, retry_at_s=130.0),
            View(state=State.OPEN, retry_in_s=30.0),
        ),
        (Circuit(state=State.OPEN, retry_at_s=90.0), View(state=State.OPEN)),
        (Circuit(state=State.HALF_OPEN), View(state=State.OPEN)),
        (Circuit(state=State.DISABLED), View(state=State.DISABLED)),
    ],
    ids=["closed", "open", "cooled", "half-open", "disabled"],
)
def test_what_is_told_again_is_how_the_circuit_stands(circuit, view):
    """A store that lost it learns it from here."""
    assert view == view_of(circuit, 100.0)
