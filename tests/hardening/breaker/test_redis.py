"""Circuits that processes share through a real Redis, also one that goes away."""

import asyncio
import os
import threading
import time
from contextlib import ExitStack

import pytest
import redis

from benchmarks.hardening.callers import Callers, open_everywhere, race, until
from hardening.breaker import (
    Breaker,
    CircuitOpen,
    Circuits,
    Lease,
    Outcome,
    Policy,
    State,
    View,
)
from hardening.breaker.redis import RedisCircuits
from hardening.core import InvalidSetting

COOL_OFF_S = 0.3
COOLED_S = COOL_OFF_S + 0.1  # a process that is told starts its own clock then
POLICY = Policy(failures=2, cool_off_s=COOL_OFF_S)


class Down(Exception):
    """The service is unwell."""


def fail():
    """Fail as an unwell service does."""
    raise Down


def trip(breaker, times=2):
    """Make calls that fail."""
    for _ in range(times):
        with pytest.raises(Down):
            breaker.call(fail)


def become(breaker, state):
    """Tell whether a breaker gets into a state before long."""
    return until(lambda: breaker.state is state)


@pytest.fixture
def make():
    """Give a maker of breakers, each with a link of its own, as other processes have."""
    with ExitStack() as links:

        def made(url, name="twilio", *, policy=POLICY, told=None, **settings):
            settings = {"poll_s": 0.05, "timeout_s": 0.2} | settings
            link = links.enter_context(RedisCircuits(url, **settings))
            listener = {} if told is None else {"listener": told.append}
            breaker = Breaker(name, policy=policy, shared=link, **listener)
            breaker.call(int)
            return breaker

        yield made


@pytest.fixture
def client(redis_url):
    """Give a client of the emptied Redis."""
    with redis.Redis.from_url(redis_url) as made:
        yield made


@pytest.fixture(scope="module")
def processes(shared_redis):
    """Give four processes that share circuits."""
    with ExitStack() as stack:
        yield [stack.enter_context(Callers(shared_redis.url)) for _ in range(4)]


def test_one_trial_call_over_all_processes(processes, redis_url):  # noqa: ARG001 - emptied
    """Of 64 callers in four processes, one asks the service whether it is well."""
    for number in range(3):
        name = f"race-{number}"
        open_everywhere(processes, name, COOL_OFF_S, probe_s=10)
        time.sleep(COOLED_S)
        assert 1 == race(processes, name, 16)
        for process in processes:
            assert until(lambda p=process, n=name: p.do("state", n) == "closed")


def test_a_killed_prober_is_replaced_within_one_cool_off(processes, redis_url):  # noqa: ARG001 - emptied
    """A process that dies in its trial call takes nothing with it."""
    for number in range(2):
        name = f"kill-{number}"
        open_everywhere(processes[:2], name, COOL_OFF_S)
        time.sleep(COOLED_S)
        assert processes[0].do("kill_prober", name)
        assert COOL_OFF_S >= processes[1].do("recover", name)


def test_a_closed_circuit_asks_redis_nothing(own_redis, make):
    """A thousand calls, and not one command between two looks at the counter."""
    breaker = make(own_redis.url, poll_s=60)
    with redis.Redis.from_url(own_redis.url) as client:
        seen = [0, 0]

        def looks():
            seen.append(client.info("stats")["total_commands_processed"])
            return seen[-1] == seen[-2] + 1

        assert until(looks)
        for _ in range(1_000):
            breaker.call(int)
        assert looks()


def test_an_opening_is_told_at_once(redis_url, make):
    """Not when the others happen to look next."""
    told = []
    ours = make(redis_url, poll_s=60)
    theirs = make(redis_url, poll_s=60, told=told)
    trip(ours)
    assert become(theirs, State.OPEN)
    assert ["circuit_breaker_followed"] == [event.event for event in told]


def test_a_recovery_is_told_at_once(redis_url, make):
    """One process's trial call closes the circuit for all."""
    ours, theirs = make(redis_url, poll_s=60), make(redis_url, poll_s=60)
    trip(ours)
    assert become(theirs, State.OPEN)
    time.sleep(COOLED_S)
    ours.call(int)
    assert (True, 0) == (become(theirs, State.CLOSED), theirs.standing().openings)


