"""Where PostgreSQL is installed: the newest server that is new enough."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

OLDEST_MAJOR = 15
"""The oldest PostgreSQL that gonogo is tested with (unique nulls, MERGE)."""


class PostgresNotFound(Exception):
    """No PostgreSQL server of the required version is installed here."""

    def __init__(self, *, looked_in: tuple[Path, ...]) -> None:
        self.looked_in = looked_in
        places = ", ".join(map(str, looked_in)) or "no folder at all"
        super().__init__(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found (looked in {places}). "
            "Install it with: scripts/system-deps"
        )


def find_binaries(candidates: Iterable[Path] | None = None) -> Path:
    """
    Return the first folder that holds a new enough server.

    Args:
        candidates: Folders to look in, best first; by default what `pg_config`, the
            packages of Debian, Red Hat and Homebrew, and the PATH offer.
    """
    folders = tuple(_candidates() if candidates is None else candidates)
    for folder in folders:
        if _major(folder) >= OLDEST_MAJOR:
            return folder
    raise PostgresNotFound(looked_in=folders)


def _candidates() -> Iterator[Path]:
    """Yield the folders that may hold a server, without repeats, newest first."""
    seen: set[Path] = set()
    for folder in (*_configured(), *_packaged(), *_on_path()):
        if folder not in seen and (folder / "initdb").exists():
            seen.add(folder)
            yield folder


def _configured() -> Iterator[Path]:
    """Yield what `pg_config` names, when there is one."""
    command = shutil.which("pg_config")
    if command is not None:
        yield Path(_output([command, "--bindir"]).strip())


def _packaged() -> Iterator[Path]:
    """Yield the folders where package managers put servers, newest first."""
    patterns = (
        ("/usr/lib/postgresql", "*/bin"),
        ("/usr", "pgsql-*/bin"),
        ("/opt/homebrew/opt", "postgresql@*/bin"),
        ("/usr/local/opt", "postgresql@*/bin"),
    )
    for root, pattern in patterns:
        yield from sorted(Path(root).glob(pattern), key=_major, reverse=True)


def _on_path() -> Iterator[Path]:
    """Yield the folder of the `postgres` that the PATH finds."""
    command = shutil.which("postgres")
    if command is not None:
        yield Path(command).resolve().parent


def _major(folder: Path) -> int:
    """Return the server's major version, 0 when there is none to run."""
    try:
        version = _output([str(folder / "postgres"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", version)
    return int(found.group(1)) if found else 0


def _output(command: list[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
