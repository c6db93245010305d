"""Sources that others push to: real senders, over real sockets."""

import gc
import gzip
import json
import os
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from gonogo.adapters.sources import listening, opened, otlp, statsd
from gonogo.adapters.sources.opening import Opening
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch
from gonogo.model.plan import Plan, Source, Stage
from gonogo.model.sample import Level, MetricKind, Tally
from gonogo.ports.source import SourceFailed

SECRET = "token-that-nobody-may-see"
HOURS = timedelta(hours=1)


class Receiving:
    """A source that listens, and the looks at it."""

    def __init__(self, module, **options):
        self.opening = Opening(name="app", url="127.0.0.1:0", options=options)
        self.source = module.opened(self.opening)
        self.host, _, port = self.source.address.rpartition(":")
        self.port = int(port)
        self.since = datetime.now(UTC) - HOURS

    def series(self, query):
        """Return what came since the last look."""
        self.stretch = Stretch(self.since, datetime.now(UTC))
        return self.source.series(
            query,
            since=self.stretch.since,
            until=self.stretch.until,
            deadline=timedelta(seconds=5),
        )

    def arm(self, query, kind=MetricKind.COUNT):
        """Return what a look's answer is made into."""
        answers = Answers(events=self.series(query))
        return sample_of(kind, stretch=self.stretch, canary=answers).canary

    def count(self, query):
        """Return the number that came since the last look, and look from now on."""
        arm = self.arm(query)
        self.since = self.stretch.until
        return None if arm is None else arm.events

    def until(self, heard):
        """Wait until a listener heard so many."""
        limit = time.monotonic() + 20
        while self.source._listener.heard.taken < heard:
            assert time.monotonic() < limit, self.source.heard
            time.sleep(0.002)


@contextmanager
def receiving(module, **options):
    """Yield a source that listens on a port of the system's choice."""
    found = Receiving(module, **options)
    try:
        yield found
    finally:
        found.source.close()


# -- StatsD ----------------------------------------------------------------------------


def send(receiver, *datagrams):
    """Send datagrams, each of some lines."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for data in datagrams:
            sender.sendto(data.encode(), (receiver.host, receiver.port))


def test_counters_over_udp_are_counted():
    """Counts of an arm are added up, sampled ones as often as they stand for."""
    with receiving(statsd) as app:
        send(
            app,
            "shop.errors:2|c|#version:2\nshop.errors:1|c|@0.5|#version:2",
            "shop.errors:7|c|#version:1",
        )
        app.until(3)
        assert app.count('shop.errors{version="2"}') == 4
        assert app.count('shop.errors{version="2"}') is None


def test_timers_are_a_distribution():
    """A timer's observations come as buckets, by which a quantile is judged."""
    with receiving(statsd) as app:
        send(app, *(f"shop.checkout:{value}|ms" for value in (10, 10, 10, 500)))
        app.until(4)
        arm = app.arm("shop.checkout", MetricKind.QUANTILE)
        assert sum(arm.counts) == 4
        above = [n for edge, n in zip(arm.edges, arm.counts, strict=False) if edge > 11]
        assert sum(above) + arm.counts[-1] == 1


def test_gauges_are_levels_and_sets_are_numbers():
    """The level of a gauge is its last one; a set counts its members once."""
    with receiving(statsd) as app:
        send(app, "jobs:10|g", "jobs:-3|g", "users:ada|s", "users:bob|s", "users:ada|s")
        app.until(5)
        assert Level(mean=7.0, instances=1) == app.arm("jobs", MetricKind.GAUGE)
        assert app.count("users") == 2


def test_lines_that_do_not_read_are_counted_and_told():
    """What cannot be read changes no number, and is named where nothing else came."""
    with receiving(statsd) as app:
        send(app, "no line at all\na:one|c", "_e{1,1}:a|b")
        app.until(3)
        assert "3 lines, 2 of them unreadable" in app.source.heard
        with pytest.raises(SourceFailed, match="2 of them unreadable"):
            app.series("shop.errors")
        send(app, "shop.errors:1|c")
        app.until(4)
        assert app.count("shop.errors") == 1


