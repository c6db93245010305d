"""The breaker: what a caller meets, in whichever way the call is made."""

import asyncio
import logging
import sys
import threading

import pytest

from hardening.breaker import (
    AsyncFunctionCalled,
    Breaker,
    CircuitBreakerAutoClosed,
    CircuitBreakerClosed,
    CircuitBreakerDisabled,
    CircuitBreakerForcedOpen,
    CircuitBreakerHalfOpened,
    CircuitBreakerOpened,
    CircuitOpen,
    FailureRate,
    Policy,
    State,
    Trigger,
)
from hardening.core import InvalidSetting, always_on


@pytest.fixture
def breaker(clock, told):
    """Give a breaker with the founding plans' policy."""
    return Breaker("twilio", clock=clock, listener=told.append)


def names(told):
    """Return the names of what was told."""
    return [event.event for event in told]


def test_a_call_gives_what_the_function_gives(breaker, service, way):
    """Whoever calls a healthy service notices nothing."""
    assert [42, 42] == [way(breaker, service), way(breaker, service)]


def test_an_error_reaches_the_caller_unchanged(breaker, service, way):
    """It is the function's own, not one of the breaker's."""
    service.error = error = OSError("down")
    for _ in range(2):
        with pytest.raises(OSError, match="down") as caught:
            way(breaker, service)
        assert error is caught.value


def test_a_failure_after_many_successes_counts_as_one(breaker, service, fail, way):
    """The plain way notices the first failure, too."""
    for _ in range(3):
        way(breaker, service)
    service.error = OSError("down")
    with pytest.raises(OSError, match="down"):
        way(breaker, service)
    fail(breaker, 3)
    assert State.CLOSED is breaker.state
    fail(breaker, 1)
    assert State.OPEN is breaker.state


def test_behind_a_switch_that_is_on_everything_is_the_same(service, fail, way):
    """Successes, failures and openings."""
    breaker = Breaker("twilio", switch=lambda: True)
    assert [42, 42, 42] == [way(breaker, service) for _ in range(3)]
    service.error = OSError("down")
    with pytest.raises(OSError, match="down"):
        way(breaker, service)
    fail(breaker, 4)
    assert (State.OPEN, 3) == (breaker.state, breaker.standing().totals.succeeded)


def test_the_fifth_failure_opens_and_nothing_more_is_called(breaker, service, way):
    """A service that is down is left alone."""
    service.error = OSError("down")
    for _ in range(5):
        with pytest.raises(OSError, match="down"):
            way(breaker, service)
    with pytest.raises(CircuitOpen) as refused:
        way(breaker, service)
    assert (5, "twilio", 60.0) == (
        service.calls,
        refused.value.circuit,
        refused.value.retry_in_s,
    )


def test_a_trial_call_closes_again(breaker, service, clock, fail, told, way):
    """After the cool-off one call is made, and as it succeeds all are."""
    fail(breaker, 5)
    clock.advance(60)
    assert [42, 42] == [way(breaker, service), way(breaker, service)]
    assert [
        "circuit_breaker_opened",
        "circuit_breaker_half_opened",
        "circuit_breaker_auto_closed",
    ] == names(told)


def test_a_trial_call_that_fails_opens_again(breaker, service, clock, fail, way):
    """For the whole cool-off, from then."""
    fail(breaker, 5)
    clock.advance(60)
    service.error = OSError("down")
    with pytest.raises(OSError, match="down"):
        way(breaker, service)
    with pytest.raises(CircuitOpen, match=r"in 60\.0 s"):
        way(breaker, service)


def test_a_success_ends_a_row_of_failures(breaker, service, fail, way):
    """Four failures, a success and four failures open nothing."""
    fail(breaker, 4)
    way(breaker, service)
    fail(breaker, 4)
    assert State.CLOSED is breaker.state


