"""The episode: what is told of many rejections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.pool.episode import Episode, after_rejection, is_over


def test_the_first_rejection_begins_an_episode_and_is_told():
    """The operator hears at once that callers are being rejected."""
    assert Episode(5.0, 5.0, 5.0, rejected=1) == after_rejection(None, 5.0, 60)


@pytest.mark.parametrize(("now_s", "told_s"), [(64.9, 5.0), (65.0, 65.0), (65.1, 65.1)])
def test_a_lasting_episode_is_told_again_after_a_minute(now_s, told_s):
    """An overload that lasts is told once a minute, not once a caller."""
    episode = after_rejection(Episode(5.0, 5.0, 5.0), now_s, 60)
    assert Episode(5.0, now_s, told_s, rejected=2) == episode


@pytest.mark.parametrize(("now_s", "over"), [(14.9, False), (15.0, True), (15.1, True)])
def test_an_episode_is_over_after_ten_seconds_without_a_rejection(now_s, over):
    """A pool that swings about its limit is still in trouble."""
    assert over == is_over(Episode(0.0, 5.0, 0.0), now_s, 10)


@given(st.lists(st.floats(0, 100), max_size=60))
def test_of_many_rejections_one_a_minute_is_told(gaps):
    """
    "Told at the first of them, then once a minute": two tellings are a minute apart.

    The model counts all rejections; the episode agrees after each.
    """
    now_s, episode, told = 0.0, None, []
    for count, gap_s in enumerate(gaps, start=1):
        now_s += gap_s
        before, episode = episode, after_rejection(episode, now_s, 60)
        assert count == episode.rejected
        if before is None or episode.told_s != before.told_s:
            told.append(episode.told_s)
    assert all(later - earlier >= 60 for earlier, later in zip(told, told[1:]))  # noqa: B905, RUF007
