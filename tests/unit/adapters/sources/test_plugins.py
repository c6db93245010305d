"""Kinds of sources that other packages bring."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.sources import plugins, registry
from gonogo.adapters.sources.opening import Opening
from gonogo.ports.source import Point, Series, SourceFailed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASKED = {
    "since": NOON - timedelta(minutes=1),
    "until": NOON,
    "deadline": timedelta(seconds=1),
}
# What other packages may hold; each becomes a distribution on the path.
MODULE = """
from datetime import datetime, timezone
from gonogo.ports.source import Point, Series, SourceFailed

class Graphite:
    def __init__(self, opening):
        self.opening = opening
        self.closed = False
    def series(self, query, *, since, until, deadline):
        if query == "down":
            raise self.opening.failed("graphite is down. Start it.")
        if query == "defect":
            raise KeyError("datapoints")
        if query == "text":
            return [Series(points=[Point(until, "many")])]
        if query == "naive":
            return [Series(points=[Point(datetime(2026, 11, 22), 1.0)])]
        if query == "nothing":
            return None
        return [Series(points=[Point(until, 7)], labels={"query": query})]
    def close(self):
        raise RuntimeError("never mind")

def opened(opening):
    return Graphite(opening)

def fails(opening):
    raise RuntimeError("no such database")

def no_source(opening):
    return object()
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Give a way to install a package that brings kinds of sources."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "acme_sources.py").write_text(MODULE)

    def of(package, **kinds):
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\n")
        lines = [f"{kind} = {place}" for kind, place in kinds.items()]
        text = "\n".join(["[gonogo.sources]", *lines])
        (info / "entry_points.txt").write_text(text)
        plugins._installed.cache_clear()

    yield of
    plugins._installed.cache_clear()


def opened(kind):
    """Open a source as a plan does."""
    return registry.maker(kind, "metrics")(Opening(name="metrics"))


def failure(kind, query):
    """Return the sentence that a query leads to."""
    with pytest.raises(SourceFailed) as failed:
        opened(kind).series(query, **ASKED)
    return str(failed.value)


def test_a_kind_of_a_plug_in_is_opened_and_asked(install):
    """A package that is installed brings its kind, and is asked as any other."""
    install("acme", graphite="acme_sources:opened")
    assert "graphite" in registry.kinds()
    assert opened("graphite").series("errors", **ASKED) == (
        Series(points=(Point(NOON, 7.0),), labels={"query": "errors"}),
    )


def test_a_plug_in_says_itself_what_is_wrong(install):
    """The sentence of a plug-in reaches the person as it is."""
    install("acme", graphite="acme_sources:opened")
    assert "graphite is down. Start it." in failure("graphite", "down")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("defect", "KeyError"),
        ("text", "ValueError"),
        ("naive", "no time zone"),
        ("nothing", "TypeError"),
    ],
)
def test_a_plug_in_that_fails_is_named(install, query, said):
    """A defect of somebody else's code is theirs by name, and ends nothing."""
    install("acme", graphite="acme_sources:opened")
    told = failure("graphite", query)
    assert said in told
    assert "the plug-in acme_sources:opened of the package acme failed" in told


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("acme_sources:fails", "could not open it (RuntimeError: no such database)"),
        ("acme_sources:missing", "could not open it (AttributeError"),
        ("acme_missing:opened", "could not open it (ModuleNotFoundError"),
        ("acme_sources:no_source", "opened something without `series`"),
    ],
)
def test_a_plug_in_that_cannot_be_opened_is_named(install, place, said):
    """A broken package is an error of its source, and of no other."""
    install("acme", graphite=place)
    assert said in failure("graphite", "errors")


def test_two_packages_of_one_kind_are_told(install):
    """Which of two packages is meant, nobody guesses."""
    install("acme", graphite="acme_sources:opened")
    install("other", graphite="acme_sources:opened")
    assert "several packages: acme, other" in failure("graphite", "errors")


def test_a_kind_of_gonogo_cannot_be_replaced(install):
    """A package that calls its kind prometheus does not get prometheus' queries."""
    install("acme", prometheus="acme_sources:opened")
    source = registry.maker("prometheus", "m")(Opening(name="m", url="http://x"))
    assert type(source).__name__ == "PrometheusSource"


def test_closing_a_plug_in_ends_nothing(install):
    """A plug-in that fails while it lets go is let go of all the same."""
    install("acme", graphite="acme_sources:opened")
    assert opened("graphite").close() is None


def test_an_unknown_kind_names_the_known_ones(install):
    """A kind that nobody brings is an error with those there are, plug-ins' too."""
    install("acme", graphite="acme_sources:opened")
    with pytest.raises(SourceFailed, match="Did you mean graphite"):
        registry.maker("grafite", "metrics")
