"""
The journal's tables in SQLite, and how its file is opened.

Records are appended and never changed: triggers forbid it, so that a slip of ours, or
of somebody with the `sqlite3` shell, is an error and not a loss. `head` remembers where
each rollout ends, because a hash chain alone cannot tell that its last links were cut.
`standing`, `snapshot` and `shard` may change: they say how things are, not what was.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from gonogo.adapters.journals.errors import (
    JournalOutOfReach,
    JournalTooNew,
    JournalUnusable,
)

SCHEMA_VERSION = 2
BUSY_S = 10.0  # an append takes about a millisecond; a backup may hold it for seconds

_LOOK_MS = 2

# A log so long, 40 MB, is carried over into the file by whoever commits. A worker does
# so earlier, beside its commits: `SqliteJournal.carry_over`.
CHECKPOINT_PAGES = 10_000

_APPLICATION = 0x676E676F  # 'gngo': tells a journal from any other SQLite file

_VERSION_1 = (
    """
    CREATE TABLE record (
        rollout TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        recorded_at TEXT NOT NULL,
        body BLOB NOT NULL,
        previous TEXT NOT NULL,
        link TEXT NOT NULL,
        PRIMARY KEY (rollout, seq)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE head (
        number INTEGER PRIMARY KEY,
        rollout TEXT NOT NULL UNIQUE,
        seq INTEGER NOT NULL,
        link TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE inbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        rollout TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'a journal record is never changed'); END
    """,
    """
    CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'a journal record is never deleted'); END
    """,
)

_VERSION_2 = (
    """
    CREATE TABLE standing (
        rollout TEXT PRIMARY KEY,
        shard INTEGER NOT NULL,
        service TEXT NOT NULL,
        environment TEXT NOT NULL,
        title TEXT NOT NULL,
        digest TEXT NOT NULL,
        phase TEXT NOT NULL,
        started_at TEXT NOT NULL,
        due TEXT,
        ended_at TEXT,
        soaking INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE UNIQUE INDEX standing_place ON standing (service, environment)
    WHERE ended_at IS NULL
    """,
    "CREATE INDEX standing_shard ON standing (shard)",
    """
    CREATE TABLE snapshot (
        rollout TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        form TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE shard (
        shard INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL,
        clean INTEGER NOT NULL
    ) STRICT
    """,
)

# What each version added to the one before: a new file takes all of these steps, and
# an old one those that it lacks. A step never changes once it was released.
_STEPS = (_VERSION_1, _VERSION_2)


def open_journal(path: Path, *, create: bool) -> sqlite3.Connection:
    """
    Return a connection to the journal in a file, for any thread, one at a time.

    A journal of an earlier version is brought up to this one, and loses nothing.

    Args:
        path: The file.
        create: Whether a missing file becomes an empty journal.

    Raises:
        JournalTooNew: A later version of gonogo wrote it.
        JournalUnusable: It cannot be opened, or is no journal.
    """
    _check_place(path, create=create)
    with usable(path):
        mode = "rwc" if create else "rw"
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,  # transactions are opened by name, below
            check_same_thread=False,
        )
    try:
        with usable(path):
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one that says what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        kind = JournalOutOfReach if _code(error) in _PASSING else JournalUnusable
        raise kind(path, what=str(error), remedy=_remedy(error)) from error


@contextmanager
def transaction(
    connection: sqlite3.Connection, kind: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE"
) -> Iterator[None]:
    """
    Open a transaction; commit it, or roll it back on any exception.

    Args:
        connection: Without a transaction.
        kind: DEFERRED only to read: all reads see the same moment.
    """
    if kind == "IMMEDIATE":
        _begin(connection)
    else:
        connection.execute("BEGIN DEFERRED")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _begin(connection: sqlite3.Connection) -> None:
    """
    Begin to write, as soon as nobody else does.

    SQLite's own waiting soon looks only every tenth of a second: beside a runner that
    commits all the time, a person's abort came through after seconds. Looking every
    other millisecond, it waits for a few commits.
    """
    until = time.monotonic() + BUSY_S
    connection.execute(f"PRAGMA busy_timeout = {_LOOK_MS}")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")


def _check_place(path: Path, *, create: bool) -> None:
    """Name the mistakes for which SQLite has one message only."""
    if path.is_dir():
        raise JournalUnusable(
            path, what="it is a folder", remedy="Name a file inside it."
        )
    if not create and not path.exists():
        raise JournalUnusable(
            path,
            what="there is no such file",
            remedy="Name the journal of a rollout that was started.",
        )
    if create and not path.absolute().parent.is_dir():
        raise JournalUnusable(
            path,
            what=f"there is no folder {path.parent}",
            remedy="Create the folder, or name another file.",
        )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up, and create the tables of an empty file."""
    # Bytes that are no text come back as text that does not match its link.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    _check_version(connection, path)
    if _number(connection, "journal_mode") != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    if _version(connection) < SCHEMA_VERSION:
        _upgrade(connection, path)
    # From here on the journal syncs the log itself, after each commit: SQLite would do
    # so while it holds the lock that everybody else waits for.
    connection.execute("PRAGMA synchronous=NORMAL")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Add the tables that are missing, unless another process did so just now."""
    with transaction(connection):
        _check_version(connection, path)
        for step in _STEPS[_version(connection) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={_APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is somebody else's, or of a later version."""
    version = _version(connection)
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _number(connection, "application_id") != _APPLICATION:
        raise JournalUnusable(
            path,
            what="it is a SQLite database, but no journal of gonogo",
            remedy="Name another file.",
        )
    if version > SCHEMA_VERSION:
        raise JournalTooNew(path, found=version, known=SCHEMA_VERSION)


def _version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 for an empty file."""
    return int(_number(connection, "user_version"))


def _number(connection: sqlite3.Connection, pragma: str) -> int | str:
    """Return the present value of a setting."""
    found: int | str = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return found


def _remedy(error: sqlite3.DatabaseError) -> str:
    """Return what to do about one of SQLite's errors."""
    return _REMEDIES.get(
        _code(error),
        "Look at the file and its disk; `gonogo journal verify` checks its records.",
    )


def _code(error: sqlite3.DatabaseError) -> int:
    """Return the primary code of an error: its low byte; the others refine it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


# Somebody else lets go of the file, or makes room: nothing has to be done to gonogo.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}

_REMEDIES = {
    sqlite3.SQLITE_BUSY: "Another program holds it; end that one and try again.",
    sqlite3.SQLITE_LOCKED: "Another program holds it; end that one and try again.",
    sqlite3.SQLITE_READONLY: "Let this user write to the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "Let this user write to the file and its folder.",
    sqlite3.SQLITE_PERM: "Let this user write to the file and its folder.",
    sqlite3.SQLITE_FULL: "Free some space on the disk; the rollout can then go on.",
    sqlite3.SQLITE_NOTADB: "Name the journal's file; this one is something else.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged; restore it from a backup.",
}
