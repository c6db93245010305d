"""The retrier: calls again as decided, and tells what happened."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial

import pytest

from hardening.core import InvalidSetting
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


def call(retrier, flaky, *args):
    """Call by name."""
    return retrier.call(flaky, *args)


def call_async(retrier, flaky, *args):
    """Call a coroutine function by name."""
    return asyncio.run(retrier.call_async(flaky.later, *args))


def decorated(retrier, flaky, *args):
    """Call a decorated function."""

    @retrier
    def work(*args):
        return flaky(*args)

    return work(*args)


def decorated_async(retrier, flaky, *args):
    """Call a decorated coroutine function."""

    @retrier
    async def work(*args):
        return await flaky.later(*args)

    return asyncio.run(work(*args))


def block(retrier, flaky, *args):
    """Run a block."""
    for attempt in retrier.attempts():
        with attempt:
            answer = flaky(*args)
    return answer


def block_async(retrier, flaky, *args):
    """Run a block of a coroutine."""

    async def work():
        async for attempt in retrier.attempts():
            with attempt:
                answer = await flaky.later(*args)
        return answer

    return asyncio.run(work())


@pytest.fixture(
    params=[call, call_async, decorated, decorated_async, block, block_async],
    ids=lambda manner: manner.__name__,
)
def run(request):
    """Give one manner to run a flaky function: each test holds for all."""
    return request.param


def retrier(clock, **settings):
    """Return a retrier that waits from 0 to 10 seconds, and what it tells."""
    told = []
    rules = {"on": (ConnectionError,), "schedule": Spread(0, 10)}
    policy = Policy(**(rules | settings.pop("policy", {})))
    made = Retrier(
        policy,
        name="orders",
        listener=told.append,
        clock=clock,
        entropy=ScriptedEntropy([0.2, 0.4]),
        **settings,
    )
    return made, told


def numbers(retrier):
    """Return the measures that are plain numbers, by name and reason."""
    return {
        (
            each.name.removeprefix("hardening_retry_"),
            *dict(sample.labels[1:]).values(),
        ): (sample.value)
        for each in retrier.measures()
        for sample in each.samples
        if isinstance(sample.value, int)
    }


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
        RetryScheduled(name="orders", attempt=1, delay_s=2.0, error=first),
        RetryScheduled(name="orders", attempt=2, delay_s=4.0, error=second),
    ] == told


@pytest.mark.parametrize("named", [(ConnectionError,), lambda error: not error.args])
@pytest.mark.parametrize("error", [ValueError("a"), KeyboardInterrupt()])
def test_other_errors_pass_at_once(clock, run, error, named):
    """Only what the policy names is tried again; an interrupt never is."""
    flaky = Flaky(clock, error)
    made, told = retrier(clock, policy={"on": named}, budget=Budget())
    with pytest.raises(type(error)):
        run(made, flaky)
    assert (1, [], 10) == (flaky.calls, told, made.budget.tokens)
    assert [] == getattr(error, "__notes__", [])


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
        RetryGaveUp(
            name="orders",
            attempt=3,
            elapsed_s=9.0,
            reason=GiveUpReason.ATTEMPTS,
            error=last,
        )
        == told[-1]
    )


@dataclass(frozen=True)
class Frozen(Exception):
    """An error that nobody may write to."""

    code: int


def test_an_error_that_takes_no_note_reaches_the_caller_as_it_is(clock):
    """A note is a kindness; it takes the place of nobody's error."""
    retrier = Retrier(Policy(on=Frozen, attempts=1), clock=clock)
    with pytest.raises(Frozen) as raised:
        retrier.call(Flaky(clock, Frozen(17)))
    assert 17 == raised.value.code


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


def test_what_happened_is_counted(clock, run):
    """Attempts, retries, waits and givings-up by reason, read when somebody asks."""
    made, _ = retrier(clock)
    run(made, Flaky(clock))
    run(made, Flaky(clock, ConnectionError()))
    with pytest.raises(ConnectionError):
        run(made, Flaky(clock, *[ConnectionError()] * 3))
    assert {
        ("attempts",): 6,
        ("retries",): 3,
        ("given_up", "attempts"): 1,
        ("given_up", "budget"): 0,
        ("given_up", "asked_too_long"): 0,
        ("given_up", "deadline"): 0,
    } == numbers(made)
    waits = next(each for each in made.measures() if each.name.endswith("_seconds"))
    distribution = waits.samples[0].value
    assert (3, 10.0) == (distribution.count, distribution.total)


def test_an_unnamed_retrier_tells_the_functions_name(clock):
    """Whoever reads the log finds the function."""
    made, told = retrier(clock)
    flaky = Flaky(clock, ConnectionError())
    replace(made, name="").call(flaky)
    assert [f"{__name__}.Flaky"] == [each.subject for each in told]
    told.clear()
    with pytest.raises(ConnectionError):
        replace(made, name="").call(partial(fail, 1))
    assert {f"{__name__}.fail"} == {each.subject for each in told}


def fail(_):
    """Fail always."""
    raise ConnectionError


def test_a_decorated_method_stays_a_method(clock):
    """The instance is passed on, and the name and docstring stay."""
    made, _ = retrier(clock)

    class Shop:
        """A class with a method."""

        calls = 0

        @made
        def order(self, number):
            """Order."""
            self.calls += 1
            if self.calls == 1:
                raise ConnectionError
            return number

    assert (17, "order", "Order.") == (
        Shop().order(17),
        Shop.order.__name__,
        Shop.order.__doc__,
    )


def test_a_generator_is_refused(clock):
    """Its errors come after the call, where no retrier sees them."""
    made, _ = retrier(clock)

    def lazy():
        yield 1

    async def lazy_async():
        yield 1

    for function in (lazy, lazy_async):
        with pytest.raises(InvalidSetting, match="no generator"):
            made(function)


def test_a_block_that_never_enters_its_attempt_runs_once(clock):
    """A forgotten `with` is no endless loop."""
    made, _ = retrier(clock)
    assert [1] == [attempt.number for attempt in made.attempts()]


def test_a_block_may_return_from_its_attempt(clock):
    """As any block in a function may."""
    made, _ = retrier(clock)
    flaky = Flaky(clock, ConnectionError())

    def work():
        for attempt in made.attempts():
            with attempt:
                return flaky("out")
        return None

    assert "out" == work()


def test_an_error_keeps_no_earlier_one_alive(clock, run):
    """The error of the last attempt does not drag those before it along."""
    flaky = Flaky(clock, *[ConnectionError(number) for number in range(3)])
    made, _ = retrier(clock)
    with pytest.raises(ConnectionError) as caught:
        run(made, flaky)
    assert None is caught.value.__context__


def test_the_retrier_works_with_the_machines_own_clock():
    """The defaults wait for real, and for as long as they say."""
    flaky = Flaky(FakeClock(), ConnectionError())
    policy = Policy(on=(ConnectionError,), schedule=Spread(0.01, 0.01))
    assert "answer" == Retrier(policy).call(flaky)
    assert 2 == flaky.calls