def test_lines_that_do_not_read_are_noted_once_beside_others():
    """A look says what could not be read since the last one that said so."""
    with receiving(statsd) as app:
        send(app, "shop.errors:1|c\nno line")
        app.until(2)
        notes = [note for each in app.series("shop.errors") for note in each.notes]
        assert ["1 of them unreadable" in note for note in notes] == [True]
        assert [] == [n for each in app.series("shop.errors") for n in each.notes]


# -- both ------------------------------------------------------------------------------


@pytest.fixture(params=[statsd, otlp], ids=["statsd", "otlp"])
def module(request):
    """Give each kind that listens."""
    return request.param


def test_nothing_pushed_is_no_data(module):
    """A source to which nobody sends has no data, and never a zero."""
    with receiving(module) as app:
        assert app.arm("shop.errors") is None


def test_a_query_that_is_no_selector_is_told(module):
    """A query of another language is an error that says how to write it."""
    told = pytest.raises(SourceFailed, match=r"Write name\{label=")
    with receiving(module) as app, told:
        app.series("sum(increase(shop_errors[1m]))")


def test_a_rollout_listens_from_its_beginning(module):
    """What is pushed before the first look counts: sources listen at once."""
    kind = "statsd" if module is statsd else "otlp"
    plan = Plan(
        title="Shop",
        document="rollout.md",
        document_digest="0" * 64,
        service="shop",
        environment="production",
        stages=(Stage(id="s", line=1, title="All", steps=()),),
        sources={
            "app": Source(kind=kind, url="127.0.0.1:0"),
            "bad": Source(kind=kind, url="no address"),
            "asked": Source(kind="prometheus", url="http://127.0.0.1:9"),
        },
    )
    sources = opened(plan, {})
    sources.listen()
    assert ["app"] == list(sources._opened)
    sources.close()


