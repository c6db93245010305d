"""Migrations: what a piece needs in the database, with the way back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """
    One step, and its undo; each is idempotent and runs in one transaction.

    Attributes:
        name: As of its file: '001_webhook_events'.
        apply: SQL, of several statements.
        undo: SQL that takes it back; data that the step's table held are gone then.
    """

    name: str
    apply: str
    undo: str


def read_migrations(package: str) -> tuple[Migration, ...]:
    """Return the migrations in a package's folder `migrations`, in order."""
    from importlib.resources import files  # noqa: PLC0415 - slow, and rarely used

    folder = files(package) / "migrations"
    texts = {entry.name: entry for entry in folder.iterdir()}
    names = sorted(
        name.removesuffix(".undo.sql") for name in texts if name.endswith(".undo.sql")
    )
    return tuple(
        Migration(
            name,
            texts[f"{name}.sql"].read_text("utf-8"),
            texts[f"{name}.undo.sql"].read_text("utf-8"),
        )
        for name in names
    )
