"""Forecasts: every gate of every soak, and how the false alarms are divided."""

from datetime import timedelta

import pytest

from gonogo.analysis.expecting import Expected
from gonogo.analysis.forecast import forecasts
from gonogo.analysis.power import Promise, Unknown
from gonogo.analysis.shares import is_counted, most_together, share_of
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.judging import JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query, Shell
from gonogo.model.plan import Gate, Metric, Plan, Soak, Stage
from gonogo.model.sample import Histogram, MetricKind

HOUR = timedelta(hours=1)
USUAL = Traffic(rate=0.005, canary_per_s=1, control_per_s=19)
KNOWN = Judging(noise=Noise(), traffic=USUAL)


def gate(name, metric="errors", judge=None, value=20.0):
    """A gate: at most so much percent more than the control."""
    condition = Condition(
        comparator=Comparator.LESS, value=value, unit="%", relative=Relative.CONTROL
    )
    return Gate(
        id=name, line=9, title=name, metric=metric, condition=condition, judge=judge
    )


def metric(name="errors", kind=MetricKind.PROPORTION, judging=KNOWN):
    """A metric that a source counts, of both arms."""
    asked = Asked(events="e", exposure="n")
    probe = Query(source="s", metric_kind=kind, canary=asked, control=asked)
    return Metric(name=name, probe=probe, unit="%", judging=judging)


PLAIN = Metric(name="plain", probe=Shell(run="cat errors.txt"), unit="%")


def plan(*stages, metrics=None, triggers=()):
    """A plan of stages, each with its gates and the durations of its soaks."""
    made = tuple(
        Stage(
            id=f"s{number}",
            line=number,
            title=f"Stage {number}",
            gates=gates,
            exposure_pct=5.0,
            steps=tuple(
                Soak(
                    id=f"k{number}.{place}",
                    line=5,
                    title="Monitor",
                    duration=duration,
                    gates=tuple(each.id for each in gates),
                    limit=72 * HOUR,
                )
                for place, duration in enumerate(durations)
            ),
        )
        for number, (gates, durations) in enumerate(stages, start=1)
    )
    return Plan(
        title="t",
        service="s",
        environment="e",
        document="d",
        document_digest="sha256:0",
        stages=made,
        metrics=metrics or (metric(), PLAIN),
        triggers=triggers,
    )


def test_every_gate_of_every_soak_that_lasts_is_forecast():
    """A soak of a moment, and numbers that nothing counts, have no forecast."""
    given = plan(
        ((gate("a"), gate("b", "plain")), (24 * HOUR, timedelta(), HOUR)),
        ((gate("c"),), (HOUR,)),
    )
    found = [(f.gate.id, f.soak.id) for f in forecasts(given)]
    assert [("a", "k1.0"), ("a", "k1.2"), ("c", "k2.0")] == found


def test_a_longer_soak_promises_more():
    """The same gate is promised more of a day than of an hour."""
    day, hour = forecasts(plan(((gate("a"),), (24 * HOUR, HOUR))))
    assert day.promise.smallest < hour.promise.smallest


def test_false_alarms_are_divided_between_gates_in_force_together():
    """Gates of one stage share, with the triggers; those of different stages do not."""
    given = plan(
        ((gate("a"), gate("b")), (HOUR,)),
        ((gate("c"),), (HOUR,)),
        triggers=(gate("t"),),
    )
    assert 3 == most_together(given)
    assert 0.05 / 3 == pytest.approx(share_of(given))


def test_gates_of_other_judges_take_no_share():
    """Who asks for the plain limit, or for Kayenta, spends nothing."""
    others = (gate("b", judge=JudgeName.THRESHOLD), gate("c", judge=JudgeName.KAYENTA))
    given = plan(((gate("a"), *others, gate("d", "plain")), (HOUR,)))
    assert 1 == most_together(given)
    kinds = [type(f.promise) for f in forecasts(given)]
    assert [Promise, Unknown, Unknown] == kinds


def test_a_plan_without_sources_counts_nothing():
    """Whether anything has to be loaded at all is told by the plan."""
    assert not is_counted(plan(((gate("b", "plain"),), (HOUR,)), metrics=(PLAIN,)))
    assert is_counted(plan(((gate("a"),), (HOUR,))))


def test_what_was_read_counts_before_what_is_stated():
    """A source that was asked knows better; the canary takes its stage's share."""
    read = Traffic(rate=0.005, canary_per_s=0, control_per_s=200)
    (found,) = forecasts(
        plan(((gate("a"),), (HOUR,))), {"errors": Expected(traffic=read)}
    )
    assert (True, 10, 190) == (
        found.read,
        found.traffic.canary_per_s,
        found.traffic.control_per_s,
    )


def test_a_source_that_cannot_be_asked_leaves_what_is_stated():
    """A trouble is told only where nothing else is known."""
    trouble = {"errors": Expected(trouble="it is down")}
    (stated,) = forecasts(plan(((gate("a"),), (HOUR,))), trouble)
    bare = metric(judging=Judging(noise=Noise()))
    (unknown,) = forecasts(plan(((gate("a"),), (HOUR,)), metrics=(bare,)), trouble)
    assert isinstance(stated.promise, Promise)
    assert Unknown("it is down") == unknown.promise


BUCKETS = {
    "100 % apart": ((0.125, 0.25, 0.5, 1.0), Unknown),
    "5 % apart": (tuple(0.1 * 1.05**step for step in range(60)), Promise),
}


@pytest.mark.parametrize(("edges", "kind"), BUCKETS.values(), ids=BUCKETS)
def test_buckets_too_coarse_for_a_limit_are_found_beforehand(edges, kind):
    """A limit of +10 % cannot be checked by buckets that double."""
    counts = [1000 * 0.7**place for place in range(len(edges))]
    p90 = metric(
        kind=MetricKind.QUANTILE,
        judging=Judging(quantile=0.9, noise=Noise(), traffic=USUAL),
    )
    read = Expected(
        traffic=USUAL, histogram=Histogram(edges=edges, counts=(*counts, 1.0))
    )
    given = plan(((gate("a", value=10.0),), (24 * HOUR,)), metrics=(p90,))
    (found,) = forecasts(given, {"errors": read})
    assert kind is type(found.promise)