def free_port(kind):
    """Return a port that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_rollouts_of_one_process_share_an_address(module):
    """Two rollouts that name one address hear the same, and neither ends the other."""
    kind = socket.SOCK_DGRAM if module is statsd else socket.SOCK_STREAM
    opening = Opening(name="app", url=f"127.0.0.1:{free_port(kind)}")
    first, second = module.opened(opening), module.opened(opening)
    assert first._listener is second._listener
    first.close()
    assert second._listener.end.alive
    with pytest.raises(SourceFailed, match="closed"):
        first.series("a", since=None, until=None, deadline=None)
    second.close()
    gc.collect()
    assert not any(opening.url.endswith(str(port)) for *_, port in _listening())


def _listening():
    return tuple(listening._LISTENERS)


def test_an_address_is_free_again_after_its_last_source(module):
    """Who listens no more leaves the address to others."""
    kind = socket.SOCK_DGRAM if module is statsd else socket.SOCK_STREAM
    opening = Opening(name="app", url=f"127.0.0.1:{free_port(kind)}")
    module.opened(opening).close()
    gc.collect()
    limit = time.monotonic() + 20
    while True:
        try:
            module.opened(opening).close()
            break
        except SourceFailed:
            assert time.monotonic() < limit
            time.sleep(0.01)


def test_an_address_that_is_taken_is_told(module):
    """Where another program listens, the source says so and what to do."""
    kind = socket.SOCK_DGRAM if module is statsd else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        opening = Opening(name="app", url=f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(SourceFailed, match="Does another gonogo listen there"):
            module.opened(opening)


@pytest.mark.parametrize("url", ["127.0.0.1:http", "127.0.0.1:70000", "1:2:x"])
def test_an_address_that_is_none_is_told(module, url):
    """An address that does not read is named, with the form that it should have."""
    with pytest.raises(SourceFailed, match="Write HOST:PORT"):
        module.opened(Opening(name="app", url=url))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("", ("127.0.0.1", 4318)),
        ("9000", ("127.0.0.1", 9000)),
        (":9000", ("127.0.0.1", 9000)),
        ("0.0.0.0:9000", ("0.0.0.0", 9000)),  # noqa: S104 - read, not listened at
        ("[::1]:9000", ("::1", 9000)),
        ("http://127.0.0.1:9000/v1/metrics", ("127.0.0.1", 9000)),
        ("localhost", ("localhost", 4318)),
    ],
)
def test_addresses_are_read(url, address):
    """Host and port may be left out, and are this machine and the usual port then."""
    assert address == listening.address_of(Opening(name="a", url=url), 4318)


# -- OTLP ------------------------------------------------------------------------------


def post(receiver, body, *, path="/v1/metrics", **headers):
    """Send a body as it is, and return the answer."""
    url = f"http://{receiver.host}:{receiver.port}{path}"
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    names.setdefault("content-type", "application/json")
    return httpx2.post(url, content=body, headers=names, timeout=20)


def ns(instant):
    """Return an instant as the protocol writes it."""
    return str(round(instant.timestamp() * 1e9))


def request(name, held, **resource):
    """Return an export request of one metric."""
    attributes = [
        {"key": key.replace("_", "."), "value": {"stringValue": text}}
        for key, text in resource.items()
    ]
    metric = {"name": name, **held}
    return {
        "resourceMetrics": [
            {
                "resource": {"attributes": attributes},
                "scopeMetrics": [{"metrics": [metric]}],
            }
        ]
    }


def total(value, at, *, start, temporality=2, **labels):
    """Return a sum with one point."""
    point = {
        "asInt": str(value),
        "startTimeUnixNano": ns(start),
        "timeUnixNano": ns(at),
        "attributes": [
            {"key": key, "value": {"stringValue": text}} for key, text in labels.items()
        ],
    }
    return {
        "sum": {
            "dataPoints": [point],
            "aggregationTemporality": temporality,
            "isMonotonic": True,
        }
    }


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def at(second):
    """Return an instant of a service that began long ago."""
    return LONG_AGO + timedelta(seconds=second)


def sent(receiver, *requests):
    """Send export requests, which have to be taken whole."""
    for each in requests:
        answer = post(receiver, json.dumps(each))
        assert (answer.status_code, answer.content) == (200, b"{}")


def test_the_first_total_of_an_old_counter_is_no_rise():
    """What a service counted before we listened was not counted in this rollout."""
    with receiving(otlp) as app:
        sent(app, request("errors", total(1000, at(1), start=LONG_AGO)))
        assert app.count("errors") is None
        sent(app, request("errors", total(1007, at(2), start=LONG_AGO)))
        assert app.count("errors") == 7


def test_the_first_total_of_a_new_counter_is_its_rise():
    """A service that began while we listened is counted from its beginning."""
    with receiving(otlp) as app:
        now = datetime.now(UTC) + timedelta(seconds=1)
        sent(app, request("errors", total(5, now, start=now)))
        assert app.count("errors") == 5


@pytest.mark.parametrize("start", [LONG_AGO, at(90)], ids=["a fall", "a new start"])
def test_a_restarted_counter_is_counted_from_zero(start):
    """A restart is a restart, and never a negative count; how many is told."""
    with receiving(otlp) as app:
        sent(app, request("errors", total(1000, at(60), start=LONG_AGO)))
        sent(app, request("errors", total(4, at(120), start=start)))
        series = app.series("errors")
        assert [(4, 1)] == [(each.points[0].value, each.resets) for each in series]


def test_a_request_that_is_sent_again_is_taken_once():
    """A sender that got no answer sends again; nothing is counted twice."""
    with receiving(otlp) as app:
        again = request("errors", total(3, at(60), start=at(0), temporality=1))
        sent(app, again, again)
        assert app.count("errors") == 3


def test_differences_are_added_up():
    """Of a sender of differences each point is a rise."""
    with receiving(otlp) as app:
        for second in (60, 120):
            body = total(3, at(second), start=at(second - 60), temporality=1)
            sent(app, request("errors", body))
        assert app.count("errors") == 6


def test_arms_are_told_apart_by_resource_and_point():
    """Attributes of the resource and of the point are labels alike."""
    with receiving(otlp) as app:
        for version, count in (("1", 10), ("2", 20)):
            body = total(count, at(60), start=at(0), temporality=1, code="500")
            sent(app, request("errors", body, service_version=version))
        assert app.count('errors{service.version="2", code=~"5.."}') == 20


def test_gauges_and_sums_that_may_fall_are_levels():
    """An up-down counter is what it stands at, as a gauge is."""
    with receiving(otlp) as app:
        point = {"asDouble": 2.5, "timeUnixNano": ns(at(1))}
        sent(app, request("cpu", {"gauge": {"dataPoints": [point]}}))
        held = total(9, at(1), start=at(0))
        held["sum"]["isMonotonic"] = False
        sent(app, request("jobs", held))
        assert app.arm("cpu", MetricKind.GAUGE).mean == 2.5
        assert app.arm("jobs", MetricKind.GAUGE).mean == 9


def histogram(counts, second, *, temporality=2):
    """Return an explicit histogram with the bounds 0.1 and 1."""
    point = {
        "startTimeUnixNano": ns(LONG_AGO),
        "timeUnixNano": ns(at(second)),
        "count": str(sum(counts)),
        "bucketCounts": [str(each) for each in counts],
        "explicitBounds": [0.1, 1.0],
    }
    held = {"dataPoints": [point], "aggregationTemporality": temporality}
    return request("time", {"histogram": held})


def test_explicit_histograms_rise_by_bucket():
    """Of totals in buckets the rise of each bucket is taken."""
    with receiving(otlp) as app:
        sent(app, histogram([10, 20, 30], 60), histogram([11, 22, 33], 120))
        arm = app.arm("time", MetricKind.QUANTILE)
        assert (arm.edges, arm.counts) == ((0.1, 1.0), (1, 2, 3))
        assert app.count("count(time)") == 6


def powers(scale, offset, counts, second, *, zero=0):
    """Return an exponential histogram of totals."""
    point = {
        "startTimeUnixNano": ns(LONG_AGO),
        "timeUnixNano": ns(at(second)),
        "scale": scale,
        "zeroCount": str(zero),
        "positive": {"offset": offset, "bucketCounts": [str(each) for each in counts]},
    }
    held = {"dataPoints": [point], "aggregationTemporality": 2}
    return request("time", {"exponentialHistogram": held})


def test_exponential_histograms_rise_though_they_get_coarser():
    """A histogram that changes its scale between two exports loses nothing."""
    with receiving(otlp) as app:
        sent(app, powers(1, 0, [4, 4], 60), powers(0, 0, [8, 5], 120, zero=2))
        arm = app.arm("time", MetricKind.QUANTILE)
        counts = dict(zip(arm.edges, arm.counts, strict=False))
        assert (counts[0.0], counts[2.0], counts[4.0]) == (2, 0, 5)


def test_points_that_do_not_read_harm_no_others():
    """A request is taken as far as it reads; the sender is told of the rest."""
    body = request("errors", total(3, at(60), start=at(0), temporality=1))
    metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    metrics += [
        {"name": "old", "summary": {"dataPoints": []}},
        {"name": "nan", "gauge": {"dataPoints": [{"asDouble": "NaN"}]}},
        {"name": "text", "gauge": {"dataPoints": [{"asDouble": "many"}]}},
        {"name": "lost", **total(1, at(1), start=at(0), temporality=0)},
        {"name": "flag", "gauge": {"dataPoints": [{"flags": 1}]}},
        {"gauge": {}},
    ]
    with receiving(otlp) as app:
        answer = post(app, json.dumps(body)).json()
        assert answer["partialSuccess"]["rejectedDataPoints"] == "5"
        assert app.count("errors") == 3
        assert "1 of them unreadable" in app.source.heard


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (400, b"{", {}),
        (400, b"[]", {}),
        (400, b"plain", {"content_encoding": "gzip"}),
        (400, b"\xff\xff", {"content_type": "application/x-protobuf"}),
        (404, b"{}", {"path": "/v1/traces"}),
        (413, b"x" * (4 * 1024 * 1024 + 1), {}),
        (
            413,
            gzip.compress(b"x" * (4 * 1024 * 1024 + 1)),
            {"content_encoding": "gzip"},
        ),
        (415, b"{}", {"content_type": "text/plain"}),
        (415, b"{}", {"content_encoding": "br"}),
    ],
)
def test_requests_that_do_not_read_are_refused_and_counted(status, body, headers):
    """What is no export request is answered with what is wrong, and is told."""
    with receiving(otlp) as app:
        try:
            assert status == post(app, body, **headers).status_code
        except httpx2.HTTPError:
            assert status == 413  # who sends too much may be cut off in the midst
        app.until(1)
        with pytest.raises(SourceFailed, match="1 of them unreadable"):
            app.series("errors")


def test_a_token_keeps_others_out():
    """With a token only those who know it are heard."""
    body = json.dumps(request("errors", total(3, at(60), start=at(0), temporality=1)))
    with receiving(otlp, token=SECRET) as app:
        assert post(app, body).status_code == 401
        assert post(app, body, authorization="Bearer no").status_code == 401
        assert app.source.heard.count(SECRET) == 0
        assert post(app, body, authorization=f"Bearer {SECRET}").status_code == 200
        assert app.count("errors") == 3


def test_compressed_requests_are_read():
    """Senders compress by default."""
    body = json.dumps(request("errors", total(3, at(60), start=at(0), temporality=1)))
    with receiving(otlp) as app:
        answer = post(app, gzip.compress(body.encode()), content_encoding="gzip")
        assert answer.status_code == 200
        assert app.count("errors") == 3


def test_the_real_exporter_is_understood(monkeypatch):
    """OpenTelemetry's own SDK sends counters and histograms, and both arrive."""
    pytest.importorskip("opentelemetry.sdk.metrics")
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415 - an extra
        OTLPMetricExporter,
    )
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import (  # noqa: PLC0415
        PeriodicExportingMetricReader,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415

    for name in [each for each in os.environ if each.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    with receiving(otlp) as app:
        exporter = OTLPMetricExporter(f"http://{app.source.address}/v1/metrics")
        reader = PeriodicExportingMetricReader(exporter, 3_600_000)
        resource = Resource({"service.version": "2"})
        provider = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        meter = provider.get_meter("shop")
        requests = meter.create_counter("requests")
        seconds = meter.create_histogram("seconds", unit="s")
        requests.add(3, {"code": 200})
        seconds.record(0.3)
        provider.force_flush()
        assert app.count('requests{service.version="2"}') == 3
        requests.add(2, {"code": 503})
        seconds.record(0.4)
        provider.force_flush()
        assert sum(app.arm("seconds", MetricKind.QUANTILE).counts) == 1
        assert app.count('requests{code=~"5.."}') == 2
        provider.shutdown()


def test_tallies_of_two_selectors_make_a_proportion():
    """Errors among requests of one arm come from one histogram of its requests."""
    with receiving(otlp) as app:
        good = histogram([5, 4, 0], 60, temporality=1)
        bad = histogram([0, 0, 1], 61, temporality=1)
        for body, code in ((good, "200"), (bad, "503")):
            points = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]
            points["histogram"]["dataPoints"][0]["attributes"] = [
                {"key": "code", "value": {"intValue": code}}
            ]
            sent(app, body)
        events = app.series('count(time{code=~"5.."}) or 0 * count(time)')
        exposure = app.series("count(time)")
        found = sample_of(
            MetricKind.PROPORTION,
            stretch=app.stretch,
            canary=Answers(events=events, exposure=exposure),
        )
        assert Tally(events=1, exposure=10) == found.canary
