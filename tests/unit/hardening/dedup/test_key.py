"""Keys: packed, so that many are remembered in little memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.dedup import packed

CASES = {
    "text is its UTF-8": ("évent", "évent".encode()),
    "bytes are themselves": (b"\x00\xff", b"\x00\xff"),
    "the longest that stays": ("a" * 64, b"a" * 64),
    "half of a surrogate pair is a key": ("\ud800", b"\xed\xa0\x80"),
}


@pytest.mark.parametrize(("key", "expected"), CASES.values(), ids=CASES)
def test_a_short_key_is_remembered_as_it_is(key, expected):
    """Up to 64 bytes."""
    assert expected == packed(key)


@given(st.text() | st.binary(), st.text() | st.binary())
def test_a_key_is_told_from_every_other(one, other):
    """'The same key' is the same bytes; and no key takes more than 64 of them."""
    same = plain(one) == plain(other)
    assert same == (packed(one) == packed(other))
    assert len(packed(one)) <= 64


@given(st.binary(min_size=65, max_size=300))
def test_a_long_key_becomes_a_digest(key):
    """16 bytes of it are remembered, of which every byte of the key is part."""
    assert 16 == len(packed(key))
    assert packed(key) != packed(key[:-1] + bytes([key[-1] ^ 1]))


def plain(key):
    """Return a key's bytes."""
    return key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
