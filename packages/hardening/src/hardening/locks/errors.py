"""What can go wrong with a lock, each as its own class."""

from typing import ClassVar


class LockError(Exception):
    """
    A lock was not had, or did not protect.

    Attributes:
        table: The table; for an advisory lock, its name.
        retryable: Whether the same transaction, begun again, may succeed. Name the
            class in a retry policy: nothing was changed.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, table: str, message: str) -> None:
        self.table = table
        super().__init__(message)


class LockTimeout(LockError):
    """
    Somebody else held the lock for longer than this caller may wait.

    Attributes:
        keys: The rows asked for; empty for an advisory lock.
        waited_s: How long it was waited, in seconds.
    """

    retryable = True

    def __init__(self, table: str, keys: tuple[object, ...], waited_s: float) -> None:
        self.keys = keys
        self.waited_s = waited_s
        super().__init__(
            table,
            f"{_place(table, keys)} was held by another for the {waited_s:.3f} s of "
            "waiting. Try again later, or find the long transaction in "
            "pg_stat_activity.",
        )


class AlreadyLocked(LockTimeout):
    """Somebody else holds the lock, and this caller did not want to wait."""


class Deadlock(LockError):
    """
    Two transactions waited for each other, and the server ended this one.

    The whole transaction is undone, or the part since its savepoint; begin it again.
    Take several rows by one `Locks.rows`, and they cannot deadlock one another.
    """

    retryable = True

    def __init__(self, table: str) -> None:
        super().__init__(
            table,
            f"The server ended this transaction on {table!r}: it and another waited "
            "for each other. Begin it again; lock rows in one order everywhere.",
        )


class StaleSnapshot(LockError):
    """The row changed after this transaction (repeatable read) took its snapshot."""

    retryable = True

    def __init__(self, table: str, keys: tuple[object, ...]) -> None:
        self.keys = keys
        super().__init__(
            table,
            f"{_place(table, keys)} changed after this transaction began to read. "
            "Begin it again.",
        )


class StaleVersion(LockError):
    """
    Somebody else changed the row since it was read; nothing was written.

    Attributes:
        key: The row; None where SQLAlchemy does not tell.
        expected: The version that was read; None where SQLAlchemy does not tell.
        found: The version that the row has by now.
    """

    def __init__(
        self,
        table: str,
        key: object = None,
        *,
        expected: int | None = None,
        found: int | None = None,
    ) -> None:
        self.key = key
        self.expected = expected
        self.found = found
        versions = "" if found is None else f" (version {found}, not {expected})"
        super().__init__(
            table,
            f"{_place(table, () if key is None else (key,))} was changed by another "
            f"since it was read{versions}. Read it again and repeat the change.",
        )


class RowMissing(LockError):
    """
    No such row.

    Attributes:
        keys: Those without a row.
    """

    def __init__(self, table: str, keys: tuple[object, ...]) -> None:
        self.keys = keys
        super().__init__(table, f"{_place(table, keys)} does not exist.")


class LockLost(LockError):
    """A session's advisory lock was gone before its block ended."""

    def __init__(self, table: str) -> None:
        super().__init__(
            table,
            f"The advisory lock {table!r} was gone before its block ended: the "
            "connection was reset, or a pooler gave another one. Whatever ran in the "
            "block was not protected to its end.",
        )


class LockMisuse(LockError):
    """The lock was asked for in a way that cannot protect anything."""


def _place(table: str, keys: tuple[object, ...]) -> str:
    """Return 'contacts 17', 'contacts 17, 18, 19 …' or the table alone."""
    shown = ", ".join(str(key)[:80] for key in keys[:3])
    more = " …" if len(keys) > 3 else ""  # noqa: PLR2004 - three make the point
    return f"{table} {shown}{more}" if keys else table