def test_failures_of_all_processes_count_together(redis_url, client, make):
    """Two workers that each fail twice have seen four failures, not two."""
    policy = Policy(failures=4, cool_off_s=60)
    ours, theirs = make(redis_url, policy=policy), make(redis_url, policy=policy)
    trip(ours, 2)
    assert until(lambda: client.hget("hardening:circuit:twilio", "failures") == b"2")
    trip(theirs, 2)
    assert become(ours, State.OPEN)
    assert become(theirs, State.OPEN)


def test_a_success_anywhere_ends_the_row(redis_url, client, make):
    """A process that gets through proves that the service is not down."""
    policy = Policy(failures=3, cool_off_s=60)
    ours, theirs = make(redis_url, policy=policy), make(redis_url, policy=policy)
    trip(ours, 2)
    assert until(lambda: theirs.standing().failures == 2)
    theirs.call(int)
    assert until(lambda: client.hget("hardening:circuit:twilio", "failures") == b"0")
    assert until(lambda: ours.standing().failures == 0)


@pytest.mark.parametrize(
    ("order", "state"),
    [
        (Breaker.force_open, State.FORCED_OPEN),
        (Breaker.disable, State.DISABLED),
    ],
)
def test_an_operators_decision_holds_in_all_processes(redis_url, make, order, state):
    """It is made on the dashboard of one of them."""
    ours, theirs = make(redis_url), make(redis_url)
    order(ours)
    assert become(theirs, state)
    late = make(redis_url)
    assert become(late, state)
    theirs.reset()
    assert all(become(breaker, State.CLOSED) for breaker in (ours, late))


def test_a_reset_closes_an_open_circuit_everywhere(redis_url, make):
    """No trial call is needed once an operator knows better."""
    ours, theirs = make(redis_url), make(redis_url)
    trip(ours)
    assert become(theirs, State.OPEN)
    theirs.reset()
    assert become(ours, State.CLOSED)


def test_a_process_that_starts_late_finds_the_circuit_open(redis_url, make):
    """A deploy during an outage does not start the outage anew."""
    policy = Policy(failures=2, cool_off_s=60)
    trip(make(redis_url, policy=policy))
    late = make(redis_url, policy=policy)
    assert become(late, State.OPEN)
    assert 55 < late.standing().retry_in_s <= 60


def test_trial_calls_need_as_many_successes_as_the_policy_says(redis_url, make):
    """They may be of different processes, one after the other."""
    policy = Policy(failures=2, cool_off_s=COOL_OFF_S, probes=2)
    ours, theirs = make(redis_url, policy=policy), make(redis_url, policy=policy)
    trip(ours)
    assert become(theirs, State.OPEN)
    time.sleep(COOLED_S)
    ours.call(int)
    assert State.HALF_OPEN is ours.state
    assert until(lambda: _gets_through(theirs))
    assert become(ours, State.CLOSED)
    assert become(theirs, State.CLOSED)


def _gets_through(breaker):
    """Tell whether a call is made."""
    try:
        breaker.call(int)
    except CircuitOpen:
        return False
    return True


def test_a_late_prober_decides_nothing(redis_url):
    """Its lease lapsed, somebody else asks now: its fencing token is an old one."""
    link = RedisCircuits(redis_url)
    with link:
        views = []
        held = lambda: View(state=State.CLOSED)  # noqa: E731 - a stand-in for a breaker
        seat = link.join("twilio", POLICY, views.append, held)
        seat.wake()
        seat.opened(0.001)
        assert until(lambda: isinstance(answer := seat.ask(0.02), Lease) and answer)
        late = _lease_after_the_last(seat)
        current = _lease_after_the_last(seat)
        assert current.token > late.token
        seat.settled(late.token, Outcome.SUCCEEDED)
        assert until(lambda: seat._told == seat._said)
        assert State.OPEN is seat.ask(0.02).state
        seat.settled(current.token, Outcome.IGNORED)


def _lease_after_the_last(seat):
    """Return the next lease, once the last one lapsed."""
    answers = []
    assert until(
        lambda: isinstance(answers.append(seat.ask(0.3)) or answers[-1], Lease)
    )
    return answers[-1]


