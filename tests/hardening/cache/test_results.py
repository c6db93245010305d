"""The cache of results, with a real Redis, sync and async."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from hardening.cache import (
    CacheInvalidated,
    CacheLoadOvertaken,
    CacheReachable,
    CacheRefused,
    CacheUnreachable,
    InvalidationUnconfirmed,
    Negative,
    NoClient,
    RememberedFailure,
    ResultCache,
    SingleValue,
)
from hardening.cache.redis import RedisResults
from hardening.core import InvalidSetting
from hardening.testing import FakeClock


class Sync:
    """Asks a cache as threads do."""

    def __init__(self, store):
        self.store = store

    def fetch(self, cache, key, load):
        """Return a result."""
        return cache.fetch(key, load)

    def invalidate(self, cache, key=None):
        """Forget."""
        cache.invalidate(key)

    def exchange(self, cache, key, value, meanwhile=lambda: None):
        """Get, set, get, as a plain user of bytes does."""
        before = cache.get(key)
        meanwhile()
        cache.set(key, value, 60)
        return before, cache.get(key)

    def close(self):
        """End the connections."""
        self.store.close()


class Async:
    """Asks a cache as coroutines do, all in one loop."""

    def __init__(self, store):
        self.store = store
        self.runner = asyncio.Runner()

    def fetch(self, cache, key, load):
        """Return a result."""

        async def later():
            return load()

        return self.runner.run(cache.afetch(key, later))

    def invalidate(self, cache, key=None):
        """Forget."""
        self.runner.run(cache.ainvalidate(key))

    def exchange(self, cache, key, value, meanwhile=lambda: None):
        """Get, set, get, as a plain user of bytes does."""

        async def run():
            before = await cache.aget(key)
            meanwhile()
            await cache.aset(key, value, 60)
            return before, await cache.aget(key)

        return self.runner.run(run())

    def close(self):
        """End the connections."""
        self.runner.run(self.store.aclose())
        self.runner.close()


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def way(request, redis_url):
    """Give one way to ask: each test holds for both."""
    made = request.param(RedisResults.connect(redis_url))
    yield made
    made.close()


@pytest.fixture
def store(redis_url):
    """Give a store for threads."""
    made = RedisResults.connect(redis_url)
    yield made
    made.close()


class Load:
    """A load that counts its calls, and may fail."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    def __call__(self):
        """Give the next answer; the last one again and again."""
        answer = self.answers[min(self.calls, len(self.answers) - 1)]
        self.calls += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_result_is_loaded_once_for_all_processes(way, redis_url):
    """Another process, with another connection, gets what the first one loaded."""
    load = Load({"carrier": "ACME", "mobile": True})
    other = RedisResults.connect(redis_url)
    assert load.answers[0] == way.fetch(ResultCache("lookups", way.store), "+49", load)
    assert load.answers[0] == ResultCache("lookups", other).fetch("+49", load)
    assert 1 == load.calls
    other.close()


def test_keys_and_namespaces_are_told_apart(way):
    """No key gets another's result."""
    one, other = (ResultCache(name, way.store) for name in ("one", "other"))
    asked = [(one, "a"), (one, "b"), (other, "a")]
    for number, (cache, key) in enumerate(asked):
        assert number == way.fetch(cache, key, Load(number))
    for number, (cache, key) in enumerate(asked):
        assert number == way.fetch(cache, key, Load("wrong"))


@pytest.mark.parametrize("key", ["a", None], ids=["a key", "the namespace"])
def test_what_is_invalidated_is_loaded_again(way, key):
    """One result or all of them."""
    told = []
    cache = ResultCache("lookups", way.store, listener=told.append)
    load = Load("old", "new")
    way.fetch(cache, "a", load)
    way.invalidate(cache, key)
    assert "new" == way.fetch(cache, "a", load)
    assert [CacheInvalidated] == [type(event) for event in told]


@pytest.mark.parametrize("key", ["a", None], ids=["a key", "the namespace"])
def test_a_load_in_flight_never_brings_an_old_result_back(way, key):
    """It began before the invalidation and ends after it: its result is not stored."""
    told = []
    cache = ResultCache("lookups", way.store, listener=told.append)
    url = _url_of(way.store)

    def load():
        changing = RedisResults.connect(url)
        ResultCache("lookups", changing).invalidate(key)
        changing.close()
        return "old"

    assert "old" == way.fetch(cache, "a", load)
    assert "new" == way.fetch(cache, "a", Load("new"))
    assert [CacheLoadOvertaken(cache="lookups")] == told


def _url_of(store):
    """Return the address that a store is connected to."""
    return f"unix://{store._client.connection_pool.connection_kwargs['path']}"


def test_many_processes_make_one_load(redis_url):
    """Sixteen threads over four connections: one loads, the others wait for it."""
    stores = [RedisResults.connect(redis_url) for _ in range(4)]
    caches = [ResultCache("lookups", store) for store in stores]
    begun, goes_on, calls = threading.Event(), threading.Event(), []

    def load():
        calls.append(1)
        begun.set()
        assert goes_on.wait(10)
        return "loaded"

    with ThreadPoolExecutor(16) as pool:
        readers = [pool.submit(caches[n % 4].fetch, "a", load) for n in range(16)]
        assert begun.wait(10)
        goes_on.set()
        assert ["loaded"] * 16 == [reader.result(10) for reader in readers]
    assert 1 == len(calls)
    for store in stores:
        store.close()


