"""The credential cache over processes, with a real Redis."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from hardening.cache import (
    CacheInvalidated,
    CacheLoadOvertaken,
    InvalidationUnconfirmed,
    NoLoader,
    SingleValue,
)
from hardening.core import InvalidSetting
from hardening.core.log import LogListener
from hardening.testing import FakeClock


class Truth:
    """A credential that changes, read by loads that can be held up."""

    def __init__(self):
        self.value = "first"
        self.loads = 0
        self.begun = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def load(self):
        """Read the credential, then take as long as the test wants."""
        value = self.value
        self.loads += 1
        self.begun.set()
        assert self.goes_on.wait(10)
        return value

    async def load_async(self):
        """Do the same without holding up the loop."""
        return await asyncio.to_thread(self.load)


@pytest.fixture
def truth():
    """Give a credential to read."""
    return Truth()


@pytest.fixture(params=["get", "aget"])
def read(request):
    """Give one way to read a cache: each test holds for both."""

    def read(cache):
        if request.param == "get":
            return cache.get()
        return asyncio.run(cache.aget())

    return read


@pytest.fixture(params=["invalidate", "ainvalidate"])
def invalidate(request):
    """Give one way to invalidate: each test holds for both."""

    def invalidate(cache, **settings):
        if request.param == "invalidate":
            return cache.invalidate(**settings)
        return asyncio.run(cache.ainvalidate(**settings))

    return invalidate


def test_a_value_is_loaded_once(make, redis_url, truth, read):
    """Reading it again costs no load."""
    cache = make(redis_url, truth.load, load_async=truth.load_async)
    assert ["first"] * 3 == [read(cache) for _ in range(3)]
    assert 1 == truth.loads


def test_an_invalidation_reaches_every_process(make, redis_url, truth, invalidate):
    """Once it is confirmed, no process gives the old value."""
    one, other = (make(redis_url, truth.load) for _ in range(2))
    for cache in (one, other):
        cache.get()
    for number in range(20):
        truth.value = f"changed {number}"
        invalidate(one)
        assert [truth.value] * 2 == [one.get(), asyncio.run(other.aget())]


def test_a_load_in_flight_never_brings_the_old_value_back(make, redis_url, truth):
    """The founding defect: the load began before the change and ends after it."""
    told = []
    slow = make(redis_url, truth.load, listener=told.append)
    changing = make(redis_url, truth.load)
    truth.goes_on.clear()
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(slow.get)
        assert truth.begun.wait(10)
        truth.value = "changed"
        changing.invalidate()
        truth.goes_on.set()
        assert "changed" == reader.result(10)
    assert "changed" == slow.get()
    assert [CacheLoadOvertaken(cache="credential")] == told


def test_a_reader_does_not_join_a_load_from_before_the_invalidation(
    make, redis_url, truth
):
    """Who asks after the confirmation gets a load that began after it."""
    cache = make(redis_url, truth.load, wait_s=30)
    truth.goes_on.clear()
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(cache.get)
        assert truth.begun.wait(10)
        truth.value = "changed"
        cache.invalidate()
        truth.begun.clear()
        late = pool.submit(cache.get)
        assert truth.begun.wait(10)
        truth.goes_on.set()
        assert "changed" == late.result(10)
        assert "changed" == early.result(10)


def test_many_readers_make_one_load(make, redis_url, truth):
    """Of sixteen threads that find nothing, one loads and the others wait for it."""
    cache = make(redis_url, truth.load)
    truth.goes_on.clear()
    with ThreadPoolExecutor(16) as pool:
        readers = [pool.submit(cache.get) for _ in range(16)]
        assert truth.begun.wait(10)
        truth.goes_on.set()
        assert ["first"] * 16 == [reader.result(10) for reader in readers]
    assert 1 == truth.loads


def test_many_tasks_make_one_load(make, redis_url, truth):
    """Of fifty tasks, too."""
    cache = make(redis_url, load_async=truth.load_async)

    async def read_all():
        return await asyncio.gather(*(cache.aget() for _ in range(50)))

    assert ["first"] * 50 == asyncio.run(read_all())
    assert 1 == truth.loads


def test_an_expired_value_is_served_while_one_caller_loads(make, redis_url, truth):
    """Nobody waits for a load when the last value is good for ten more seconds."""
    cache = make(redis_url, truth.load, ttl_s=0.05, jitter=0, grace_s=10)
    cache.get()
    truth.goes_on.clear()
    truth.begun.clear()
    truth.value = "second"
    with ThreadPoolExecutor(1) as pool:
        # The time to live has to pass for real: whoever reads then, leads.
        leader = pool.submit(read_until, cache, "second")
        assert truth.begun.wait(10)
        assert "first" == cache.get()
        truth.goes_on.set()
        leader.result(10)
    assert 2 == truth.loads


def read_until(cache, value):
    """Read until a value is there."""
    while cache.get() != value:
        pass


def test_a_failed_load_reaches_all_who_waited_and_is_not_kept(make, redis_url):
    """The next reader loads again."""
    answers = [LookupError("no such record"), "found"]

    def load():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cache = make(redis_url, load)
    with pytest.raises(LookupError, match="no such record"):
        cache.get()
    assert "found" == cache.get()


def test_a_cancelled_load_passes_on_to_one_who_waits(make, redis_url, truth):
    """The others do not fail because one of them was cancelled."""

    async def run():
        began, holds = asyncio.Event(), asyncio.Event()

        async def load():
            truth.loads += 1
            if truth.loads == 1:
                began.set()
                await holds.wait()
            return "loaded"

        cache = make(redis_url, load_async=load)
        first = asyncio.create_task(cache.aget())
        await began.wait()
        others = [asyncio.create_task(cache.aget()) for _ in range(5)]
        first.cancel()
        assert ["loaded"] * 5 == await asyncio.gather(*others)
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(run())
    assert 2 == truth.loads


def test_a_waiter_that_is_cancelled_disturbs_nobody(make, redis_url):
    """The load goes on for the others."""

    async def run():
        began, holds = asyncio.Event(), asyncio.Event()

        async def load():
            began.set()
            await holds.wait()
            return "loaded"

        cache = make(redis_url, load_async=load)
        readers = [asyncio.create_task(cache.aget()) for _ in range(3)]
        await began.wait()
        readers[2].cancel()
        holds.set()
        assert ["loaded"] * 2 == await asyncio.gather(*readers[:2])

    asyncio.run(run())


def test_a_confirmation_waits_no_longer_than_it_may(make, redis_url, truth):
    """A store that is too young to know all readers is outwaited, or it is said."""
    cache = make(redis_url, truth.load, stale_s=5)
    cache.get()
    with pytest.raises(InvalidationUnconfirmed, match=r"'credential'.*again"):
        cache.invalidate(within_s=0.05)


def test_who_has_closed_is_not_waited_for(make, redis_url, truth):
    """A process that ends in order does not hold up the next invalidation."""
    one, other = (make(redis_url, truth.load, stale_s=0.6) for _ in range(2))
    one.get()
    other.get()
    assert 0 == one.invalidate().lapsed  # outwaits the store's youth
    other.get()
    other.close()
    confirmation = one.invalidate()
    assert 0 == confirmation.lapsed
    assert confirmation.waited_s < 0.5


def test_a_closed_cache_starts_anew(make, redis_url, truth):
    """Closing is no end: the next reader starts it again."""
    cache = make(redis_url, truth.load)
    cache.get()
    cache.close()
    assert "first" == cache.get()
    assert 2 == truth.loads


def test_a_cache_of_one_process_needs_no_redis(truth, read, invalidate):
    """Without a shared generation it works, for this process alone."""
    told = []
    cache = SingleValue("alone", truth.load, listener=told.append)
    assert "first" == read(cache)
    truth.value = "second"
    invalidate(cache)
    assert "second" == read(cache)
    assert [CacheInvalidated] == [type(event) for event in told]


def test_a_value_lives_for_an_hour_and_its_grace(truth):
    """Ten seconds more than an hour, then even a lone reader waits for a load."""
    clock = FakeClock()
    cache = SingleValue("alone", truth.load, jitter=0, clock=clock)
    loads = []
    for moved_s in (0, 3599.9, 0.1, 3600):
        clock.advance(moved_s)
        cache.get()
        loads.append(truth.loads)
    assert [1, 1, 2, 3] == loads


def test_switched_off_it_loads_each_time(make, redis_url, truth, read):
    """Off is as if there were no cache."""
    cache = make(redis_url, truth.load, switch=lambda: False)
    assert ["first"] * 2 == [read(cache) for _ in range(2)]
    assert 2 == truth.loads
    loads = next(m for m in cache.measures() if m.name == "hardening_cache_loads")
    assert 0 == loads.samples[0].value


def test_the_value_is_nowhere_but_in_memory(make, redis_url, caplog):
    """Not in Redis, not in a repr, not in a log."""
    secret = "sk-4242-very-secret"
    cache = make(redis_url, lambda: secret, listener=LogListener(every_s=0))
    caplog.set_level(logging.DEBUG)
    cache.get()
    cache.invalidate()
    cache.get()
    with redis.Redis.from_url(redis_url) as client:
        stored = [repr(client.hgetall(key)) for key in client.scan_iter()]
    assert stored
    shown = [*stored, repr(cache), repr(cache._cell), repr(cache.measures())]
    shown += [repr(vars(record)) for record in caplog.records]
    assert any("cache_invalidated" in line for line in shown)
    assert [] == [line for line in shown if secret in line]


def test_what_happened_is_counted(make, redis_url, truth):
    """Hits, loads and invalidations can be put on a graph."""
    cache = make(redis_url, truth.load)
    for _ in range(3):
        cache.get()
    cache.invalidate()
    counted = {measure.name: measure.samples[0] for measure in cache.measures()}
    assert 2 == counted["hardening_cache_hits"].value
    assert 1 == counted["hardening_cache_loads"].value
    assert 1 == counted["hardening_cache_invalidation_seconds"].value.count
    assert (("cache", "credential"),) == counted["hardening_cache_hits"].labels


def test_a_cache_without_a_blocking_load_says_so(truth):
    """A coroutine's loader cannot serve a thread."""
    cache = SingleValue("alone", load_async=truth.load_async)
    with pytest.raises(NoLoader, match="'alone' was made without load"):
        cache.get()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("load", None),
        ("ttl_s", 0),
        ("ttl_s", float("inf")),
        ("grace_s", -1),
        ("stale_s", 0),
        ("poll_s", 10),
        ("wait_s", float("nan")),
        ("jitter", 1.1),
    ],
)
def test_a_wrong_setting_is_named(field, value):
    """It fails where it is made, with the field's name."""
    settings = {"name": "credential", "load": str} | {field: value}
    with pytest.raises(InvalidSetting, match=f"SingleValue.{field}"):
        SingleValue(**settings)
