"""The page on sources: what it shows can be copied, what it says is what is said."""

import json
import re
import sqlite3
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from gonogo.adapters.sources import plugins, registry
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.bootstrap.documents import open_document
from gonogo.document.ready_metrics import CATALOGUE, source_kinds
from gonogo.entrypoints.cli import cli
from gonogo.model.operation import Query
from gonogo.model.sample import MetricKind
from gonogo.model.series import Point, Series

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sources.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "docs/reference/bindings.schema.json").read_text("utf-8"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [text for kind, text in FENCE.findall(PAGE) if kind == "yaml"]
PLACES = re.findall(r"`(tests/[\w./]+)`", PAGE)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOK = Stretch(NOON - MINUTE, NOON)
PLUGIN = "graphite"


def fence(language):
    """Return the one block of a language."""
    (found,) = (text for kind, text in FENCE.findall(PAGE) if kind == language)
    return found


def kind_of(block):
    """Return the kind of the source that a block binds, as the name of its case."""
    (source,) = yaml.safe_load(block)["sources"].values()
    ready = "ready-" if "ready" in block else ""
    return f"{ready}{source['kind']}"


def document_of(block):
    """Return a document with a limit for every metric of a block."""
    rows = (
        f"| {name} | {'< +50 % vs control' if 'control' in metric else '< 5'} |"
        for name, metric in yaml.safe_load(block)["metrics"].items()
    )
    head = "# Shop\n\n## Stage 1: 5 %\n\n- [ ] Monitor for 24 hours\n\n"
    return f"{head}| Metric | Threshold |\n|---|---|\n" + "\n".join(rows) + "\n"


def written(folder, block):
    """Write a document beside the bindings of a block, and return its path."""
    document = folder / "shop.md"
    document.write_text(document_of(block))
    named = f"service: shop\nenvironment: production\n{block}"
    document.with_suffix(".bindings.yaml").write_text(named)
    return document


@pytest.fixture
def graphite(tmp_path, monkeypatch):
    """Give the plug-in of the page as an installed package, read from its own text."""
    project = tomllib.loads(fence("toml"))["project"]
    info = tmp_path / f"acme_gonogo-{project['version']}.dist-info"
    info.mkdir()
    name, version = project["name"], project["version"]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata)
    brought = project["entry-points"][plugins.GROUP]
    lines = [f"{kind} = {place}" for kind, place in brought.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{plugins.GROUP}]", *lines]))
    (tmp_path / "acme_gonogo.py").write_text(fence("python"))
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins._installed.cache_clear()
    yield
    plugins._installed.cache_clear()
    sys.modules.pop("acme_gonogo", None)


# -- bindings ------------------------------------------------------------------------


@pytest.mark.parametrize("block", BLOCKS, ids=kind_of)
def test_what_is_shown_fits_the_schema(block):
    """An editor has nothing to mark in what a reader copies."""
    assert [] == list(Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(block)))


@pytest.mark.parametrize("block", BLOCKS, ids=kind_of)
def test_what_is_shown_binds_without_a_remark(tmp_path, block):
    """Copied beside a document, each metric is asked of its source; all is well."""
    compiled = open_document(written(tmp_path, block)).compiled
    # That its traffic is not stated is of the soak, and told on the page of judging.
    assert set() == {each.code for each in compiled.diagnostics} - {"GNG419"}
    asked = [metric.name for metric in compiled.plan.metrics]
    assert list(yaml.safe_load(block)["metrics"]) == asked
    assert all(isinstance(metric.probe, Query) for metric in compiled.plan.metrics)


@pytest.mark.usefixtures("graphite")
@pytest.mark.parametrize("block", BLOCKS, ids=kind_of)
def test_what_is_shown_is_opened(tmp_path, block):
    """No option is missing or misspelt: with its variables set the source opens."""
    anywhere = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", block)
    plan = open_document(written(tmp_path, anywhere)).compiled.plan
    texts = [*plan.values.values(), *plan.connections.values()]
    environ = {source.env: "http://127.0.0.1:1" for source in texts if source.env}
    sources = registry.opened(plan, environ, folder=tmp_path)
    try:
        assert [callable(sources[name].series) for name in sources] == [True]
    finally:
        sources.close()


