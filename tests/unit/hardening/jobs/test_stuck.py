"""What is stuck, and what is done with it: decisions, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.jobs import Limit, Limits
from hardening.jobs.stuck import (
    Remedy,
    RunningJob,
    described,
    is_stuck,
    remedy_for,
    trusted,
)


def running(**fields):
    """Return a running job."""
    return RunningJob(
        **{"job_id": 1, "attempt": 1, "queue": "q", "task": "t", "silence_s": 0}
        | fields
    )


@pytest.mark.parametrize(
    ("silence_s", "stuck"), [(3_599.9, False), (3_600.0, False), (3_600.1, True)]
)
def test_a_job_is_stuck_after_an_hour_by_default(silence_s, stuck):
    """More than the limit is stuck; exactly the limit is not."""
    assert stuck == is_stuck(running(silence_s=silence_s), Limits().of("t"))


def test_a_task_without_a_limit_is_never_stuck():
    """Who watches named tasks leaves all others alone."""
    limits = Limits(None, {"t": Limit(1)})
    assert is_stuck(running(silence_s=2), limits.of("t"))
    assert not is_stuck(running(silence_s=1e9), limits.of("other"))


@pytest.mark.parametrize(
    ("attempt", "attempts", "remedy"),
    [
        (1, 1, Remedy.DEAD_LETTER),
        (1, 2, Remedy.RETRY),
        (2, 2, Remedy.DEAD_LETTER),
        (3, 2, Remedy.DEAD_LETTER),
    ],
)
def test_a_stuck_job_is_retried_until_it_was_tried_often_enough(
    attempt, attempts, remedy
):
    """By default it is not: a job that runs twice has to be made for it."""
    assert remedy is remedy_for(running(attempt=attempt), Limit(attempts=attempts))


@given(up=st.floats(0, 1e6), seen=st.floats(0, 1e6), grace=st.floats(0, 1e6))
def test_silence_is_trusted_only_after_the_grace_of_both(up, seen, grace):
    """Law: trusted if and only if neither the server nor the watch is younger."""
    expected = up >= grace and seen >= grace
    assert expected == trusted(database_up_s=up, seen_for_s=seen, grace_s=grace)


def test_a_letter_says_what_the_job_said_last():
    """Whoever finds the letter knows where the job stood."""
    said = described(running(silence_s=700, progress=0.5, note="row 7"), Limit(600))
    assert (
        "No progress for 700 s, more than 600 s. It said last: progress 0.5, 'row 7'."
        == said
    )
    assert described(running(silence_s=700), Limit(600)).endswith("It never beat.")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Limit(0), "Limit.silence_s"),
        (lambda: Limit(float("nan")), "Limit.silence_s"),
        (lambda: Limit(attempts=0), "Limit.attempts"),
    ],
)
def test_a_wrong_limit_is_named(make, field):
    """What is wrong is said where it is made."""
    with pytest.raises(InvalidSetting, match=field):
        make()