def test_asking_again_does_not_renew_a_lease(redis_url):
    """Or nobody would ever follow a prober that was killed."""
    with RedisCircuits(redis_url) as link:
        seat = link.join(
            "twilio", POLICY, lambda _: None, lambda: View(state=State.OPEN)
        )
        seat.opened(0.001)
        seat.wake()
        assert until(lambda: isinstance(seat.ask(0.3), Lease))
        waits = []
        while isinstance(answer := seat.ask(30.0), View):
            waits.append(answer.retry_in_s)
        assert len(waits) > 1
        assert waits == sorted(waits, reverse=True)
        assert waits[0] <= 0.3


def test_many_tasks_make_one_trial_call(redis_url, make):
    """Coroutines are refused as threads are, and the loop is not blocked."""
    ours, theirs = make(redis_url), make(redis_url)
    trip(ours)
    assert become(theirs, State.OPEN)
    time.sleep(COOLED_S)
    made = []

    async def main():
        refused = asyncio.Event()

        async def serve():
            made.append(1)
            await asyncio.wait_for(refused.wait(), 5)

        async def call(breaker):
            try:
                await breaker.call_async(serve)
            except CircuitOpen:
                return 1
            return 0

        tasks = [asyncio.ensure_future(call(b)) for b in (ours, theirs) * 8]
        for count, task in enumerate(asyncio.as_completed(tasks), 1):
            await task
            if count == 15:
                refused.set()
        return sum(task.result() for task in tasks)

    assert (15, 1) == (asyncio.run(main()), len(made))


def test_a_cancelled_question_gives_its_lease_back(redis_url, make):
    """The next caller need not wait until it lapses."""
    policy = Policy(failures=2, cool_off_s=COOL_OFF_S, probe_s=60)
    breaker = make(redis_url, policy=policy)
    trip(breaker)
    time.sleep(COOLED_S)

    async def main():
        task = asyncio.ensure_future(breaker.call_async(asyncio.sleep, 0))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)

    asyncio.run(main())
    assert until(lambda: _gets_through(breaker))


# --- Redis goes away ---------------------------------------------------------------


def test_without_redis_each_process_goes_on_alone(own_redis, make):
    """Opening, cool-off, trial call and closing work from memory; nobody is stalled."""
    told, lost = [], []
    breaker = make(own_redis.url, told=told, listener=lost.append)
    own_redis.kill()
    assert until(
        lambda: [event.event for event in lost] == ["circuit_breaker_store_lost"]
    )
    trip(breaker)
    with pytest.raises(CircuitOpen):
        breaker.call(int)
    time.sleep(COOLED_S)
    assert 0 == breaker.call(int)
    assert State.CLOSED is breaker.state
    assert [
        "circuit_breaker_opened",
        "circuit_breaker_half_opened",
        "circuit_breaker_auto_closed",
    ] == [event.event for event in told]


def test_a_redis_that_was_never_there_stops_no_service(tmp_path):
    """A service starts without it, and calls."""
    url = f"unix://{tmp_path}/nobody"
    with RedisCircuits(url, timeout_s=0.1) as link:
        breaker = Breaker("twilio", policy=POLICY, shared=link)
        assert 0 == breaker.call(int)
        trip(breaker)
        assert State.OPEN is breaker.state


def test_what_was_decided_without_redis_is_told_when_it_returns(own_redis, make):
    """An opening, an operator's decision; and the processes share their circuits."""
    events = []
    policy = Policy(failures=2, cool_off_s=60)
    ours = make(own_redis.url, policy=policy, listener=events.append)
    forced = Breaker("clearbit", policy=policy, shared=ours._seat._link)
    forced.call(int)
    own_redis.kill()
    assert until(lambda: len(events) == 1)
    trip(ours)
    forced.force_open()
    own_redis.start()
    theirs = make(own_redis.url, policy=policy)
    other = Breaker("clearbit", policy=policy, shared=theirs._seat._link)
    assert become(theirs, State.OPEN)
    assert until(lambda: other.standing().state is State.FORCED_OPEN)
    assert "circuit_breaker_store_returned" == events[-1].event


