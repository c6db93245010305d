"""Chores: when to probe, when to look addresses up, and how long nothing is due."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hardening.grpc.settings import Settings

_DRAIN_POLL_S = 0.25  # a call that ends late delays the end of a drain by that much
_NEVER_S = 3600.0


@contextmanager
def surviving() -> Iterator[None]:
    """
    Log what a chore raised, and go on.

    Nobody else hears of it: without, a listener that raises once would end the probes
    for good, and addresses that are left out would never come back.
    """
    try:
        yield
    except Exception:
        logging.getLogger("hardening").exception("grpc_housekeeping_failed")


class Chores:
    """
    The calendar of a housekeeper, of threads or of asyncio.

    The addresses were looked up when the rotation was made; the first probes are due at
    once, which opens the connections before the first call needs them.

    Args:
        settings: The intervals.
        now_s: The time.
    """

    def __init__(self, settings: Settings, now_s: float) -> None:
        self._settings = settings
        self._resolve_s = now_s + settings.resolve_interval_s
        self._probe_s = now_s

    def resolves(self, now_s: float) -> bool:
        """Tell whether addresses are to be looked up now; then not for an interval."""
        if now_s < self._resolve_s:
            return False
        self._resolve_s = now_s + self._settings.resolve_interval_s
        return True

    def probes(self, now_s: float) -> bool:
        """Tell whether health is to be asked for now; then not for an interval."""
        interval_s = self._settings.health_interval_s
        if interval_s is None or now_s < self._probe_s:
            return False
        self._probe_s = now_s + interval_s
        return True

    def wait_s(self, now_s: float, *, draining: bool) -> float:
        """Return how long nothing is due."""
        due_s = [self._resolve_s]
        if self._settings.health_interval_s is not None:
            due_s.append(self._probe_s)
        left_s = max(0.0, min(*due_s, now_s + _NEVER_S) - now_s)
        return min(left_s, _DRAIN_POLL_S) if draining else left_s
