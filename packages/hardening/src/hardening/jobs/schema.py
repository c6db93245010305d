"""The tables that the piece needs, as SQL to run with whatever runs your migrations."""

from dataclasses import dataclass, field

NAMES = ("001_job_dlq", "002_job_heartbeat")


@dataclass(frozen=True, slots=True)
class Migration:
    """
    One step, safe to run twice, and its undo.

    Attributes:
        name: '001_job_dlq'.
        apply: Creates what is missing.
        undo: Takes it away, with its rows.
    """

    name: str
    apply: str = field(repr=False)
    undo: str = field(repr=False)


def migrations() -> tuple[Migration, ...]:
    """
    Return the steps, in the order in which they are run; undo them from the last.

    The first is for dead letters and stands alone; the second, for heartbeats, expects
    nothing of the first.
    """
    # It loads tempfile and the archives' modules, which no running service needs.
    from importlib.resources import files  # noqa: PLC0415

    folder = files("hardening.jobs") / "migrations"
    return tuple(
        Migration(
            name,
            (folder / f"{name}.sql").read_text("utf-8"),
            (folder / f"{name}.undo.sql").read_text("utf-8"),
        )
        for name in NAMES
    )


def migration() -> str:
    """Return all the steps as one text of SQL."""
    return "\n".join(step.apply for step in migrations())
