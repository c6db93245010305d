"""Small real worlds for the sources' suite: each tells facts the way its kind does."""

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.registry import maker
from gonogo.ports.source import Source
from tests.conformance.answering import Answer, Desk, answering

SECRET = "s3cret-of-the-source"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One value that the world has; of which queue, and of when."""

    value: Any
    at: datetime
    queue: str = "mail"


@dataclass
class World:
    """
    A world that one source looks at.

    Attributes:
        now: What the machine's clock shows.
        query: Asks for all facts.
    """

    folder: Path
    now: datetime
    stack: ExitStack
    kind = ""
    query = ""
    url = ""
    options: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Make the world."""

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so, and no others."""
        raise NotImplementedError

    def fail(self) -> None:
        """Be out of order until facts are told again."""
        raise NotImplementedError

    def hang(self) -> None:
        """Never answer again."""
        raise NotImplementedError

    def source(self) -> Source:
        """Return the source, opened."""
        opening = Opening(
            name="numbers",
            url=self.url,
            options=self.options,
            folder=self.folder,
            now=lambda: self.now,
        )
        return maker(self.kind, "numbers")(opening)


class Served(World):
    """A world behind HTTP."""

    desk: Desk

    def begin(self) -> None:
        """Make the world."""
        self.desk = self.stack.enter_context(answering(Answer(body={})))
        self.url = self.desk.url
        self.options = {"token": SECRET}

    def fail(self) -> None:
        """Be out of order."""
        body = f"Internal error at /api?key={SECRET}"
        self.desk.answers = [Answer(status=500, body={"error": body})]

    def hang(self) -> None:
        """Never answer again."""
        self.desk.let_go.clear()


class PrometheusWorld(Served):
    """A Prometheus, as far as its answers go."""

    kind, query = "prometheus", "jobs[$window]"

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        result = [
            {
                "metric": {"queue": fact.queue},
                "value": [fact.at.timestamp(), _prometheus_text(fact.value)],
            }
            for fact in facts
        ]
        data = {"resultType": "vector", "result": result}
        self.desk.answers = [Answer(body={"status": "success", "data": data})]


class HttpWorld(Served):
    """A service's own status page."""

    kind, query = "http", "/status $.jobs[*]"

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        jobs = [
            {"queue": fact.queue, "at": fact.at.isoformat(), "value": fact.value}
            for fact in facts
        ]
        self.desk.answers = [Answer(body={"jobs": jobs})]


class CsvWorld(World):
    """A file that somebody writes."""

    kind, query, url = "csv", "jobs", "jobs.csv"
    gone = False

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        rows = [f"{f.at.isoformat()},jobs,{f.queue},{_cell(f.value)}" for f in facts]
        text = "\n".join(["time,metric,queue,value", *rows, ""])
        # A new file of the same name, as a program that writes it whole does.
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(self.folder / self.url)

    def fail(self) -> None:
        """Be out of order."""
        (self.folder / self.url).unlink(missing_ok=True)


class SqliteWorld(World):
    """A SQLite file."""

    kind, url = "sql", "sqlite:///jobs.db"
    query = "SELECT queue, at, value FROM jobs WHERE :since < :until ORDER BY at"
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n"
    )

    def begin(self) -> None:
        """Make the world."""
        self._do("CREATE TABLE jobs (queue TEXT, at TEXT, value)")

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        self._do("DROP TABLE IF EXISTS jobs")
        self._do("CREATE TABLE jobs (queue TEXT, at TEXT, value)")
        for fact in facts:
            row = (fact.queue, fact.at.isoformat(), fact.value)
            self._do("INSERT INTO jobs VALUES (?, ?, ?)", row)

    def fail(self) -> None:
        """Be out of order."""
        self._do("DROP TABLE jobs")

    def hang(self) -> None:
        """Never answer again."""
        self.query = self.slow

    def _do(self, statement: str, row: tuple[Any, ...] = ()) -> None:
        with sqlite3.connect(self.folder / "jobs.db") as connection:
            connection.execute(statement, row)
        connection.close()


class AlchemyWorld(SqliteWorld):
    """The same file, over SQLAlchemy."""

    def begin(self) -> None:
        """Make the world."""
        super().begin()
        self.url = f"sqlite+pysqlite:///{self.folder / 'jobs.db'}"

    def hang(self) -> None:
        """Never answer again."""
        # SQLAlchemy has no way to end a statement: it must not run for ever here.
        limited = "SELECT i + 1 FROM n WHERE i < 30000000"
        self.query = self.slow.replace("SELECT i + 1 FROM n", limited)


class PostgresWorld(World):
    """A PostgreSQL database."""

    kind = "sql"
    query = "SELECT queue, at, value FROM jobs WHERE :since < :until ORDER BY at"

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        text = any(isinstance(fact.value, str) for fact in facts)
        of = "text" if text else "float8"
        with psycopg.connect(self.url) as connection:
            connection.execute("DROP TABLE IF EXISTS jobs")
            connection.execute(
                f"CREATE TABLE jobs (queue text, at timestamptz, value {of})"
            )
            for fact in facts:
                row = (fact.queue, fact.at, fact.value)
                connection.execute("INSERT INTO jobs VALUES (%s, %s, %s)", row)

    def fail(self) -> None:
        """Be out of order."""
        with psycopg.connect(self.url) as connection:
            connection.execute("DROP TABLE IF EXISTS jobs")

    def hang(self) -> None:
        """Never answer again."""
        self.query = "SELECT pg_sleep(60)"


class LogWorld(World):
    """A log of JSON lines."""

    kind, query, url = "log", "$[*].jobs", "service.log"

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        # What was in the log long before: it is known from then on.
        long_ago = {"time": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}
        lines = [
            long_ago,
            *({"time": f.at.isoformat(), "jobs": f.value} for f in facts),
        ]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(self.folder / self.url)

    def fail(self) -> None:
        """Be out of order."""
        (self.folder / self.url).unlink(missing_ok=True)


class JournaldWorld(World):
    """A program of journalctl's name and form, first on the path."""

    kind, query = "journald", "$[*].MESSAGE.jobs"

    def begin(self) -> None:
        """Make the world."""
        self.options = {"unit": "jobs.service"}
        self._program("exit 0")

    def tell(self, facts: Sequence[Fact]) -> None:
        """Make the facts be so."""
        entries = [
            {
                "__REALTIME_TIMESTAMP": str(int(fact.at.timestamp() * 1e6)),
                "MESSAGE": json.dumps({"jobs": fact.value}),
            }
            for fact in facts
        ]
        text = "".join(f"{json.dumps(entry)}\n" for entry in entries)
        (self.folder / "entries").write_text(text)
        self._program(f"cat '{self.folder / 'entries'}'")

    def fail(self) -> None:
        """Be out of order."""
        self._program("echo 'Failed to open the journal.' >&2; exit 1")

    def hang(self) -> None:
        """Never answer again."""
        self._program("exec sleep 60")

    def _program(self, body: str) -> None:
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        new = programs / "new"
        new.write_text(f"#!/bin/sh\n{body}\n")
        new.chmod(0o755)
        new.replace(programs / "journalctl")
        rest = os.environ["PATH"].removeprefix(f"{programs}:")
        os.environ["PATH"] = f"{programs}:{rest}"


def _prometheus_text(value: Any) -> str:
    return "NaN" if value is None else str(value)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
