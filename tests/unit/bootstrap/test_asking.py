"""A plan's sources and metrics, tried before a run needs them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from gonogo.bootstrap.asking import tried
from gonogo.model.operation import Asked, Http, Query, Shell
from gonogo.model.plan import Metric, Plan, Source, Stage, ValueSource
from gonogo.model.sample import Level, MetricKind, Tally
from gonogo.model.sealing import sealed
from tests.conformance.answering import Answer, answering

SECRET = "secret-that-nobody-may-see"


def query(source, events, kind=MetricKind.GAUGE, **more):
    """Return a probe of a source."""
    canary = Asked(events=events)
    return Query(source=source, metric_kind=kind, canary=canary, **more)


def plan_of(sources, metrics, **more):
    """Return a plan that measures metrics from sources."""
    return sealed(
        Plan(
            title="Shop",
            document="rollout.md",
            document_digest="0" * 64,
            service="shop",
            environment="production",
            stages=(Stage(id="s", line=1, title="All", steps=()),),
            sources=sources,
            metrics=tuple(
                Metric(name=name, probe=probe, unit="count")
                for name, probe in metrics.items()
            ),
            **more,
        )
    )


@pytest.fixture
def shop(tmp_path):
    """Give a database of the shop, as a source."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table sold (number int)")
        connection.execute("insert into sold values (41), (42)")
    connection.close()
    return Source(kind="sql", url="sqlite:///shop.db")


def test_a_metric_shows_its_value_arms_age_and_time(shop, tmp_path):
    """Of each metric a person sees the last value, both arms, its age and the time."""
    probe = query(
        "shop",
        "select max(number) as value from sold",
        control=Asked(events="select min(number) as value from sold"),
    )
    found = tried(plan_of({"shop": shop}, {"Sold": probe}), {}, folder=tmp_path)
    (one,) = found.metrics
    assert one.value == 42
    assert Level(mean=42.0) == one.sample.canary
    assert Level(mean=41.0) == one.sample.control
    assert timedelta() <= one.age < timedelta(minutes=1)
    assert one.took_s > 0
    assert one.problem is None
    assert found.is_good


def test_a_metric_without_data_says_why(shop, tmp_path):
    """No data is no value, and a sentence; the trial is not good."""
    probe = query("shop", "select number as value from sold where false")
    found = tried(plan_of({"shop": shop}, {"Sold": probe}), {}, folder=tmp_path)
    assert found.metrics[0].value is None
    assert "gave nothing" in found.metrics[0].problem
    assert not found.is_good


def test_what_cannot_be_asked_harms_no_other(shop, tmp_path):
    """A wrong query, a closed port and an unknown source are told one by one."""
    sources = {
        "shop": shop,
        "metrics": Source(kind="prometheus", url="http://127.0.0.1:9"),
        "odd": Source(kind="graphite"),
    }
    metrics = {
        "Wrong": query("shop", "select price as value from nowhere"),
        "Closed": query("metrics", "up"),
        "Odd": query("odd", "up"),
        "Sold": query("shop", "select count(*) as value from sold"),
    }
    found = tried(plan_of(sources, metrics), {}, folder=tmp_path)
    problems = {one.metric: one.problem for one in found.metrics}
    assert "nowhere" in problems["Wrong"]
    assert "cannot be asked" in problems["Closed"]
    assert "not known here" in problems["Odd"]
    assert problems["Sold"] is None
    assert [None, None, problems["Odd"]] == [one.problem for one in found.sources]


def test_other_probes_are_tried_but_scripts_are_not(tmp_path):
    """A request is sent; a script might change something, and is not run."""
    with answering(Answer(body={"depth": 3})) as desk:
        probes = {
            "Depth": Http(url=desk.url, json="$.depth"),
            "Script": Shell(run="touch ran"),
        }
        found = tried(plan_of({}, probes), {}, folder=tmp_path)
    assert [3, None] == [one.value for one in found.metrics]
    assert [True, False] == [one.tried for one in found.metrics]
    assert not (tmp_path / "ran").exists()
    assert found.is_good


def test_no_secret_is_told(tmp_path):
    """What a service says is shown without the plan's secrets."""
    sources = {"logs": Source(kind="loki", url="$URL", options={"token": "$TOKEN"})}
    with answering(Answer(body=f"token {SECRET} unknown", status=400)) as desk:
        values = {
            "URL": ValueSource(literal=desk.url),
            "TOKEN": ValueSource(env="TOKEN", secret=True),
        }
        plan = plan_of(sources, {"Lines": query("logs", "x")}, values=values)
        found = tried(plan, {"TOKEN": SECRET}, folder=tmp_path)
        assert desk.next().headers["authorization"] == f"Bearer {SECRET}"
    assert "[redacted] unknown" in found.metrics[0].problem


def test_what_counts_since_ever_needs_two_looks(shop, tmp_path):
    """Between two looks a counter has a rise; one look says that it has none yet."""
    probe = query("shop", "select sum(number) as counter from sold", MetricKind.COUNT)
    plan = plan_of({"shop": shop}, {"Sold": probe})
    once = tried(plan, {}, folder=tmp_path)
    assert "counts since ever" in once.metrics[0].problem

    clock = [datetime(2026, 11, 22, 12, tzinfo=UTC)]

    def sell(span):
        clock[0] += span
        with sqlite3.connect(tmp_path / "shop.db") as connection:
            connection.execute("insert into sold values (7)")
        connection.close()

    twice = tried(
        plan,
        {},
        folder=tmp_path,
        between=timedelta(minutes=6),
        pause=sell,
        now=lambda: clock[0],
    )
    assert Tally(events=7, exposure=0.1) == twice.metrics[0].sample.canary


def test_what_is_slow_is_named_while_it_is_waited_for(tmp_path):
    """A person who waits is told for what."""
    told = Event()
    names = []

    def progress(waiting):
        names.extend(waiting)
        told.set()
        desk.let_go.set()

    sources = {"api": None}
    with answering(Answer(body={"a": 1})) as desk:
        desk.let_go.clear()
        sources = {"api": Source(kind="http", url=desk.url)}
        plan = plan_of(sources, {"Slow": query("api", "$.a")})
        found = tried(plan, {}, folder=tmp_path, progress=progress)
    assert told.is_set()
    assert names[0] == "Slow"
    assert found.metrics[0].value == 1
