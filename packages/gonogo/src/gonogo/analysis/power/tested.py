"""
What power has to know of a trial; `analysis.evidence` has the trial itself.

It is stated here as a protocol because the judge asks for the power of what it has seen:
the two packages would import each other.
"""

from datetime import timedelta
from typing import Protocol

from gonogo.analysis.power.chances import Terms
from gonogo.model.judging import Noise, Traffic
from gonogo.model.sample import MetricKind


class Spread(Protocol):
    """What a period before the change says of today."""

    @property
    def spread(self) -> float:
        """Return how far today may lie from it, as a share."""
        ...


class Tested(Protocol):
    """A trial; see `analysis.evidence.trial.Trial` for what each of these means."""

    @property
    def kind(self) -> MetricKind:
        """Return what the metric counts or reads."""
        ...

    @property
    def null(self) -> str:
        """Return the name of the test."""
        ...

    @property
    def limit(self) -> float:
        """Return the limit as its author states it."""
        ...

    @property
    def relative(self) -> bool:
        """Return whether the limit is a ratio."""
        ...

    @property
    def harm_from(self) -> float:
        """Return where the evidence of harm begins."""
        ...

    @property
    def allowance(self) -> float:
        """Return the factor by which equal arms may seem to differ."""
        ...

    @property
    def unchecked(self) -> str | None:
        """Return why the limit cannot be kept apart from noise."""
        ...

    @property
    def direction(self) -> int:
        """Return 1 where more is worse, -1 where less is."""
        ...

    @property
    def promised(self) -> float:
        """Return what has to be found, in the terms of `limit`."""
        ...

    @property
    def looks(self) -> int:
        """Return how many looks the soak has."""
        ...

    @property
    def cadence(self) -> timedelta:
        """Return the time between two of them."""
        ...

    @property
    def noise(self) -> Noise:
        """Return the noise, as calibrated or as assumed."""
        ...

    @property
    def quantile(self) -> float | None:
        """Return 0.99 for p99."""
        ...

    @property
    def at(self) -> float | None:
        """Return the fixed limit of a quantile, or of a level."""
        ...

    @property
    def traffic(self) -> Traffic | None:
        """Return what is expected while nothing is wrong."""
        ...

    @property
    def before(self) -> Spread | None:
        """Return what the predictive test knows."""
        ...

    @property
    def alpha_anytime(self) -> float:
        """Return what the looks before the end may spend."""
        ...

    def alpha_final(self, taken: int) -> float:
        """Return what the next final look may spend, after so many."""
        ...


def terms_of(trial: Tested, *, taken: int = 0, direction: int | None = None) -> Terms:
    """
    Return what the test of a trial may spend.

    Args:
        trial: As planned.
        taken: Final looks before the one that counts here.
        direction: Where harm lies in what is counted, if not where the limit says.
    """
    return Terms(
        anytime=trial.alpha_anytime,
        final=trial.alpha_final(taken),
        direction=trial.direction if direction is None else direction,
    )
