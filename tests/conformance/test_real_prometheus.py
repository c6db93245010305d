"""
Prometheus as it is: a real one, that scrapes a real service ten times a second.

Counts come over `increase`, which extrapolates to the ends of a stretch: in stretches
of a few scrapes it is right to a quarter.
"""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from gonogo.adapters.sources import QueryOperator, opened
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Plan, Source, ValueSource
from gonogo.model.sample import Level, MetricKind
from gonogo.model.ticket import Ticket
from tests.conformance.real_prometheus import Service, prometheus

NEVER = Event()
SOME_SCRAPES = 6
REQUESTS = 'sum(increase(requests_total{version="$VERSION"}[$window]))'
FAILED = 'sum(increase(requests_total{version="$VERSION",code="500"}[$window]))'
LATENCY = "sum by (le) (increase(latency_seconds_bucket[$window]))"
ROUGHLY = 0.3


def a_plan(sources, values=None):
    """Return a plan that has nothing but sources."""
    return Plan(
        title="",
        service="shop",
        environment="test",
        document="",
        document_digest="",
        stages=(),
        sources=sources,
        values=values or {},
    )


class Shop:
    """A service, a Prometheus that scrapes it, and a plan that asks."""

    def __init__(self, service, server):
        self.service, self.server = service, server
        made = a_plan(
            sources={"metrics": Source(kind="prometheus", url="$PROMETHEUS_URL")},
            values={
                "PROMETHEUS_URL": ValueSource(env="PROMETHEUS_URL"),
                "VERSION": ValueSource(literal="2"),
            },
        )
        self.operator = QueryOperator(opened(made, {"PROMETHEUS_URL": server.url}))

    def count(self, **numbers):
        """Count, and wait until it was scraped."""
        for name, amount in numbers.items():
            code = {"good": "200", "bad": "500"}[name]
            self.service.add(**{f'requests_total{{code="{code}"}}': amount})
        self.scraped()

    def scraped(self):
        """Wait until Prometheus has seen everything that is so now."""
        self.service.add(ticks_total=1)
        ticks = self.service.numbers["ticks_total"]
        self.server.wait("sum(ticks_total)", lambda seen: seen == ticks)

    def some_scrapes(self):
        """Wait for a number of scrapes, so that a stretch has a beginning."""
        for _ in range(SOME_SCRAPES):
            self.scraped()

    def look(self, kind, canary, control=None, *, since=None, **options):
        """Return what a look sees."""
        query = Query(
            source="metrics",
            metric_kind=kind,
            canary=canary,
            control=control,
            **options,
        )
        ticket = Ticket(rollout=RolloutId("r-1"), subject="errors", since=since)
        return self.operator.perform(query, NEVER, ticket)


@pytest.fixture(scope="module")
def opened_shop(tmp_path_factory):
    """Give the shop; its numbers go on from test to test."""
    service = Service()
    service.start()
    try:
        folder = tmp_path_factory.mktemp("prometheus")
        with prometheus(folder, f"127.0.0.1:{service.port}") as server:
            yield Shop(service, server)
    finally:
        service.stop()


@pytest.fixture
def shop(opened_shop):
    """Give the shop, open: a test before may have closed it."""
    if not opened_shop.service.running:
        opened_shop.service.start()
    opened_shop.service.add(**{'requests_total{code="200"}': 0})
    opened_shop.service.add(**{'requests_total{code="500"}': 0})
    opened_shop.some_scrapes()
    return opened_shop


@pytest.fixture
def since(shop):
    """Give when a look before this one was, a few scrapes ago."""
    began = datetime.now(UTC)
    shop.some_scrapes()
    return began


def test_counters_are_counted_by_their_rise(shop, since):
    """What was counted since the last look, and not since the process began."""
    shop.count(good=970, bad=30)
    shop.some_scrapes()
    seen = shop.look(
        MetricKind.PROPORTION, Asked(events=FAILED, exposure=REQUESTS), since=since
    )
    assert None is seen.error
    assert 30 == pytest.approx(seen.sample.canary.events, rel=ROUGHLY)
    assert 1000 == pytest.approx(seen.sample.canary.exposure, rel=ROUGHLY)
    assert 3 == pytest.approx(seen.value, rel=ROUGHLY)


def test_a_series_that_was_never_there_is_no_data(shop, since):
    """No errors yet is not zero errors, until the query says that it is."""
    shop.count(good=50)
    shop.some_scrapes()
    never = 'sum(increase(requests_total{code="418"}[$window]))'
    asked = Asked(events=never, exposure=REQUESTS)
    seen = shop.look(MetricKind.PROPORTION, asked, since=since)
    assert (None, None) == (seen.value, seen.sample.canary)
    assert "or vector(0)" in seen.sample.notes[0]
    said = Asked(events=f"{never} or vector(0)", exposure=REQUESTS)
    assert 0 == shop.look(MetricKind.PROPORTION, said, since=since).value


def test_classic_buckets_become_a_histogram_for_each_arm(shop, since):
    """Both arms and the hour before are asked, over the same edges."""
    for le in ("0.1", "0.5", "+Inf"):
        shop.service.put(f'latency_seconds_bucket{{le="{le}"}}', 0.0)
    shop.some_scrapes()
    for le, count in (("0.1", 90), ("0.5", 99), ("+Inf", 100)):
        shop.service.put(f'latency_seconds_bucket{{le="{le}"}}', float(count))
    shop.some_scrapes()
    asked = Asked(events=LATENCY)
    seen = shop.look(MetricKind.QUANTILE, asked, asked, since=since, quantile=0.9)
    assert None is seen.error
    assert (0.1, 0.5) == seen.sample.canary.edges == seen.sample.control.edges
    total = sum(seen.sample.canary.counts)
    assert [0.9, 0.09, 0.01] == pytest.approx(
        [count / total for count in seen.sample.canary.counts]
    )
    assert 0.1 == pytest.approx(seen.value)


