"""The rules for jobs: which decides, and what the queue is told."""

import asyncio

import pytest

from hardening.core import InvalidSetting
from hardening.retry import (
    Budget,
    Decorrelated,
    Policy,
    Polynomial,
    RetryGaveUp,
    RetryScheduled,
    Spread,
)
from hardening.retry.jobs import JobFailure, JobRetries
from hardening.testing import FakeClock, ScriptedEntropy

RULES = (
    Policy(on=TimeoutError, attempts=2, schedule=Spread(1, 1)),
    Policy(on=OSError, attempts=9, schedule=Polynomial(), deadline_s=100),
)


def rules(**settings):
    """Return rules, and what they tell."""
    told = []
    clock = FakeClock(unix_s=1000)
    entropy = ScriptedEntropy([0.0])
    base = {"rules": RULES, "listener": told.append, "clock": clock, "entropy": entropy}
    return JobRetries(**(base | settings)), told


def failed(error, attempt=1, since=None):
    """Return a job's failure."""
    return JobFailure(name="index", error=error, attempt=attempt, since_unix_s=since)


CASES = {
    "the first rule that names it decides": (failed(TimeoutError()), 1),
    "its attempts are over, and no other is asked": (failed(TimeoutError(), 2), None),
    "the second rule": (failed(ConnectionError()), 15),
    "the second rule, growing": (failed(ConnectionError(), 3), 31),
    "no rule names it": (failed(ValueError()), None),
    "an interrupt is no rule's": (failed(KeyboardInterrupt()), None),
    "just before the deadline": (failed(OSError(), since=915.1), 15),
    "exactly at the deadline": (failed(OSError(), since=915), None),
    "past the deadline": (failed(OSError(), since=914), None),
}


@pytest.mark.parametrize(("when", "then"), CASES.values(), ids=CASES)
def test_the_rules_decide(when, then):
    """Each row reads: after this failure, the next attempt in so many seconds."""
    made, _ = rules()
    assert then == made.delay_after(when)


def test_what_was_decided_is_told_and_counted():
    """The same events as a retrier's, named after the task."""
    made, told = rules()
    made.delay_after(failed(TimeoutError()))
    made.delay_after(failed(TimeoutError(), 2))
    assert [RetryScheduled, RetryGaveUp] == [type(each) for each in told]
    assert {"index"} == {each.subject for each in told}
    counted = {each.name: each.samples[0].value for each in made.measures()}
    assert 2 == counted["hardening_retry_attempts"]
    assert 1 == counted["hardening_retry_given_up"]


@pytest.mark.parametrize(("since", "elapsed_s"), [(990, 10), (1001, 0), (None, 0)])
def test_a_clock_that_was_set_back_counts_as_no_time(since, elapsed_s):
    """The attempts may run on machines whose clocks differ."""
    made, told = rules()
    made.delay_after(failed(TimeoutError(), 2, since))
    assert [elapsed_s] == [each.elapsed_s for each in told]


def test_switched_off_every_failure_is_final():
    """Off is as if there were no rules: the job fails, and nobody is told."""
    made, told = rules(switch=lambda: False)
    assert (None, []) == (made.delay_after(failed(TimeoutError())), told)


def test_jobs_spend_and_fill_one_budget():
    """When most jobs fail, none is tried again until some have succeeded."""
    budget = Budget(tokens=2, refund=1)
    made, _ = rules(budget=budget)
    assert None is made.delay_after(failed(TimeoutError()))
    made.counted(lambda: "done")()
    assert 2 == budget.tokens
    budget.failed()
    asyncio.run(made.counted(answer)())
    assert 2 == budget.tokens


async def answer():
    """Succeed."""
    return "done"


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (Policy(on=OSError, schedule=Decorrelated()),),
        Policy(on=OSError),
        (OSError,),
        None,
    ],
    ids=["none", "wait", "one by itself", "no policy", "nothing"],
)
def test_rules_that_no_queue_can_keep_are_refused(wrong):
    """A queue remembers how often, not how long it waited last."""
    with pytest.raises(InvalidSetting, match=r"JobRetries\.rules"):
        JobRetries(wrong)
