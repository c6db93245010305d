"""
Faults: what goes wrong on purpose, switched by a small JSON file that is replaced.

Each fault may be confined to the tenants for which a flag is on; then it is a defect
of the new feature, and the rollout has to find it at 5 %.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from gonogo_flags import bucket

from .features import FLAGS, Features

# What each fault's number means, and its largest value.
KINDS: Final[Mapping[str, tuple[str, float]]] = {
    "error_rate": ("share of requests answered with an error, 0 to 1", 1),
    "latency_ms": ("milliseconds added to each request", 10_000),
    "fail_rate": ("share of jobs that fail at every attempt, 0 to 1", 1),
    "hang_rate": ("share of jobs that hang for ever, 0 to 1", 1),
    "stall_rate": ("share of jobs that stall, then finish late, 0 to 1", 1),
}
_RESOLUTION: Final = 10_000


class FaultInvalid(Exception):
    """What was typed is no fault."""

    def __init__(self, given: str) -> None:
        self.given = given
        kinds = "".join(f"\n  {name}: {what}" for name, (what, _) in KINDS.items())
        super().__init__(
            f"'{given}' is no fault. Write KIND=NUMBER or KIND=NUMBER@FLAG,"
            f" with a flag of {', '.join(FLAGS)} and a kind of:{kinds}"
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One fault.

    Attributes:
        kind: One of `KINDS`.
        value: As `KINDS` says.
        only_with: The flag to whose tenants it is confined; None means all tenants.
    """

    kind: str
    value: float
    only_with: str | None = None

    @classmethod
    def parse(cls, text: str, only_with: str | None = None) -> "Fault":
        """
        Return the fault that `KIND=NUMBER` or `KIND=NUMBER@FLAG` names.

        Raises:
            FaultInvalid: It names none; lists those that there are.
        """
        kind, _, rest = text.partition("=")
        number, _, flag = rest.partition("@")
        flag = flag or only_with or ""
        try:
            value = float(number)
        except ValueError:
            raise FaultInvalid(text) from None
        if kind not in KINDS or not 0 <= value <= KINDS[kind][1]:
            raise FaultInvalid(text)
        if flag and flag not in FLAGS:
            raise FaultInvalid(f"{text}@{flag}" if "@" not in text else text)
        return cls(kind, value, flag or None)


def write_faults(path: Path, faults: Iterable[Fault]) -> None:
    """Replace the file atomically by these faults."""
    document = {
        fault.kind: {"value": fault.value, "only_with": fault.only_with}
        for fault in faults
    }
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=".faults.", delete=False
    ) as file:
        json.dump(document, file, indent=2)
    Path(file.name).replace(path)


def read_faults(path: Path) -> dict[str, Fault]:
    """Return the faults of the file by kind; none when it is absent or bad."""
    try:
        document = json.loads(path.read_text("utf-8"))
        return {
            kind: Fault(kind, float(body["value"]), body.get("only_with"))
            for kind, body in document.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


class Faults:
    """What to inject now; follows the file. Serves any number of threads."""

    def __init__(self, path: Path, features: Features) -> None:
        self._path = path
        self._features = features
        self._seen: tuple[object, dict[str, Fault]] = (None, {})
        self._requests = count()

    def latency_s(self, tenant: str) -> float:
        """Return what to add to a request, in seconds."""
        fault = self._applying("latency_ms", tenant)
        return fault.value / 1000 if fault else 0.0

    def request_fails(self, tenant: str) -> bool:
        """Return whether the next request is to fail."""
        return self._hits("error_rate", tenant, str(next(self._requests)))

    def job_misbehaves(self, kind: str, tenant: str, job_id: int) -> bool:
        """Return whether a job is among those that misbehave; always the same ones."""
        return self._hits(kind, tenant, str(job_id))

    def _hits(self, kind: str, tenant: str, key: str) -> bool:
        """Return whether a key is within the share that a fault has."""
        fault = self._applying(kind, tenant)
        if fault is None:
            return False
        return bucket(kind, key, _RESOLUTION) < fault.value * _RESOLUTION

    def _applying(self, kind: str, tenant: str) -> Fault | None:
        """Return the fault of a kind, when it applies to a tenant."""
        fault = self._now().get(kind)
        if fault is None or fault.only_with is None:
            return fault
        return fault if self._features.is_on(fault.only_with, tenant) else None

    def _now(self) -> dict[str, Fault]:
        """Return the faults, reading the file again when it was replaced."""
        try:
            status = os.stat(self._path)  # noqa: PTH116 - asked for each request
            version = (status.st_mtime_ns, status.st_ino, status.st_size)
        except OSError:
            version = None
        if version != self._seen[0]:
            self._seen = (version, read_faults(self._path))
        return self._seen[1]