def test_with_the_switch_off_there_is_no_breaker(service, fail, way):
    """Failures are not counted, and an open circuit refuses nobody."""
    on = False
    breaker = Breaker("twilio", switch=lambda: on)
    fail(breaker, 9)
    assert 42 == way(breaker, service)
    assert 0 == breaker.standing().totals.failed


def test_the_switch_is_asked_at_each_call(service, fail):
    """A rollout moves while the service runs."""
    on = True
    breaker = Breaker("twilio", switch=lambda: on)
    fail(breaker, 5)
    with pytest.raises(CircuitOpen):
        breaker.call(service.answer)
    on = False
    assert 42 == breaker.call(service.answer)


def test_an_opening_says_why_and_for_how_long(breaker, fail, told):
    """The event holds what an operator asks first."""
    fail(breaker, 5)
    (opened,) = told
    assert (
        CircuitBreakerOpened(
            circuit_name="twilio",
            why=Trigger.FAILED_IN_A_ROW,
            openings=1,
            cool_off_s=60.0,
        )
        == opened
    )
    assert ("twilio", logging.ERROR) == (opened.subject, opened.level)


def test_the_events_have_the_names_of_the_founding_plans():
    """Dashboards and searches in logs are made of them."""
    assert [
        "circuit_breaker_opened",
        "circuit_breaker_half_opened",
        "circuit_breaker_auto_closed",
        "circuit_breaker_closed",
        "circuit_breaker_forced_open",
        "circuit_breaker_disabled",
    ] == names(
        [
            CircuitBreakerOpened,
            CircuitBreakerHalfOpened,
            CircuitBreakerAutoClosed,
            CircuitBreakerClosed,
            CircuitBreakerForcedOpen,
            CircuitBreakerDisabled,
        ]
    )


def test_a_service_that_fails_nine_calls_in_ten_is_noticed(clock, service, fail, told):
    """A count of consecutive failures alone never opens here."""
    policy = Policy(failures=None, rate=FailureRate(least=20))
    breaker = Breaker("x", policy=policy, clock=clock, listener=told.append)
    breaker.call(service.answer)
    breaker.call(service.answer)
    fail(breaker, 17)
    assert State.CLOSED is breaker.state
    fail(breaker, 1)
    assert (State.OPEN, Trigger.FAILED_TOO_OFTEN) == (breaker.state, told[0].why)


def test_the_rate_looks_at_the_latest_calls_only(clock, service, fail):
    """An hour of successes does not hide an outage."""
    policy = Policy(failures=None, rate=FailureRate(calls=20, least=20))
    breaker = Breaker("x", policy=policy, clock=clock)
    for _ in range(1_000):
        clock.advance(0.01)
        breaker.call(service.answer)
    fail(breaker, 9)
    assert State.CLOSED is breaker.state
    fail(breaker, 1)
    assert State.OPEN is breaker.state


def test_the_rate_starts_anew_once_the_circuit_closed(clock, service, fail):
    """Failures of the last outage do not open it for the first new one."""
    policy = Policy(failures=None, rate=FailureRate(calls=20, least=3))
    breaker = Breaker("x", policy=policy, clock=clock)
    fail(breaker, 3)
    clock.advance(60)
    breaker.call(service.answer)
    breaker.call(service.answer)
    fail(breaker, 1)
    assert (State.CLOSED, 1) == (breaker.state, breaker.standing().failures)


def test_a_call_that_is_cancelled_shows_nothing(clock, service, fail):
    """Neither in a closed circuit nor as the trial call, which another one may make."""
    breaker = Breaker("x", clock=clock)
    fail(breaker, 4)

    async def cancelled():
        async def hang():
            await asyncio.Event().wait()

        task = asyncio.ensure_future(breaker.call_async(hang))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert (State.CLOSED, 4) == (breaker.state, breaker.standing().failures)
    fail(breaker, 1)
    clock.advance(60)
    asyncio.run(cancelled())
    assert State.HALF_OPEN is breaker.state
    assert 42 == breaker.call(service.answer)
    assert State.CLOSED is breaker.state


