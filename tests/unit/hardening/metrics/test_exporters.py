"""The same numbers by either library, under the same names and labels."""

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from hardening.breaker import Breaker, Circuits
from hardening.core import Kind, Measure, Sample
from hardening.metrics import Collector, observe


def scraped(*sources):
    """Return what a server of Prometheus reads: name and labels to value."""
    registry = CollectorRegistry()
    registry.register(Collector(sources))
    text = generate_latest(registry).decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def reader():
    """Give what reads OpenTelemetry's meters."""
    return InMemoryMetricReader()


@pytest.fixture
def meter(reader):
    """Give a meter."""
    provider = MeterProvider([reader])
    yield provider.get_meter("test")
    provider.shutdown()


def collected(reader):
    """Return what was read: name and labels to value."""
    data = reader.get_metrics_data()
    return {
        (metric.name, *sorted(point.attributes.items())): point.value
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }


EXPECTED = {
    ("hardening_pool_uses", ("pool", "main")): 3,
    ("hardening_pool_size", ("pool", "main")): 20,
    ("hardening_pool_wait_seconds_bucket", ("le", "0.1"), ("pool", "main")): 1,
    ("hardening_pool_wait_seconds_bucket", ("le", "1.0"), ("pool", "main")): 2,
    ("hardening_pool_wait_seconds_bucket", ("le", "+Inf"), ("pool", "main")): 3,
    ("hardening_pool_wait_seconds_count", ("pool", "main")): 3,
    ("hardening_pool_wait_seconds_sum", ("pool", "main")): 5.55,
    ("hardening_metrics_source_errors", ("source", "Pool")): 0,
}


def test_prometheus_reads_all_three_kinds(pool):
    """A counter, a gauge and a histogram; counters get the library's suffix."""
    read = {
        (key[0].removesuffix("_total"), *key[1:]): value
        for key, value in scraped(pool).items()
    }
    assert EXPECTED == read


def test_opentelemetry_reads_the_same(pool, meter, reader):
    """The names and labels are those of the other library, without its suffix."""
    observe(meter, [pool])
    assert EXPECTED == collected(reader)


def test_numbers_are_read_when_they_are_asked_for(pool, meter, reader):
    """What is counted between two scrapes is in the second one."""
    observe(meter, [pool])
    key = ("hardening_pool_uses", ("pool", "main"))
    assert 3 == collected(reader)[key]
    pool.used = 4
    assert 4 == collected(reader)[key]


def test_a_collection_reads_each_source_once(pool, meter, reader):
    """However many instruments there are."""
    observe(meter, [pool])
    before = pool.readings
    collected(reader)
    collected(reader)
    assert 2 == pool.readings - before


def test_a_broken_source_breaks_neither(sources, pool, meter, reader):
    """The others are shown, and so is that it is broken."""
    _, broken, _ = sources
    observe(meter, [broken(), pool])
    read = collected(reader)
    assert 3 == read["hardening_pool_uses", ("pool", "main")]
    assert 2 == read["hardening_metrics_source_errors", ("source", "Broken")]
    assert (
        1
        == scraped(broken(), pool)[
            "hardening_metrics_source_errors_total", ("source", "Broken")
        ]
    )


def test_a_name_that_comes_later_is_discovered(sources, pool, meter, reader):
    """Once it is asked for."""
    _, _, given = sources
    late = given()
    observer = observe(meter, [pool, late])
    late.given = (Measure("late", "", Kind.GAUGE, (Sample(7),)),)
    observer.discover()
    assert 7 == collected(reader)[("late",)]


def test_circuits_are_shown(meter, reader):
    """A registry of circuits is a source, before it has one and after."""
    circuits = Circuits()
    observe(meter, [circuits])
    circuits.get("twilio").call(int)
    key = (("circuit", "twilio"), ("outcome", "succeeded"))
    assert 1 == collected(reader)["hardening_breaker_calls", *key]
    assert 1 == scraped(circuits)["hardening_breaker_calls_total", *key]


def test_labels_of_any_text_are_written_safely():
    """A quote or a line break in a name ends no line of the scrape."""
    name = 'a "b"\n\\c'
    assert (
        1
        == scraped(Breaker(name))[
            "hardening_breaker_state", ("circuit", name), ("state", "closed")
        ]
    )
