"""
The whole system on one machine: staging and production, under load, for one command.

A private PostgreSQL, and for each environment a database, a service and a worker.
Staging has been migrated and runs release v2; production has the base schema and runs
v1, with every flag off. Nothing uses a fixed port, and nothing outlives the block.
"""

import json
import os
import secrets
import socket
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from gonogo.testing.postgres import PrivatePostgres, find_binaries, private_postgres

from .children import Child, start_child, stop_children
from .clock import now_s, pause_s
from .faults import Fault, write_faults
from .features import DLQ, FLAGS, HEARTBEAT

HERE: Final = Path(__file__).parents[1]
RELEASES: Final[Mapping[str, tuple[str, ...]]] = {"v1": (), "v2": (DLQ, HEARTBEAT)}
PRODUCTION_RATE_PER_S: Final = 40.0
STAGING_RATE_PER_S: Final = 4.0

_START_S: Final = 30.0
_POLL_S: Final = 0.05


class SystemNotStarted(Exception):
    """A part of the system ended, or did not become healthy in time."""

    def __init__(self, what: str, children: Sequence[Child]) -> None:
        self.what = what
        logs = "\n".join(f"--- {child.name}\n{child.log_tail}" for child in children)
        super().__init__(f"The system did not start: {what}. Its logs end so:\n{logs}")


@dataclass(frozen=True, slots=True)
class Environment:
    """
    One environment: where it is reached and what it reads.

    Attributes:
        name: `production` or `staging`.
        url: Of its service.
        home: Holds the releases, the pointer to the current one, and the backups.
    """

    name: str
    url: str
    database_url: str
    flags: Path
    faults: Path
    home: Path


@dataclass(frozen=True, slots=True)
class System:
    """
    The running system.

    Attributes:
        env: The environment variables for a command that works on it.
        token: What the admin endpoints ask for.
        postgres: The server of both databases, to be stopped and started by a test.
    """

    production: Environment
    staging: Environment
    token: str
    env: dict[str, str]
    postgres: PrivatePostgres


@contextmanager
def running_system(
    folder: Path,
    fault: str | Sequence[str] | None = None,
    *,
    rate_per_s: float = PRODUCTION_RATE_PER_S,
    settings: Mapping[str, str] | None = None,
) -> Iterator[System]:
    """
    Run the system for the length of a `with` block.

    Args:
        folder: For flags, faults, releases, backups and logs; created when absent.
        fault: Faults of production, each as `Fault.parse` reads it.
        rate_per_s: Requests a second to production.
        settings: More environment variables for services and workers.

    Raises:
        FaultInvalid: A fault is none.
        SystemNotStarted: Something did not come up; holds the logs.
    """
    texts = [fault] if isinstance(fault, str) else list(fault or ())
    faults = [Fault.parse(text) for text in texts]
    folder = folder.resolve()
    token = secrets.token_urlsafe(16)
    with ExitStack() as stack:
        postgres = stack.enter_context(private_postgres())
        parts = _Parts(stack, postgres, token, settings or {})
        production = parts.environment(folder / "production", release="v1")
        staging = parts.environment(folder / "staging", release="v2")
        write_faults(production.faults, faults)
        parts.load(folder, {production: rate_per_s, staging: STAGING_RATE_PER_S})
        parts.wait_until_healthy((production, staging))
        variables = _variables(production, staging, token)
        yield System(production, staging, token, variables, postgres)