@pytest.mark.parametrize("switch", [always_on, lambda: True], ids=["plain", "switch"])
def test_a_call_that_is_cancelled_is_counted_in_every_way(service, way, switch):
    """Calls that were made and calls that are counted are the same number."""
    breaker = Breaker("x", switch=switch)
    way(breaker, service)  # the first call of a minute is watched, the next is not
    service.error = KeyboardInterrupt()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            way(breaker, service)
    totals = breaker.standing().totals
    assert (1, 2, 0) == (totals.succeeded, totals.ignored, totals.failed)


def test_a_coroutine_that_is_dropped_while_the_circuit_is_looked_at(service):
    """The collector may end it on the thread that holds the lock; nothing hangs."""
    breaker = Breaker("x")
    breaker.call(service.answer)

    async def hang():
        await asyncio.sleep(9)

    call = breaker.call_async(hang)
    loop = asyncio.new_event_loop()
    task = loop.create_task(call)
    loop.run_until_complete(asyncio.sleep(0))
    with breaker._lock:
        call.close()
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()
    assert 1 == breaker.standing().totals.ignored


def test_the_seconds_never_fall():
    """A counter that falls is taken for a restart, and its rate for an outage."""
    breaker, ended = Breaker("x"), threading.Event()

    def work():
        while not ended.is_set():
            breaker.call(len, "a")

    threads = [threading.Thread(target=work) for _ in range(8)]
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        seen = [breaker._succeeded_s for _ in range(100_000)]
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before_s)
    assert sorted(seen) == seen


def test_ignored_errors_and_answers_open_nothing(fail):
    """A refusal of a wrong request is an answer."""
    breaker = Breaker("x", policy=Policy(counts=(OSError,), ignores=(TimeoutError,)))
    fail(breaker, 9, error=ValueError())
    fail(breaker, 9, error=TimeoutError())
    assert (9, 9, 0) == (
        breaker.standing().totals.succeeded,
        breaker.standing().totals.ignored,
        breaker.standing().totals.failed,
    )
    fail(breaker, 5, error=OSError())
    assert State.OPEN is breaker.state


def test_an_operator_closes_it_by_hand(breaker, service, fail, told):
    """The event is another one than that of a recovery."""
    fail(breaker, 5)
    breaker.reset()
    assert 42 == breaker.call(service.answer)
    assert ["circuit_breaker_opened", "circuit_breaker_closed"] == names(told)


def test_an_operator_opens_it_until_further_notice(breaker, service, clock, told, way):
    """No cool-off ends that."""
    breaker.force_open()
    clock.advance(1e6)
    with pytest.raises(CircuitOpen, match="by an operator") as refused:
        way(breaker, service)
    assert (None, ["circuit_breaker_forced_open"]) == (
        refused.value.retry_in_s,
        names(told),
    )
    breaker.reset()
    assert 42 == way(breaker, service)


def test_an_operator_disables_it(breaker, service, fail, told):
    """Every call is made, however many fail."""
    breaker.disable()
    fail(breaker, 20)
    assert 42 == breaker.call(service.answer)
    assert (State.DISABLED, ["circuit_breaker_disabled"]) == (
        breaker.state,
        names(told),
    )


