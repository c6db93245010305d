"""The course of a gate: what was measured, in the unit that people read."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.evidence import EvidenceState, Finding, Mixture
from gonogo.model.operation import Asked, Query, Shell
from gonogo.model.plan import Gate, Holds, Metric
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict
from gonogo.report.plots import look_of, plot_of
from gonogo.report.plots.course import limits_of

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
PASS = Verdict(outcome=Outcome.PASS, reasons=("fine",))
COUNTED = Query(
    source="prom",
    metric_kind=MetricKind.PROPORTION,
    canary=Asked(events="errors", exposure="requests"),
    control=Asked(events="errors", exposure="requests"),
)


def gate(value=1.0, unit="%", relative=None, comparator=Comparator.LESS, **fields):
    """Return a gate on the metric E."""
    condition = Condition(
        comparator=comparator, value=value, unit=unit, relative=relative
    )
    return Gate(id="g", line=1, title="E", metric="E", condition=condition, **fields)


def counted(kind=MetricKind.PROPORTION, unit=None):
    """Return a metric that a source counts."""
    probe = Query(source="prom", metric_kind=kind, canary=Asked(events="errors"))
    return Metric(name="E", probe=probe, unit=unit)


def measured(value=0.5, events=4, exposure=1000):
    """Return a measurement with a control that has so many events."""
    sample = Sample(
        since=NOON - timedelta(minutes=1),
        canary=Tally(events=5, exposure=1000),
        control=Tally(events=events, exposure=exposure),
    )
    return Measurement(at=NOON, value=value, sample=sample)


def look(gate, taken, evidence=None, bars=None):
    """Return the look of a gate that is counted beside a control."""
    found = GateVerdict(gate="g", verdict=PASS, evidence=evidence)
    metric = Metric(name="E", probe=COUNTED)
    return look_of(gate, metric, taken, found, bars or {})


def test_the_control_is_shown_in_the_unit_of_the_canary():
    """Both arms of a proportion are percent, so that they can be compared by eye."""
    seen = look(gate(), measured())
    assert (0.5, 0.4) == (seen.value, seen.control)


@pytest.mark.parametrize(
    ("value", "unit", "limit"), [(5, "%", 0.42), (2, "x", 0.8)], ids=["rise", "times"]
)
def test_a_limit_against_the_control_moves_with_it(value, unit, limit):
    """'< +5 %' lies five percent above whatever the control is at that look."""
    seen = look(gate(value, unit, Relative.CONTROL), measured())
    assert pytest.approx(limit) == seen.limit


def test_without_data_of_the_control_there_is_no_limit_to_draw():
    """A control without requests has no rate, and is not taken for zero."""
    seen = look(gate(5, "%", Relative.CONTROL), measured(exposure=0))
    assert (None, None) == (seen.control, seen.limit)


def test_words_and_errors_are_gaps():
    """What is no number is not drawn as one."""
    for taken in (
        Measurement(at=NOON, value="degraded"),
        Measurement(at=NOON, error="timed out"),
        Measurement(at=NOON),
    ):
        assert look(gate(), taken).value is None


def test_evidence_is_drawn_against_the_bar_of_its_own_test():
    """A soak has its own part of alpha, and so a bar of its own."""
    state = EvidenceState(test="t1", harm=Mixture(now=1.5), safe=Mixture(now=0.5))
    seen = look(gate(), measured(), state, {"t1": 3.7, "t2": 3.0})
    assert (1.5, 0.5, 3.7) == (seen.against, seen.cleared, seen.bar)
    assert look(gate(), measured(), state, {"t2": 3.0}).bar is None
    assert look(gate(), measured()).against is None


def test_proven_harm_stays_proven():
    """Where harm was proven the drawing does not fall back below its bar."""
    state = EvidenceState(test="t1", harm=Mixture(now=1.5, best=3.8))
    found = GateVerdict(gate="g", verdict=PASS, evidence=state, finding=Finding.HARM)
    assert 3.8 == look_of(gate(), None, measured(), found).against


@pytest.mark.parametrize(
    ("condition", "metric", "limits"),
    [
        (gate(500, "ms"), Metric(name="E", probe=Shell(run="x")), (500,)),
        (gate((1, 5), None, None, Comparator.BETWEEN), None, (1, 5)),
        (gate(1, "%"), counted(), (1.0,)),
        (gate(0.01, None), counted(), (1.0,)),
        (gate(3, "count"), counted(MetricKind.COUNT), (3.0,)),
        (gate(5, "%", Relative.CONTROL), counted(), ()),
        (gate(None, None, None, Comparator.WORDS), None, ()),
    ],
    ids=["plain", "range", "percent", "fraction", "per hour", "control", "words"],
)
def test_a_limit_is_drawn_in_the_unit_of_the_values(condition, metric, limits):
    """A limit of 0.01 on a proportion lies at 1 %, beside values in percent."""
    assert pytest.approx(limits) == limits_of(condition, metric, None)


@pytest.mark.parametrize(
    ("value", "unit", "floor", "limit"),
    [(15, "%", 0, 115), (2, "x", 0, 200), (20, "ms", 0, 120), (15, "%", 200, 230)],
    ids=["percent", "times", "difference", "floor"],
)
def test_a_limit_against_a_baseline_stands_where_it_puts_it(value, unit, floor, limit):
    """'< +15 %' of 100 ms lies at 115 ms."""
    relative = gate(value, unit, Relative.BASELINE, floor=floor)
    assert pytest.approx((limit,)) == limits_of(relative, None, 100.0)
    assert () == limits_of(relative, None, None)


def test_the_plot_says_its_limit_and_its_unit_in_words():
    """A trigger is told as what must not be; a proportion is percent."""
    seen = look(gate(), measured())
    trigger = gate(5, None, None, Comparator.MORE, holds=Holds.MUST_NOT)
    plot = plot_of(trigger, counted(), [seen])
    assert ("must not be > 5", "%") == (plot.limit_text, plot.unit)


@pytest.mark.parametrize(
    ("relative", "baseline"), [(Relative.BASELINE, 100.0), (None, None)], ids=str
)
def test_the_baseline_is_drawn_where_it_counts(relative, baseline):
    """A limit that does not ask for the baseline is not cluttered with it."""
    plot = plot_of(
        gate(relative=relative), None, [look(gate(), measured())], baseline=100.0
    )
    assert baseline == plot.baseline