def test_a_lease_passes_on_when_its_holder_is_gone(store):
    """A loader that was killed holds the others up for as long as its lease."""
    gone = ResultCache("lookups", store, lease_s=0.1)
    assert gone.get("a") is None  # takes the lease, and is heard of no more
    cache = ResultCache("lookups", store)
    assert "loaded" == cache.fetch("a", Load("loaded"))


def test_who_has_waited_long_enough_loads_for_itself(store):
    """Another's slow load costs no more than that; what it gives is not stored."""
    slow = ResultCache("lookups", store)
    slow.get("a")
    cache = ResultCache("lookups", store, wait_s=0.05)
    assert "mine" == cache.fetch("a", Load("mine"))
    assert slow.get("a") is None


def test_an_expired_result_is_served_while_one_caller_loads(store, until):
    """Nobody waits for a load when the last result is good for ten more seconds."""
    cache = ResultCache("lookups", store, ttl_s=0.02, jitter=0, grace_s=10)
    cache.fetch("a", Load("old"))
    until(lambda: cache.get("a") is None)  # it has expired: this one has the lease
    assert "old" == cache.fetch("a", Load("wrong"))


def test_errors_are_not_cached(way):
    """The next caller loads again, and does not wait for a lease."""
    cache = ResultCache("lookups", way.store)
    load = Load(TimeoutError(), "loaded")
    with pytest.raises(TimeoutError):
        way.fetch(cache, "a", load)
    assert "loaded" == way.fetch(cache, "a", load)


def test_errors_are_remembered_if_told(way):
    """Those that are named, for a while, by their class and nothing they say."""
    negative = Negative(on=(LookupError,))
    cache = ResultCache("lookups", way.store, negative=negative)
    load = Load(KeyError("sk-secret"), "loaded")
    with pytest.raises(KeyError):
        way.fetch(cache, "a", load)
    with pytest.raises(RememberedFailure, match=r"'lookups' .* KeyError") as caught:
        way.fetch(cache, "a", load)
    assert "sk-secret" not in str(caught.value)
    assert 1 == load.calls
    way.invalidate(cache, "a")
    assert "loaded" == way.fetch(cache, "a", load)


@pytest.mark.parametrize(
    ("value", "reason"),
    [("x" * 100, "too large"), ({1, 2}, "unencodable"), (float("nan"), "unencodable")],
    ids=["large", "no JSON", "NaN"],
)
def test_what_cannot_be_stored_is_returned_and_told(way, value, reason):
    """The caller gets it; the next one loads again."""
    told = []
    cache = ResultCache("lookups", way.store, bytes_max=50, listener=told.append)
    load = Load(value)
    for _ in range(2):
        assert value is way.fetch(cache, "a", load)
    assert 2 == load.calls
    assert [CacheRefused(cache="lookups", reason=reason)] * 2 == told


def test_what_cannot_be_read_is_loaded_again(way):
    """A result of another release does not end the service."""
    told = []
    cache = ResultCache("lookups", way.store, listener=told.append)
    way.exchange(cache, "a", b"not JSON")
    assert "loaded" == way.fetch(cache, "a", Load("loaded"))
    assert "loaded" == way.fetch(cache, "a", Load("wrong"))
    assert [CacheRefused(cache="lookups", reason="undecodable")] == told


def test_bytes_are_got_and_set(way):
    """The shape that other pieces take for their cache."""
    cache = ResultCache("answers", way.store)
    assert (None, b"\x00\xff") == way.exchange(cache, "a", b"\x00\xff")


def test_a_set_after_an_invalidation_stores_nothing(way):
    """A get, a change, a set: the same defect by another door."""
    cache = ResultCache("answers", way.store)
    url = _url_of(way.store)

    def change():
        other = RedisResults.connect(url)
        ResultCache("answers", other).invalidate("a")
        other.close()

    assert (None, None) == way.exchange(cache, "a", b"old", change)


