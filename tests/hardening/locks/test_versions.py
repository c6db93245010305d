"""Optimistic updates: who comes second is told, and writes nothing."""

import psycopg
import pytest

from hardening.core import InvalidSetting
from hardening.locks import (
    Locks,
    LockTimeout,
    RowMissing,
    StaleVersion,
    VersionStale,
    version_migration,
)
from hardening.testing.updates import lose_updates


def contact(connection, key=1):
    """Return a contact's name, score and version."""
    return connection.execute(
        "select name, score, version from contacts where id = %s", [key]
    ).fetchone()


def test_an_unchanged_row_is_updated_and_its_version_grows(connect):
    """The first who writes succeeds."""
    connection = connect()
    changes = {"name": "Ada", "score": 3}
    assert 2 == Locks().update(connection, "contacts", 1, changes, version=1)
    assert ("Ada", 3, 2) == contact(connection)


def test_a_changed_row_is_left_alone_and_the_caller_told(connect):
    """The second who writes hears which version the row has by now."""
    events, connection = [], connect()
    locks = Locks(listener=events.append)
    locks.update(connection, "contacts", 1, {"name": "Ada"}, version=1)
    with pytest.raises(StaleVersion) as caught:
        locks.update(connection, "contacts", 1, {"name": "Bob"}, version=1)
    assert (1, 1, 2) == (caught.value.key, caught.value.expected, caught.value.found)
    assert ("Ada", 0, 2) == contact(connection)
    assert [VersionStale(table="contacts")] == events
    assert [1] == [
        s.value for m in locks.measures() for s in m.samples if "stale" in m.name
    ]


def test_a_row_that_is_gone_is_said(connect):
    """A deleted row is not a stale one."""
    with pytest.raises(RowMissing):
        Locks().update(connect(), "contacts", 99, {"name": "Ada"}, version=1)


def test_an_update_waits_no_longer_than_its_timeout(connect, holding):
    """Also an optimistic update may meet a held row."""
    with holding(connect()), pytest.raises(LockTimeout):
        Locks(timeout_s=0.02).update(
            connect(), "contacts", 1, {"name": "Ada"}, version=1
        )


def test_an_update_of_nothing_is_refused(connect):
    """No change is a mistake."""
    with pytest.raises(InvalidSetting, match="changes"):
        Locks().update(connect(), "contacts", 1, {}, version=1)


def test_a_column_with_sql_in_it_is_a_column(connect):
    """Columns are quoted, and values travel beside the text."""
    connection = connect()
    connection.execute('alter table contacts add column "x"" = 1; -- %s :y" text')
    value = "'; drop table contacts; --"
    Locks().update(connection, "contacts", 1, {'x" = 1; -- %s :y': value}, version=1)
    found = connection.execute("select * from contacts where id = 1")
    assert value == found.fetchone()[-1]


def test_the_switch_turned_off_overwrites(connect):
    """Off is as if nobody compared; the version is still counted."""
    connection, locks = connect(), Locks(switch=lambda: False)
    assert 2 == locks.update(connection, "contacts", 1, {"name": "Ada"}, version=7)
    with pytest.raises(RowMissing):
        locks.update(connection, "contacts", 99, {"name": "Ada"}, version=7)


def test_no_accepted_update_is_lost(connect):
    """What is refused is told; what is accepted is there."""
    locks, connections = Locks(timeout_s=30), [connect() for _ in range(4)]

    def add(worker):
        _, score, version = contact(connections[worker])
        locks.update(
            connections[worker], "contacts", 1, {"score": score + 1}, version=version
        )

    def score():
        return contact(connections[0])[1]

    losses = lose_updates(add, score, workers=4, rounds=25, refusals=(StaleVersion,))
    assert 0 == losses.lost
    assert 100 == losses.made + losses.refused


def columns(connection):
    """Return the columns of contacts."""
    found = connection.execute(
        "select column_name from information_schema.columns "
        "where table_name = 'contacts' order by ordinal_position"
    )
    return [row[0] for row in found]


def test_the_migration_can_be_applied_undone_and_applied_again(connect):
    """Each step is idempotent, and the way back is a way back."""
    connection, migration = connect(), version_migration("contacts", column='odd "v"')
    before = columns(connection)
    for text, expected in (
        (migration.apply, [*before, 'odd "v"']),
        (migration.apply, [*before, 'odd "v"']),
        (migration.undo, before),
        (migration.undo, before),
        (migration.apply, [*before, 'odd "v"']),
    ):
        with connection.transaction():
            connection.execute(text)
        assert expected == columns(connection)
    assert 2 == Locks().update(
        connection, "contacts", 1, {"score": 1}, version=1, version_column='odd "v"'
    )


def test_a_column_that_was_there_before_is_refused_and_kept(connect):
    """The undo would drop what the migration did not make, with all that it holds."""
    connection, migration = connect(), version_migration("public.contacts")
    before = columns(connection)
    refused = pytest.raises(psycopg.errors.DuplicateColumn, match="another name")
    with refused as caught, connection.transaction():
        connection.execute(migration.apply)
    assert "version" == caught.value.diag.column_name
    assert before == columns(connection)
    assert ("", 0, 1) == contact(connection)


@pytest.mark.parametrize("name", ["it's \\ %s {0}", "Ver$$sion"])
def test_the_migration_takes_whatever_name_postgresql_takes(connect, name):
    """Its text quotes the name as a column and as a value."""
    connection, migration = connect(), version_migration("contacts", column=name)
    for _ in range(2):
        with connection.transaction():
            connection.execute(migration.apply)
    assert name == columns(connection)[-1]
    with pytest.raises(InvalidSetting, match="column"):
        version_migration("contacts", column="a$hardening_version$b")
