"""
A plot: what one gate was judged by over time, as values, before anything is drawn.

The drawing in the report, the chart in a terminal and the curve in a table are made of
this one value, so that none of them can tell another story.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gonogo.model.verdict import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    One look at a gate.

    Attributes:
        value: Of what meets the change, in the plot's unit; None without a number.
        control: Of what does not, at the same time; None where there is none.
        limit: Where the limit lay at that look, if it moves with the control.
        against: Evidence that the limit is broken, ln; None for the plain judge.
        cleared: Evidence that the limit is kept, ln.
        bar: What either has to reach to be a proof: ln(1 / its part of alpha).
    """

    at: datetime
    outcome: Outcome
    value: float | None = None
    control: float | None = None
    limit: float | None = None
    against: float | None = None
    cleared: float | None = None
    bar: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which a soak held."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a gate decided something, and what: 'tripped', 'held'."""

    at: datetime
    outcome: Outcome
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """
    What is drawn of one gate.

    Attributes:
        title: The gate's.
        unit: Of the values, the limits and the baseline; None for a bare number.
        limit_text: The limit in words: '< +5 % against control'.
        looks: Oldest first, non-empty.
        limits: Where the limit lies, while it does not move: none, one, or two.
        baseline: The value before the change.
        holds: When a soak held that this gate is part of; oldest first.
        moment: When it decided; None while it has not.
    """

    title: str
    unit: str | None
    limit_text: str
    looks: tuple[Look, ...]
    limits: tuple[float, ...] = ()
    baseline: float | None = None
    holds: tuple[Stretch, ...] = ()
    moment: Moment | None = None

    @property
    def start(self) -> datetime:
        """Return the instant of the first look."""
        return self.looks[0].at

    @property
    def end(self) -> datetime:
        """Return the last instant that is drawn: of a look, or of the moment."""
        last = self.looks[-1].at
        return max(last, self.moment.at) if self.moment else last

    @property
    def has_evidence(self) -> bool:
        """Tell whether chance was taken into account in any look."""
        return any(look.against is not None for look in self.looks)

    @property
    def has_control(self) -> bool:
        """Tell whether something without the change was looked at too."""
        return any(look.control is not None for look in self.looks)

    @property
    def is_drawable(self) -> bool:
        """Tell whether there are two numbers: one is no curve."""
        return sum(look.value is not None for look in self.looks) > 1

    def numbers(self) -> Iterator[float]:
        """Yield every number that the values' scale has to hold."""
        for look in self.looks:
            seen = (look.value, look.control, look.limit)
            yield from (each for each in seen if each is not None)
        yield from self.limits
        if self.baseline is not None:
            yield self.baseline


def last_of(values: Sequence[float | None]) -> float | None:
    """Return the last value that is there; None when none is."""
    return next((each for each in reversed(values) if each is not None), None)