def test_a_set_beside_another_load_stores_nothing(store):
    """Of two who found nothing, the one that was first stores."""
    first, second = (ResultCache("answers", store) for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(first.get, "a").result(10) is None
    assert second.get("a") is None
    second.set("a", b"second", 60)
    assert second.get("a") is None


def test_a_set_out_of_the_blue_is_stored(store):
    """Who did not ask first knows what to store."""
    cache = ResultCache("answers", store)
    cache.set("a", b"value", 60)
    assert b"value" == cache.get("a")


@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_without_redis_results_are_kept_in_the_process(own_redis, harm):
    """For ten seconds, each loaded once; then Redis is asked again."""
    told, clock = [], FakeClock()
    store = RedisResults.connect(own_redis.url, timeout_s=0.1)
    cache = ResultCache("lookups", store, listener=told.append, clock=clock)
    load = Load("first", "second", "third")
    cache.fetch("a", load)
    getattr(own_redis, harm)()
    assert ["second"] * 3 == [cache.fetch("a", load) for _ in range(3)]
    with pytest.raises(InvalidationUnconfirmed):
        cache.invalidate("a")
    assert "third" == cache.fetch("a", load)
    clock.advance(10)
    assert "third" == cache.fetch("a", load)
    assert 4 == load.calls
    if harm == "kill":
        own_redis.start()
    else:
        own_redis.thaw()
    clock.advance(1)
    cache.fetch("a", load)
    assert [CacheUnreachable, CacheReachable] == [type(event) for event in told]
    store.close()


def test_without_redis_many_callers_make_one_load(own_redis):
    """One in this process; they all get it."""
    own_redis.kill()
    store = RedisResults.connect(own_redis.url)
    cache = ResultCache("lookups", store)
    begun, goes_on, calls = threading.Event(), threading.Event(), []

    def load():
        calls.append(1)
        begun.set()
        assert goes_on.wait(10)
        return "loaded"

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(cache.fetch, "a", load) for _ in range(8)]
        assert begun.wait(10)
        goes_on.set()
        assert ["loaded"] * 8 == [reader.result(10) for reader in readers]
    assert 1 == len(calls)
    store.close()


def test_a_cancelled_load_gives_its_lease_back(redis_url):
    """The next caller does not wait for it."""

    async def run():
        store = RedisResults.connect(redis_url)
        cache = ResultCache("lookups", store)
        began = asyncio.Event()

        async def endless():
            began.set()
            await asyncio.Event().wait()

        async def load():
            return "loaded"

        first = asyncio.create_task(cache.afetch("a", endless))
        await began.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert "loaded" == await cache.afetch("a", load)
        assert 0 == cache.measures()[4].samples[0].value
        await store.aclose()

    asyncio.run(run())


def test_keys_are_not_readable_in_redis(store, redis_url):
    """A phone number does not become the name of something."""
    cache = ResultCache("lookups", store)
    cache.fetch("+4930123456", Load("loaded"))
    with redis.Redis.from_url(redis_url) as client:
        names = b" ".join(client.scan_iter())
    assert b"hardening:cache:{lookups}" in names
    assert b"4930123456" not in names


def test_a_shared_credential_is_loaded_once_for_all_processes(make, store, redis_url):
    """The two caches together: results first, then the value in memory."""
    load = Load("old", "new")
    shared = ResultCache("credential", store)
    caches = [make(redis_url, lambda: shared.fetch("all", load)) for _ in range(3)]
    assert ["old"] * 3 == [cache.get() for cache in caches]
    assert 1 == load.calls
    shared.invalidate()
    caches[0].invalidate()
    assert ["new"] * 3 == [cache.get() for cache in caches]
    assert 2 == load.calls
    assert all(isinstance(cache, SingleValue) for cache in caches)


def test_switched_off_everything_is_loaded(way):
    """Off is as if there were no cache."""
    cache = ResultCache("lookups", way.store, switch=lambda: False)
    load = Load("loaded")
    for _ in range(2):
        way.fetch(cache, "a", load)
    assert 2 == load.calls
    assert (None, None) == way.exchange(cache, "a", b"bytes")


def test_what_happened_is_counted(way):
    """The founding plans want 80 % of hits: they can be seen."""
    cache = ResultCache("lookups", way.store)
    for _ in range(5):
        way.fetch(cache, "a", Load("loaded"))
    counted = {measure.name: measure.samples[0].value for measure in cache.measures()}
    assert 4 == counted["hardening_cache_hits"]
    assert 1 == counted["hardening_cache_loads"]


def test_a_store_without_a_client_for_the_way_says_so(redis_url):
    """It is given one for threads, one for coroutines, or both."""
    with redis.Redis.from_url(redis_url) as client:
        cache = ResultCache("lookups", RedisResults(client))

        async def load():
            return "loaded"

        with pytest.raises(NoClient, match="async_client"):
            asyncio.run(cache.afetch("a", load))
    with pytest.raises(InvalidSetting, match=r"RedisResults\.client"):
        RedisResults()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("ttl_s", 0),
        ("lease_s", float("inf")),
        ("wait_s", -1),
        ("stale_s", 0),
        ("grace_s", -1),
        ("jitter", 2),
        ("bytes_max", 0),
        ("entries_max", 0),
    ],
)
def test_a_wrong_setting_is_named(field, value):
    """It fails where it is made, with the field's name."""
    given = {"name": "lookups", "store": None} | {field: value}
    with pytest.raises(InvalidSetting, match=f"ResultCache.{field}"):
        ResultCache(**given)


@pytest.mark.parametrize("given", [{"on": ()}, {"on": (KeyError,), "ttl_s": 0}])
def test_a_wrong_memory_of_failures_is_named(given):
    """No errors, or no time, is no memory."""
    with pytest.raises(InvalidSetting, match="Negative"):
        Negative(**given)
