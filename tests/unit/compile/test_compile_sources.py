"""Sources, what is asked of them, and how it is judged: from bindings into the plan."""

from datetime import timedelta

import pytest

from gonogo.document import Beside, compile_document
from gonogo.document.planfile.read import read_plan
from gonogo.document.planfile.write import plan_as_json
from gonogo.model.condition import Relative
from gonogo.model.judging import Counting, JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Source
from gonogo.model.sample import MetricKind

DOCUMENT = """# Rollout

## Stage 1: Canary

- [ ] Enable the cart
- [ ] Monitor for 1 hour

| Metric | Threshold |
|--------|-----------|
| {metric} | {limit} |
"""
PROM = "sources: {prom: {kind: prometheus, url: 'http://prom:9090'}}\n"
RATE = "source: prom, kind: proportion, canary: {events: bad, exposure: all}"


def compiled(bindings, *, metric="Error rate", limit="< 1%"):
    """What a document with one limit compiles to."""
    return compile_document(
        DOCUMENT.format(metric=metric, limit=limit).encode(),
        name="r.md",
        beside=Beside(name="r.bindings.yaml", text=bindings),
    )[1]


def codes(bindings, **document):
    """The codes of what is told of it, but for what any such document is told."""
    found = compiled(bindings, **document).diagnostics
    return [one.code for one in found if one.code not in {"GNG303", "GNG301"}]


def metric_of(bindings, **document):
    """The one metric of the plan."""
    (metric,) = compiled(bindings, **document).plan.metrics
    return metric


def gate_of(bindings, **document):
    """The one gate of the plan."""
    (gate,) = compiled(bindings, **document).plan.stages[0].gates
    return gate


def test_a_source_is_part_of_the_plan():
    """With its options; an approval covers where the numbers come from."""
    text = "sources: {prom: {kind: prometheus, url: u, options: {timeout: 5s}}}\n"
    plan = compiled(text + f"metrics: {{Error rate: {{{RATE}}}}}").plan
    source = Source(kind="prometheus", url="u", options={"timeout": "5s"})
    assert {"prom": source} == plan.sources


def test_a_metric_is_asked_of_both_arms():
    """What a binding says of its queries and of its judge is in the plan."""
    text = f"""{PROM}metrics:
  Error rate:
    source: prom
    kind: proportion
    canary: {{events: bad, exposure: all}}
    control: {{events: bad1, exposure: all1}}
    noise: {{phi: 1.5, tau: 2%}}
    traffic: {{rate: 0.5%, canary: 10, control: 190}}
    share: 5
    extensions: 2
"""
    metric = metric_of(text)
    assert (
        Query(
            source="prom",
            metric_kind=MetricKind.PROPORTION,
            canary=Asked(events="bad", exposure="all"),
            control=Asked(events="bad1", exposure="all1"),
        )
        == metric.probe
    )
    assert (
        Judging(
            noise=Noise(phi=1.5, tau=0.02),
            traffic=Traffic(rate=0.005, canary_per_s=10.0, control_per_s=190.0),
            share_pct=5.0,
            extensions=2,
        )
        == metric.judging
    )
    assert "%" == metric.unit


@pytest.mark.parametrize(
    ("metric", "said", "quantile"),
    [
        ("p99 latency", "", 0.99),
        ("p99.9 latency", "", 0.999),
        ("95th percentile latency", "", 0.95),
        ("Latency", ", quantile: 0.9", 0.9),
        ("p99 latency", ", quantile: 95%", 0.95),
    ],
)
def test_the_name_of_a_metric_says_which_quantile_it_is(metric, said, quantile):
    """Unless its binding says another."""
    text = f"{PROM}metrics: {{{metric}: {{source: prom, kind: quantile, canary: q{said}}}}}"
    found = metric_of(text, metric=metric, limit="< 500 ms")
    assert quantile == pytest.approx(found.judging.quantile)
    assert quantile == pytest.approx(found.probe.quantile)


def test_a_limit_against_the_control_needs_one():
    """With a control the limit is a gate; without one a person judges it."""
    vs = {"limit": "< +5% vs control"}
    without = f"{PROM}metrics: {{Error rate: {{{RATE}}}}}"
    assert ["GNG319"] == [c for c in codes(without, **vs) if c == "GNG319"]
    beside = ", control: {events: bad1, exposure: all1}"
    with_one = f"{PROM}metrics: {{Error rate: {{{RATE}{beside}}}}}"
    gate = gate_of(with_one, **vs)
    assert (Relative.CONTROL, 5.0) == (gate.condition.relative, gate.condition.value)
    kinds = [step.kind for step in compiled(with_one, **vs).plan.stages[0].steps]
    assert "baseline" not in kinds


def test_who_judges_and_how_is_said_of_the_gate():
    """A plain limit may look at a mean, and tolerate a little."""
    text = (
        "metrics: {Error rate: {http: u, judge: threshold, window: 5m, tolerance: 0.1}}"
    )
    gate = gate_of(text)
    found = (gate.judge, gate.window, gate.tolerance)
    assert (JudgeName.THRESHOLD, timedelta(minutes=5), 0.1) == found


def test_measurements_are_counted_as_argo_counts_them():
    """What is not said is Argo's default."""
    text = "metrics: {Error rate: {http: u, failure_limit: 2, consecutive_success_limit: 3}}"
    counting = Counting(failure=2, consecutive_success=3)
    assert counting == metric_of(text).counting


