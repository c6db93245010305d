"""The tables that the piece needs, as SQL to run with whatever runs your migrations."""

from hardening.core.migration import Migration, read_migrations

__all__ = ["Migration", "migrations"]


def migrations() -> tuple[Migration, ...]:
    """
    Return the steps, in the order in which they are run; undo them from the last.

    The first is for dead letters and stands alone; the second, for heartbeats, expects
    nothing of the first.
    """
    return read_migrations("hardening.jobs")