def test_a_redis_that_lost_everything_is_told_again(own_redis, make):
    """A restart without its data closes no circuit."""
    policy = Policy(failures=2, cool_off_s=60)
    ours, theirs = (
        make(own_redis.url, policy=policy),
        make(own_redis.url, policy=policy),
    )
    trip(ours)
    assert become(theirs, State.OPEN)
    own_redis.kill()
    own_redis.start()
    late = make(own_redis.url, policy=policy)
    assert become(late, State.OPEN)
    assert (State.OPEN, State.OPEN) == (ours.state, theirs.state)


def test_a_redis_that_lost_everything_still_lends_one_trial_call(
    redis_url, client, make
):
    """The circuit cooled off unseen; of two processes one asks the service."""
    ours, theirs = make(redis_url, poll_s=60), make(redis_url, poll_s=60)
    trip(ours)
    assert become(theirs, State.OPEN)
    time.sleep(COOLED_S)
    client.flushall()
    reached = []

    def serve():
        with pytest.raises(CircuitOpen):
            theirs.call(reached.append, 2)
        reached.append(1)

    ours.call(serve)
    assert [1] == reached


def test_a_frozen_redis_stalls_one_caller_once(own_redis, make):
    """It takes connections and answers nothing; after the timeout it counts as gone."""
    breaker = make(own_redis.url, poll_s=60, timeout_s=0.2)
    trip(breaker)
    assert until(lambda: breaker._seat._told == breaker._seat._said)
    time.sleep(COOLED_S)
    own_redis.freeze()
    try:
        started_s = time.monotonic()
        breaker.call(int)
        asked_s = time.monotonic()
        for _ in range(100):
            breaker.call(int)
        trip(breaker)
        ended_s = time.monotonic()
    finally:
        own_redis.thaw()
    assert 0.2 <= asked_s - started_s < 1.0
    assert ended_s - asked_s < 0.2


def test_a_service_ends_although_redis_is_frozen(own_redis):
    """What is still to be told does not wait for an answer each."""
    link = RedisCircuits(own_redis.url, timeout_s=0.2, poll_s=60)
    breaker = Breaker("twilio", policy=POLICY, shared=link)
    breaker.call(int)
    own_redis.freeze()
    try:
        for _ in range(50):
            breaker.force_open()
        started_s = time.monotonic()
        link.close()
        assert time.monotonic() - started_s < 5
    finally:
        own_redis.thaw()


def test_a_full_redis_is_lost_once(own_redis, make):
    """Whoever cannot write is not back: no lost and returned at each poll."""
    told = []
    breaker = make(own_redis.url, listener=told.append)
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", 1)
        trip(breaker)
        assert until(lambda: told)
        time.sleep(0.5)  # ten polls
        assert ["circuit_breaker_store_lost"] == [event.event for event in told]
        client.config_set("maxmemory", 0)
    assert until(lambda: len(told) == 2)
    assert "circuit_breaker_store_returned" == told[1].event
    assert State.OPEN is breaker.state


def test_a_frozen_redis_that_goes_on_is_used_again(own_redis, make):
    """Without anybody's help."""
    events = []
    breaker = make(own_redis.url, timeout_s=0.05, listener=events.append)
    own_redis.freeze()
    assert until(lambda: len(events) == 1)
    own_redis.thaw()
    assert until(lambda: len(events) == 2)
    (up, _errors) = breaker._seat._link.measures()
    assert (1, "hardening_breaker_store_up") == (up.samples[0].value, up.name)


def test_a_clock_that_was_set_back_makes_no_cool_off_longer(redis_url, client, make):
    """Redis's own clock: an opening 'until tomorrow' waits one cool-off at most."""
    ours = make(redis_url)
    trip(ours)
    key = "hardening:circuit:twilio"
    assert until(lambda: client.hexists(key, "until"))
    tomorrow_ms = int(client.time()[0] + 86_400) * 1000
    client.hset(key, mapping={"until": tomorrow_ms, "lease": tomorrow_ms, "lent": 150})
    time.sleep(COOLED_S)
    started_s = time.monotonic()
    assert until(lambda: _gets_through(ours))
    assert time.monotonic() - started_s < 3 * COOL_OFF_S


