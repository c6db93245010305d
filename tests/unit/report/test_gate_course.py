"""A gate judged by evidence, from the journal of its rollout to its drawing."""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.judging import Judging, Noise
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Metric
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.sealing import sealed
from gonogo.model.verdict import Outcome
from gonogo.report.evidence_gates import series_of
from gonogo.report.gate_course import course_of
from gonogo.report.history import history_of
from gonogo.report.plots import chart
from gonogo.report.report import report_of

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
ASKED = Asked(events="errors", exposure="requests")
BEGIN = 2.0


@pytest.fixture
def counted(plan):
    """Give the plan with its error rate counted beside a control, '< +10 %'."""
    rise = Condition(
        comparator=Comparator.LESS, value=10.0, unit="%", relative=Relative.CONTROL
    )
    probe = Query(
        source="prom", metric_kind=MetricKind.PROPORTION, canary=ASKED, control=ASKED
    )
    noise = Judging(noise=Noise())
    metric = Metric(name="Error rate", probe=probe, judging=noise)
    stages = tuple(
        replace(
            stage, gates=(replace(stage.gates[0], condition=rise), *stage.gates[1:])
        )
        if stage.gates
        else stage
        for stage in plan.stages
    )
    return sealed(replace(plan, stages=stages, metrics=(metric, *plan.metrics[1:])))


def rates():
    """Return measurements whose canary has five times the errors from hour 2 on."""

    def measure(metric, hours):
        if metric != "Error rate":
            return {"value": 100.0}
        events = 15 if hours < BEGIN else 75
        at = timedelta(hours=hours)
        sample = Sample(
            since=START + at - timedelta(minutes=1),
            canary=Tally(events=events, exposure=3000),
            control=Tally(events=15, exposure=3000),
        )
        return {"value": events / 30, "sample": sample}

    return measure


@pytest.fixture
def broken(drive, counted):
    """Give the journal of a rollout whose canary gets worse after two hours."""
    return drive(plan=counted, measure=rates()).records


def course(records):
    """Return the plot of the first gate."""
    history = history_of(records)
    return course_of(history, series_of(history)[0])


def test_evidence_grows_to_its_bar_and_trips_the_gate(broken):
    """The drawing shows the bar of this soak's test, and the moment it was reached."""
    plot = course(broken)
    last = plot.looks[-1]
    assert pytest.approx(math.log(2 / 0.05)) == last.bar
    assert last.against >= last.bar
    assert all(look.against < look.bar for look in plot.looks[:-1] if look.bar)
    assert (Outcome.FAIL, "tripped") == (plot.moment.outcome, plot.moment.words)


def test_the_limit_is_drawn_above_the_control(broken):
    """A limit of +10 % lies a tenth above the control, in percent."""
    look = course(broken).looks[-1]
    assert (0.5, pytest.approx(0.55), 2.5) == (look.control, look.limit, look.value)


def test_hold_is_drawn_until_it_broke(broken):
    """The time that was held before the fault is part of the picture."""
    plot = course(broken)
    (hold,) = plot.holds
    assert hold.end <= plot.moment.at
    assert timedelta(hours=1) < hold.end - hold.start


def test_report_and_terminal_show_the_same_gate(broken):
    """The page draws the evidence; the chart of eight lines says it, too."""
    html = report_of(broken).html
    assert re.search(r'<text class="against"[^>]*>against</text>', html)
    assert re.search(r'<path class="curve control" d="M', html)
    lines = chart(course(broken))
    assert any(re.search(r"against .* of 40$", line) for line in lines)


def test_card_says_the_value_and_what_the_evidence_came_to(broken):
    """The last value is one look; the reasons tell of all of them."""
    html = report_of(broken).html
    assert '<p class="value">2.5 % <span class="mark fail">' in html
    assert re.search(r'<p class="limit">Error rate: [^<]*needed', html)
