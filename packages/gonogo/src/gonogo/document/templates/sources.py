"""Sources: what a project has that a rollout can use. Names and paths, never values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """
    The newest migration of a project.

    Attributes:
        name: As people call it.
        up: The script, or the command, that migrates.
        down: What reverses it; None where nothing does.
        by_script: `up` and `down` are SQL files; else they are commands.
        tool: 'SQL files', 'Alembic', ….
        count: How many migrations there are.
    """

    name: str
    up: str
    down: str | None
    by_script: bool
    tool: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSource:
    """A flag file of flagd's form, and the flags in it, by name."""

    file: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPath:
    """The path at which a service says how it is, and the file that says so."""

    path: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """
    What was found; None where nothing was.

    Attributes:
        service: The name of the project.
        database: The variable with the URL of its database.
        prometheus: The variable with the URL of its Prometheus.
        app: The variable with the URL of the service.
    """

    service: str
    database: str | None = None
    prometheus: str | None = None
    app: str | None = None
    migration: Migration | None = None
    flags: FlagSource | None = None
    health: HealthPath | None = None

    def told(self) -> tuple[tuple[str, str | None], ...]:
        """Return each source, with what was found of it."""
        migration, flags, health = self.migration, self.flags, self.health
        names = flags and (", ".join(flags.flags) or "no flag yet")
        return (
            ("service", self.service),
            ("database", f"${self.database}" if self.database else None),
            ("migration", f"{migration.up} ({_of(migration)})" if migration else None),
            ("flags", f"{flags.file} ({names})" if flags else None),
            ("address", f"${self.app}" if self.app else None),
            ("health", f"{health.path} ({health.file})" if health else None),
            (
                "metrics",
                f"${self.prometheus} (Prometheus)" if self.prometheus else None,
            ),
        )


def _of(migration: Migration) -> str:
    newest = f", the newest of {migration.count}" if migration.count > 1 else ""
    return f"{migration.tool}{newest}"
