"""
Reversal: every action in five moves.

Applied, it changes the world; undone, the world is as before, to the byte; applied
again, it does the same as the first time; and what was then completed stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
import pytest

from gonogo.adapters.operators import Redactor, Values, all_operators
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Migrate, Operation, SetFlag, Shell
from gonogo.model.plan import ValueSource
from gonogo.model.ticket import Ticket

NEVER = Event()
NUMBERS = count(1)


def deed():
    """Return a ticket for a deed of its own."""
    return Ticket(rollout=RolloutId("r-1"), subject="deed", attempt=next(NUMBERS))


CATALOGUE = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes
 WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '',
       '' FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'function', proname, '', pg_get_functiondef(oid), '', '' FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3, 4
"""

FLAGS = """{
  "$schema":  "https://flagd.dev/schema/v0/flags.json",
  "flags": {
    "OLD": {"state": "ENABLED", "variants": {"on": true, "off": false},
            "defaultVariant": "off"},
    "DLQ": { "state": "ENABLED", "variants": {"off": false, "on": true},
      "defaultVariant": "on", "metadata": {"owner": "qc"} }
  }
}
"""


@dataclass(frozen=True)
class Case:
    """
    One action and how to look at the part of the world that it changes.

    Attributes:
        undo: What the document says; None: what the operator looks up.
    """

    apply: Operation
    look: Callable[[], object]
    undo: Operation | None = None


@pytest.fixture
def folder(tmp_path):
    """Give a folder with a document's files."""
    (tmp_path / "flags.json").write_text(FLAGS)
    (tmp_path / "app.conf").write_text("mode=old\n")
    return tmp_path


def operators_in(folder: Path, url: str = ""):
    """Return all operators, with one connection."""
    values = Values({}, {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    if url:
        connections = {"qc": ValueSource(literal=url)}
        values = Values({}, {}, connections=connections)
    return all_operators(
        values=values,
        redact=Redactor(values.secrets()),
        folder=folder,
        sessions=folder / "sessions",
    )


def five_moves(operators, case: Case) -> None:
    """Apply, undo, compare, apply again, and complete."""

    def perform(operation):
        seen = operators[type(operation)].perform(operation, NEVER, deed())
        assert (None, 0) == (seen.error, seen.exit_status or 0)

    before = case.look()
    looked_up = operators[type(case.apply)].prepare(case.apply)
    undo = case.undo or looked_up
    assert undo is not None
    assert before == case.look()  # looking up changes nothing
    perform(case.apply)
    applied = case.look()
    assert before != applied
    perform(undo)
    assert before == case.look()
    perform(case.apply)
    assert applied == case.look()
    perform_again_if_idempotent(perform, undo, case, before)


def perform_again_if_idempotent(perform, undo, case, before) -> None:
    """An undo that says it may be repeated leaves the same world when it is."""
    if undo.idempotent:
        perform(undo)
        perform(undo)
        assert before == case.look()
        perform(case.apply)
    assert before != case.look()


MIGRATIONS = {
    "a table": (
        (
            "CREATE TABLE job_dlq (id bigint PRIMARY KEY, body jsonb NOT NULL);\n"
            "CREATE INDEX job_dlq_body ON job_dlq USING gin (body);"
        ),
        "DROP TABLE IF EXISTS job_dlq;",
    ),
    "a column with data": (
        (
            "ALTER TABLE qc_jobs ADD COLUMN last_heartbeat_at timestamptz;\n"
            "UPDATE qc_jobs SET last_heartbeat_at = now();"
        ),
        "ALTER TABLE qc_jobs DROP COLUMN IF EXISTS last_heartbeat_at;",
    ),
    "an index, concurrently": (
        "CREATE INDEX CONCURRENTLY qc_jobs_state ON qc_jobs (state);",
        "DROP INDEX CONCURRENTLY IF EXISTS qc_jobs_state;",
    ),
    "a function with semicolons": (
        (
            "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $body$\n"
            "BEGIN RETURN n * 2; END; -- '\n$body$;"
        ),
        "DROP FUNCTION IF EXISTS twice(int);",
    ),
}


@pytest.mark.parametrize(("up", "down"), MIGRATIONS.values(), ids=MIGRATIONS)
def test_a_migration_is_reversed_to_the_last_entry_of_the_catalogue(
    folder, database_url, up, down
):
    """The down script, as it was recorded, brings the schema back."""
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE qc_jobs (id int PRIMARY KEY, state text)")
        connection.execute("INSERT INTO qc_jobs VALUES (1, 'done')")
    (folder / "up.sql").write_text(up)
    (folder / "down.sql").write_text(down)

    def look():
        with psycopg.connect(database_url) as connection:
            rows = connection.execute("SELECT id, state FROM qc_jobs").fetchall()
            return connection.execute(CATALOGUE).fetchall(), rows

    apply = Migrate(up="up.sql", down="down.sql", connection="qc", idempotent=False)
    five_moves(operators_in(folder, database_url), Case(apply=apply, look=look))


def test_a_migration_is_reversed_by_the_script_that_was_there_when_it_ran(
    folder, database_url
):
    """A down script that is edited or lost meanwhile does not matter."""
    (folder / "up.sql").write_text("CREATE TABLE a ()")
    (folder / "down.sql").write_text("DROP TABLE a")
    operators = operators_in(folder, database_url)
    apply = Migrate(up="up.sql", down="down.sql", connection="qc")
    undo = operators[Migrate].prepare(apply)
    assert operators[Migrate].perform(apply, NEVER, deed()).error is None
    (folder / "down.sql").unlink()
    assert operators[type(undo)].perform(undo, NEVER, deed()).error is None


@pytest.mark.parametrize(
    ("flag", "percentage"),
    [
        *(("OLD", percentage) for percentage in (0.001, 5, 100)),
        *(("DLQ", percentage) for percentage in (0, 50, 99.999)),
        *(("NEW", percentage) for percentage in (0, 5, 100)),
    ],
)
def test_a_flag_is_reversed_to_the_last_byte_of_its_file(folder, flag, percentage):
    """Layout and order of a file that people wrote are theirs."""
    file = folder / "flags.json"
    apply = SetFlag(file="flags.json", flag=flag, percentage=percentage)
    five_moves(operators_in(folder), Case(apply=apply, look=file.read_bytes))


def test_a_script_is_reversed_by_its_undo(folder):
    """What the document says reverses it, in the session that it ran in."""
    apply = Shell(
        run="backup=$(mktemp -p .); cp app.conf $backup; echo mode=new > app.conf",
        session="s",
    )
    undo = Shell(run="mv $backup app.conf", session="s")

    def look():
        names = {path.name for path in folder.iterdir() if path.name != "sessions"}
        hidden = {name for name in names if name.startswith("tmp.")}
        return (folder / "app.conf").read_text(), names - hidden, len(hidden)

    five_moves(operators_in(folder), Case(apply=apply, undo=undo, look=look))