def test_native_histograms_are_read(shop, since):
    """Their buckets are 9 % apart, and empty ones between them are known as empty."""
    shop.service.observe_native(1, 0)
    shop.scraped()
    shop.server.wait("histogram_count(job_seconds)", lambda seen: seen is not None)
    shop.some_scrapes()
    shop.service.observe_native(-8, 30)
    shop.service.observe_native(16, 10)
    total = sum(shop.service.native.values())
    shop.server.wait("histogram_count(job_seconds)", lambda seen: seen == total)
    shop.some_scrapes()
    seen = shop.look(
        MetricKind.QUANTILE,
        Asked(events="sum(increase(job_seconds[$window]))"),
        since=since,
        quantile=0.5,
    )
    assert None is seen.error
    growth = 2 ** (1 / 8)
    edges = seen.sample.canary.edges
    for bucket in (-8, 16):
        assert any(growth**bucket == pytest.approx(edge) for edge in edges)
        assert any(growth ** (bucket - 1) == pytest.approx(edge) for edge in edges)
    total = sum(seen.sample.canary.counts)
    assert 0.75 == pytest.approx(max(seen.sample.canary.counts) / total)
    assert growth**-9 < seen.value <= growth**-8


def test_a_level_is_read(shop):
    """A gauge is asked as it stands."""
    shop.service.put("queue_depth", 17)
    shop.some_scrapes()
    seen = shop.look(MetricKind.GAUGE, Asked(events="queue_depth"))
    assert (17, Level(mean=17)) == (seen.value, seen.sample.canary)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("sum(", "parse error"),
        ("requests_total", "increase(requests_total[$window])"),
        ("requests_total[$window]", "increase(requests_total[$window])"),
        ("job_seconds", "increase(job_seconds[$window])"),
        ('"many"', "gave a string"),
        ("$UNKNOWN", "parse error"),
    ],
)
def test_what_cannot_be_counted_is_told_with_a_remedy(shop, query, sentence):
    """A wrong query, a counter's level and text are errors in words."""
    shop.service.observe_native(1, 1)
    shop.server.wait("histogram_count(job_seconds)", lambda seen: seen is not None)
    seen = shop.look(MetricKind.COUNT, Asked(events=query))
    assert "Source 'metrics': Prometheus (127.0.0.1:" in seen.error
    assert sentence in seen.error


def test_a_stretch_that_is_always_the_same_is_told(shop):
    """A query without $window counts events twice, or not at all."""
    seen = shop.look(
        MetricKind.COUNT, Asked(events="sum(increase(requests_total[5m]))")
    )
    assert None is seen.error
    assert any("write [$window]" in note for note in seen.sample.notes)


def test_series_of_several_things_are_named(shop):
    """A level of several things is refused with their names."""
    shop.service.put('depth{queue="mail"}', 1)
    shop.service.put('depth{queue="pay"}', 2)
    shop.some_scrapes()
    seen = shop.look(MetricKind.GAUGE, Asked(events="sum by (queue) (depth)"))
    assert '{queue="mail"}' in seen.error
    assert "sum by (instance)" in seen.error


def test_a_restart_is_no_negative_count(shop, since):
    """A counter that begins anew goes on counting."""
    shop.count(good=100)
    shop.some_scrapes()
    shop.service.stop()
    shop.service.start()
    shop.service.add(**{'requests_total{code="200"}': 40})
    shop.some_scrapes()
    seen = shop.look(MetricKind.COUNT, Asked(events=REQUESTS), since=since)
    assert 140 == pytest.approx(seen.sample.canary.events, rel=ROUGHLY)


def test_a_service_that_is_down_is_no_data(shop):
    """Silence is neither zero errors nor a level that goes on."""
    shop.service.put("queue_depth", 17)
    shop.some_scrapes()
    shop.service.stop()
    shop.server.wait('up{job="shop"}', lambda seen: seen == 0)
    since = datetime.now(UTC)
    shop.server.wait('sum_over_time(up{job="shop"}[1s])', lambda seen: seen == 0)
    level = shop.look(MetricKind.GAUGE, Asked(events="queue_depth"), since=since)
    count = shop.look(MetricKind.COUNT, Asked(events=REQUESTS), since=since)
    for seen in (level, count):
        assert (None, None, None) == (seen.error, seen.value, seen.sample.canary)
        assert "gave nothing" in seen.sample.notes[0]


def test_a_prometheus_that_is_gone_is_an_error():
    """Nothing listens there: the sentence says where."""
    made = a_plan({"metrics": Source(kind="prometheus", url="http://127.0.0.1:1")})
    query = Query(
        source="metrics", metric_kind=MetricKind.COUNT, canary=Asked(events="x")
    )
    ticket = Ticket(rollout=RolloutId("r-1"), subject="errors")
    seen = QueryOperator(opened(made, {})).perform(query, NEVER, ticket)
    assert "Prometheus (127.0.0.1:1) cannot be asked" in seen.error
    assert timedelta(seconds=seen.took_s) < query.deadline
