"""
What OTLP points mean for the series that are held: from totals the rise is taken.

A new start, or a fall, is a restart: all of the total came since. The first total of a
counter that began before we listened is where it stands, and no rise. A point that is
sent again, because no answer came, is taken once.

Source: OpenTelemetry, Metrics Data Model, "Temporality", "Resets and Gaps".
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any, assert_never

from gonogo.adapters.sources.buckets import Buckets, risen
from gonogo.adapters.sources.otlp_points import Said, Shape, Unread, points
from gonogo.adapters.sources.pushed import MOST_SERIES, Labels, Pushed, TooMany


class Reader:
    """
    Adds what requests say to what is held; knows where counters stood. Thread-safe.

    Args:
        held: Where it is added.
    """

    def __init__(self, held: Pushed) -> None:
        self._held, self._lock = held, Lock()
        self._began_ns = round(held.began.timestamp() * 1_000_000_000)
        self._last: dict[tuple[str, Labels], Said] = {}

    def take(self, request: Mapping[str, Any]) -> tuple[int, str]:
        """
        Add the metrics of an export request.

        Returns:
            How many points could not be taken, and why the last of them.
        """
        refused, why = 0, ""
        for said in points(request):
            try:
                self._add(said)
            except (Unread, TooMany) as error:
                refused, why = refused + 1, str(error)
        return refused, why

    def _add(self, said: Said | Unread) -> None:
        if isinstance(said, Unread):
            raise said
        match said.shape:
            case Shape.LEVEL:
                self._held.level(said.name, said.labels, said.value)
            case Shape.SHIFT:
                if not self._is_repeated(said):
                    self._held.shift(said.name, said.labels, said.value)
            case Shape.RISE:
                if not self._is_repeated(said):
                    self._rise(said, said.value, said.buckets)
            case Shape.TOTAL:
                self._total(said)
            case _:
                assert_never(said.shape)

    def _is_repeated(self, said: Said) -> bool:
        return self._replaced(said) == said

    def _total(self, said: Said) -> None:
        before = self._replaced(said)
        if before is None:
            if said.start_ns >= self._began_ns:
                self._rise(said, said.value, said.buckets)
        elif said.at_ns > before.at_ns:
            rise = _since(before, said)
            restarted = rise is None
            value, buckets = rise or (said.value, said.buckets)
            self._rise(said, value, buckets, resets=int(restarted))

    def _rise(
        self, said: Said, value: float, buckets: Buckets | None, *, resets: int = 0
    ) -> None:
        if value < 0:
            message = f"the counter {said.name} is negative"
            raise Unread(message)
        if buckets is None:
            self._held.rise(said.name, said.labels, value, resets=resets)
        else:
            self._held.observe(said.name, said.labels, buckets, resets=resets)

    def _replaced(self, said: Said) -> Said | None:
        """Remember the last point of a series, and return the one before it."""
        key = (said.name, said.labels)
        with self._lock:
            before = self._last.get(key)
            if before is None and len(self._last) >= MOST_SERIES:
                raise TooMany
            if before is None or said.at_ns >= before.at_ns:
                self._last[key] = said
        return before


def _since(before: Said, now: Said) -> tuple[float, Buckets | None] | None:
    """Return the rise of a total; None after a restart."""
    if now.start_ns > before.start_ns or now.value < before.value:
        return None
    if now.buckets is None:
        return now.value - before.value, None
    rise = risen(before.buckets or {}, now.buckets)
    return None if rise is None else (0.0, rise)
