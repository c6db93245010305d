"""Every store keeps the same promises: in memory and in Redis, plain and async."""

import asyncio
import time

import pytest

from hardening.dedup import Claim, MemoryStore, Sight
from hardening.dedup.redis import RedisStore

NEW, SEEN, HELD = Sight.NEW, Sight.SEEN, Sight.HELD
A, B, C = b"a", b"\x00\xff{b}:", "ç".encode()
MINE, YOURS = Claim("mine", 60), Claim("yours", 60)


class Later:
    """A store whose methods are its coroutines, each run to its end."""

    def __init__(self, store, runner):
        self.store, self.runner = store, runner

    def __getattr__(self, name):
        """Return a method, or a number."""
        if name == "size":
            return self.store.size
        coroutine = getattr(self.store, f"{name}_async")
        return lambda *args: self.runner.run(coroutine(*args))


@pytest.fixture
def close():
    """Give a list of what to call at the end."""
    calls = []
    yield calls
    for call in calls:
        call()


@pytest.fixture(params=["memory", "memory, async", "redis", "redis, async"])
def make(request, close):
    """Give a way to make an empty store; each test holds for all of them."""
    kind, _, manner = request.param.partition(", ")
    url = request.getfixturevalue("redis_url") if kind == "redis" else None
    runner = asyncio.Runner()
    close.append(runner.close)

    def make(**settings):
        store = RedisStore(url, **settings) if url else MemoryStore(**settings)
        if url:
            close.insert(0, store.close)
            close.insert(0, lambda: runner.run(store.aclose()))
        return Later(store, runner) if manner else store

    return make


def eventually(holds):
    """Wait until a condition holds; ten seconds at most."""
    deadline_s = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_a_marked_key_is_seen(make):
    """Any bytes are a key; the others stay new."""
    store = make()
    assert [NEW, NEW] == store.look([A, B], None)
    store.mark([A, B], None)
    assert [SEEN, NEW, SEEN] == store.look([A, C, B], None)
    assert 2 == store.size


def test_looking_marks_nothing(make):
    """Only what was processed is remembered."""
    store = make()
    store.look([A], None)
    assert [NEW] == store.look([A], None)


def test_marking_twice_is_marking_once(make):
    """A mark may be repeated after an answer was lost."""
    store = make()
    store.mark([A, A], None)
    store.mark([A], None)
    assert 1 == store.size


def test_nothing_is_a_batch_too(make):
    """An empty batch asks nothing and changes nothing."""
    store = make()
    store.mark([], None)
    store.release([], MINE)
    assert ([], 0) == (list(store.look([], None)), store.size)


@pytest.mark.parametrize(
    ("size", "seen"), [(1, [NEW, NEW, SEEN]), (2, [NEW, SEEN, SEEN]), (3, [SEEN] * 3)]
)
def test_the_size_keeps_those_marked_last(make, size, seen):
    """Of more keys than the window's size the oldest are forgotten."""
    store = make(size=size)
    store.mark([A], None)
    store.mark([B, C], None)
    assert seen == store.look([A, B, C], None)
    assert size == store.size


def test_a_later_mark_keeps_a_key_longer(make):
    """The place of a key is that of its last mark."""
    store = make(size=2)
    store.mark([A], None)
    store.mark([B], None)
    store.mark([A], None)
    store.mark([C], None)
    assert [SEEN, NEW, SEEN] == store.look([A, B, C], None)


def test_the_window_ends(make):
    """A key is new again when the window's time is over."""
    store = make(window_s=0.2)
    store.mark([A], None)
    assert [SEEN] == store.look([A], None)
    eventually(lambda: [NEW] == store.look([A], None))
    store.mark([B], None)
    assert 1 == store.size


def test_a_claim_holds_others_off(make):
    """One of two consumers processes; the other waits for the mark."""
    store = make()
    assert [NEW] == store.look([A], MINE)
    assert [HELD, NEW] == store.look([A, B], YOURS)
    assert [NEW, HELD] == store.look([A, B], MINE)
    store.mark([A], MINE)
    assert [SEEN] == store.look([A], YOURS)


def test_a_claim_is_let_go_by_its_owner_only(make):
    """Nobody takes away what somebody else holds."""
    store = make()
    store.look([A], MINE)
    store.release([A], YOURS)
    assert [HELD] == store.look([A], YOURS)
    store.release([A], MINE)
    assert [NEW] == store.look([A], YOURS)


def test_a_claim_runs_out(make):
    """A consumer that was killed holds its keys for the lease, and no longer."""
    store = make()
    store.look([A], Claim("dead", 0.2))
    eventually(lambda: [NEW] == store.look([A], YOURS))
    assert [HELD] == store.look([A], MINE)


def test_thousands_of_keys_are_one_batch(make):
    """More keys than one script takes are asked for all the same."""
    store = make()
    keys = [str(number).encode() for number in range(4500)]
    assert {NEW} == set(store.look(keys, MINE))
    store.mark(keys, MINE)
    assert {SEEN} == set(store.look(keys, YOURS))
    assert 4500 == store.size
