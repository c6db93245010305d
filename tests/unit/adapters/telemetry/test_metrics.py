"""Metrics of the engine, as Prometheus scrapes them."""

import inspect
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gonogo.adapters.telemetry.address import Address, AddressTaken, NoAddress
from gonogo.adapters.telemetry.metrics import PrometheusMetrics
from gonogo.adapters.telemetry.scraping import serve_metrics
from gonogo.ports.telemetry import EngineMetrics, Unmeasured
from tests.conformance.played import Played

MOST_SOURCES = 50


def scraped(address):
    """Return every sample that is served, by name and labels."""
    with urlopen(f"http://{address}/metrics", timeout=20) as answer:
        text = answer.read().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def tell_everything(metrics):
    """Call every method of the port once."""
    metrics.moved(None, "running")
    metrics.ticked(0.04)
    metrics.decided("Tick")
    metrics.appended(3, 0.002)
    metrics.refused("fenced_off")
    metrics.acted("Abort", 0.03)
    metrics.turned_back(0.01)
    metrics.waiting("mail", 7)
    metrics.busy("http", 2)
    metrics.worked("Measure", "prometheus:9090", 0.2, error=True)
    metrics.shared("prometheus:9090")
    metrics.took_over(clean=False)
    metrics.holding(32)
    metrics.dropped("traces", 5)


def test_what_was_told_is_scraped_over_http():
    """Every figure of the port is served, under its name and labels."""
    with serve_metrics(Address()) as (metrics, address):
        tell_everything(metrics)
        found = scraped(address)
    told = {
        ("gonogo_rollouts", "running"): 1,
        ("gonogo_tick_lateness_seconds_bucket", "0.05"): 1,
        ("gonogo_tick_lateness_seconds_bucket", "0.025"): 0,
        ("gonogo_decisions_total", "Tick"): 1,
        ("gonogo_events_appended_total",): 3,
        ("gonogo_append_duration_seconds_count",): 1,
        ("gonogo_appends_refused_total", "fenced_off"): 1,
        ("gonogo_command_delay_seconds_sum", "Abort"): 0.03,
        ("gonogo_breach_to_undo_seconds_sum",): 0.01,
        ("gonogo_queue_depth", "mail"): 7,
        ("gonogo_workers_busy", "http"): 2,
        ("gonogo_work_duration_seconds_count", "Measure", "prometheus:9090"): 1,
        ("gonogo_work_errors_total", "Measure", "prometheus:9090"): 1,
        ("gonogo_measurements_shared_total", "prometheus:9090"): 1,
        ("gonogo_takeovers_total", "false"): 1,
        ("gonogo_shards_held",): 32,
        ("gonogo_telemetry_dropped_total", "traces"): 5,
    }
    assert told == {name: found.get(name) for name in told}


def test_every_method_of_the_port_is_implemented_by_both():
    """The engine may call any of them, measured or not."""
    methods = {name for name in vars(EngineMetrics) if not name.startswith("_")}
    for kind in (PrometheusMetrics, Unmeasured):
        for name in methods:
            expected = inspect.signature(getattr(EngineMetrics, name))
            assert expected == inspect.signature(getattr(kind, name)), name
    tell_everything(Unmeasured())


def test_a_rollout_is_counted_out_of_its_phase_and_into_the_next():
    """The gauge holds what is under way, and nothing that has ended."""
    with serve_metrics(Address()) as (metrics, address):
        metrics.moved(None, "running")
        metrics.moved(None, "running")
        metrics.moved("running", "rolling_back")
        metrics.moved("rolling_back", None)
        found = scraped(address)
    assert 1 == found["gonogo_rollouts", "running"]
    assert 0 == found["gonogo_rollouts", "rolling_back"]


@pytest.mark.parametrize(
    ("count", "kept"), [(MOST_SOURCES - 1, 49), (MOST_SOURCES, 50), (60, 51)]
)
def test_names_of_sources_are_kept_apart_up_to_a_limit(count, kept):
    """
    A document with a thousand hosts does not fill a metrics server: the rest is
    `other`.
    """
    metrics = PrometheusMetrics()
    for number in range(count):
        metrics.shared(f"host-{number}")
    samples = [
        sample
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "gonogo_measurements_shared_total"
    ]
    assert kept == len(samples)
    assert count == sum(sample.value for sample in samples)


@pytest.mark.parametrize(
    ("how", "phase", "cause"),
    [
        ("tripped", "rolled_back", "gate"),
        ("called_off", "rolled_back", "person"),
        ("completed", "completed", None),
    ],
)
def test_what_rollouts_came_to_is_counted(how, phase, cause):
    """Starts, ends by phase, and turns back by what did it."""
    metrics = PrometheusMetrics()
    getattr(Played(watchers=[metrics]), how)()
    value = metrics.registry.get_sample_value
    assert 1 == value("gonogo_rollouts_started_total")
    assert 1 == value("gonogo_rollouts_ended_total", {"phase": phase})
    for each in ("gate", "person", "step"):
        expected = 1 if each == cause else None
        assert expected == value("gonogo_rollouts_aborted_total", {"cause": each})


def test_an_address_that_is_taken_is_named():
    """The message says where, and what to do."""
    with (
        serve_metrics(Address()) as (_, address),
        pytest.raises(AddressTaken, match=f"{address}: .*Choose another"),
        serve_metrics(address),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("9464", "127.0.0.1:9464"),
        ("0.0.0.0:0", "0.0.0.0:0"),
        ("[::1]:9464", "[::1]:9464"),
        ("localhost:65535", "localhost:65535"),
    ],
)
def test_an_address_is_a_port_with_or_without_a_host(text, written):
    """Without a host it is this machine's own: nobody else may look."""
    assert written == str(Address.parsed(text))


@pytest.mark.parametrize("text", ["", "x", "host:", "::1:9464", "65536", "-1", "1.5"])
def test_what_is_no_address_is_refused_with_examples(text):
    """The message shows how one is written."""
    with pytest.raises(NoAddress, match="9464"):
        Address.parsed(text)
