"""What a gate came to: the look that tells it, and the words for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.analysis.evidence import judge, trial_of
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.event import MeasurementTaken
from gonogo.model.evidence import EvidenceState, Finding, Totals
from gonogo.model.judging import Judging, Noise
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict
from gonogo.report.filling import deciding
from gonogo.report.found import found_text
from gonogo.report.history import Entry
from gonogo.report.report import report_of
from gonogo.report.wording import actual_text
from gonogo.testing.clock import NOON

MINUTE = timedelta(minutes=1)
PASSING = {Finding.UNDECIDED, Finding.WITHIN_LIMIT, Finding.NO_HARM_SEEN}


def look(finding, *, final=False):
    """Return one look at a gate by evidence."""
    good = Outcome.FAIL if finding is Finding.HARM else Outcome.INCONCLUSIVE
    outcome = Outcome.PASS if finding in PASSING else good
    verdict = Verdict(outcome=outcome, reasons=(f"Errors: {finding}",))
    found = GateVerdict(gate="g", verdict=verdict, finding=finding, final=final)
    taken = MeasurementTaken(
        at=NOON, metric="Errors", measurement=Measurement(at=NOON, value=1.0)
    )
    return Entry(seq=1, recorded_at=NOON, event=taken), found


WITHIN, UNHARMED, WEAK, SO_FAR = (
    Finding.WITHIN_LIMIT,
    Finding.NO_HARM_SEEN,
    Finding.UNDERPOWERED,
    Finding.UNDECIDED,
)


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        pytest.param([(SO_FAR, False), (SO_FAR, False)], 1, id="no end: the last"),
        pytest.param([(WITHIN, True), (SO_FAR, False)], 0, id="the end, then a look"),
        pytest.param(
            [(WITHIN, True), (UNHARMED, True), (SO_FAR, False)], 0, id="the strongest"
        ),
        pytest.param([(UNHARMED, True), (UNHARMED, True)], 1, id="of equals the last"),
        pytest.param(
            [(WEAK, True), (WITHIN, True), (SO_FAR, False)], 1, id="after more time"
        ),
        pytest.param(
            [(WITHIN, True), (WEAK, True), (SO_FAR, False)], 1, id="a weak end stands"
        ),
        pytest.param(
            [(WITHIN, True), (Finding.HARM, False)], 1, id="harm goes before all"
        ),
        pytest.param(
            [(WITHIN, True), (Finding.NO_DATA, False)], 1, id="so do missing data"
        ),
    ],
)
def test_a_soak_that_ended_with_more_outweighs_a_later_glance(looks, told):
    """A look after the soak that shows nothing either way hides nothing it proved."""
    taken = [look(finding, final=final) for finding, final in looks]
    assert taken[told] is deciding(taken)


COUNTS = Totals(
    canary_events=5, canary_exposure=100, control_events=6, control_exposure=100
)


@pytest.mark.parametrize(
    ("kind", "totals", "words"),
    [
        (MetricKind.PROPORTION, COUNTS, "canary 5 %, control 6 %"),
        (MetricKind.COUNT, COUNTS, "canary 0.05 an hour, control 0.06 an hour"),
        (MetricKind.QUANTILE, COUNTS, "canary 5 % slow, control 6 % slow"),
        (MetricKind.PROPORTION, replace(COUNTS, control_exposure=0.0), "canary 5 %"),
    ],
    ids=["proportion", "count", "quantile", "without control"],
)
def test_words_say_what_each_arm_came_to(kind, totals, words):
    """A person compares the arms without opening the report."""
    probe = Query(source="prom", metric_kind=kind, canary=Asked(events="e"))
    _, found = look(Finding.WITHIN_LIMIT, final=True)
    found = replace(found, evidence=EvidenceState(test="t", totals=totals))
    told = found_text(Metric(name="Errors", probe=probe), found)
    assert f"proven to keep its limit, {words}" == told


def test_words_of_a_level_are_its_finding_alone():
    """Of a level only the ratio of the arms is kept: none of them is made up."""
    probe = Query(source="prom", metric_kind=MetricKind.GAUGE, canary=Asked(events="e"))
    _, found = look(Finding.NO_HARM_SEEN, final=True)
    found = replace(found, evidence=EvidenceState(test="t", totals=COUNTS))
    told = found_text(Metric(name="CPU", probe=probe), found)
    assert "no harm seen, and harm would have been" == told


def test_plain_judges_are_given_no_words():
    """A finding is told where evidence was weighed, and nowhere else."""
    found = GateVerdict(gate="g", verdict=Verdict(outcome=Outcome.PASS, reasons=("x",)))
    assert found_text(None, found) == ""


@pytest.fixture
def counted():
    """Give a metric of a source, and a gate with a fixed limit for it."""
    probe = Query(
        source="prom",
        metric_kind=MetricKind.PROPORTION,
        canary=Asked(events="e", exposure="r"),
    )
    metric = Metric(name="Errors", probe=probe, judging=Judging(noise=Noise()))
    limit = Condition(comparator=Comparator.LESS, value=5.0, unit="%")
    gate = Gate(id="g", line=3, title="Errors", metric="Errors", condition=limit)
    return gate, metric


def test_actual_is_what_the_judge_said_in_the_end(counted):
    """The cell of a fixed limit shows the finding and the counts, not the last minute."""
    gate, metric = counted
    trial = trial_of(gate, metric, duration=10 * MINUTE, alpha=0.05)
    sample = Sample(since=NOON - MINUTE, canary=Tally(events=10, exposure=10_000))
    found = judge(trial, None, sample, at=NOON, final=True)
    taken = Measurement(at=NOON, value=0.1, sample=sample)

    def actual(*, final):
        verdict = GateVerdict(
            gate="g", verdict=found.verdict, finding=found.finding, final=final
        )
        return actual_text(gate, metric, taken, verdict)

    assert actual(final=True).startswith(
        "proven to keep its limit; 10 of 10,000 (0.1 %), limit 5 %; "
    )
    assert "0.1 %" == actual(final=False)


@pytest.fixture
def soaked(plan):
    """Give the plan with a counted error rate, held first and glanced at after it."""
    rise = Condition(
        comparator=Comparator.LESS, value=50.0, unit="%", relative=Relative.CONTROL
    )
    asked = Asked(events="errors", exposure="requests")
    probe = Query(
        source="prom", metric_kind=MetricKind.PROPORTION, canary=asked, control=asked
    )
    metric = Metric(name="Error rate", probe=probe, judging=Judging(noise=Noise()))
    stages = []
    for stage in plan.stages:
        if stage.gates:
            gate = replace(stage.gates[0], condition=rise)
            flag, soak = stage.steps
            soak = replace(soak, gates=(gate.id,), duration=10 * MINUTE)
            glance = replace(soak, id="glance", duration=timedelta())
            stage = replace(stage, gates=(gate,), steps=(flag, soak, glance))  # noqa: PLW2901
        stages.append(stage)
    return replace(plan, stages=tuple(stages), metrics=(metric, *plan.metrics[1:]))


def calm(metric, hours):
    """Return the counts of a minute in which both arms are alike."""
    if metric != "Error rate":
        return {"value": 100.0}
    since = NOON.replace(year=2030, month=1, day=1) + timedelta(hours=hours) - MINUTE
    arm = Tally(events=150, exposure=3000)
    return {"value": 5.0, "sample": Sample(since=since, canary=arm, control=arm)}


def test_report_of_a_passed_rollout_says_what_its_soak_proved(drive, soaked):
    """What stands in 'Actual' is the end of the soak, not the glance that followed it."""
    records = drive(plan=soaked, measure=calm).records
    report = report_of(records)
    row = next(r for r in report.markdown.splitlines() if "| Error rate | <" in r)
    assert "proven to keep its limit; canary " in row
    assert "so far" not in row
    assert "✅ PASS" in row
    words = "in the end proven to keep its limit, canary 5 %, control 5 %"
    assert words in report.markdown
    assert '<p class="limit">Error rate: proven to keep its limit; ' in report.html
