"""What the queries of a ready metric become with a selector and parameters."""

import pytest

from gonogo.document.ready_metrics import (
    CATALOGUE,
    ParameterMissing,
    ParameterUnknown,
    ready,
)
from gonogo.model.operation import Asked
from gonogo.model.sample import MetricKind

# What stands in for parameters without a default.
GIVEN = {
    "errors": "shop.errors",
    "requests": "shop.requests",
    "timer": "shop.checkout",
    "load": 'LoadBalancer="app/shop/1"',
    "instance": 'InstanceId="i-1"',
    "stream": 'app="shop"',
}


def every():
    """Return each metric for each of its sources."""
    return [
        pytest.param(found, id=f"{found.name}, {kind}")
        for definition in CATALOGUE.values()
        for kind in definition.forms
        if (found := definition.of(kind))
    ]


def asked(metric, selector=""):
    """Return a metric's queries, with something for each parameter."""
    given = {name: GIVEN[name] for name in metric.parameters if name in GIVEN}
    return metric.asked(selector, given)


def test_arms_are_told_apart_by_their_selector():
    """The canary and the control get the same query, each with its selector."""
    rate = ready("error rate", "prometheus")
    canary, control = rate.asked('version="2"'), rate.asked('version="1"')
    assert (
        Asked(
            events=(
                'sum(increase(http_requests_total{code=~"5..",version="2"}[$window]))'
                ' or 0 * sum(increase(http_requests_total{version="2"}[$window]))'
            ),
            exposure='sum(increase(http_requests_total{version="2"}[$window]))',
        )
        == canary
    )
    assert canary.events.replace('"2"', '"1"') == control.events


def test_without_a_selector_all_is_asked():
    """What is optional in a query goes when there is no selector."""
    rate = ready("error rate", "newrelic").asked()
    assert rate.exposure == "SELECT count(*) FROM Transaction"


def test_a_parameter_replaces_its_default():
    """A team's own name of a metric takes the place of the usual one."""
    found = ready("p95 latency", "prometheus").asked(
        parameters={"metric": "shop_seconds"}
    )
    assert found.events == "sum by (le) (increase(shop_seconds_bucket{}[$window]))"


def test_an_unknown_parameter_is_named():
    """A parameter that the metric does not have is told, with those that it has."""
    with pytest.raises(ParameterUnknown, match=r"has no `metirc`; it has `metric`"):
        ready("p95", "prometheus").asked(parameters={"metirc": "x"})


def test_a_selector_where_nothing_can_be_selected_is_told():
    """Both arms share one database: a selector there would tell nothing apart."""
    with pytest.raises(ParameterUnknown, match="`selector`"):
        ready("deadlocks", "sql").asked('version="2"')


def test_a_missing_parameter_is_named():
    """A metric that cannot be asked without a name says which."""
    with pytest.raises(ParameterMissing, match="needs `errors`"):
        ready("error rate", "statsd").asked()


@pytest.mark.parametrize("metric", every())
def test_every_query_is_filled_to_its_end(metric):
    """With its parameters no placeholder is left in a query, selected or not."""
    arms = ("", 'version="2"') if metric.has_arms else ("",)
    for selector in arms:
        found = asked(metric, selector)
        for text in filter(None, (found.events, found.exposure)):
            assert "[[" not in text
            assert "]]" not in text
            assert "{," not in text
            assert not any(f"<{name}>" in text for name in metric.parameters)


@pytest.mark.parametrize("metric", every())
def test_every_metric_is_whole(metric):
    """A proportion has an exposure, and only a quantile has a quantile."""
    assert (metric.kind is MetricKind.PROPORTION) == (metric.exposure is not None)
    assert (metric.kind is MetricKind.QUANTILE) == (metric.quantile is not None)


def test_a_percentile_that_the_source_computed_is_a_level():
    """What only gives a percentile's number is judged as a level, not as a quantile."""
    found = ready("p99 latency", "datadog")
    assert found.kind is MetricKind.GAUGE
    assert found.quantile is None
    assert ready("p99 latency", "prometheus").quantile == 0.99
