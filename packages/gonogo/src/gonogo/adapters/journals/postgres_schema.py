"""
The journal's tables in PostgreSQL, and how they come to be there.

They are those of the SQLite journal, but for two things. A command stays in `inbox`
after it was consumed, so that one sent again over a broken connection is known. And
what may hold any character is kept as bytes: PostgreSQL's text has no place for NUL.
"""

import psycopg
from psycopg import sql

from gonogo.adapters.journals.errors import JournalTooNew, JournalUnusable

SCHEMA_VERSION = 1

CHANNEL = "gonogo_inbox"
"""What is notified when a command was sent."""

# 'gngo': whoever creates or upgrades the tables holds this advisory lock.
_CREATING = 0x676E676F

_OLDEST_SERVER = 150000

_VERSION_1 = """
    CREATE TABLE record (
        rollout text COLLATE "C" NOT NULL,
        seq bigint NOT NULL CHECK (seq > 0),
        recorded_at text NOT NULL,
        body bytea NOT NULL,
        previous text NOT NULL,
        link text NOT NULL,
        PRIMARY KEY (rollout, seq)
    );
    CREATE TABLE head (
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        rollout text COLLATE "C" PRIMARY KEY,
        seq bigint NOT NULL,
        link text NOT NULL
    ) WITH (fillfactor = 70);
    CREATE TABLE inbox (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rollout text COLLATE "C" NOT NULL,
        body bytea NOT NULL,
        token uuid NOT NULL UNIQUE,
        consumed boolean NOT NULL DEFAULT false
    );
    CREATE INDEX inbox_waiting ON inbox (number) WHERE NOT consumed;
    CREATE TABLE standing (
        rollout text COLLATE "C" PRIMARY KEY,
        shard smallint NOT NULL,
        place bytea NOT NULL,
        under_way boolean NOT NULL,
        body bytea NOT NULL
    ) WITH (fillfactor = 70);
    CREATE UNIQUE INDEX standing_place ON standing (place) WHERE under_way;
    CREATE INDEX standing_shard ON standing (shard) WHERE under_way;
    CREATE TABLE snapshot (
        rollout text COLLATE "C" PRIMARY KEY,
        seq bigint NOT NULL,
        form text NOT NULL,
        body bytea NOT NULL
    ) WITH (fillfactor = 70);
    CREATE TABLE shard (
        shard smallint PRIMARY KEY,
        epoch bigint NOT NULL,
        clean boolean NOT NULL
    ) WITH (fillfactor = 50);
    CREATE FUNCTION refuse_a_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a journal record is never changed or deleted';
    END $$;
    CREATE TRIGGER record_is_never_changed BEFORE UPDATE OR DELETE ON record
        FOR EACH ROW EXECUTE FUNCTION refuse_a_change();
    CREATE TRIGGER record_is_never_truncated BEFORE TRUNCATE ON record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_change();
    CREATE TABLE journal_version (version integer NOT NULL);
    INSERT INTO journal_version VALUES (0)
"""

_FIND_VERSION = """
    SELECT count(*) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
    WHERE relname = 'journal_version' AND nspname = %s
"""

# What each version added to the one before; a step never changes once it was released.
_STEPS = (_VERSION_1,)


def prepare(
    connection: psycopg.Connection, *, place: str, schema: str, create: bool
) -> None:
    """
    Create the tables that are missing; commits.

    Any number of processes may do so at once.

    Args:
        connection: Without a transaction; its search path is the schema.
        place: Names the database in an error.
        schema: The name of the schema.
        create: Whether a database without a journal gets one.

    Raises:
        JournalTooNew: A later version of gonogo made the tables.
        JournalUnusable: There is no journal, or the server is too old.
    """
    _check_server(connection, place)
    if _version(connection, place, schema) == SCHEMA_VERSION:
        connection.commit()
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_CREATING,))
    found = _version(connection, place, schema)
    if found == 0 and not create:
        raise JournalUnusable(
            place,
            what="there is no journal in it",
            remedy="Name the database in which a worker keeps its journal.",
        )
    if found == 0:
        name = sql.Identifier(schema)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    for step in _STEPS[found:]:
        connection.execute(step)
    connection.execute("UPDATE journal_version SET version = %s", (SCHEMA_VERSION,))
    connection.commit()


def _check_server(connection: psycopg.Connection, place: str) -> None:
    """Refuse a server that lacks what the statements use."""
    found = connection.info.server_version
    if found < _OLDEST_SERVER:
        raise JournalUnusable(
            place,
            what=f"the server is PostgreSQL {found // 10000}",
            remedy=f"Use PostgreSQL {_OLDEST_SERVER // 10000} or newer.",
        )


def _version(connection: psycopg.Connection, place: str, schema: str) -> int:
    """Return the version of the tables; 0 when there are none."""
    # Not `to_regclass`: what it remembers is older than a wait for the lock above.
    row = connection.execute(_FIND_VERSION, (schema,)).fetchone()
    if row != (1,):
        return 0
    # By its full name: what may not be looked into is not 'missing' then.
    table = sql.Identifier(schema, "journal_version")
    query = sql.SQL("SELECT version FROM {}").format(table)
    found = int(connection.execute(query).fetchall()[0][0])
    if found > SCHEMA_VERSION:
        raise JournalTooNew(place, found=found, known=SCHEMA_VERSION)
    return found
