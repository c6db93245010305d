"""
The journal's tables in SQLite, and how its file is opened.

Records are appended and never changed: triggers forbid it, so that a slip of ours, or
of somebody with the `sqlite3` shell, is an error and not a loss. `head` remembers where
each rollout ends, because a hash chain alone cannot tell that its last links were cut.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from gonogo.adapters.journals.errors import JournalTooNew, JournalUnusable

SCHEMA_VERSION = 1
BUSY_S = 10.0  # an append takes about a millisecond; a backup may hold it for seconds

_APPLICATION = 0x676E676F  # 'gngo': tells a journal from any other SQLite file

_TABLES = (
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


def open_journal(path: Path, *, create: bool) -> sqlite3.Connection:
    """
    Return a connection to the journal in a file, for any thread, one at a time.

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
        raise JournalUnusable(path, what=str(error), remedy=_remedy(error)) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Open a write transaction; commit it, or roll it back on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


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
    _check_version(connection, path)
    if _number(connection, "journal_mode") != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    if _number(connection, "user_version") == 0:
        _create(connection, path)


def _create(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables, unless another process does so at the same moment."""
    with transaction(connection):
        _check_version(connection, path)
        if _number(connection, "user_version") == 0:
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={_APPLICATION}")
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is somebody else's, or of a later version."""
    version = _number(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _number(connection, "application_id") != _APPLICATION:
        raise JournalUnusable(
            path,
            what="it is a SQLite database, but no journal of gonogo",
            remedy="Name another file.",
        )
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise JournalTooNew(path, found=version, known=SCHEMA_VERSION)


def _number(connection: sqlite3.Connection, pragma: str) -> int | str:
    """Return the present value of a setting."""
    found: int | str = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return found


def _remedy(error: sqlite3.DatabaseError) -> str:
    """Return what to do about one of SQLite's errors."""
    return _REMEDIES.get(
        # The low byte is the primary code; extended codes refine it.
        getattr(error, "sqlite_errorcode", 0) & 0xFF,
        "Look at the file and its disk; `gonogo journal verify` checks its records.",
    )


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