def test_every_kind_of_source_has_its_binding():
    """A kind that is added gets its section, and one that goes loses it."""
    shown = {kind_of(block) for block in BLOCKS} - {"ready-prometheus", PLUGIN}
    assert set(registry._MODULES) == shown


def test_no_secret_is_written_out():
    """What a reader copies holds names of variables only."""
    for block in BLOCKS:
        for name, value in yaml.safe_load(block).get("values", {}).items():
            assert set(value) <= {"env", "secret"}
            assert name.endswith("_URL") or value["secret"]


# -- ready metrics -------------------------------------------------------------------


def test_the_table_of_ready_metrics_is_the_catalogue():
    """Every ready metric stands in the table with its unit and sources, and no other."""
    _, _, below = PAGE.partition("| ready metric | unit | kinds of source |\n")
    table, _, _ = below.partition("\n\n")
    rows = re.findall(r"^\| (\w.*) \| (.*) \| (.*) \|$", table, re.MULTILINE)
    told = {}
    for names, unit, kinds in rows:
        first, *others = names.split(", ")
        family = first.split(" ")[0]
        for name in (first, *(f"{family} {other}" for other in others)):
            told[name] = (unit.strip(), tuple(kinds.split(", ")))
    known = {name: (d.unit, source_kinds(d)) for name, d in CATALOGUE.items()}
    assert known == told


# -- the check -----------------------------------------------------------------------


def shop_block():
    """Return the bindings of the files that the page checks, as one."""
    kinds = ("csv", "sql", "log")
    parts = [yaml.safe_load(b) for k in kinds for b in BLOCKS if kind_of(b) == k]
    merged = {
        key: {name: one for part in parts for name, one in part.get(key, {}).items()}
        for key in ("connections", "sources", "metrics")
    }
    metrics = {"Error rate", "Failed jobs", "Timeouts"}
    merged["metrics"] = {k: v for k, v in merged["metrics"].items() if k in metrics}
    merged["metrics"]["Failed jobs"] = parts[1]["metrics"]["Failed jobs"]
    merged["sources"]["log"]["url"] = "api.log"
    return yaml.safe_dump(merged, sort_keys=False)


def shop_files(folder, now):
    """Write a minute's counts and jobs, and a log that fell silent before it."""
    at = now - timedelta(seconds=12)
    (folder / "counts.csv").write_text(
        "time,arm,requests,failed\n"
        f"{at.isoformat()},canary,500,25\n{at.isoformat()},control,1900,95\n"
    )
    silent = now - timedelta(minutes=14)
    (folder / "api.log").write_text(f"{silent:%Y-%m-%dT%H:%M:%SZ} upstream timed out\n")
    with sqlite3.connect(folder / "orders.db") as orders:
        orders.execute("create table jobs (v int, failed int, ended text)")
        jobs = [(2, n < 1) for n in range(200)] + [(1, n < 9) for n in range(1800)]
        ended = f"{at:%Y-%m-%d %H:%M:%S}"
        orders.executemany(
            "insert into jobs values (?, ?, ?)", [(*job, ended) for job in jobs]
        )
    orders.close()


def test_the_output_of_the_check_is_what_it_prints(tmp_path, monkeypatch):
    """Over such files the command prints the page's lines, but for ages and clocks."""
    monkeypatch.setenv("ORDERS_URL", "sqlite:///orders.db")
    document = written(tmp_path, shop_block())
    shop_files(tmp_path, datetime.now(UTC))
    done = CliRunner().invoke(cli, ["sources", "check", str(document)])
    assert 1 == done.exit_code, done.output
    varies = re.compile(r"\d\d:\d\d:\d\d UTC|\b[\d.]+ (?:s|min)\b| +")
    (block,) = (text for kind, text in FENCE.findall(PAGE) if kind == "console")
    shown = [line for line in block.splitlines() if line and not line.startswith("$")]
    printed = {varies.sub("", line) for line in done.stdout.splitlines()}
    assert [] == [line for line in shown if varies.sub("", line) not in printed]


