"""Retrospect: the past is judged as a soak would have been, look by look."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.analysis.retrospect import retrospect
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.evidence import Finding
from gonogo.model.judging import JudgeName, Judging, Noise
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.verdict import Measurement, Outcome

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 20, tzinfo=UTC)
ASKED = Asked(events="e", exposure="n")
METRIC = Metric(
    name="errors",
    probe=Query(
        source="s", metric_kind=MetricKind.PROPORTION, canary=ASKED, control=ASKED
    ),
    unit="%",
    judging=Judging(noise=Noise(), extensions=0),
)


def gate(judge=None, consecutive=1, relative=Relative.CONTROL):
    """At most half as much again as the control; or, fixed, at most half a percent."""
    value = 50.0 if relative else 0.5
    condition = Condition(
        comparator=Comparator.LESS, value=value, unit="%", relative=relative
    )
    return Gate(
        id="g",
        line=1,
        title="g",
        metric="errors",
        condition=condition,
        judge=judge,
        consecutive=consecutive,
    )


def past(*events, control=10, requests=1000):
    """Looks at an equal control, the canary's events given; None: no data."""
    return [
        Measurement(
            at=START + (number + 1) * MINUTE,
            value=None if count is None else 100 * count / requests,
            sample=Sample(
                since=START + number * MINUTE,
                canary=None
                if count is None
                else Tally(events=count, exposure=requests),
                control=Tally(events=control, exposure=requests),
            ),
        )
        for number, count in enumerate(events)
    ]


def judged(looks, **given):
    """What is found of a gate in the past."""
    return retrospect(
        gate(**given), METRIC, looks, duration=len(looks) * MINUTE, alpha=0.05
    )


def test_harm_ends_the_past_where_a_rollout_would_have_turned_back():
    """The moment of the fault's proof is told, and nothing behind it counts."""
    found = judged(past(*[10] * 60, *[60] * 60))
    assert (Outcome.FAIL, Finding.HARM) == (found.verdict.outcome, found.finding)
    assert START + 61 * MINUTE <= found.at <= START + 65 * MINUTE
    assert found.at == found.course[-1][0].at


def test_a_kept_limit_is_told_with_its_moment():
    """When the limit was first proven kept is told; the past is judged to its end."""
    found = judged(past(*[10] * 180))
    assert (Outcome.PASS, Finding.WITHIN_LIMIT) == (
        found.verdict.outcome,
        found.finding,
    )
    assert START < found.at < START + 180 * MINUTE
    assert 180 == found.looks == len(found.course)


def test_looks_without_data_are_counted_and_pass_nothing():
    """A past of which nothing is known decides nothing."""
    found = judged(past(*[None] * 60))
    assert (Outcome.INCONCLUSIVE, Finding.NO_DATA) == (
        found.verdict.outcome,
        found.finding,
    )
    assert (0, 60, None) == (found.looks, found.missed, found.at)


def test_a_source_that_failed_is_an_error():
    """Looks that could not be taken are missed looks, and the last says why."""
    looks = [Measurement(at=START + MINUTE, error="it is down")]
    found = judged(looks)
    assert (Outcome.ERROR, 0, 1) == (found.verdict.outcome, found.looks, found.missed)


@pytest.mark.parametrize(
    ("consecutive", "minute"), [(1, 1), (2, 4), (3, None)], ids=["1", "2", "3"]
)
def test_the_plain_limit_fails_after_so_many_bad_looks(consecutive, minute):
    """Where a gate asks for the plain limit, that judges, as often as it says."""
    found = judged(
        past(9, 1, 9, 9, 1),
        judge=JudgeName.THRESHOLD,
        consecutive=consecutive,
        relative=None,
    )
    expected = None if minute is None else START + minute * MINUTE
    assert (JudgeName.THRESHOLD, expected) == (found.judge, found.at)


def test_kayenta_judges_the_whole_past_at_once():
    """Where a gate asks for Kayenta, the points of both arms are compared."""
    found = judged(past(*range(60, 120)), judge=JudgeName.KAYENTA)
    assert (JudgeName.KAYENTA, 60) == (found.judge, found.looks)
    assert Outcome.FAIL is found.verdict.outcome