def test_the_lock_is_free_during_a_call(breaker):
    """Sixteen slow calls take as long as one."""
    together = threading.Barrier(16, timeout=5)
    threads = [
        threading.Thread(target=breaker.call, args=(together.wait,)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (16, 0) == (breaker.standing().totals.succeeded, together.n_waiting)


@pytest.mark.parametrize("probes", [1, 3])
def test_of_many_threads_only_the_trial_calls_get_through(clock, fail, probes):
    """The others are refused while the trial calls are under way."""
    breaker = Breaker("x", policy=Policy(probes=probes), clock=clock)
    fail(breaker, 5)
    clock.advance(60)
    release, made, refused = threading.Event(), [], []

    def one():
        try:
            breaker.call(lambda: made.append(1) or release.wait(5))
        except CircuitOpen:
            refused.append(1)
            if len(refused) == 16 - probes:
                release.set()

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (probes, 16 - probes) == (len(made), len(refused))
    assert (State.CLOSED, probes) == (breaker.state, breaker.standing().totals.probes)


def test_threads_lose_no_count(breaker):
    """Four threads, ten thousand calls each."""

    def work():
        for _ in range(10_000):
            breaker.call(int)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 40_000 == breaker.standing().totals.succeeded


def test_an_async_function_given_to_call_is_an_error(breaker, service):
    """It would be counted as a success before it did anything."""
    with pytest.raises(AsyncFunctionCalled, match="call_async"):
        breaker.call(service.answer_async)
    assert (0, 0) == (breaker.standing().totals.succeeded, service.calls)


def test_a_generator_is_refused():
    """Its errors come when it is iterated over, where the breaker does not see them."""

    def lines():
        yield 1

    with pytest.raises(InvalidSetting, match="generator"):
        Breaker("x")(lines)


def test_a_decorated_function_keeps_its_name_and_its_methods():
    """Decorating changes what is called, not what it is called."""
    breaker = Breaker("x")

    class Client:
        @breaker
        def fetch(self, number):
            """Fetch."""
            return number, self

    client = Client()
    assert (17, client) == client.fetch(17)
    assert ("fetch", "Fetch.") == (Client.fetch.__name__, Client.fetch.__doc__)


def test_a_name_is_required():
    """A circuit without one could not be told from another."""
    with pytest.raises(InvalidSetting, match=r"Breaker\.name"):
        Breaker("")


def test_a_listener_that_raises_is_heard_and_breaks_nothing(clock, service):
    """Its error reaches the caller; the circuit is open nevertheless."""

    def broken(_):
        message = "no log"
        raise RuntimeError(message)

    breaker = Breaker("x", policy=Policy(failures=1), clock=clock, listener=broken)
    service.error = OSError("down")
    with pytest.raises(RuntimeError, match="no log"):
        breaker.call(service.answer)
    assert State.OPEN is breaker.state


def test_standing_shows_what_an_operator_asks(breaker, service, clock, fail):
    """State, since when, why, until when, and what happened lately."""
    breaker.call(service.answer)
    clock.advance(90)
    fail(breaker, 5)
    clock.advance(15)
    with pytest.raises(CircuitOpen):
        breaker.call(service.answer)
    now = breaker.standing()
    assert ("twilio", State.OPEN, Trigger.FAILED_IN_A_ROW, 15.0, 45.0, 1) == (
        now.name,
        now.state,
        now.cause,
        now.for_s,
        now.retry_in_s,
        now.openings,
    )
    past = {m.ago: (m.succeeded, m.failed, m.rejected, m.openings) for m in now.trend}
    assert ((1, 0, 0, 0), (0, 5, 1, 1)) == (past[1], past[0])


def test_calls_of_a_busy_minute_stay_in_their_minute(breaker, service, clock):
    """Also when none of them went the careful way."""
    for calls in (3, 5):
        for _ in range(calls):
            breaker.call(service.answer)
        clock.advance(60)
    past = {m.ago: m.succeeded for m in breaker.standing().trend if m.succeeded}
    assert {2: 3, 1: 5} == past


def test_a_wait_in_a_call_is_counted_as_its_duration(clock):
    """Successes and failures apart."""
    breaker = Breaker("x", clock=clock)
    for _ in range(2):
        breaker.call(clock.wait, 2.0)
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: clock.wait(0.5) or 1 / 0)
    now = breaker.standing()
    assert (4.0, 0.5) == (now.succeeded_s, now.failed_s)
