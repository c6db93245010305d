"""
Prospects: what one soak can show about one metric; each kind of metric has its own.

A rise is what a person means by it: of the rate, of the level, of the latency. 1 is no
change; where a fall is harm, it is less than 1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from gonogo.analysis.power import chances
from gonogo.analysis.power.chances import Terms
from gonogo.analysis.power.laws import Counted, Failing, Law, Levels, TwoStreams
from gonogo.analysis.power.normal import root

Survival = Callable[[float], float]
"""Which share of the observations is above a value, if nothing has changed."""


class Prospect(Protocol):
    """What a soak can show."""

    @property
    def limit(self) -> float:
        """Return the rise that is just allowed."""
        ...

    @property
    def acts_from(self) -> float:
        """Return the rise from which on it is taken for harm: the limit, and noise."""
        ...

    @property
    def direction(self) -> int:
        """Return 1 where a rise is harm, -1 where a fall is."""
        ...

    @property
    def events(self) -> float | None:
        """Return what the canary is expected to count, as it counts; None of a gauge."""
        ...

    @property
    def wavers(self) -> float:
        """Return the standard deviation of what the soak measures, in logs, by chance."""
        ...

    def power(self, rise: float) -> float:
        """Return how likely the soak turns back at a rise."""
        ...

    def within(self, limit: float) -> float:
        """Return how likely it proves a limit kept when nothing has changed."""
        ...

    def detection(self, rise: float) -> float:
        """Return after which part of the soak half of such faults are found."""
        ...

    def scaled(self, factor: float) -> "Prospect":
        """Return that of a soak so many times as long, or with as much traffic."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """
    Of a metric whose law is known: counts and gauges.

    Attributes:
        law: Its limit is where the evidence of harm begins.
        terms: As of any test.
        allowance: By how much equal arms may seem to differ, a factor.
    """

    law: TwoStreams | Counted | Failing | Levels
    terms: Terms
    allowance: float = 1.0

    @property
    def limit(self) -> float:
        """Return the limit without what noise adds."""
        return self.law.limit / self._noise

    @property
    def acts_from(self) -> float:
        """Return the law's limit."""
        return self.law.limit

    @property
    def direction(self) -> int:
        """Return that of the terms."""
        return self.terms.direction

    @property
    def events(self) -> float | None:
        """Return the law's."""
        return self.law.events

    @property
    def wavers(self) -> float:
        """Return the law's."""
        return 1 / math.sqrt(self.law.information(1.0))

    def power(self, rise: float) -> float:
        """Return the better of the looks on the way and the final look."""
        return chances.power(self.law, self.terms, rise)

    def within(self, limit: float) -> float:
        """Return the power of the final look downwards; formula (10)."""
        safe = replace(self.law, limit=limit / self._noise)
        return chances.power_within(safe, self.terms)

    def detection(self, rise: float) -> float:
        """Return the median first passage."""
        return chances.detection(self.law, self.terms, rise)

    def scaled(self, factor: float) -> "Compared":
        """Return it with so much more of everything."""
        return replace(self, law=self.law.scaled(factor))

    @property
    def _noise(self) -> float:
        return float(self.allowance**self.terms.direction)


@dataclass(frozen=True, slots=True)
class Latency:
    """
    Of a quantile against the control's: a slower service is a heavier tail.

    Attributes:
        law: Of the requests above the control's quantile; its limit is that of tails.
        terms: As of any test.
        allowance: By how much the tails of equal arms may seem to differ, a factor.
        limit: How much slower the quantile may be.
        survival: The baseline's.
        at: The quantile itself, in the survival's unit.

    Source: STATISTICS 7, latency: R(d) = S(x (1+m) / (1+d)) / S(x).
    """

    law: TwoStreams
    terms: Terms
    allowance: float
    limit: float
    survival: Survival
    at: float

    @property
    def acts_from(self) -> float:
        """Return the latency whose tail is as heavy as is allowed."""
        return root(lambda r: self._tail(r, self.limit) - self.law.limit, 0.1, 100.0)

    @property
    def direction(self) -> int:
        """Return that of the terms."""
        return self.terms.direction

    @property
    def events(self) -> float | None:
        """Return how many requests are beyond the quantile."""
        return self.law.events

    @property
    def wavers(self) -> float:
        """Return that of the tail."""
        return 1 / math.sqrt(self.law.information(1.0))

    def power(self, rise: float) -> float:
        """Return that of the heavier tail."""
        return chances.power(self.law, self.terms, self._tail(rise, self.limit))

    def within(self, limit: float) -> float:
        """Return that of the tail of a service that is as fast as ever."""
        tail = self._tail(1.0, limit)
        safe = replace(self.law, limit=1 / self.allowance)
        return chances.power_within(safe, self.terms, tail) if tail else 1.0

    def detection(self, rise: float) -> float:
        """Return that of the heavier tail."""
        return chances.detection(self.law, self.terms, self._tail(rise, self.limit))

    def scaled(self, factor: float) -> "Latency":
        """Return it with so many times the requests."""
        return replace(self, law=self.law.scaled(factor))

    def _tail(self, rise: float, limit: float) -> float:
        return self.survival(self.at * limit / rise) / self.survival(self.at)


def lognormal(sigma: float) -> Survival:
    """Return the survival of a service whose median is 1; `sigma` of the logarithm."""
    return lambda x: 0.5 * math.erfc(math.log(x) / (sigma * math.sqrt(2)))


__all__ = ["Compared", "Latency", "Law", "Prospect", "Survival", "lognormal"]
