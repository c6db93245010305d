"""Databases as sources: bound instants, counters, read-only, and one statement."""

import sqlite3
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.sql import opened
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch
from gonogo.model.sample import Histogram, MetricKind
from gonogo.ports.source import SourceFailed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=20)


class Database:
    """A database with jobs, and the source that asks it."""

    def __init__(self, url, folder):
        self.url, self.folder = url, folder
        self.source = opened(Opening(name="jobs", url=url, folder=folder))

    def do(self, statement):
        """Change the database."""
        if self.url.startswith("postgresql"):
            with psycopg.connect(self.url) as connection:
                connection.execute(statement)
            return
        with sqlite3.connect(self.folder / "jobs.db") as connection:
            connection.execute(statement)
        connection.close()

    def look(self, query, *, at=NOON, kind=MetricKind.COUNT):
        """Return the sample of a look."""
        stretch = Stretch(at - MINUTE, at)
        given = self.source.series(query, since=at - MINUTE, until=at, deadline=SOON)
        return sample_of(kind, stretch=stretch, canary=Answers(events=given))


@pytest.fixture(params=["postgres", "sqlite", "sqlalchemy"])
def database(request, tmp_path):
    """Give a database of each kind, with four failed jobs."""
    match request.param:
        case "postgres":
            url = request.getfixturevalue("database_url")
            kind = "timestamptz"
        case "sqlite":
            url, kind = "sqlite:///jobs.db", "text"
        case _:
            url, kind = f"sqlite+pysqlite:///{tmp_path / 'jobs.db'}", "text"
    made = Database(url, tmp_path)
    made.do(f"CREATE TABLE jobs (failed_at {kind}, failed_s float, queue text)")
    for second in (0, 1, 60, 61):
        at = NOON - MINUTE + timedelta(seconds=second)
        text = f"{at:%Y-%m-%d %H:%M:%S.000000}"
        text += "+00" if request.param == "postgres" else ""
        row = f"('{text}', {at.timestamp()}, 'mail')"
        made.do(f"INSERT INTO jobs VALUES {row}")  # noqa: S608
    return made


def test_the_stretch_is_bound(database):
    """What failed since the last look, at its end and not at its beginning."""
    query = (
        "SELECT count(*) FROM jobs WHERE failed_s > :since_s AND failed_s <= :until_s"
    )
    assert 2 == database.look(query).canary.events


def test_instants_are_bound_as_the_database_has_them(database):
    """A comparison with a column of times needs no conversion."""
    query = (
        "SELECT count(*) AS value FROM jobs"
        " WHERE failed_at > :since AND failed_at <= :until"
    )
    assert 2 == database.look(query).canary.events


def test_other_columns_are_labels_and_the_last_is_the_number(database):
    """A row for each queue is a series for each queue."""
    found = database.look("SELECT queue, count(*) FROM jobs GROUP BY queue")
    assert 4 == found.canary.events


def test_a_counter_gives_its_rise(database):
    """A statistics view counts since it was reset."""
    query = "SELECT queue, count(*) AS counter FROM jobs GROUP BY queue"
    first = database.look(query, at=NOON)
    assert first.canary is None
    assert "the first look has nothing to take its rise from" in first.notes[1]
    database.do("INSERT INTO jobs VALUES (NULL, 0, 'mail')")
    assert 1 == database.look(query, at=NOON + MINUTE).canary.events
    database.do("DELETE FROM jobs WHERE failed_s > 0")
    last = database.look(query, at=NOON + 2 * MINUTE)
    assert (1, 1) == (last.canary.events, last.resets)


def test_buckets_are_rows(database):
    """A histogram comes with a column `le`."""
    query = (
        "SELECT '0.1' AS le, 2 AS value UNION ALL SELECT '0.5', 3"
        " UNION ALL SELECT '+Inf', 4"
    )
    found = database.look(query, kind=MetricKind.QUANTILE)
    assert Histogram(edges=(0.1, 0.5), counts=(2, 1, 1)) == found.canary


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM jobs",
        "INSERT INTO jobs VALUES (NULL, 0, 'x')",
        "DROP TABLE jobs",
        "SELECT 1; DROP TABLE jobs",
    ],
)
def test_nothing_can_be_changed(database, statement):
    """A probe is read-only, whatever it says."""
    with pytest.raises(SourceFailed, match="Source 'jobs'"):
        database.look(statement)
    assert 4 == database.look("SELECT count(*) FROM jobs").canary.events


@pytest.mark.parametrize(
    "statement", ["SELEC 1", "SELECT * FROM nowhere", "SELECT count(*) FROM jobs WHERE"]
)
def test_a_wrong_statement_is_told(database, statement):
    """The database's own words, and no address."""
    with pytest.raises(SourceFailed, match="refused") as refused:
        database.look(statement)
    assert "://" not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1.5::numeric", 1.5), ("'90 s'::interval", 90), ("true", 1), ("'12'", 12)],
)
def test_a_number_may_be_of_any_type(database_url, tmp_path, number, expected):
    """Sums are numeric, ages are intervals, in seconds."""
    database = Database(database_url, tmp_path)
    assert expected == database.look(f"SELECT {number}").canary.events


def test_no_rows_and_null_are_no_data(database):
    """An average of nothing is no zero."""
    assert None is database.look("SELECT 1 WHERE 1 = 0").canary
    assert None is database.look("SELECT avg(failed_s) FROM jobs WHERE 1 = 0").canary


def test_rows_without_end_are_refused(database):
    """A forgotten `count` does not fill the memory."""
    query = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)"
        " SELECT i FROM n"
    )
    with pytest.raises(SourceFailed, match="more than 10,000 rows"):
        database.look(query)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://u:pa55word@127.0.0.1:1/x", "did not answer"),
        ("postgresql://u:pa55word@[/x", "not one that PostgreSQL understands"),
        ("sqlite:///gone.db", "there is no SQLite file"),
        ("mysql+pymysql://u:pa55word@host/x", "driver 'pymysql' is not installed"),
        ("nonsense", "not one that SQLAlchemy understands"),
        ("nosuch://u:pa55word@host/x", "not one that SQLAlchemy"),
    ],
)
def test_a_database_that_is_not_there_is_told_without_its_password(
    tmp_path, url, sentence
):
    """What to look at is said; the address, which holds a secret, is not."""
    database = Database(url, tmp_path)
    with pytest.raises(SourceFailed, match=sentence) as refused:
        database.look("SELECT 1")
    assert "pa55word" not in str(refused.value)
