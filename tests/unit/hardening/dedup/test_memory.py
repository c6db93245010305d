"""The store in memory: what it remembers, compared with a model that keeps all."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.dedup import Claim, MemoryStore, Sight
from hardening.testing import FakeClock

STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.lists(st.sampled_from(b"abcdef"), max_size=3)),
    max_size=30,
)


@given(window=st.integers(1, 6), size=st.integers(1, 5), steps=STEPS)
def test_the_window_is_kept_in_time_and_in_size(window, size, steps):
    """
    'A key is seen for less than window_s after its marking', and 'those marked last'.

    The model keeps every mark and looks back over all of them.
    """
    clock = FakeClock()
    store = MemoryStore(window_s=window, size=size, clock=clock)
    marks = []
    for gap_s, keys in steps:
        clock.advance(gap_s)
        store.mark([bytes([key]) for key in keys], None)
        marks += [(bytes([key]), clock.monotonic_s()) for key in keys]
        last = dict(marks)
        order = sorted(
            last, key=lambda key: max(i for i, m in enumerate(marks) if m[0] == key)
        )
        for key in (bytes([byte]) for byte in b"abcdef"):
            young = key in last and clock.monotonic_s() - last[key] < window
            seen = young and key in order[-size:]
            assert [Sight.SEEN if seen else Sight.NEW] == store.look([key], None)
        assert store.size <= size


def test_what_is_forgotten_takes_no_memory():
    """A million keys through a window of a thousand leave a thousand, and no claim."""
    store = MemoryStore(size=1000)
    for start in range(0, 100_000, 100):
        keys = [str(number).encode() for number in range(start, start + 100)]
        claim = Claim(str(start), 10)
        store.look(keys, claim)
        store.mark(keys, claim)
    assert (1000, {}) == (store.size, store._claims)


def test_claims_that_nobody_lets_go_of_are_forgotten():
    """A consumer that keeps failing leaves no claims behind for ever."""
    clock = FakeClock()
    store = MemoryStore(size=100, clock=clock)
    for number in range(1000):
        store.look([str(number).encode()], Claim(str(number), 1))
        clock.advance(2)
    assert len(store._claims) <= 2 * 100


def test_threads_share_a_store():
    """Eight threads that mark at once lose no mark and see every other's."""
    store = MemoryStore()

    def mark(thread):
        for number in range(2000):
            store.mark([f"{thread}-{number}".encode()], None)

    threads = [threading.Thread(target=mark, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 16_000 == store.size


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"window_s": 0}, "window_s"),
        ({"window_s": float("inf")}, "window_s"),
        ({"window_s": float("nan")}, "window_s"),
        ({"size": 0}, "size"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings, name):
    """What a store cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        MemoryStore(**settings)