def test_a_listener_that_raises_stops_no_thread(own_redis, make, caplog):
    """It is logged, as nobody is there to be told; the circuits are kept on."""

    def broken(_):
        message = "no log"
        raise RuntimeError(message)

    ours = make(own_redis.url, listener=broken)
    own_redis.kill()
    assert until(lambda: "circuit_breaker_store_failed" in caplog.text)
    own_redis.start()
    theirs = make(own_redis.url)
    trip(theirs)
    assert become(ours, State.OPEN)


def test_what_finds_no_room_is_told_later(redis_url, monkeypatch):
    """A full queue loses no opening; it is told from what the circuit became."""
    monkeypatch.setattr("hardening.breaker.redis._WORDS_MAX", 1)
    views, held = [], View(state=State.OPEN, retry_in_s=60)
    with RedisCircuits(redis_url, poll_s=0.05) as link:
        seat = link.join("twilio", POLICY, views.append, lambda: held)
        seat.ordered(State.CLOSED)
        seat.opened(60)
        assert seat.unsaid is not None
        seat.wake()
        assert until(lambda: [v for v in views if v.state is State.OPEN])
        assert seat.unsaid is None


# --- processes and threads ---------------------------------------------------------


def test_a_forked_child_has_threads_of_its_own(redis_url, make):
    """A server that forks its workers after start shares their circuits too."""
    theirs = make(redis_url)
    ours = make(redis_url)
    child = os.fork()
    if child == 0:
        try:
            trip(ours)
            told = until(lambda: ours._seat._told == ours._seat._said)
            os._exit(0 if told else 1)
        finally:
            os._exit(2)  # whatever happens, no second test run goes on here
    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert become(theirs, State.OPEN)
    assert become(ours, State.OPEN)


def test_closing_ends_the_threads_and_says_what_was_told(redis_url, client):
    """Nothing is left running, and nothing unsaid."""
    link = RedisCircuits(redis_url, prefix="closing:", poll_s=0.05)
    breaker = Breaker("twilio", policy=POLICY, shared=link)
    trip(breaker)
    link.close()
    assert [] == [t for t in threading.enumerate() if t.name.startswith("closing:")]
    assert b"1" == client.hget("closing:twilio", "openings")
    assert not _gets_through(breaker)


def test_threads_start_with_the_first_call(redis_url):
    """Making a registry at import time starts nothing."""
    with RedisCircuits(redis_url, prefix="lazy:") as link:
        breaker = Breaker("twilio", shared=link)
        names = [thread.name for thread in threading.enumerate()]
        assert not any(name.startswith("lazy:") for name in names)
        breaker.call(int)
        names = [thread.name for thread in threading.enumerate()]
        assert {"lazy:_carry", "lazy:_hear"} <= set(names)


def test_a_registry_shares_its_circuits(redis_url):
    """One store for all of them."""
    with RedisCircuits(redis_url) as a, RedisCircuits(redis_url) as b:
        ours, theirs = Circuits(shared=a), Circuits(shared=b)
        theirs.get("twilio").call(int)
        ours.get("twilio").force_open()
        assert become(theirs.get("twilio"), State.FORCED_OPEN)


def test_prefixes_keep_services_apart(redis_url, make):
    """Two services name a circuit alike and share a Redis."""
    ours, theirs = make(redis_url, prefix="a:"), make(redis_url, prefix="b:")
    trip(ours)
    assert until(lambda: ours._seat._told == ours._seat._said)
    assert (State.OPEN, State.CLOSED) == (ours.state, theirs.state)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"poll_s": 0}, "poll_s"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": float("inf")}, "timeout_s"),
        ({"prefix": ""}, "prefix"),
        ({"url": "gopher://user:secret@nowhere"}, "url"),
        ({"url": "redis://:pa/secret@nowhere:6379/0"}, "url"),
        ({"url": "redis://:secret@nowhere:port"}, "url"),
        ({"url": None}, "url"),
        ({"poll_s": "1"}, "poll_s"),
        ({"timeout_s": None}, "timeout_s"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused_with_its_name(settings, field):
    """At construction; an address with a password is not repeated."""
    with pytest.raises(InvalidSetting, match=f"RedisCircuits.{field}") as refused:
        RedisCircuits(**({"url": "redis://localhost"} | settings))
    assert "secret" not in str(refused.value)
    assert "'pa'" not in str(refused.value)
