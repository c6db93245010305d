"""The store in Redis: what is left when the server is killed, frozen or full."""

import multiprocessing
import time

import pytest
import redis

from hardening.core import InvalidSetting
from hardening.dedup import (
    Claim,
    Deduplicator,
    OnFailure,
    Outcome,
    Sight,
    StoreUnavailable,
)
from hardening.dedup.redis import RedisStore

PROCESSED, DUPLICATE = Outcome.PROCESSED, Outcome.DUPLICATE
UNCHECKED = Outcome.UNCHECKED


@pytest.fixture
def store(own_redis):
    """Give a store on a server that the test may stop."""
    made = RedisStore(own_redis.url, timeout_s=0.3)
    yield made
    made.close()


def dedup(store, **settings):
    """Return a de-duplication of plain text."""
    return Deduplicator(store, key=str, **settings)


def ignore(_):
    """Handle nothing."""


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_events_go_on_without_the_server(own_redis, store, fault):
    """They are handled unchecked, in bounded time, and marked once it is back."""
    made = dedup(store, rest_s=0)
    assert PROCESSED is made.process("before", ignore)
    getattr(own_redis, fault)()
    began_s = time.monotonic()
    assert (UNCHECKED,) * 3 == made.process_batch(["a", "b", "c"], ignore)
    assert time.monotonic() - began_s < 5
    own_redis.start() if fault == "kill" else own_redis.thaw()
    assert (DUPLICATE,) * 3 == made.process_batch(["a", "b", "c"], ignore)
    kept = DUPLICATE if fault == "freeze" else PROCESSED
    assert kept is made.process("before", ignore)


def test_a_server_that_is_away_can_be_an_error(own_redis, store):
    """Nothing is handled, and the message holds no address."""
    own_redis.kill()
    handled = []
    with pytest.raises(StoreUnavailable) as caught:
        dedup(store, on_failure=OnFailure.RAISE).process("a", handled.append)
    assert [] == handled
    assert own_redis.url.split("//")[1] not in str(caught.value)


def test_a_restart_between_two_batches_costs_no_outage(own_redis, store):
    """The broken connection is opened again, and the scripts are loaded again."""
    made = dedup(store, on_failure=OnFailure.RAISE)
    made.process("a", ignore)
    own_redis.kill()
    own_redis.start()
    assert PROCESSED is made.process("b", ignore)


def test_a_full_server_is_an_outage(own_redis, store):
    """A server that takes no more is told, and events are handled unchecked."""
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
    made = dedup(store, on_failure=OnFailure.RAISE)
    with pytest.raises(StoreUnavailable, match="memory"):
        made.process("a", ignore)


def test_all_keys_have_an_end(own_redis, store):
    """A topic that nobody uses any more leaves nothing behind."""
    store.look([b"a"], Claim("mine", 5))
    store.mark([b"b"], None)
    with redis.Redis.from_url(own_redis.url) as client:
        lives = {key: client.ttl(key) for key in client.scan_iter()}
    assert {b"dedup:{events}:seen", b"dedup:{events}:claim:a"} == set(lives)
    assert all(0 < life <= 3601 for life in lives.values())


def test_each_key_has_a_window_of_its_own(redis_url):
    """An old key is forgotten while a younger one is still remembered."""
    store = RedisStore(redis_url, window_s=1, timeout_s=10)
    began_s = time.monotonic()
    store.mark([b"old"], None)
    while time.monotonic() < began_s + 0.6:
        time.sleep(0.05)
    store.mark([b"young"], None)
    sights = [Sight.SEEN, Sight.SEEN]
    while sights == [Sight.SEEN, Sight.SEEN]:
        sights = store.look([b"old", b"young"], None)
    assert [Sight.NEW, Sight.SEEN] == sights
    store.close()


def test_stores_of_other_names_share_nothing(redis_url):
    """Two topics may use the same identifiers."""
    orders, users = (RedisStore(redis_url, name=name) for name in ("orders", "users"))
    orders.mark([b"a"], None)
    assert [Sight.NEW] == users.look([b"a"], None)
    orders.close()
    users.close()


def race(url, numbers, found, ready):
    """Process the same keys as others do, with claims; send those handled here."""
    store = RedisStore(url, timeout_s=10)
    handled = []
    made = dedup(store, claim_s=30, batch=10)
    ready.wait(20)
    for start in range(0, numbers, 10):
        part = [str(number) for number in range(start, start + 10)]
        while part:
            outcomes = made.process_batch(part, handled.append)
            part = part[len([each for each in outcomes if each is not Outcome.BUSY]) :]
    found.put(handled)
    store.close()


def test_processes_that_claim_handle_each_event_once(redis_url):
    """Four processes get the same 500 events at once; each is handled by one of them."""
    context = multiprocessing.get_context("fork")
    found, ready = context.Queue(), context.Barrier(4)
    racers = [
        context.Process(target=race, args=(redis_url, 500, found, ready))
        for _ in range(4)
    ]
    for racer in racers:
        racer.start()
    handled = [event for _ in racers for event in found.get(timeout=30)]
    for racer in racers:
        racer.join(20)
    assert [str(number) for number in range(500)] == sorted(handled, key=int)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": float("inf")}, "timeout_s"),
        ({"name": ""}, "name"),
        ({"name": "a{b}"}, "name"),
        ({"window_s": 0}, "window_s"),
        ({"size": 0}, "size"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings, name):
    """What a store cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        RedisStore("redis://localhost", **settings)
