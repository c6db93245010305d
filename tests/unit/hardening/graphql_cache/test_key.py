"""Keys and policies: who shares an answer is part of what it is filed under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.graphql_cache import (
    Lifetimes,
    OfOperations,
    OfType,
    OfUser,
    Policy,
    User,
)
from hardening.graphql_cache.key import Anonymous, Everybody, Key, OneUser, scope_of
from hardening.graphql_cache.memory import Moments
from hardening.graphql_cache.policy import strictest
from hardening.graphql_cache.target import Everything, Marks, tag_of_user

ANN = User("ann")


@pytest.mark.parametrize(
    ("policy", "user", "scope"),
    [
        (Policy.PUBLIC, None, Everybody()),
        (Policy.PUBLIC, ANN, Everybody()),
        (Policy.SEARCH, None, Anonymous()),
        (Policy.SEARCH, ANN, OneUser(ANN)),
        (Policy.USER_DATA, None, None),
        (Policy.USER_DATA, ANN, OneUser(ANN)),
        (Policy.NO_CACHE, None, None),
        (Policy.NO_CACHE, ANN, None),
    ],
    ids=str,
)
def test_a_policy_says_who_shares_an_answer(policy, user, scope):
    """User data have no place without a user."""
    assert scope == scope_of(policy, user)


@pytest.mark.parametrize("nobody", ["", None, 0, 17, b"ann"])
def test_there_is_no_user_without_an_id(nobody):
    """What cannot tell two users apart is no user."""
    with pytest.raises(InvalidSetting, match=r"User\.id"):
        User(nobody)


def test_the_strictest_policy_wins():
    """Of none at all, nothing is cached."""
    assert Policy.USER_DATA == strictest([Policy.PUBLIC, Policy.USER_DATA])
    assert Policy.NO_CACHE == strictest([])


TEXTS = st.text(max_size=4)
SCOPES = st.one_of(
    st.just(Everybody()),
    st.just(Anonymous()),
    st.text(min_size=1, max_size=4).map(lambda name: OneUser(User(name))),
)
KEYS = st.builds(Key, SCOPES, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))


@given(KEYS, KEYS)
def test_two_keys_share_a_digest_only_if_they_are_equal(one, other):
    """The law: no arrangement of parts reads like another."""
    assert (one == other) == (one.digest() == other.digest())


def test_parts_do_not_run_into_one_another():
    """Whoever chooses the variables cannot write somebody's key with them."""
    mine = Key(OneUser(User("a")), "op", "7:x", ())
    theirs = Key(OneUser(User("a7:op")), "", "x", ())
    assert mine.digest() != theirs.digest()


@pytest.mark.parametrize("setting", ["public_s", "search_s", "user_data_s"])
def test_a_lifetime_is_a_positive_number(setting):
    """A wrong one is named."""
    with pytest.raises(InvalidSetting, match=f"Lifetimes.{setting}"):
        Lifetimes(**{setting: 0})


def test_lifetimes_are_those_of_the_policies():
    """Five minutes, half a minute, a minute, and none."""
    assert [300, 30, 60, 0] == [Lifetimes().of(policy) for policy in Policy]


@pytest.mark.parametrize("wrong", [lambda: OfType("a b"), lambda: OfOperations("")])
def test_a_target_is_a_name_of_graphql(wrong):
    """What is no name would forget nothing, and say nothing."""
    with pytest.raises(InvalidSetting):
        wrong()


TARGETS = st.sampled_from(
    [Everything(), OfType("A"), OfType("B"), OfUser("ann"), OfOperations("Feed")]
)


@given(st.lists(TARGETS, max_size=8), TARGETS, st.lists(TARGETS, max_size=8))
def test_an_invalidation_is_seen_by_what_it_marks(before, target, after):
    """The law: an answer from before the last invalidation of a mark is not found."""
    moments = Moments()
    for each in before:
        moments.invalidate(each)
    looked_for = moments.now
    moments.invalidate(target)
    for each in after:
        moments.invalidate(each)
    marks = Marks("FeedHome", ("t:A", "t:B", *_tags_of("ann")))
    assert moments.last(marks) > looked_for


def _tags_of(name):
    """Return a user's tag."""
    return (tag_of_user(User(name)),)


def test_what_is_not_marked_stays():
    """Another type, user or operation is left alone."""
    moments = Moments()
    for target in (OfType("A"), OfUser("ann"), OfOperations("Feed")):
        moments.invalidate(target)
    assert 0 == moments.last(Marks("Profile", ("t:B", *_tags_of("bob"))))
    assert 0 == moments.last(Marks("", ()))


def test_too_many_marks_forget_everything_and_not_nothing():
    """A store that cannot remember an invalidation counts everything as invalidated."""
    moments = Moments()
    moments.invalidate(OfUser("ann"))
    for number in range(101):
        moments.invalidate(OfOperations(f"P{number}"))
    assert moments.last(Marks("Other", ())) == moments.now
