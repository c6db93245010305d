"""The meter: times the calls, counts them, and names what went wrong."""

from collections.abc import Iterator
from typing import TypeVar

from hardening.core import Clock, Histogram, Kind, Listener, Measure, Sample
from hardening.core.database import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    SERIALIZATION_FAILURE,
    Steps,
    sqlstate,
)
from hardening.counters.errors import (
    CounterBusy,
    CounterError,
    CounterNotInstalled,
    InvalidCount,
)
from hardening.counters.events import CounterEvent, CounterFailed, CounterSlow

T = TypeVar("T")

_BUSY = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION_FAILURE})
# A wrong value: invalid_parameter_value, and what a cast or a size refuses.
_INVALID = frozenset({"22023", "22003", "22P02", "22P05", "22021", "54000"})
# No function, no table, no leave.
_MISSING = frozenset({"42883", "42P01", "42501"})


class Meter:
    """Counts the calls of one scope; threads may lose a count to one another."""

    __slots__ = ("_clock", "_listener", "_scope", "_slow_s", "_spans", "counts")

    def __init__(
        self,
        scope: str,
        slow_s: float,
        listener: Listener[CounterEvent],
        clock: Clock,
    ) -> None:
        self._scope = scope
        self._slow_s = slow_s
        self._listener = listener
        self._clock = clock
        self._spans = Histogram()
        self.counts = {"counted": 0, "repeated": 0, "failed": 0}

    def timed(self, work: Steps[T]) -> Steps[T]:
        """Run the steps of one call; the driver's errors leave as the kit's own."""
        started_s = self._clock.monotonic_s()
        try:
            result = yield from work
        except Exception as error:
            self.counts["failed"] += 1
            named = _named(error, self._scope)
            self._listener(CounterFailed(scope=self._scope, error=named or error))
            if named is None:
                raise
            raise named from error
        took_s = self._clock.monotonic_s() - started_s
        self._spans.observe(took_s)
        if took_s > self._slow_s:
            self._listener(CounterSlow(scope=self._scope, took_s=took_s))
        return result

    def measures(self) -> Iterator[Measure]:
        """Yield what was counted."""
        scope = (("scope", self._scope),)
        yield Measure(
            "hardening_counters_call_seconds",
            "How long calls that counted took, the wait for the row included.",
            Kind.HISTOGRAM,
            (Sample(self._spans.distribution(), scope),),
        )
        yield Measure(
            "hardening_counters_calls",
            "Calls by what became of them: counted, repeated (not again), failed.",
            Kind.COUNTER,
            tuple(
                Sample(count, (*scope, ("outcome", outcome)))
                for outcome, count in self.counts.items()
            ),
        )


def _named(error: Exception, scope: str) -> CounterError | None:
    """Return the kit's name for a driver's error, where it has one."""
    code = sqlstate(error)
    if code in _BUSY:
        return CounterBusy(scope)
    if code in _INVALID:
        return InvalidCount(scope, _said(error))
    if code in _MISSING:
        return CounterNotInstalled(scope, _said(error))
    return None


def _said(error: Exception) -> str:
    """Return the server's own first line, without the statement and its values."""
    cause = getattr(error, "orig", None) or error
    diagnosis = getattr(cause, "diag", None)
    return str(getattr(diagnosis, "message_primary", None) or type(cause).__name__)
