"""The cache of results, with a real Redis, sync and async."""

import asyncio
import os
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
    JsonCodec,
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

    is_async = False

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

    is_async = True

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


BETWEEN = {
    "alone": lambda _cache, _other: None,
    "interleaved": lambda cache, _other: cache.get("b"),
    "nested in another cache": lambda _cache, other: other.fetch("a", lambda: "token"),
    "nested, plain": lambda _cache, other: (other.get("a"), other.set("a", b"t", 60)),
    "of two hundred": lambda cache, _other: [cache.get(str(n)) for n in range(200)],
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
def test_a_set_after_an_invalidation_stores_nothing(way, between):
    """A get, a change, a set: the same defect by another door."""
    url = _url_of(way.store)
    cache = ResultCache("answers", way.store)
    other = ResultCache("tokens", RedisResults.connect(url))

    def change():
        changing = RedisResults.connect(url)
        between(ResultCache("answers", changing) if way.is_async else cache, other)
        ResultCache("answers", changing).invalidate("a")
        changing.close()

    assert (None, None) == way.exchange(cache, "a", b"old", change)


def test_a_set_is_the_end_of_its_last_get(way):
    """Who then found something, and sets, knows better than what was found."""
    cache = ResultCache("answers", way.store)
    url = _url_of(way.store)

    def find():
        """Find, in the same thread, what another stored."""
        other = RedisResults.connect(url)
        stored = ResultCache("answers", other)
        stored.set("a", b"found", 60)
        other.close()

    assert (None, b"found") == way.exchange(cache, "a", b"old", find)
    assert (b"found", b"new") == way.exchange(cache, "a", b"new")


def test_a_set_overtakes_the_load_under_way(way):
    """What was written after a commit is newer than what a load had read before it."""
    told = []
    cache = ResultCache("lookups", way.store, listener=told.append)
    url = _url_of(way.store)

    def load():
        writing = RedisResults.connect(url)
        ResultCache("lookups", writing).set("a", b'"new"', 60)
        writing.close()
        return "old"

    assert "old" == way.fetch(cache, "a", load)
    assert "new" == way.fetch(cache, "a", Load("wrong"))
    assert [CacheLoadOvertaken(cache="lookups")] == told


def test_a_set_after_a_get_that_was_given_up_stores_nothing(own_redis):
    """It holds no lease, and knows nothing of what was invalidated meanwhile."""

    async def run():
        store = RedisResults.connect(own_redis.url, timeout_s=10)
        cache = ResultCache("answers", store)
        await cache.aget("another")
        own_redis.freeze()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await cache.aget("a")
        own_redis.thaw()
        await cache.aset("a", b"old", 60)
        other = RedisResults.connect(own_redis.url)
        assert ResultCache("answers", other).get("a") is None
        other.close()
        await store.aclose()

    asyncio.run(run())


def test_a_task_keeps_what_it_missed_to_itself(redis_url):
    """Two tasks that miss one key are two loads; of them the first stores."""

    async def run():
        store = RedisResults.connect(redis_url)
        cache = ResultCache("answers", store)
        await cache.aget("before")
        both_missed = asyncio.Barrier(2)

        async def load(value):
            assert await cache.aget("a") is None
            await both_missed.wait()
            await cache.aset("a", value, 60)

        await asyncio.gather(load(b"first"), load(b"second"))
        assert b"first" == await cache.aget("a")
        await store.aclose()

    asyncio.run(run())


def test_a_codec_that_fails_gives_the_lease_back(way):
    """Its error is the caller's; the next one does not wait for it."""

    class Broken(JsonCodec):
        def encode(self, value):
            if value == "bad":
                raise LookupError(value)
            return super().encode(value)

    cache = ResultCache("lookups", way.store, codec=Broken())
    with pytest.raises(LookupError):
        way.fetch(cache, "a", Load("bad"))
    assert "good" == way.fetch(cache, "a", Load("good"))
    assert 0 == cache.measures()[4].samples[0].value


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


class Slow:
    """A load in a thread of its own, which ends when it is told to."""

    def __init__(self, cache, value):
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self.value = value
        self.pool = ThreadPoolExecutor(1)
        self.fetched = self.pool.submit(cache.fetch, "a", self)
        assert self.begun.wait(10)

    def __call__(self):
        """Load, which takes a while."""
        self.begun.set()
        assert self.goes_on.wait(10)
        return self.value

    def ends(self):
        """Let it end; return what its caller got."""
        self.goes_on.set()
        fetched = self.fetched.result(10)
        self.pool.shutdown()
        return fetched


@pytest.fixture
def away(own_redis):
    """Give a cache whose Redis is away, and its clock."""
    own_redis.kill()
    store = RedisResults.connect(own_redis.url, timeout_s=1)
    clock = FakeClock()
    yield ResultCache("lookups", store, clock=clock), clock
    store.close()


@pytest.mark.parametrize("key", ["a", None], ids=["a key", "the namespace"])
def test_an_invalidation_while_redis_is_away_overtakes_the_load(away, key):
    """Others may serve the old result; this process does not, nor do those who wait."""
    cache, _clock = away
    load = Slow(cache, "old")
    with pytest.raises(InvalidationUnconfirmed):
        cache.invalidate(key)
    assert "newer" == cache.fetch("a", Load("newer"))
    assert "old" == load.ends()
    assert "newer" == cache.fetch("a", Load("wrong"))


def test_a_confirmed_invalidation_holds_when_redis_blinks(away, own_redis):
    """A load that began while Redis was away ends when it is back: nobody gets it."""
    cache, clock = away
    load = Slow(cache, "old")
    own_redis.start()
    clock.advance(2)
    cache.invalidate("a")
    assert "old" == load.ends()
    own_redis.kill()
    assert "new" == cache.fetch("a", Load("new"))


def test_a_load_from_before_redis_came_back_is_not_kept(away, own_redis):
    """Another process may have invalidated it meanwhile."""
    cache, clock = away
    load = Slow(cache, "old")
    own_redis.start()
    clock.advance(2)
    cache.fetch("other", Load("other"))
    assert "old" == load.ends()
    own_redis.kill()
    assert "new" == cache.fetch("a", Load("new"))


@pytest.mark.parametrize("change", ["invalidated elsewhere", "nothing"])
def test_what_was_missed_while_redis_answered_is_not_kept_without_it(own_redis, change):
    """Redis alone knows whether it was invalidated since."""
    stores = [RedisResults.connect(own_redis.url, timeout_s=1) for _ in range(2)]
    cache, other = (ResultCache("lookups", store) for store in stores)
    assert cache.get("a") is None
    if change == "invalidated elsewhere":
        other.invalidate("a")
    own_redis.kill()
    cache.set("a", b"old", 60)
    assert cache.get("a") is None
    for store in stores:
        store.close()


def test_without_redis_what_is_set_is_kept_unless_it_is_overtaken(away):
    """A get and a set in this process alone: the same rule as with Redis."""
    cache, _clock = away
    assert cache.get("a") is None
    cache.set("a", b"first", 60)
    assert b"first" == cache.get("a")
    cache.set("a", b"second", 60)
    assert b"second" == cache.get("a")
    with pytest.raises(InvalidationUnconfirmed):
        cache.invalidate("a")
    assert cache.get("a") is None
    with pytest.raises(InvalidationUnconfirmed):
        cache.invalidate("a")
    cache.set("a", b"old", 60)
    assert cache.get("a") is None


def test_a_listener_that_fails_leaves_no_flight(own_redis):
    """Its error is the caller's; the next one does not wait for a load that is over."""
    own_redis.kill()

    def listener(event):
        if isinstance(event, CacheRefused):
            raise RuntimeError  # noqa: TRY004 - a listener's own defect

    store = RedisResults.connect(own_redis.url)
    cache = ResultCache("lookups", store, bytes_max=50, listener=listener, wait_s=600)
    with pytest.raises(RuntimeError):
        cache.fetch("a", Load("x" * 100))
    assert "loaded" == cache.fetch("a", Load("loaded"))
    store.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_of_a_fork_waits_for_no_load_of_its_parent(away):
    """It inherits that there is one, and nobody who will end it."""
    cache, _clock = away
    load = Slow(cache, "parent's")
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            failed = int(cache.fetch("a", Load("child's")) != "child's")
        finally:
            os._exit(failed)  # the child runs nothing of pytest's
    _, status = os.waitpid(child, 0)
    assert 0 == os.waitstatus_to_exitcode(status)
    assert "parent's" == load.ends()


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
