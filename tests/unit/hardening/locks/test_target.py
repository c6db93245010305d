"""What is locked: names and keys are checked before anything is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.locks import Locks, advisory_key
from hardening.locks.target import KEYS_MAX, target_of


@pytest.mark.parametrize(
    "name", ["", ".", "a.", ".a", "a" * 64, "ä" * 32, "a\0b", 17, None]
)
def test_a_name_that_no_table_can_have_is_refused(name):
    """A wrong table is said before the database is asked."""
    with pytest.raises(InvalidSetting, match="table"):
        target_of(name, "id", [1])


@pytest.mark.parametrize("name", ["contacts", "sales.contacts", "a" * 63, 'odd"; --'])
def test_a_name_that_a_table_can_have_is_taken(name):
    """Also odd names are names; they are quoted, never pasted."""
    assert name == target_of(name, "id", [1]).table


@pytest.mark.parametrize("count", [0, KEYS_MAX + 1])
def test_no_key_and_too_many_are_refused(count):
    """A statement names one row at least, and not the whole table."""
    with pytest.raises(InvalidSetting, match="keys"):
        target_of("contacts", "id", range(count))


def test_the_most_keys_are_taken():
    """The limit belongs to what is allowed."""
    assert KEYS_MAX == len(target_of("contacts", "id", range(KEYS_MAX)).keys)


@given(st.text(min_size=1, max_size=200))
def test_a_name_is_a_number_that_the_server_can_hold(name):
    """A named lock is 64 bits, signed, the same in every process."""
    assert -(2**63) <= advisory_key(name) < 2**63
    assert advisory_key(name) == advisory_key(name)


def test_a_name_keeps_its_number_over_releases():
    """Old and new processes exclude each other during a deployment."""
    assert 544098103861056362 == advisory_key("nightly-import")


@pytest.mark.parametrize("timeout_s", [0, -1, 0.0009, 3600.1, float("nan")])
def test_a_timeout_without_an_end_is_refused(timeout_s):
    """PostgreSQL's zero would wait for ever."""
    with pytest.raises(InvalidSetting, match=r"Locks\.timeout_s"):
        Locks(timeout_s=timeout_s)


@pytest.mark.parametrize("timeout_s", [0.001, 3600])
def test_the_shortest_and_longest_timeout_are_taken(timeout_s):
    """The limits belong to what is allowed."""
    Locks(timeout_s=timeout_s)


def test_a_negative_limit_for_long_waits_is_refused():
    """A wrong setting is said with its name."""
    with pytest.raises(InvalidSetting, match=r"Locks\.long_s"):
        Locks(long_s=-0.1)
