"""The catalogue's queries, put to those who understand them."""

import os
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import yaml

from gonogo.adapters.sources import statsd
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.registry import maker
from gonogo.adapters.sources.selector import parsed
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch
from gonogo.document.ready_metrics import CATALOGUE, ready
from gonogo.model.sample import Level, MetricKind, Tally

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GIVEN = {"errors": "shop.errors", "requests": "shop.requests", "timer": "shop.timer"}
# The tables of procrastinate that the catalogue asks, as its documentation has them.
PROCRASTINATE = """
create table procrastinate_workers (
  id bigint primary key generated always as identity,
  last_heartbeat timestamptz not null default now()
);
create table procrastinate_jobs (
  id bigserial primary key,
  queue_name text not null,
  status text not null default 'todo',
  scheduled_at timestamptz
);
create table procrastinate_events (
  id bigserial primary key,
  job_id bigint not null references procrastinate_jobs,
  type text not null,
  at timestamptz default now()
);
"""


def of_source(kind):
    """Return each metric of a kind of source, as it is asked."""
    for definition in CATALOGUE.values():
        found = definition.of(kind)
        if found is not None:
            given = {name: GIVEN[name] for name in found.parameters if name in GIVEN}
            selectors = ("", 'version="2"') if found.has_arms else ("",)
            for selector in selectors:
                asked = found.asked(selector, given)
                yield from filter(None, (asked.events, asked.exposure))


