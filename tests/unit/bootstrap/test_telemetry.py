"""What the environment asks gonogo to tell others, and what it costs not to ask."""

import json
import logging
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.request import urlopen

import pytest

from gonogo.adapters.telemetry.address import Address
from gonogo.adapters.telemetry.missing import TelemetryNotInstalled, installed
from gonogo.bootstrap.asked import Asked, AskedCdevents, AskedLog, TelemetryUnclear
from gonogo.bootstrap.telemetry import watchers_of
from gonogo.ports.telemetry import UNMEASURED
from gonogo.testing.journal import MemoryJournal
from tests.conformance.played import Played
from tests.conformance.receiving import receiving

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


def told(environ, folder, journal=None, **more):
    """Return the telemetry of an environment."""
    journal = MemoryJournal() if journal is None else journal
    return watchers_of(environ, journal=journal, folder=folder, redact=str, **more)


@pytest.mark.parametrize(
    ("environ", "traces"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "true"}, False),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, False),
    ],
)
def test_traces_are_asked_for_by_the_standard_variables(environ, traces):
    """On when somebody names a collector; off when somebody says so."""
    assert traces == Asked.by(environ).traces


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"GONOGO_LOG": "xml"}, "GONOGO_LOG is 'xml': it has to be json or text"),
        (
            {"GONOGO_LOG": "json", "GONOGO_LOG_LEVEL": "loud"},
            "debug or info or warning or error",
        ),
        ({"GONOGO_CDEVENTS_URL": "listener:80"}, "http://"),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "otlp or none"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_runs(environ, words):
    """The message names the variable, its value and what it may be."""
    with pytest.raises(TelemetryUnclear, match=words):
        Asked.by(environ)


def test_the_log_and_the_cdevents_are_asked_for_in_variables_of_our_own():
    """Each has one that switches it on, and others that say how."""
    asked = Asked.by(
        {
            "GONOGO_LOG": "JSON",
            "GONOGO_LOG_LEVEL": "debug",
            "GONOGO_LOG_FILE": "gonogo.log",
            "GONOGO_CDEVENTS_URL": "https://listener/in",
            "GONOGO_CDEVENTS_SOURCE": "/prod/gonogo",
        }
    )
    file = Path("gonogo.log")
    assert AskedLog(form="json", level=logging.DEBUG, file=file) == asked.log
    url = "https://listener/in"
    assert AskedCdevents(url=url, source="/prod/gonogo") == asked.cdevents


def test_nothing_is_told_when_nobody_asks(tmp_path):
    """No thread, no file, no figure."""
    with told({}, tmp_path) as telemetry:
        Played(watchers=[telemetry.watcher]).completed()
        assert (UNMEASURED, None) == (telemetry.metrics, telemetry.served_at)
    assert [] == list(tmp_path.iterdir())


def test_a_command_without_telemetry_loads_none_of_its_packages():
    """Start-up pays only for what is asked for."""
    code = (
        "import sys, pathlib, gonogo.bootstrap.telemetry as t\n"
        "with t.watchers_of({}, journal=None, folder=pathlib.Path(), redact=str): pass\n"
        "wanted = {'opentelemetry', 'prometheus_client', 'httpx2', 'logging.handlers'}\n"
        "print(sorted(wanted & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "[]" == done.stdout.strip()


def test_everything_at_once_is_told_of_one_rollout(tmp_path, monkeypatch):
    """Log, traces, CDEvents and metrics look on together."""
    journal, log = MemoryJournal(), tmp_path / "gonogo.log"
    with receiving() as collector, receiving() as listener:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "GONOGO_LOG": "json",
            "GONOGO_LOG_FILE": str(log),
            "GONOGO_CDEVENTS_URL": listener.url,
        }
        folder = tmp_path / "kept"
        with told(environ, folder, journal, metrics_at=Address()) as telemetry:
            played = Played(watchers=[telemetry.watcher], journal=journal)
            played.completed()
            url = f"http://{telemetry.served_at}/metrics"
            with urlopen(url, timeout=20) as answer:
                page = answer.read().decode()
        kinds = [json.loads(r.body)["type"].split(".")[3] for r in listener.all()]
        assert collector.all()
    assert ["started", "finished"] == kinds
    assert "gonogo_rollouts_started_total 1.0" in page
    assert len(played.records) == len(log.read_text().splitlines())


def test_what_is_not_installed_is_named_with_how_to_install_it():
    """The optional packages are asked for in the words of a person."""
    with (
        pytest.raises(
            TelemetryNotInstalled, match=r"pip install 'gonogo\[telemetry\]'"
        ),
        installed("metrics", asked_by="--metrics"),
    ):
        import_module("no_such_package")
