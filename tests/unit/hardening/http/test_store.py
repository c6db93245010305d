"""The store of answers: bounded in time and size, and nobody gets another's answer."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.http import MemoryStore
from hardening.http.store import key_of, pack, unpack
from hardening.testing import FakeClock


@pytest.mark.parametrize(("later_s", "found"), [(9.9, b"x"), (10, None), (10.1, None)])
def test_an_answer_is_kept_for_its_time(later_s, found):
    """An answer is gone when its time is over, to the instant."""
    clock = FakeClock()
    store = MemoryStore(clock=clock)
    store.set("key", b"x", 10)
    clock.advance(later_s)
    assert found == store.get("key")


def test_the_answers_used_last_stay():
    """A full store forgets what nobody asked for the longest."""
    store = MemoryStore(bytes_max=3 * 260)
    for key in "abc":
        store.set(key, b"x" * 9, 10)
    store.get("a")
    store.set("d", b"x" * 9, 10)
    assert [b"x" * 9, None] == [store.get("a"), store.get("b")]
    assert 3 == len(store)


def test_an_answer_larger_than_the_store_is_not_kept():
    """One answer cannot drive out all others."""
    store = MemoryStore(bytes_max=1000)
    store.set("small", b"x", 10)
    store.set("large", b"x" * 1000, 10)
    assert [b"x", None] == [store.get("small"), store.get("large")]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900))))
def test_the_store_never_grows_beyond_its_size(steps):
    """It takes "the most that all keys and values take", counted anew at each step."""
    store = MemoryStore(bytes_max=2000)
    for key, size in steps:
        store.set(key, b"x" * size, 10)
        assert store.size_bytes == sum(
            251 + len(value) for _, value in store._entries.values()
        )
        assert store.size_bytes <= 2000
    store.clear()
    assert (0, 0) == (store.size_bytes, len(store))


def test_the_store_serves_asyncio():
    """The same store, without a wait."""

    async def main():
        store = MemoryStore()
        await store.aset("key", b"x", 10)
        return await store.aget("key")

    assert b"x" == asyncio.run(main())


def test_everything_that_was_sent_is_in_the_key():
    """Another customer's token, page, host or body asks for another answer."""
    plain = ("https://a", "/v1", {"page": 1}, {"authorization": "alice"})
    others = (
        ("https://b", "/v1", {"page": 1}, {"authorization": "alice"}),
        ("https://a", "/v2", {"page": 1}, {"authorization": "alice"}),
        ("https://a", "/v1", {"page": 2}, {"authorization": "alice"}),
        ("https://a", "/v1", {"page": (1,)}, {"authorization": "alice"}),
        ("https://a", "/v1", {"page": 1}, {"authorization": "bob"}),
        ("https://a", "/v1", {}, {"page": "1", "authorization": "alice"}),
        (*plain, b'{"q":"alice"}'),
        (*plain, b'{"q":"bob"}'),
    )
    keys = {key_of(*sent) for sent in (plain, *others)}
    assert 9 == len(keys)
    assert not any("alice" in key for key in keys)


def test_a_body_is_no_part_of_what_comes_before_it():
    """No choice of body and headers gives one key to two calls."""
    one = key_of("https://a", "/v1", {}, {}, b"")
    other = key_of("https://a", "/v1", {}, {}, b"\0")
    assert one != other


def test_the_order_of_what_was_sent_does_not_matter():
    """Two spellings of one question have one answer."""
    one = key_of("https://a", "/v1", {"a": 1, "b": 2}, {"c": "3", "d": "4"})
    other = key_of("https://a", "/v1", {"b": 2, "a": 1}, {"d": "4", "c": "3"})
    assert one == other


@given(st.text(alphabet=st.characters(exclude_characters="\n"), max_size=30))
def test_an_answer_comes_out_as_it_went_in(kind):
    """Content type and content survive the store, whatever they hold."""
    encodable = kind.encode("utf-8", "replace").decode()
    content = b"\n1:\x00" + kind.encode("utf-8", "replace")
    assert (encodable, content) == unpack(pack(kind, content))


@pytest.mark.parametrize("value", [b"", b"{}", b"0:text\nx", b"1:text"])
def test_a_value_of_another_form_is_no_answer(value):
    """A store that others write to as well gives a miss, not an error."""
    assert unpack(value) is None


def test_a_store_without_room_is_refused():
    """What cannot work is refused where it is made."""
    with pytest.raises(InvalidSetting, match=r"MemoryStore\.bytes_max"):
        MemoryStore(bytes_max=250)
