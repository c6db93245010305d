"""What all locks of one object share: its settings, its switch and its watch."""

from collections.abc import Iterable

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    require,
)
from hardening.locks.events import LockEvent
from hardening.locks.watch import Watch

_CLOCK = SystemClock()
_TIMEOUT_MIN_S, _TIMEOUT_MAX_S = 0.001, 3600.0


class LockBase:
    """Settings, and the counts of what was locked under them; see `Locks`."""

    def __init__(
        self,
        *,
        timeout_s: float = 5.0,
        long_s: float = 0.1,
        listener: Listener[LockEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        _require_timeout("Locks.timeout_s", timeout_s)
        require("Locks.long_s", long_s, "0 or more", holds=long_s >= 0)
        self._timeout_s = timeout_s
        self._switch = switch
        self._watch = Watch(long_s, listener, clock)

    def measures(self) -> Iterable[Measure]:
        """Return the waits, timeouts, deadlocks and stale versions, by table."""
        return self._watch.tally.measures()

    def _limit(self, timeout_s: float | None) -> float:
        """Return the timeout of one call."""
        if timeout_s is None:
            return self._timeout_s
        _require_timeout("timeout_s", timeout_s)
        return timeout_s


def _require_timeout(setting: str, timeout_s: float) -> None:
    """Refuse a timeout that PostgreSQL cannot have; its 0 would wait for ever."""
    rule = f"{_TIMEOUT_MIN_S:g} to {_TIMEOUT_MAX_S:g} seconds"
    holds = _TIMEOUT_MIN_S <= timeout_s <= _TIMEOUT_MAX_S
    require(setting, timeout_s, rule, holds=holds)