# -- sentences -----------------------------------------------------------------------


def series(*values, age=timedelta(), **labels):
    """Return a series with its values as of a while before the look."""
    return Series(points=[Point(NOON - age, value) for value in values], labels=labels)


def said(kind, events, exposure=None):
    """Return what is said of an answer: why it is no data, or an error."""
    canary = Answers(events=events, exposure=exposure)
    try:
        return " ".join(sample_of(kind, stretch=LOOK, canary=canary).notes)
    except Unreadable as error:
        return str(error)


COUNT, GAUGE = MetricKind.COUNT, MetricKind.GAUGE
SAID = {
    "nothing": said(COUNT, ()),
    "NaN": said(COUNT, [series(float("nan"))]),
    "stale": said(COUNT, [series(1.0, age=5 * MINUTE)]),
    "old": said(COUNT, [series(1.0, age=2 * MINUTE)]),
    "ahead": said(COUNT, [series(1.0, age=-5 * MINUTE)]),
    "many": said(GAUGE, [series(1.0, queue="a"), series(2.0, queue="b")]),
    "percentile": said(MetricKind.QUANTILE, [series(0.4)]),
    "negative": said(COUNT, [series(-1.0)]),
    "among": said(MetricKind.PROPORTION, [series(90.0)], [series(10.0)]),
}
SENTENCES = re.findall(r"`([^`\n]{12,})`", PAGE)


@pytest.mark.parametrize("told", SAID.values(), ids=SAID)
def test_every_sentence_on_the_page_is_said(told):
    """Whoever searches the page for what gonogo said finds it."""
    pieces = ([part.strip() for part in each.split("…")] for each in SENTENCES)
    assert [each for each in pieces if all(part in told for part in each)]


@pytest.mark.parametrize("place", PLACES)
def test_every_test_that_is_named_is_there(place):
    """No claim on the page rests on a test that has gone."""
    assert (ROOT / place).exists()


# -- the plug-in ---------------------------------------------------------------------


class _Render(BaseHTTPRequestHandler):
    """Answers as Graphite's render API does: a value a minute, the last not known."""

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        until = int(asked["until"][0])
        value = 5 if asked["target"][0].endswith("errors") else 1000
        points = [[value, until], [None, until + 1]]
        told = [{"target": asked["target"][0], "datapoints": points}]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def render():
    """Give the address of a Graphite."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Render) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("graphite")
def test_the_plug_in_of_the_page_is_asked(tmp_path, monkeypatch, render):
    """Copied and installed, it measures both arms as any source does."""
    (block,) = (block for block in BLOCKS if kind_of(block) == PLUGIN)
    monkeypatch.setenv("GRAPHITE_URL", render)
    document = written(tmp_path, block)
    done = CliRunner().invoke(cli, ["sources", "check", str(document), "--json"])
    assert 0 == done.exit_code, done.output
    (metric,) = json.loads(done.stdout)["metrics"]
    assert 0.5 == metric["value"]
    assert 1000 == metric["sample"]["control"]["exposure"]
    assert "graphite" in CliRunner().invoke(cli, ["sources", "list"]).stdout


@pytest.mark.usefixtures("graphite")
def test_the_plug_in_of_the_page_says_what_is_wrong(tmp_path, monkeypatch):
    """Where Graphite is not, the sentence of the plug-in reaches the reader."""
    (block,) = (block for block in BLOCKS if kind_of(block) == PLUGIN)
    monkeypatch.setenv("GRAPHITE_URL", "http://127.0.0.1:1")
    done = CliRunner().invoke(cli, ["sources", "check", str(written(tmp_path, block))])
    assert 1 == done.exit_code
    assert "Source 'graphite': no answer" in done.stdout
    assert "Is it up?" in done.stdout
