"""`gonogo sources`: what a person sees of where measurements come from."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from gonogo.document.planfile.write import plan_as_yaml
from gonogo.document.ready_metrics import CATALOGUE
from gonogo.entrypoints.cli import cli
from gonogo.model.operation import Asked, Query, Shell
from gonogo.model.plan import Action, Metric, Plan, Source, Stage
from gonogo.model.sample import MetricKind
from gonogo.model.sealing import sealed


def call(*words):
    """Call a command within this process."""
    return CliRunner().invoke(cli, ["sources", *map(str, words)])


def asked(query):
    """Return a probe of the shop's database."""
    canary = Asked(events=query)
    return Query(source="shop", metric_kind=MetricKind.GAUGE, canary=canary)


@pytest.fixture
def plan_file(tmp_path):
    """Give a way to write a plan file that measures some metrics of a shop."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table sold (number int)")
    connection.close()

    def write(**metrics):
        step = Action(
            id="a",
            line=2,
            title="Deploy",
            apply=Shell(run="true"),
            undo=Shell(run="true"),
        )
        plan = Plan(
            title="Shop",
            document="rollout.md",
            document_digest="0" * 64,
            service="shop",
            environment="production",
            stages=(Stage(id="s", line=1, title="All", steps=(step,)),),
            sources={"shop": Source(kind="sql", url="sqlite:///shop.db")},
            metrics=tuple(
                Metric(name=name, probe=probe, unit="count")
                for name, probe in metrics.items()
            ),
        )
        file = tmp_path / "plan.yaml"
        file.write_text(plan_as_yaml(sealed(plan)))
        return file

    return write


def test_a_check_shows_every_source_and_metric(plan_file):
    """Value, age, arm and time stand in one row for each metric; all is well with 0."""
    done = call("check", plan_file(Sold=asked("select count(*) as value from sold")))
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "shop (sql): opened" in lines
    (row,) = (line.split() for line in lines if line.startswith("Sold"))
    assert ["Sold", "shop", "0"] == row[:3]
    assert "1 of 1 metrics gave a number." in lines


def test_a_check_tells_numbers_as_verdicts_do(plan_file):
    """Thousands are written out, and a long name is not cut."""
    name = "Orders of the whole shop, in all of its countries"
    done = call("check", plan_file(**{name: asked("select 1234567.0 as value")}))
    assert f"{name}  shop      1,234,567" in done.stdout, done.stdout


def test_a_check_says_what_is_wrong(plan_file):
    """A metric that gives no number has its sentence below it, and the status is 1."""
    done = call(
        "check",
        plan_file(
            Sold=asked("select count(*) as value from sold"),
            Gone=asked("select count(*) as value from gone"),
            Script=Shell(run="exit 1"),
        ),
    )
    assert done.exit_code == 1
    assert "no such table: gone" in done.stdout
    assert "a check does not run" in done.stdout
    assert "1 of 2 metrics gave a number." in done.stdout


def test_a_check_as_json(plan_file):
    """Programs get the same, as one object."""
    file = plan_file(Sold=asked("select count(*) as value from sold"))
    done = call("check", file, "--json")
    told = json.loads(done.stdout)
    assert told["good"] is True
    assert [{"name": "shop", "kind": "sql", "heard": None, "problem": None}] == (
        told["sources"]
    )
    (metric,) = told["metrics"]
    assert (metric["value"], metric["problem"]) == (0, None)
    assert metric["sample"]["canary"] == {"mean": 0, "instances": 1, "kind": "level"}


def test_a_document_with_errors_is_not_checked(tmp_path):
    """Without a plan there is nothing to try, and the status is 2."""
    file = tmp_path / "plan.yaml"
    file.write_text("gonogo: plan\n")
    done = call("check", file)
    assert done.exit_code == 2


@pytest.mark.parametrize("option", ["--wait", "--window"])
def test_a_span_that_is_none_is_refused(plan_file, option):
    """An option that is no span of time says what one looks like."""
    done = call("check", plan_file(), option, "soon")
    assert done.exit_code == 2
    assert "say 30s, 1m or 5m" in done.output


def test_the_list_names_kinds_and_ready_metrics():
    """Every kind of source, and every metric of the catalogue, is in the list."""
    done = call("list")
    assert done.exit_code == 0
    assert "prometheus" in done.stdout.splitlines()[0]
    for name, each in CATALOGUE.items():
        said = f"  {name} ({each.unit}) " if each.unit else f"  {name} "
        assert said in done.stdout
    assert "…" not in done.stdout


def test_the_list_of_a_kind_shows_its_queries():
    """Who asks for a kind sees what each metric asks there."""
    done = call("list", "--kind", "sql")
    assert "select count(*) as value from pg_locks where not granted" in done.stdout
    assert "Sidekiq" not in done.stdout


def test_the_list_as_json():
    """Programs get the queries of every source."""
    ready = json.loads(call("list", "--json").stdout)["ready"]
    rate = next(each for each in ready if each["name"] == "error rate")
    assert rate["sources"]["prometheus"]["kind"] == "proportion"


def test_an_unknown_kind_is_refused_with_the_known_ones():
    """A kind that there is not is told with those that there are."""
    done = call("list", "--kind", "grafana")
    assert done.exit_code == 2
    assert "known are cloudwatch, csv" in done.output
