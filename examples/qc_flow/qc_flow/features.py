"""
Features: which of them a tenant has, by the release that runs and by its flags.

A release lists in its manifest the features that its code contains; without the code, a
flag means nothing. One code base stands for both releases here, and picks up a new
manifest at the next request, so that a deployment needs no restart in the example.
"""

import json
import os
from pathlib import Path
from typing import Final

from gonogo_flags import FlagError, FlagFile

DLQ: Final = "DLQ_ENABLED"
HEARTBEAT: Final = "JOB_HEARTBEAT"
FLAGS: Final = (DLQ, HEARTBEAT)

_NO_RELEASE: Final = "none"


class Features:
    """Tells what is on for a tenant. One instance serves any number of threads."""

    def __init__(self, flags: Path, home: Path) -> None:
        self._flags = FlagFile(flags)
        self._current = home / "current"
        self._manifest: tuple[str, frozenset[str]] = (_NO_RELEASE, frozenset())

    @property
    def release(self) -> str:
        """Return the name of the release that runs, `none` before the first."""
        try:
            name = os.path.basename(os.readlink(self._current))  # noqa: PTH119, PTH115
        except OSError:
            return _NO_RELEASE
        if name != self._manifest[0]:
            self._manifest = (name, _contained(self._current / "release.json"))
        return name

    def is_on(self, flag: str, tenant: str) -> bool:
        """Return whether the release has the feature and the flag is on for a tenant."""
        if self.release == _NO_RELEASE or flag not in self._manifest[1]:
            return False
        return self._flags.snapshot().is_on(flag, tenant)

    def percentages(self) -> dict[str, float | None]:
        """Return how far each flag is on; None when the file does not say."""
        return {flag: self._percentage(flag) for flag in FLAGS}

    def _percentage(self, flag: str) -> float | None:
        try:
            return self._flags.percentage(flag)
        except FlagError:
            return None

    def on_for(self, tenant: str) -> frozenset[str]:
        """Return the flags that are on for a tenant."""
        return frozenset(flag for flag in FLAGS if self.is_on(flag, tenant))


def _contained(manifest: Path) -> frozenset[str]:
    """Return the features of a release; none when its manifest cannot be read."""
    try:
        return frozenset(json.loads(manifest.read_text("utf-8"))["features"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
