"""The retrier: calls again as decided, and tells what happened."""

import asyncio

import pytest

from hardening.retry import (
    Budget,
    GiveUpReason,
    Policy,
    Retrier,
    RetryGaveUp,
    RetryScheduled,
    Spread,
)
from hardening.testing import FakeClock, ScriptedEntropy


class Flaky:
    """Fails as scripted, then answers; takes a second of the clock for each call."""

    def __init__(self, clock, *errors):
        self.clock = clock
        self.errors = list(errors)
        self.calls = 0

    def __call__(self, answer="answer"):
        """Raise the next error of the script, or give the answer."""
        self.calls += 1
        self.clock.advance(1)
        if self.errors:
            raise self.errors.pop(0)
        return answer

    async def later(self, answer="answer"):
        """Do the same as a coroutine."""
        return self(answer)


@pytest.fixture
def clock():
    """Give a clock on which waiting takes no time."""
    return FakeClock()


@pytest.fixture(params=["call", "call_async"])
def run(request):
    """Give one way to call a flaky function: each test holds for both."""

    def call(retrier, flaky, *args):
        if request.param == "call":
            return retrier.call(flaky, *args)
        return asyncio.run(retrier.call_async(flaky.later, *args))

    return call


def retrier(clock, **settings):
    """Return a retrier that waits from 0 to 10 seconds, and what it tells."""
    told = []
    rules = {"on": (ConnectionError,), "schedule": Spread(0, 10)}
    policy = Policy(**(rules | settings.pop("policy", {})))
    made = Retrier(
        policy,
        listener=told.append,
        clock=clock,
        entropy=ScriptedEntropy([0.2, 0.4]),
        **settings,
    )
    return made, told


def test_success_needs_one_call(clock, run):
    """What works is called once, and nobody waits."""
    flaky = Flaky(clock)
    made, told = retrier(clock)
    assert "42" == run(made, flaky, "42")
    assert (1, [], []) == (flaky.calls, clock.waits, told)


def test_named_errors_are_tried_again(clock, run):
    """Two failures, two waits, then the answer."""
    first, second = ConnectionError("a"), ConnectionResetError("b")
    flaky = Flaky(clock, first, second)
    made, told = retrier(clock)
    assert "answer" == run(made, flaky)
    assert [2.0, 4.0] == clock.waits
    assert [
        RetryScheduled(attempt=1, delay_s=2.0, error=first),
        RetryScheduled(attempt=2, delay_s=4.0, error=second),
    ] == told


@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt()])
def test_other_errors_pass_at_once(clock, run, error):
    """Only what the policy names is tried again; an interrupt never is."""
    flaky = Flaky(clock, error)
    made, told = retrier(clock)
    with pytest.raises(type(error)):
        run(made, flaky)
    assert (1, []) == (flaky.calls, told)


def test_a_cancelled_task_is_not_tried_again(clock):
    """Cancellation ends the call, as everywhere."""
    flaky = Flaky(clock, asyncio.CancelledError())
    made, _ = retrier(clock)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(made.call_async(flaky.later))
    assert 1 == flaky.calls


def test_the_last_error_reaches_the_caller_with_a_note(clock, run):
    """The caller sees the function's own error, and how often it was tried."""
    last = ConnectionError("last")
    flaky = Flaky(clock, ConnectionError(), ConnectionError(), last)
    made, told = retrier(clock)
    with pytest.raises(ConnectionError, match="last") as caught:
        run(made, flaky)
    assert last is caught.value
    assert ["Gave up after attempt 3 of 3, 9.0 s in: attempts."] == last.__notes__
    assert (
        RetryGaveUp(attempt=3, elapsed_s=9.0, reason=GiveUpReason.ATTEMPTS, error=last)
        == told[-1]
    )


@pytest.mark.parametrize(("deadline", "calls"), [(3.0, 1), (3.1, 2), (8.1, 3)])
def test_no_attempt_starts_past_the_deadline(clock, run, deadline, calls):
    """The time that the attempts take counts as well as the waits."""
    flaky = Flaky(clock, *[ConnectionError()] * 9)
    made, told = retrier(clock, policy={"deadline_s": deadline, "attempts": 9})
    with pytest.raises(ConnectionError):
        run(made, flaky)
    assert calls == flaky.calls
    assert GiveUpReason.DEADLINE == told[-1].reason


def test_a_spent_budget_ends_the_retries(clock, run):
    """When most calls fail, callers stop adding to the load."""
    flaky = Flaky(clock, *[ConnectionError()] * 9)
    made, told = retrier(clock, policy={"attempts": 9}, budget=Budget(tokens=4))
    with pytest.raises(ConnectionError):
        run(made, flaky)
    assert (2, GiveUpReason.BUDGET) == (flaky.calls, told[-1].reason)


def test_a_success_pays_into_the_budget(clock, run):
    """The budget of a service that recovers fills up again."""
    budget = Budget(tokens=4, refund=1)
    made, _ = retrier(clock, budget=budget)
    run(made, Flaky(clock, ConnectionError()))
    assert 4 == budget.tokens


def test_switched_off_it_calls_once(clock, run):
    """Off is as if there were no retrier: one call, no events, no note."""
    error = ConnectionError()
    flaky = Flaky(clock, error)
    made, told = retrier(clock, switch=lambda: False)
    with pytest.raises(ConnectionError):
        run(made, flaky)
    assert (1, [], []) == (flaky.calls, told, getattr(error, "__notes__", []))


def test_the_retrier_works_with_the_machines_own_clock():
    """The defaults wait for real, and for as long as they say."""
    flaky = Flaky(FakeClock(), ConnectionError())
    policy = Policy(on=(ConnectionError,), schedule=Spread(0.01, 0.01))
    assert "answer" == Retrier(policy).call(flaky)
    assert 2 == flaky.calls
