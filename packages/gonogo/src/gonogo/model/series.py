"""A series: values of one thing in the course of time, as a source gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One value; `at` is when the source says that it was so."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """
    Values of one thing, oldest first.

    Attributes:
        labels: What tells it from the others of the same answer. `le` is the upper
            bound of a bucket that counts all observations up to it.
        resets: So often its counter began anew in the stretch.
        notes: What the source had to say with it, in sentences; a series without
            points may carry them too.
    """

    points: Sequence[Point]
    labels: Mapping[str, str] = field(default_factory=dict)
    resets: int = 0
    notes: Sequence[str] = ()
