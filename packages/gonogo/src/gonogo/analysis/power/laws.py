"""
Laws: what the evidence of a metric amounts to at the end of a soak, if the truth is known.

A *rise* is the truth: the canary's rate over the rate if nothing had changed; 1 is no
change. Each kind of metric has a law of its own, all of the same form, so that power,
detection time and soak needed are computed once for all of them. Events are already
divided by phi: bursts make so much fewer of them count.

Source: STATISTICS 7; the laws of one stream are its limit of an endless control.
"""

import math
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Walk:
    """
    The log of the likelihood ratio of the truth to the limit, at the soak's end.

    Attributes:
        mean: How much evidence there is on average; nats.
        variance: By how much it varies.
    """

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Distance:
    """
    How far the truth is from the limit, in the units of the final look.

    Attributes:
        apart: Expected under the truth less expected at the limit.
        at_limit: Standard deviation at the limit.
        at_truth: Standard deviation under the truth.
    """

    apart: float
    at_limit: float
    at_truth: float


class Law(Protocol):
    """How evidence comes; of one metric, its limit and the traffic of one soak."""

    @property
    def limit(self) -> float:
        """Return the rise that is just allowed."""
        ...

    def effect(self, rise: float) -> float:
        """Return the distance of a rise from the limit, on the scale of the grid."""
        ...

    def information(self, rise: float) -> float:
        """Return 1 over the variance with which the soak measures the effect."""
        ...

    def walk(self, rise: float) -> Walk:
        """Return the evidence of a rise against the limit; both above 0."""
        ...

    def distance(self, rise: float) -> Distance:
        """Return what the final look sees of a rise."""
        ...

    def scaled(self, factor: float) -> "Law":
        """Return the law of a soak so many times as long, or with as much traffic."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStreams:
    """
    A canary and its control at the same time.

    Attributes:
        canary: Expected events of the canary in the soak if nothing changed; > 0.
        control: Expected events of the control; > 0.
    """

    limit: float
    canary: float
    control: float

    @property
    def events(self) -> float:
        """Return those of the canary."""
        return self.canary

    def effect(self, rise: float) -> float:
        """Return the log of the rise over the limit."""
        return math.log(rise / self.limit)

    def information(self, rise: float) -> float:
        """Return that of a ratio of two counts."""
        return 1 / (1 / (self.canary * rise) + 1 / self.control)

    def walk(self, rise: float) -> Walk:
        """Return G and W of STATISTICS 7."""
        risen, step = rise * self.canary, self.effect(rise)
        total = risen + self.control
        shared = math.log(total / (self.limit * self.canary + self.control))
        mean = risen * step - total * shared
        return Walk(mean, risen * (step - shared) ** 2 + self.control * shared**2)

    def distance(self, rise: float) -> Distance:
        """Return the terms of (9): of all events, those that fall on the canary."""
        total = rise * self.canary + self.control
        limit, truth = self._share(self.limit), self._share(rise)
        return Distance(
            total * (truth - limit),
            math.sqrt(total * limit * (1 - limit)),
            math.sqrt(total * truth * (1 - truth)),
        )

    def scaled(self, factor: float) -> "TwoStreams":
        """Return both arms so many times as large."""
        canary, control = self.canary * factor, self.control * factor
        return replace(self, canary=canary, control=control)

    def with_control(self, times: float) -> "TwoStreams":
        """Return it with a control so many times as large as the canary."""
        return replace(self, control=self.canary * times)

    def _share(self, rise: float) -> float:
        return rise * self.canary / (rise * self.canary + self.control)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """
    Events over time against a fixed limit.

    Attributes:
        limit: The limit over the rate if nothing changed.
        canary: Expected events of the soak if nothing changed; > 0.
    """

    limit: float
    canary: float

    @property
    def events(self) -> float:
        """Return those of the canary."""
        return self.canary

    def effect(self, rise: float) -> float:
        """Return the log of the rise over the limit."""
        return math.log(rise / self.limit)

    def information(self, rise: float) -> float:
        """Return that of a count."""
        return self.canary * rise

    def walk(self, rise: float) -> Walk:
        """Return that of Poisson counts."""
        risen, step = rise * self.canary, self.effect(rise)
        mean = risen * step - (risen - self.limit * self.canary)
        return Walk(mean, risen * step**2)

    def distance(self, rise: float) -> Distance:
        """Return that of Poisson counts."""
        risen, allowed = rise * self.canary, self.limit * self.canary
        return Distance(risen - allowed, math.sqrt(allowed), math.sqrt(risen))

    def scaled(self, factor: float) -> "Counted":
        """Return so many times the events."""
        return replace(self, canary=self.canary * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """
    A share of requests against a fixed limit.

    Attributes:
        limit: The limit over the share if nothing changed.
        requests: Of the soak, over phi; > 0.
        share: If nothing changed; in (0, 1).
    """

    limit: float
    requests: float
    share: float

    @property
    def events(self) -> float:
        """Return the failures that are expected."""
        return self.requests * self.share

    def effect(self, rise: float) -> float:
        """Return the distance of the log odds."""
        return _logit(self._risen(rise)) - _logit(self._risen(self.limit))

    def information(self, rise: float) -> float:
        """Return that of log odds."""
        risen = self._risen(rise)
        return self.requests * risen * (1 - risen)

    def walk(self, rise: float) -> Walk:
        """Return that of Bernoulli trials."""
        risen, allowed = self._risen(rise), self._risen(self.limit)
        hit, missed = math.log(risen / allowed), math.log((1 - risen) / (1 - allowed))
        mean = self.requests * (risen * hit + (1 - risen) * missed)
        return Walk(mean, self.information(rise) * (hit - missed) ** 2)

    def distance(self, rise: float) -> Distance:
        """Return that of a binomial count."""
        risen, allowed = self._risen(rise), self._risen(self.limit)
        return Distance(
            self.requests * (risen - allowed),
            math.sqrt(self.requests * allowed * (1 - allowed)),
            math.sqrt(self.requests * risen * (1 - risen)),
        )

    def scaled(self, factor: float) -> "Failing":
        """Return so many times the requests."""
        return replace(self, requests=self.requests * factor)

    def _risen(self, rise: float) -> float:
        """Return the share after a rise; no more than all can fail."""
        return min(self.share * rise, MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """
    A gauge: the log ratio of the arms' levels, look by look.

    Attributes:
        looks: Of the soak; > 0.
        variance: The long-run variance of the log ratio, per look; > 0.
    """

    limit: float
    looks: float
    variance: float

    @property
    def events(self) -> float | None:
        """Return None: nothing is counted."""
        return None

    def effect(self, rise: float) -> float:
        """Return the log of the rise over the limit."""
        return math.log(rise / self.limit)

    def information(self, rise: float) -> float:
        """Return that of a mean; the same for every rise."""
        del rise
        return self.looks / self.variance

    def walk(self, rise: float) -> Walk:
        """Return that of normal values."""
        twice = self.effect(rise) ** 2 * self.information(rise)
        return Walk(twice / 2, twice)

    def distance(self, rise: float) -> Distance:
        """Return that of a sum of normal values."""
        deviation = math.sqrt(self.looks * self.variance)
        return Distance(self.looks * self.effect(rise), deviation, deviation)

    def scaled(self, factor: float) -> "Levels":
        """Return so many times the looks."""
        return replace(self, looks=self.looks * factor)


MOST = 1 - 1e-9


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