@pytest.fixture
def promtool(tmp_path):
    """Give Prometheus' own tool, to check files of rules and of their tests."""
    tool = shutil.which("promtool")
    if tool is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is not installed: see scripts/system-deps")
        pytest.skip("promtool, of the Debian package prometheus, is not installed")

    def check(what, held):
        file = tmp_path / f"{what}.yaml"
        file.write_text(yaml.safe_dump(held))
        verb = "check" if what == "rules" else "test"
        done = subprocess.run(
            [tool, verb, "rules", str(file)],
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return check


def test_prometheus_understands_every_query(promtool):
    """Each query for Prometheus is PromQL, by Prometheus' own reader."""
    rules = [
        {"record": f"ready:{number}", "expr": query.replace("$window", "60s")}
        for number, query in enumerate(of_source("prometheus"))
    ]
    assert len(rules) > 40
    promtool("rules", {"groups": [{"name": "ready", "rules": rules}]})


def test_an_error_rate_without_errors_is_zero_and_without_requests_is_no_data(
    promtool,
):
    """A service that never failed has no failed requests, if it has requests at all."""
    rate = ready("error rate", "prometheus")

    def expects(version, errors, requests):
        asked = rate.asked(f'version="{version}"')
        for query, value in ((asked.events, errors), (asked.exposure, requests)):
            samples = [] if value is None else [{"labels": "{}", "value": value}]
            yield {
                "expr": query.replace("$window", "5m"),
                "eval_time": "10m",
                "exp_samples": samples,
            }

    def series(version, code, values):
        return {
            "series": f'http_requests_total{{version="{version}",code="{code}"}}',
            "values": values,
        }

    given = [
        series("fine", "200", "0+60x10"),
        series("bad", "200", "0+60x10"),
        series("bad", "503", "0+6x10"),
    ]
    expected = [
        *expects("fine", 0, 300),
        *expects("bad", 30, 330),
        *expects("gone", None, None),
    ]
    test = {"interval": "1m", "input_series": given, "promql_expr_test": expected}
    promtool("tests", {"tests": [test]})


def test_selectors_of_pushed_metrics_are_understood():
    """Each query for what is pushed is a selector."""
    for kind in ("otlp", "statsd"):
        for query in of_source(kind):
            parsed(query)


# -- PostgreSQL ------------------------------------------------------------------------


@pytest.fixture
def database(database_url):
    """Give a source of an empty database, and a connection that changes it."""
    opening = Opening(name="db", url=database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield maker("sql", "db")(opening), connection


def arm(source, name, *, looks=1):
    """Return what PostgreSQL says of a ready metric at the last of some looks."""
    metric = ready(name, "sql")
    asked = metric.asked()
    for _ in range(looks):
        until = datetime.now(UTC)
        stretch = Stretch(until - timedelta(minutes=1), until)
        exposure = _given(source, asked.exposure, stretch) if asked.exposure else None
        events = _given(source, asked.events, stretch)
        answers = Answers(events=events, exposure=exposure)
        found = sample_of(metric.kind, stretch=stretch, canary=answers)
    return found.canary


def _given(source, query, stretch):
    return source.series(
        query,
        since=stretch.since,
        until=stretch.until,
        deadline=timedelta(seconds=20),
    )


@pytest.mark.parametrize(
    "name",
    [
        "ungranted locks",
        "lock wait p95",
        "lock wait max",
        "invalid indexes",
    ],
)
def test_a_quiet_database_has_nothing_wrong(database, name):
    """In a database without trouble these are zero, and measured to be."""
    source, _ = database
    assert Level(mean=0.0, instances=1) == arm(source, name)


def test_a_database_without_a_standby_has_no_lag(database):
    """Where nobody follows, the replication lag is no data, and not zero."""
    source, _ = database
    assert arm(source, "replication lag") is None


def test_connections_are_a_share_of_those_allowed(database):
    """The use of connections is a percentage of the server's limit."""
    source, _ = database
    found = arm(source, "connection pool use")
    assert 0 < found.mean < 100


@pytest.mark.parametrize("name", ["deadlocks", "cache hit rate"])
def test_counters_of_the_server_begin_with_the_second_look(database, name):
    """A counter since ever says nothing at the first look."""
    source, _ = database
    assert arm(source, name) is None


def test_waiting_for_a_lock_is_seen(database, database_url):
    """Who waits for a lock is counted, and so is how long."""
    source, holder = database
    holder.execute("create table stock (id int)")
    with (
        psycopg.connect(database_url) as locking,
        psycopg.connect(database_url) as late,
    ):
        locking.execute("lock table stock")
        waiting = threading.Thread(target=_wait_for, args=(late,))
        waiting.start()
        try:
            _until(lambda: arm(source, "ungranted locks").mean == 1)
            _until(lambda: arm(source, "lock wait max").mean > 0)
            _until(lambda: arm(source, "lock wait p95").mean > 0)
        finally:
            locking.rollback()
            waiting.join(20)


def _wait_for(connection):
    connection.execute("lock table stock")
    connection.rollback()


def _until(holds):
    """Look again and again, as a gate does, until it holds; 20 s at the most."""
    limit = datetime.now(UTC) + timedelta(seconds=20)
    while not holds():
        assert datetime.now(UTC) < limit


def test_an_invalid_index_is_seen(database):
    """An index that a failed build left behind is counted."""
    source, connection = database
    connection.execute("create table orders (id int)")
    connection.execute("insert into orders values (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("create unique index concurrently one on orders (id)")
    assert Level(mean=1.0, instances=1) == arm(source, "invalid indexes")


def test_the_jobs_of_procrastinate_are_seen(database):
    """Size, age, retries, dead jobs and workers come from procrastinate's tables."""
    source, connection = database
    connection.execute(PROCRASTINATE)
    assert arm(source, "procrastinate queue size").mean == 0
    assert arm(source, "procrastinate queue latency").mean == 0
    connection.execute(
        "insert into procrastinate_jobs (queue_name, status, scheduled_at) values"
        " ('mail', 'todo', null), ('mail', 'todo', now() - interval '90 seconds'),"
        " ('mail', 'todo', now() + interval '1 hour'), ('mail', 'failed', null);"
        "insert into procrastinate_events (job_id, type, at) values"
        " (1, 'deferred', now() - interval '30 seconds'),"
        " (4, 'deferred_for_retry', now() - interval '10 seconds'),"
        " (4, 'deferred_for_retry', now() - interval '10 minutes');"
        "insert into procrastinate_workers (last_heartbeat) values"
        " (now()), (now() - interval '5 minutes')"
    )
    assert arm(source, "procrastinate queue size").mean == 2
    assert arm(source, "procrastinate queue latency").mean == pytest.approx(90, abs=15)
    assert Tally(events=1, exposure=pytest.approx(1 / 60)) == arm(
        source, "procrastinate retries"
    )
    assert arm(source, "procrastinate dead jobs").mean == 1
    assert arm(source, "procrastinate workers").mean == 1


# -- pushed ----------------------------------------------------------------------------


def test_an_error_rate_over_statsd_is_zero_only_with_requests():
    """No error sent beside requests is none; nothing sent at all is no data."""
    clock = [NOW]
    opening = Opening(name="app", url="127.0.0.1:0", now=lambda: clock[0])
    source = statsd.opened(opening)
    asked = ready("error rate", "statsd").asked(
        parameters={"errors": "shop.errors", "requests": "shop.requests"}
    )

    def sample():
        stretch = Stretch(clock[0] - timedelta(minutes=1), clock[0])
        answers = Answers(
            events=_given(source, asked.events, stretch),
            exposure=_given(source, asked.exposure, stretch),
        )
        return sample_of(MetricKind.PROPORTION, stretch=stretch, canary=answers)

    assert sample().canary is None
    listener = source._listening()
    statsd.take("shop.requests:40|c", listener.held, listener.heard)
    assert Tally(events=0, exposure=40) == sample().canary
    source.close()
