"""Gathering: one family for each name, and no source breaks the others."""

from decimal import Decimal

import pytest

from hardening.core import Distribution, Kind, Measure, Sample
from hardening.metrics import BadMeasure, Collector, Gatherer

ERRORS = "hardening_metrics_source_errors"


def counter(name, *samples):
    """Return a counter."""
    return Measure(name, "A number.", Kind.COUNTER, samples)


def gauge(name):
    """Return a gauge."""
    return Measure(name, "A number.", Kind.GAUGE, (Sample(1),))


EMPTY = Distribution((), 0.0)
TOTAL_LESS = Distribution(((float("inf"), 1),), None)


def shown(gatherer):
    """Return the values of every name."""
    return {m.name: [s.value for s in m.samples] for m in gatherer.measures()}


def test_sources_share_a_family(sources, pool):
    """Two pools are two series of one name."""
    pool_class, _, _ = sources
    families = shown(Gatherer([pool, pool_class("other")]))
    assert [3, 0] == families["hardening_pool_uses"]


def test_a_source_that_raises_costs_the_others_nothing(sources, pool):
    """It is counted and told; what it gave before is shown."""
    _, broken, _ = sources
    told = []
    gatherer = Gatherer([broken([counter("early", Sample(1))]), pool], told.append)
    families = shown(gatherer)
    assert ([1], [3], [1, 0]) == (
        families["early"],
        families["hardening_pool_uses"],
        families[ERRORS],
    )
    (event,) = told
    assert ("metrics_source_failed", "Broken", "no database") == (
        event.event,
        event.subject,
        str(event.error),
    )


def test_errors_add_up(sources):
    """A graph shows since when a source is broken."""
    _, broken, _ = sources
    gatherer = Gatherer([broken()])
    gatherer.measures()
    assert [2] == shown(gatherer)[ERRORS]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (counter("calls per second", Sample(1)), "make a name"),
        (counter("2fast", Sample(1)), "make a name"),
        (counter("calls\n", Sample(1)), "make a name"),
        (counter(ERRORS, Sample(1)), "is taken"),
        (counter("calls", Sample(1, (("bad label", "x"),))), "label has a bad name"),
        (counter("calls", Sample(None)), "is no number"),
        (counter("calls", Sample("7")), "is no number"),
        (counter("calls", Sample(Decimal(7))), "is no number"),
        (counter("calls", Sample(10**400)), "is no number"),
        (Measure("h", "", Kind.HISTOGRAM, (Sample(EMPTY),)), "is no number"),
        (Measure("h", "", Kind.HISTOGRAM, (Sample(TOTAL_LESS),)), "is no number"),
        (counter("calls", Sample(1, (("q", "a\ud800"),))), "UTF-8 cannot"),
        (Measure("calls", "a\ud800", Kind.GAUGE, (Sample(1),)), "is no text"),
        (Measure("calls", None, Kind.GAUGE, (Sample(1),)), "is no text"),
        (gauge("hardening_pool_wait_seconds_count"), "is taken by hardening_pool_wait"),
        (gauge("hardening_pool_wait_seconds_sum"), "is taken by hardening_pool_wait"),
        (gauge("hardening_pool_wait_seconds_bucket"), "is taken by hardening_pool_w"),
        (gauge("hardening_pool_uses_total"), "is taken by hardening_pool_uses"),
        (counter("hardening_pool_uses_total", Sample(1)), "is taken by hardening_pool"),
        (gauge(f"{ERRORS}_total"), "is taken by the gatherer"),
        (counter("calls", Sample(1), Sample(2)), "same labels"),
        (counter("calls", Sample(1), Sample(2, (("a", "b"),))), "other labels"),
        (counter("calls", Sample(Distribution(((1.0, 0),), 0.0))), "not of a counter"),
        (Measure("waits", "", Kind.HISTOGRAM, (Sample(1),)), "not of a histogram"),
        (Measure("hardening_pool_uses", "", Kind.GAUGE, ()), "is a counter elsewhere"),
        (counter("hardening_pool_uses", Sample(7, (("pool", "main"),))), "same labels"),
        (counter("hardening_pool_uses", Sample(7, (("queue", "q"),))), "other labels"),
    ],
    ids=str,
)
def test_what_would_spoil_the_scrape_is_left_out(sources, pool, bad, why):
    """A server of metrics refuses all of it for one bad series."""
    _, _, given = sources
    told = []
    families = shown(Gatherer([pool, given(bad)], told.append))
    assert ([3], [0, 1]) == (families["hardening_pool_uses"], families[ERRORS])
    (event,) = told
    assert isinstance(event.error, BadMeasure)
    assert why in str(event.error)


@pytest.mark.parametrize(
    "bad",
    [
        counter("calls", Sample(None)),
        counter("calls", Sample(1, (("q", "a\ud800"),))),
        Measure("h", "", Kind.HISTOGRAM, (Sample(EMPTY),)),
    ],
    ids=str,
)
def test_prometheus_gets_all_the_others(sources, pool, bad):
    """Its library would answer the scrape with an error of its own."""
    client = pytest.importorskip("prometheus_client")
    _, _, given = sources
    registry = client.CollectorRegistry()
    registry.register(Collector([given(bad), pool]))
    assert b"hardening_pool_size" in client.generate_latest(registry)


def test_of_two_measures_with_one_name_on_the_wire_the_first_is_shown(sources):
    """In either order; what was refused takes no name away."""
    _, _, given = sources
    waits = Measure("h", "", Kind.HISTOGRAM, (Sample(Distribution(((1, 0),), 0.0)),))
    for first, second in ((waits, gauge("h_count")), (gauge("h_count"), waits)):
        families = shown(Gatherer([given(first, second)]))
        assert [first.name, ERRORS] == list(families)
    refused = Measure("g", "", Kind.HISTOGRAM, (Sample(1),))
    families = shown(Gatherer([given(refused, gauge("g_count"), gauge("g"))]))
    assert ["g_count", "g", ERRORS] == list(families)


def test_the_order_of_labels_does_not_matter(sources):
    """They are names, not places."""
    _, _, given = sources
    one = Sample(1, (("a", "x"), ("b", "y")))
    other = Sample(2, (("b", "z"), ("a", "x")))
    families = shown(
        Gatherer([given(counter("calls", one)), given(counter("calls", other))])
    )
    assert ([1, 2], [0]) == (families["calls"], families[ERRORS])
