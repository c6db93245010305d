"""A source of measurements: Prometheus, a database, a file, a service's own numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from gonogo.model.series import Point, Series

__all__ = ["Point", "Series", "Source", "SourceFailed"]


class SourceFailed(Exception):
    """A source could not be asked; the text says what happened and what to do."""


class Source(Protocol):
    """Answers queries in a language of its own. Thread-safe; keeps every deadline."""

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what a query gives for the stretch behind `since`, up to `until`.

        What it gives is *of the stretch*: the rise of a counter, not its level (a
        source that keeps counters takes the rise itself, and treats a drop as a
        restart). A point carries the instant that the source gives it, so that what is
        stale, or of the future, is found out. NaN, and what is older than three
        stretches, is left out; nothing to say is an empty answer, never a zero.

        Args:
            query: As the plan has it, values filled in.
            since: Exclusive.
            until: Inclusive; never later than now.
            deadline: For the whole answer.

        Raises:
            SourceFailed: It did not answer, in time, with something that reads.
        """
        ...
