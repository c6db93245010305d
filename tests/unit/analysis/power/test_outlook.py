"""From a plan's gate to its promise, and from what was seen to its power."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.analysis.evidence.trial import trial_of
from gonogo.analysis.power import Promise, Tail, Unknown, power_seen, promise
from gonogo.analysis.power.prospect import lognormal
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.evidence import EvidenceState, Levels, Strata, Totals
from gonogo.model.judging import Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind

DAY = timedelta(days=1)
QUIET = Noise(phi=1.0, tau=0.0)
HALF_PERCENT = Traffic(rate=0.005, canary_per_s=1, control_per_s=1)


def trial(
    kind=MetricKind.PROPORTION,
    limit=5.0,
    unit="%",
    relative=Relative.CONTROL,
    comparator=Comparator.LESS,
    *,
    control=True,
    duration=DAY,
    **judging,
):
    """A trial as the plan of a gate makes it; +5 % against a control unless told."""
    asked = Asked(events="errors", exposure="requests")
    query = Query(
        source="s", metric_kind=kind, canary=asked, control=asked if control else None
    )
    known = Judging(
        **{"noise": QUIET, "traffic": HALF_PERCENT, "extensions": 0, **judging}
    )
    condition = Condition(
        comparator=comparator, value=limit, unit=unit, relative=relative
    )
    gate = Gate(id="g", line=1, title="g", metric="m", condition=condition)
    metric = Metric(name="m", probe=query, unit=unit, judging=known)
    return trial_of(gate, metric, duration=duration, alpha=0.05)


def test_a_gate_against_a_control_promises_by_its_traffic():
    """The traffic of the plan is enough to say what the soak can show."""
    found = promise(trial())
    assert isinstance(found, Promise)
    assert found.smallest == pytest.approx(1.26, abs=0.005)
    assert (1.05, DAY) == (pytest.approx(found.limit), found.duration)


def test_traffic_that_was_read_counts_before_the_planned():
    """What the source says now is believed before what somebody wrote down."""
    read = Traffic(rate=0.005, canary_per_s=10, control_per_s=190)
    assert promise(trial(), read).smallest < promise(trial()).smallest


def test_bursts_and_arms_that_drift_apart_cost_power():
    """Noise makes the smallest rise larger, and moves where the limit acts."""
    calm = promise(trial(limit=20.0))
    bursts = promise(trial(limit=20.0, noise=Noise(phi=5, tau=0)))
    slow = promise(trial(limit=20.0, noise=Noise(phi=1, tau=0.05)))
    assert calm.smallest < min(bursts.smallest, slow.smallest)
    assert (1.2, pytest.approx(1.35, abs=0.005)) == (calm.acts_from, slow.acts_from)


def test_a_limit_below_its_noise_is_not_kept_by_any_soak():
    """Where equal arms differ by more than the limit, more traffic is no help."""
    found = promise(trial(noise=Noise(phi=1, tau=0.1)))
    assert (False, True) == (found.keeps, found.unchecked is not None)


FIXED = {
    "errors below 1 %": ({"limit": 1.0}, 2.0, False),
    "success above 99 %": (
        {
            "limit": 99.0,
            "comparator": Comparator.MORE,
            "traffic": Traffic(rate=0.995, canary_per_s=1),
        },
        2.0,
        True,
    ),
    "deadlocks below 4 an hour": (
        {
            "kind": MetricKind.COUNT,
            "limit": 4.0,
            "unit": "count",
            "traffic": Traffic(rate=2.0, canary_per_s=1 / 3600),
        },
        2.0,
        False,
    ),
    "memory below 3 GB": (
        {
            "kind": MetricKind.GAUGE,
            "limit": 3.0,
            "unit": "GB",
            "noise": Noise(lrv=0.1),
            "traffic": Traffic(rate=1.5, canary_per_s=1),
        },
        2.0,
        False,
    ),
}


@pytest.mark.parametrize(("given", "limit", "of_rest"), FIXED.values(), ids=FIXED)
def test_a_fixed_limit_is_seen_from_what_is_usual(given, limit, of_rest):
    """A fixed limit is so many times what is counted while nothing is wrong."""
    found = promise(trial(relative=None, **given))
    assert (limit, of_rest) == (pytest.approx(found.limit), found.of_rest)
    assert found.limit < found.smallest


def test_success_and_failure_are_two_sides_of_one_gate():
    """'Success above 99 %' promises exactly what 'errors below 1 %' does."""
    errors = promise(trial(relative=None, **FIXED["errors below 1 %"][0]))
    success = promise(trial(relative=None, **FIXED["success above 99 %"][0]))
    assert errors.smallest == pytest.approx(success.smallest)


def test_latency_uses_the_histogram_that_was_read():
    """A heavier tail than usual makes a regression harder to see."""
    p99 = trial(kind=MetricKind.QUANTILE, limit=10.0, quantile=0.99)
    usual = promise(p99)
    heavy = promise(p99, tail=Tail(lognormal(1.2), at=16.3))
    assert (True, False) == (usual.assumed, heavy.assumed)
    assert usual.smallest < heavy.smallest


UNKNOWN = {
    "no traffic given": ({"traffic": None}, "traffic is not known"),
    "no canary traffic": (
        {"traffic": Traffic(rate=0.01, canary_per_s=0)},
        "no traffic: nothing can be shown",
    ),
    "no control traffic": (
        {"traffic": Traffic(rate=0.01, canary_per_s=1)},
        "control is expected to get no traffic",
    ),
    "nothing ever counted": (
        {"traffic": Traffic(rate=0, canary_per_s=1, control_per_s=1)},
        "a first event is news",
    ),
    "a level of unknown noise": (
        {"kind": MetricKind.GAUGE, "noise": None},
        "never measured",
    ),
}


@pytest.mark.parametrize(("given", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_promised_has_a_reason(given, reason):
    """No number is made up where the traffic or the noise is not known."""
    found = promise(trial(**given))
    assert isinstance(found, Unknown)
    assert reason in found.reason


# -- power of what was seen ----------------------------------------------------------


def seen(tested, canary=432.0, control=432.0, looks=1440):
    """A state after a day without harm, the arms' events at the limit's share."""
    at_limit = tested.harm_from / (tested.harm_from + 1)
    exposure = 86_400.0
    return EvidenceState(
        test="t",
        looks=looks,
        totals=Totals(
            canary_events=canary,
            canary_exposure=exposure,
            control_events=control,
            control_exposure=exposure,
        ),
        strata=Strata(chances=(at_limit,), sizes=(canary + control,)),
        levels=Levels(count=24, mean=0.0, squares=23 * 0.01),
    )


KINDS = {
    "against a control": {"limit": 20.0},
    "against a fixed limit": {"limit": 1.0, "relative": None},
    "a count": {
        "kind": MetricKind.COUNT,
        "limit": 0.004,
        "unit": "count",
        "relative": None,
    },
    "a quantile": {"kind": MetricKind.QUANTILE, "limit": 10.0, "quantile": 0.99},
    "a time before": {"limit": 20.0, "control": False, "relative": Relative.BASELINE},
}


@pytest.mark.parametrize("given", KINDS.values(), ids=KINDS)
def test_power_of_what_was_seen_grows_with_it(given):
    """Ten times the traffic has shown more; nothing seen has shown nothing."""
    tested = trial(**given)
    little, much = seen(tested, 20, 20), seen(tested, 200, 200)
    little = replace(little, totals=replace(little.totals, canary_exposure=8_640.0))
    assert 0 == power_seen(tested, EvidenceState(test="t"))
    assert 0 < power_seen(tested, little) < power_seen(tested, much) <= 1


def test_power_of_a_soak_that_went_as_planned_is_what_was_promised():
    """Afterwards the same power is found that was said beforehand."""
    tested = trial()
    assert promise(tested).power_at_alternative == pytest.approx(
        power_seen(tested, seen(tested)), abs=0.01
    )


def test_a_ramp_has_less_power_than_its_totals():
    """Events of which nearly all are of one arm are seen as what they are."""
    tested = trial(limit=20.0)
    even = seen(tested)
    odds = [tested.harm_from * share / (1 - share) for share in (0.02, 0.98)]
    chances = tuple(each / (1 + each) for each in odds)
    ramp = replace(even, strata=Strata(chances=chances, sizes=(432.0, 432.0)))
    assert power_seen(tested, ramp) < power_seen(tested, even)


@pytest.mark.parametrize("noise", [Noise(lrv=0.2), None], ids=["calibrated", "not"])
def test_levels_have_the_power_of_their_noise(noise):
    """Of a gauge it counts how long it was looked at, and how much it wavers."""
    tested = trial(kind=MetricKind.GAUGE, limit=40.0, noise=noise)
    state = seen(tested)
    short = replace(state, looks=10, levels=replace(state.levels, count=3))
    assert power_seen(tested, short) < power_seen(tested, state)
