"""Looking for sources: what a project's folder and the environment offer a rollout."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from gonogo.document.templates.sources import (
    FlagSource,
    HealthPath,
    Migration,
    Sources,
)
from gonogo_flags import FlagError, Snapshot

_SKIPPED = frozenset({"node_modules", "vendor", "venv", "build", "dist", "target"})
# A project keeps such files near its top; a deeper look takes long and finds others'.
_DEEPEST = 3
_MOST_FILES = 5_000
_BIGGEST_B = 1_000_000

_HEALTH = re.compile(
    r"(?:https?://[^/\s\"']+)?(?P<path>/[\w./-]*\b(?:healthz?|readyz?|livez?|"
    r"health_?check|ping|status)\b[\w/-]*)",
    re.IGNORECASE,
)
_SERVICES = re.compile(
    r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml|package\.json|Procfile", re.IGNORECASE
)
_REMOTE = re.compile(r"^\s*url\s*=\s*\S*?([\w.-]+?)(?:\.git)?/?\s*$", re.MULTILINE)
_PRISMA = re.compile(r"prisma/migrations/(?P<name>[^/]+)/migration\.sql$")
_RAILS = re.compile(r"db/migrate/(?P<name>(?P<version>\d+)_[^/]+)\.rb")
_APP = ("APP_URL", "SERVICE_URL", "BASE_URL", "API_URL")


def find_sources(folder: Path, environ: Iterable[str]) -> Sources:
    """
    Return what a project has; nothing is run, and no variable's value is read.

    Args:
        folder: The project's.
        environ: The names of the variables that are set.
    """
    names = sorted(environ)
    files = tuple(_files(folder))
    return Sources(
        service=_service(folder),
        database=_variable(names, ("DATABASE_URL",)),
        prometheus=_variable(names, ("PROMETHEUS_URL",)),
        app=_variable(names, _APP),
        migration=_migration(files),
        flags=_flags(folder, files),
        health=_health(folder, files),
    )


def _files(folder: Path) -> Iterator[str]:
    """Yield the paths of a project's files, as posix, nearest and first in name first."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        here = Path(place).relative_to(folder)
        folders[:] = sorted(name for name in folders if _is_entered(name, here))
        found += ((here / name).as_posix() for name in files)
        if len(found) > _MOST_FILES:
            break
    yield from sorted(found, key=lambda path: (path.count("/"), path))


def _is_entered(name: str, here: Path) -> bool:
    hidden = name.startswith((".", "_")) or name in _SKIPPED
    return not hidden and len(here.parts) < _DEEPEST


def _variable(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Return the variable of a known name; else the only one that ends in one."""
    known = set(names)
    for name in wanted:
        if name in known:
            return name
    for name in wanted:
        like = [one for one in known if one.endswith(f"_{name}")]
        if len(like) == 1:
            return like[0]
    return None


def _service(folder: Path) -> str:
    """Return the name of the remote repository; else of the folder."""
    for place in (folder.resolve(), *folder.resolve().parents):
        config = place / ".git" / "config"
        if config.is_file():
            match = _REMOTE.search(_text(config))
            return match[1] if match else place.name
    return folder.resolve().name or "service"


# -- migrations ----------------------------------------------------------------------


def _migration(files: tuple[str, ...]) -> Migration | None:
    found = (look(files) for look in _LOOKS)
    return next((migration for migration in found if migration), None)


def _sql(files: tuple[str, ...]) -> Migration | None:
    """Return the last of `migrations/*.up.sql`, with its `.down.sql`."""
    ups = [path for path in files if path.endswith(".up.sql")]
    if not ups:
        return None
    folder = ups[0].rpartition("/")[0]
    there = sorted(path for path in ups if path.rpartition("/")[0] == folder)
    up = there[-1]
    down = f"{up.removesuffix('.up.sql')}.down.sql"
    return Migration(
        name=up.rpartition("/")[2].removesuffix(".up.sql"),
        up=up,
        down=down if down in files else None,
        by_script=True,
        tool="SQL files",
        count=len(there),
    )


def _alembic(files: tuple[str, ...]) -> Migration | None:
    """Return the next revision: up and down by one, so that each reverses the other."""
    found = [path for path in files if re.search(r"versions/[^/]+\.py$", path)]
    if "alembic.ini" not in files or not found:
        return None
    return Migration(
        name="next revision",
        up="alembic upgrade +1",
        down="alembic downgrade -1",
        by_script=False,
        tool="Alembic",
        count=len(found),
    )


def _prisma(files: tuple[str, ...]) -> Migration | None:
    """Return the last migration of Prisma, which deploys all that are new."""
    found = [m["name"] for m in map(_PRISMA.search, files) if m]
    if not found:
        return None
    return Migration(
        name=max(found),
        up="npx prisma migrate deploy",
        down=None,
        by_script=False,
        tool="Prisma",
        count=len(found),
    )


def _rails(files: tuple[str, ...]) -> Migration | None:
    """Return the last migration of Rails, by its version."""
    found = [m for m in map(_RAILS.fullmatch, files) if m]
    if not found:
        return None
    newest = max(found, key=lambda match: match["version"])
    return Migration(
        name=newest["name"],
        up=f"bin/rails db:migrate:up VERSION={newest['version']}",
        down=f"bin/rails db:migrate:down VERSION={newest['version']}",
        by_script=False,
        tool="Rails",
        count=len(found),
    )


_LOOKS: tuple[Callable[[tuple[str, ...]], Migration | None], ...] = (
    _sql,
    _alembic,
    _prisma,
    _rails,
)


# -- flags and health ----------------------------------------------------------------


def _flags(folder: Path, files: tuple[str, ...]) -> FlagSource | None:
    """Return the first JSON file of flagd's form."""
    for path in files:
        if path.endswith(".json") and "flags" in _json(folder / path):
            try:
                snapshot = Snapshot.parse(_text(folder / path), source=path)
            except FlagError:
                continue
            return FlagSource(file=path, flags=tuple(snapshot.flags))
    return None


def _json(path: Path) -> Mapping[str, object]:
    try:
        held = json.loads(_text(path) or "null")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _health(folder: Path, files: tuple[str, ...]) -> HealthPath | None:
    for path in files:
        if _SERVICES.fullmatch(path.rpartition("/")[2]):
            match = _HEALTH.search(_text(folder / path))
            if match:
                return HealthPath(path=match["path"], file=path)
    return None


def _text(path: Path) -> str:
    """Return a text file; '' for what is too large, no text, or not to be read."""
    try:
        if path.stat().st_size > _BIGGEST_B:
            return ""
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""