class _Parts:
    """Starts the parts one by one; the stack stops them, newest first."""

    def __init__(
        self,
        stack: ExitStack,
        postgres: PrivatePostgres,
        token: str,
        settings: Mapping[str, str],
    ) -> None:
        self._stack = stack
        self._postgres = postgres
        self._token = token
        self._settings = settings
        self._children: list[Child] = []
        stack.callback(stop_children, self._children)

    def environment(self, folder: Path, *, release: str) -> Environment:
        """Prepare one environment, and start its service and its worker."""
        listening = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        environment = Environment(
            name=folder.name,
            url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            database_url=self._postgres.create_database(folder.name),
            flags=folder / "flags.json",
            faults=folder / "faults.json",
            home=folder / "home",
        )
        _prepare_files(environment, release)
        _prepare_database(environment.database_url, migrated=release != "v1")
        number = str(listening.fileno())
        self._start(environment, "worker")
        self._start(environment, "service", "--fd", number, fd=listening.fileno())
        return environment

    def load(self, folder: Path, rates: Mapping[Environment, float]) -> None:
        """Start the load on all environments."""
        targets = [f"{each.url}={rate:g}" for each, rate in rates.items()]
        log = folder / "load.log"
        load = start_child("load", ["load", *targets], environment={}, log=log)
        self._children.append(load)

    def wait_until_healthy(self, environments: Sequence[Environment]) -> None:
        """Return when every service is healthy and has answered requests."""
        deadline = now_s() + _START_S
        for environment in environments:
            while not _is_healthy(environment):
                ended = [c for c in self._children if c.process.poll() is not None]
                if ended:
                    what = f"{ended[0].name} has ended"
                    raise SystemNotStarted(what, ended)
                if now_s() > deadline:
                    what = f"{environment.name} is not healthy after {_START_S:g} s"
                    raise SystemNotStarted(what, self._children)
                pause_s(_POLL_S)

    def _start(
        self, environment: Environment, *arguments: str, fd: int | None = None
    ) -> None:
        """Start a process of an environment."""
        name = f"{environment.name} {arguments[0]}"
        variables = {
            **self._settings,
            "QC_DATABASE_URL": environment.database_url,
            "TOKEN": self._token,
            "QC_FLAGS_FILE": str(environment.flags),
            "QC_FAULTS_FILE": str(environment.faults),
            "QC_HOME": str(environment.home),
        }
        log = environment.home.parent / f"{arguments[0]}.log"
        child = start_child(
            name,
            arguments,
            environment=variables,
            log=log,
            descriptors=() if fd is None else (fd,),
        )
        self._children.append(child)


def _prepare_files(environment: Environment, release: str) -> None:
    """Write the flags, all off, and the releases, one of them current."""
    for name, features in RELEASES.items():
        place = environment.home / "releases" / name
        place.mkdir(parents=True, exist_ok=True)
        manifest = {"release": name, "features": features}
        (place / "release.json").write_text(json.dumps(manifest) + "\n", "utf-8")
    current = environment.home / "current"
    current.unlink(missing_ok=True)
    current.symlink_to(Path("releases", release))
    (environment.home / "previous").unlink(missing_ok=True)
    write_faults(environment.faults, ())
    environment.flags.write_text(_flags_off(), "utf-8")


def _flags_off() -> str:
    """Return a flag document with every flag at 0 %, one flag a line."""
    off = {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
    }
    lines = ",\n".join(f'    "{flag}": {json.dumps(off)}' for flag in FLAGS)
    return f'{{\n  "flags": {{\n{lines}\n  }}\n}}\n'


def _prepare_database(database_url: str, *, migrated: bool) -> None:
    """Create the base schema; for staging, run the migrations of the rollout too."""
    names = ["000_base.sql"]
    if migrated:
        names += ["001_job_dlq.up.sql", "002_heartbeat.up.sql"]
    with psycopg.connect(database_url) as connection:
        for name in names:
            statements = (HERE / "migrations" / name).read_bytes()
            connection.execute(statements)


def _is_healthy(environment: Environment) -> bool:
    """Tell whether a service is healthy, and measures the traffic that it gets."""
    try:
        _get(f"{environment.url}/health")
        return bool(_get(f"{environment.url}/api/metrics?window_s=60")["requests"])
    except (OSError, ValueError):
        return False


def _get(url: str) -> dict[str, object]:
    """Return the JSON of an address; `urllib.error.HTTPError` is an `OSError`."""
    with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own
        return dict(json.load(answer))


def _variables(
    production: Environment, staging: Environment, token: str
) -> dict[str, str]:
    """Return the environment variables for a command that works on the system."""
    tools = [
        str(Path(sys.executable).parent),
        str(find_binaries()),
        os.environ.get("PATH", ""),
    ]
    python = [str(HERE), os.environ.get("PYTHONPATH", "")]
    return {
        "APP_URL": production.url,
        "TOKEN": token,
        "QC_DATABASE_URL": production.database_url,
        "QC_FLAGS_FILE": str(production.flags),
        "QC_FAULTS_FILE": str(production.faults),
        "QC_HOME": str(production.home),
        "STAGING_APP_URL": staging.url,
        "STAGING_DATABASE_URL": staging.database_url,
        "STAGING_FLAGS_FILE": str(staging.flags),
        "STAGING_FAULTS_FILE": str(staging.faults),
        "STAGING_QC_HOME": str(staging.home),
        "PATH": os.pathsep.join(filter(None, tools)),
        "PYTHONPATH": os.pathsep.join(filter(None, python)),
    }
