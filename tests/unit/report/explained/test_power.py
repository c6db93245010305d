"""Power in words: what is said of a soak, whatever its metric counts."""

from datetime import timedelta

import pytest

from gonogo.analysis.forecast import forecasts
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.judging import Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric, Plan, Soak, Stage
from gonogo.model.sample import MetricKind
from gonogo.report.explained.power import power_as_object, power_row

DAY = timedelta(days=1)
ASKED = Asked(events="e", exposure="n")


def forecast(
    kind=MetricKind.PROPORTION,
    limit=5.0,
    unit="%",
    relative=Relative.CONTROL,
    *,
    comparator=Comparator.LESS,
    control=True,
    noise=Noise(),  # noqa: B008  # frozen
    traffic=Traffic(rate=0.005, canary_per_s=1, control_per_s=1),  # noqa: B008
):
    """The forecast of one gate over a day."""
    probe = Query(
        source="s",
        metric_kind=kind,
        canary=ASKED,
        control=ASKED if control else None,
    )
    judging = Judging(quantile=0.99, noise=noise, traffic=traffic, extensions=0)
    metric = Metric(name="m", probe=probe, unit=unit, judging=judging)
    condition = Condition(
        comparator=comparator, value=limit, unit=unit, relative=relative
    )
    gate = Gate(id="g", line=9, title="m", metric="m", condition=condition)
    soak = Soak(id="k", line=5, title="Wait", duration=DAY, gates=("g",), limit=2 * DAY)
    stage = Stage(id="s", line=1, title="S", steps=(soak,), gates=(gate,))
    plan = Plan(
        title="t",
        service="s",
        environment="e",
        document="d",
        document_digest="sha256:0",
        stages=(stage,),
        metrics=(metric,),
    )
    (found,) = forecasts(plan)
    return found


def words(found):
    """Everything that is said, in one text."""
    row = power_row(found)
    return "\n".join((row.title, *(f"{d.label}: {d.text}" for d in row.details)))


SAID = {
    "too weak": (
        {},
        (
            "cannot keep its promise",
            "chance alone moves it by up to 14 %; its limit allows +5 %",
            "finds: x1.26 in four of five soaks",
            "x1.5 within 6 h 33 min, x2 within 1 h 43 min, x10 within 4 min",
            "the tightest limit is '+21 %' ('+14.5 %' against all other traffic)",
            "a soak of 16 days, or 15.3 times the traffic, or 8 days against all",
        ),
    ),
    "no rise at all": (
        {
            "limit": 0.0,
            "traffic": Traffic(rate=0.005, canary_per_s=0.1, control_per_s=0.1),
        },
        ("its limit allows no rise at all", "nothing at all changes is never proven"),
    ),
    "harm would be seen": (
        {"limit": 0.0},
        (": keeps its promise", "as 'no harm seen' else: x1.2 would be found in 80 %"),
    ),
    "a fixed limit": (
        {"limit": 1.0, "relative": None},
        (": keeps its promise", "x1.5 is allowed", "(1.", "within"),
    ),
    "success": (
        {
            "limit": 99.0,
            "relative": None,
            "comparator": Comparator.MORE,
            "traffic": Traffic(rate=0.995, canary_per_s=1),
        },
        (": keeps its promise", "(98."),
    ),
    "broken already": (
        {"limit": 0.2, "relative": None},
        ("it is beyond its limit already: usual is 0.5 %",),
    ),
    "a count": (
        {
            "kind": MetricKind.COUNT,
            "limit": 4.0,
            "unit": "count",
            "relative": None,
            "traffic": Traffic(rate=2.0, canary_per_s=1 / 3600),
        },
        ("canary 1 instances", "2 an hour", "an hour)"),
    ),
    "a quantile": (
        {"kind": MetricKind.QUANTILE, "limit": 10.0},
        ("latencies spread as they usually do", "finds: x1.13 in four of five"),
    ),
    "a level": (
        {"kind": MetricKind.GAUGE, "limit": 20.0, "noise": Noise(lrv=0.3)},
        ("a level that wavers by 0.3 (lrv)", ": keeps its promise"),
    ),
    "noise": (
        {"limit": 30.0, "noise": Noise(phi=2, tau=0.05)},
        ("bursts of 2, arms that differ by 5 %", "with its noise the limit acts from"),
    ),
    "below its noise": (
        {"noise": None},
        (
            "why: ",
            "until `gonogo calibrate` says more",
            "proves its limit: calibrate its noise (`gonogo calibrate`), or allow more",
        ),
    ),
    "below the noise that was measured": (
        {"noise": Noise(tau=0.05)},
        ("proves its limit: allow more, or compare more instances",),
    ),
    "a time before": (
        {"relative": Relative.BASELINE, "control": False},
        ("without a control beside it, days that differ by", "allow more, or add"),
    ),
    "unknown": (
        {"traffic": None},
        ("nothing can be promised", "because: its traffic is not known"),
    ),
}


@pytest.mark.parametrize(("given", "said"), SAID.values(), ids=SAID)
def test_a_forecast_is_told_in_words(given, said):
    """Each kind of metric, and each reason why a limit cannot be kept, has its words."""
    text = words(forecast(**given))
    assert [] == [each for each in said if each not in text], text


def test_scripts_get_the_same_numbers():
    """What the words say stands in the JSON as numbers, or why there are none."""
    told = power_as_object(forecast())
    assert (False, 86_400) == (told["keeps"], told["soak"]["seconds"])
    assert told["smallest_rise"] == pytest.approx(1.257, abs=0.001)
    unknown = power_as_object(forecast(traffic=None))
    assert (None, True) == (unknown["keeps"], "traffic" in unknown["unknown"])
