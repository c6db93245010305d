"""The credential cache when things break: Redis, the network, a process."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import redis

from benchmarks.hardening.cache import rounds
from hardening.cache import (
    CacheReachable,
    CacheUnreachable,
    InvalidationUnconfirmed,
)
from hardening.cache.redis import RedisGenerations

READER = """
import sys
from hardening.cache import SingleValue
from hardening.cache.redis import RedisGenerations

url, path = sys.argv[1:]
cache = SingleValue(
    "credential",
    lambda: open(path).read(),
    generations=RedisGenerations.connect(url),
    stale_s=0.3,
    poll_s=0.05,
)
for _ in sys.stdin:
    print(cache.get(), flush=True)
"""


class Reader:
    """A cache in a process of its own."""

    def __init__(self, url, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, url, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def get(self):
        """Read there."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self):
        """End it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def reader(redis_url, tmp_path):
    """Give a reader in another process, of a value that stands in a file."""
    path = tmp_path / "value"
    path.write_text("first")
    made = Reader(redis_url, path)
    made.path = path
    yield made
    made.end()


def test_a_lost_announcement_delays_and_does_not_hide(make, redis_url):
    """With its subscription cut at each change, a process still learns of it."""
    value = ["first"]
    one, other = (make(redis_url, lambda: value[0]) for _ in range(2))
    one.get()
    other.get()
    with redis.Redis.from_url(redis_url) as client:
        for number in range(5):
            value[0] = f"changed {number}"
            client.client_kill_filter(_type="pubsub")
            one.invalidate()
            assert [value[0]] * 2 == [one.get(), other.get()]


def test_without_redis_a_value_is_served_for_a_while_and_then_loaded_each_time(
    make, own_redis, until
):
    """Never stale for longer than that; back to normal when Redis is."""
    told, loads = [], []
    cache = make(
        own_redis.url, lambda: len(loads.append(1) or loads), listener=told.append
    )
    cache.get()
    own_redis.kill()
    began_s = time.monotonic()
    until(lambda: cache.get() > 1)
    assert time.monotonic() - began_s < 1
    assert len(loads) == cache.get() - 1 < cache.get()
    own_redis.start()
    until(lambda: cache.get() == cache.get())
    until(lambda: len(told) == 2)
    assert [CacheUnreachable, CacheReachable] == [type(event) for event in told]


def test_a_frozen_redis_holds_nobody_up(make, own_redis, until):
    """Readers load for themselves, at once; who invalidates is told."""
    value = ["first"]
    cache = make(own_redis.url, lambda: value[0])
    cache.get()
    own_redis.freeze()
    try:
        value[0] = "changed"
        with pytest.raises(InvalidationUnconfirmed):
            cache.invalidate()
        until(lambda: cache.measures()[4].samples[0].value > 0 or cache.get() is None)
        began_s = time.monotonic()
        assert ["changed"] * 50 == [cache.get() for _ in range(50)]
        assert time.monotonic() - began_s < 0.5
    finally:
        own_redis.thaw()
    cache.invalidate()
    assert "changed" == cache.get()


def test_a_process_that_starts_without_redis_loads_each_time(make, own_redis):
    """It does not wait for what is not there."""
    own_redis.kill()
    cache = make(own_redis.url, lambda: "value")
    began_s = time.monotonic()
    assert ["value"] * 20 == [cache.get() for _ in range(20)]
    assert time.monotonic() - began_s < 1


@pytest.mark.parametrize("loss", ["restart", "flush"])
def test_a_redis_that_lost_its_data_makes_everybody_load(make, own_redis, until, loss):
    """No generation ever returns, so that none is mistaken for an old one."""
    value = ["first"]
    cache = make(own_redis.url, lambda: value[0])
    cache.get()
    value[0] = "changed"
    if loss == "restart":
        own_redis.kill()
        own_redis.start()
    else:
        with redis.Redis.from_url(own_redis.url) as client:
            client.flushall()
    until(lambda: cache.get() == "changed")


def test_an_invalidation_outwaits_readers_that_a_restarted_redis_does_not_know(
    make, own_redis
):
    """A young store may not know all readers; whoever it does not know has lapsed."""
    value = ["first"]
    cut_off = make(own_redis.url, lambda: value[0], poll_s=0.19, stale_s=0.2)
    cut_off.get()
    own_redis.kill()
    own_redis.start()
    changing = make(own_redis.url, lambda: value[0])
    value[0] = "changed"
    assert changing.invalidate().waited_s >= 0.2
    assert "changed" == cut_off.get()


def test_a_frozen_process_is_outwaited_and_wakes_up_fresh(make, redis_url, reader):
    """It serves nothing old when it goes on, not even for its first read."""
    cache = make(redis_url, reader.path.read_text, stale_s=0.3)
    assert "first" == reader.get()
    cache.invalidate()  # outwaits the store's youth
    assert "first" == reader.get()
    os.kill(reader.process.pid, signal.SIGSTOP)
    try:
        reader.path.write_text("changed")
        confirmation = cache.invalidate()
    finally:
        os.kill(reader.process.pid, signal.SIGCONT)
    assert 1 == confirmation.lapsed
    assert confirmation.waited_s >= 0.3
    assert "changed" == reader.get()


def test_a_killed_process_is_outwaited_once(make, redis_url, reader):
    """The next invalidation does not wait for it any more."""
    cache = make(redis_url, reader.path.read_text, stale_s=0.3)
    reader.get()
    cache.invalidate()
    reader.get()
    reader.end()
    assert [1, 0] == [cache.invalidate().lapsed for _ in range(2)]


def test_processes_that_ended_without_a_word_are_forgotten(redis_url):
    """A fork for each job, and no invalidation: what Redis keeps does not grow."""
    generations = RedisGenerations.connect(redis_url)
    seen = {"seen": "", "term_s": 1.0}
    for number in range(10):
        generations.look("credential", member=f"gone{number}", **seen)
    generations.look("credential", member="alive", **seen)
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("*generation*")
        hour_us = 3_600_000_000
        for field, looked_us in client.hscan_iter(key, match="t:gone*"):
            client.hset(key, field, int(looked_us) - hour_us)
        client.hset(key, "swept", int(client.hget(key, "swept")) - hour_us)
        generations.look("credential", member="new", **seen)
        members = [field for field in client.hkeys(key) if field[1:2] == b":"]
    assert {b"m:alive", b"t:alive", b"m:new", b"t:new"} == set(members)
    assert {"alive", "new"} == generations.advance("credential").pending
    generations.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_of_a_fork_starts_empty(make, redis_url):
    """It inherits a value, and nobody who would tell it of changes: it loads anew."""
    loaded_by = []

    def load():
        loaded_by.append(os.getpid())
        return os.getpid()

    cache = make(redis_url, load)
    cache.get()
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            fresh = cache.get() == os.getpid() == cache.get()
            confirmed = cache.invalidate(within_s=5).waited_s < 5
            failed = 0 if fresh and confirmed else 1
        finally:
            os._exit(failed)  # the child runs nothing of pytest's
    _, status = os.waitpid(child, 0)
    assert 0 == os.waitstatus_to_exitcode(status)


def test_a_listener_that_fails_does_not_end_the_watch(make, own_redis, until):
    """The cache goes on, and comes back when Redis does."""

    def listener(event):
        raise RuntimeError(type(event).__name__)

    value = ["first"]
    cache = make(own_redis.url, lambda: value[0], listener=listener)
    cache.get()
    own_redis.kill()
    value[0] = "changed"
    until(lambda: cache.get() == "changed")
    own_redis.start()
    until(lambda: cache._watch is not None and not cache._watch.failing)
    assert "changed" == cache.get()


def test_no_thread_is_left_when_a_cache_is_closed(make, redis_url):
    """Nor is its name in Redis."""
    cache = make(redis_url, lambda: "value")
    cache.get()
    cache.close()
    names = [thread.name for thread in threading.enumerate()]
    assert "cache credential" not in names
    generations = RedisGenerations.connect(redis_url)
    assert frozenset() == generations.advance("credential").pending
    generations.close()


def test_no_read_is_stale_after_a_confirmed_invalidation(redis_url):
    """Fifty changes under readers in two processes, with loads in flight."""
    report, took_ms = rounds(redis_url, 50, processes=2, stale_s=0.5)
    assert 0 == report.stale
    assert report.overtaken > 0
    assert report.reads > 100
    assert max(took_ms) < 10_000
