"""What the counters tell their listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterSlow:
    """A call took longer than the limit (15 ms by the founding plans)."""

    event: ClassVar[str] = "counter_slow"
    level: ClassVar[int] = WARNING

    scope: str
    took_s: float

    @property
    def subject(self) -> str:
        """The counter's scope."""
        return self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterFailed:
    """A call counted nothing."""

    event: ClassVar[str] = "counter_failed"
    level: ClassVar[int] = ERROR

    scope: str
    error: Exception

    @property
    def subject(self) -> str:
        """The counter's scope."""
        return self.scope


CounterEvent = CounterSlow | CounterFailed
