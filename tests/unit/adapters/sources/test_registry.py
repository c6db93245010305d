"""The registry: kinds by name, opened when first asked for."""

import pytest

from gonogo.adapters.sources import kinds, opened
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.registry import maker
from gonogo.model.plan import Plan, Source, ValueSource
from gonogo.ports.source import SourceFailed

OWN = (
    *("cloudwatch", "csv", "datadog", "http", "influxdb", "journald", "log", "loki"),
    *("newrelic", "otlp", "prometheus", "sql", "statsd"),
)


def sources(environ=None, values=None, connections=None, **made):
    """Return the sources of a plan, opened."""
    plan = Plan(
        title="",
        service="shop",
        environment="test",
        document="",
        document_digest="",
        stages=(),
        sources=made,
        values=values or {},
        connections=connections or {},
    )
    return opened(plan, environ or {})


def test_every_kind_is_known_by_its_name():
    """A plan may name any of these without a plug-in."""
    assert set(OWN) <= set(kinds())


@pytest.mark.parametrize("kind", OWN)
def test_every_kind_can_be_loaded(kind):
    """What is listed is there."""
    assert callable(maker(kind, "numbers"))


def test_an_unknown_kind_names_those_that_are_known():
    """A misspelt kind is met with the likely one, and all others."""
    with pytest.raises(SourceFailed) as refused:
        sources(numbers=Source(kind="promethus"))["numbers"]
    told = str(refused.value)
    assert "Source 'numbers' is of the kind \"promethus\"" in told
    assert "Did you mean prometheus?" in told
    assert all(kind in told for kind in OWN)


def test_a_source_is_opened_once():
    """What a source remembers from look to look is not lost."""
    made = sources(numbers=Source(kind="csv", url="x.csv"))
    assert ["numbers"] == list(made)
    assert made["numbers"] is made["numbers"]


def test_a_source_whose_value_is_not_set_leaves_the_others_alone():
    """One missing variable is an error of the source that names it."""
    made = sources(
        broken=Source(kind="csv", url="$NOT_SET"), numbers=Source(kind="csv", url="x")
    )
    assert made["numbers"]
    with pytest.raises(SourceFailed, match="'NOT_SET' is not set"):
        made["broken"]


def test_a_plan_without_such_a_source_has_none():
    """The names are those of the plan."""
    with pytest.raises(KeyError):
        sources()["numbers"]


def test_a_database_may_be_a_connection_of_the_plan():
    """An address that the plan has already need not be written again."""
    made = sources(
        {"DATABASE_URL": "sqlite:///gone.db"},
        connections={"orders": ValueSource(env="DATABASE_URL")},
        numbers=Source(kind="sql", options={"connection": "orders"}),
    )
    assert made["numbers"]


def test_after_closing_sources_are_opened_anew(tmp_path):
    """Letting go of files ends nothing."""
    made = sources(numbers=Source(kind="csv", url=str(tmp_path / "x.csv")))
    first = made["numbers"]
    made.close()
    assert first is not made["numbers"]


@pytest.mark.parametrize("kind", ["csv", "log", "sql", "http", "prometheus"])
def test_a_source_without_an_address_says_where_to_write_it(kind):
    """An empty address is told before anything is asked."""
    with pytest.raises(
        SourceFailed, match=r"'numbers': it has no address. Write it as"
    ):
        maker(kind, "numbers")(Opening(name="numbers"))