def test_alpha_is_the_plans():
    """How often a soak without fault may be turned back is a matter of the rollout."""
    metrics = f"metrics: {{Error rate: {{{RATE}}}}}"
    assert 0.05 == compiled(PROM + metrics).plan.alpha
    assert 0.01 == compiled(f"{PROM}alpha: 1%\n{metrics}").plan.alpha


READY = "metrics: {Error rate: {source: prom, ready: error rate, canary: 'v=\"2\"'%s}}"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (RATE, MetricKind.PROPORTION),
        ("source: prom, ready: error rate, canary: 'version=\"2\"'", "proportion"),
    ],
    ids=["a query", "a ready metric"],
)
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", 10),
        (", deadline: 1s", 1),
        (", deadline: 20s", 20),
        (", deadline: 10m", 600),
    ],
    ids=["not said", "1s", "20s", "10m"],
)
def test_a_slow_source_may_be_given_longer(asked, kind, said, seconds):
    """A look at a source takes ten seconds at most, or as long as its binding says."""
    probe = metric_of(PROM + f"metrics: {{Error rate: {{{asked}{said}}}}}\n").probe
    assert (kind, timedelta(seconds=seconds)) == (probe.metric_kind, probe.deadline)


@pytest.mark.parametrize(
    ("binding", "told"),
    [
        (f"{RATE}, deadline: 0s", "deadline of a look: above 0, 10m at most"),
        (f"{RATE}, deadline: 601s", "deadline of a look: above 0, 10m at most"),
        (f"{RATE}, deadline: soon", "a span of time"),
        ("http: http://h/e, deadline: 5s", "write it under http"),
        ("same_as: Errors, deadline: 5s", "drop same_as"),
    ],
    ids=["none at all", "above the longest", "no span", "of a probe", "of another"],
)
def test_a_deadline_that_means_nothing_is_refused(binding, told):
    """A span that no look can have, or that stands in the wrong place, is told."""
    found = compiled(PROM + f"metrics: {{Error rate: {{{binding}}}}}\n").diagnostics
    said = [f"{one.message} {one.remedy}" for one in found]
    assert any(told in each for each in said), said


def test_a_ready_metric_is_asked_as_the_catalogue_has_it():
    """The binding only tells the arms apart."""
    metric = metric_of(PROM + READY % ", control: 'v=\"1\"'")
    assert MetricKind.PROPORTION is metric.probe.metric_kind
    assert ('v="2"' in metric.probe.canary.events, "%") == (True, metric.unit)
    assert 'v="1"' in metric.probe.control.exposure


def test_the_parameters_of_a_ready_metric_are_filled():
    """A service whose counter has another name is ready too."""
    metric = metric_of(PROM + READY % ", parameters: {metric: shop_total}")
    assert metric.probe.canary.exposure.startswith("sum(increase(shop_total{")


def test_the_words_of_a_document_bind_themselves():
    """Where a source tells the canary from the rest, and the catalogue knows the words."""
    text = "sources: {prom: {kind: prometheus, url: u, canary: 'v=\"2\"'}}"
    assert "GNG325" in codes(text)
    assert "prom" == metric_of(text).probe.source
    assert "GNG325" not in codes(text, metric="Shoe size", limit="< 45")
    assert "GNG325" not in codes(PROM)


WRONG = {
    "no such source": (f"metrics: {{Error rate: {{{RATE}}}}}", "GNG221"),
    "no such value": (
        "sources: {prom: {kind: csv, url: $NOWHERE}}",
        "GNG213",
    ),
    "no such kind": (
        PROM + "metrics: {Error rate: {source: prom, kind: sum, canary: q}}",
        "GNG207",
    ),
    "no canary": (
        PROM + "metrics: {Error rate: {source: prom, kind: count}}",
        "GNG205",
    ),
    "no quantile": (
        PROM + "metrics: {Error rate: {source: prom, kind: quantile, canary: q}}",
        "GNG205",
    ),
    "no such ready metric": (
        PROM + "metrics: {Error rate: {source: prom, ready: shoe size}}",
        "GNG222",
    ),
    "no such parameter": (PROM + READY % ", parameters: {metrik: x}", "GNG223"),
    "a control of a number": (
        "metrics: {Error rate: {http: u, control: q}}",
        "GNG219",
    ),
    "evidence of a number": (
        "metrics: {Error rate: {http: u, judge: evidence}}",
        "GNG324",
    ),
    "an alpha of everything": (f"{PROM}alpha: 1\n", "GNG207"),
    "a secret written down": (
        "sources: {prom: {kind: prometheus, url: u, options: {token: abc}}}",
        "GNG217",
    ),
    "a password in an address": (
        "sources: {prom: {kind: prometheus, url: 'http://a:b@c'}}",
        "GNG217",
    ),
}


@pytest.mark.parametrize(("bindings", "code"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_before_anything_runs(bindings, code):
    """Each with what to write instead."""
    found = compile_document(
        DOCUMENT.format(metric="Error rate", limit="< 1%").encode(),
        name="r.md",
        beside=Beside(name="r.bindings.yaml", text=bindings),
    )
    told = [*found[0].diagnostics, *found[1].diagnostics]
    assert code in [one.code for one in told]


def test_a_plan_file_has_it_all():
    """What is compiled can be written out, read, and run as the same plan."""
    text = f"{PROM}alpha: 1%\nmetrics: {{Error rate: {{{RATE}, noise: {{phi: 1.5}}}}}}"
    plan = compiled(text).plan
    again, told = read_plan(plan_as_json(plan).encode(), name="r.json")
    assert () == told
    assert (plan.metrics, plan.sources) == (again.metrics, again.sources)
    assert plan.alpha == again.alpha
