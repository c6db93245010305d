"""What Kayenta can be told of a metric; the defaults are its own."""

import math
from dataclasses import dataclass
from enum import StrEnum

TOLERANCE, CONFIDENCE = 0.25, 0.98
"""What Kayenta has fixed: of the shift, and of its interval."""


class Label(StrEnum):
    """How a metric is classified, in Kayenta's words."""

    PASS = "Pass"  # noqa: S105 - no password
    HIGH = "High"
    LOW = "Low"
    NODATA = "Nodata"
    NODATA_FAIL = "NodataFailMetric"
    ERROR = "Error"


class Direction(StrEnum):
    """Which way a metric must not move."""

    INCREASE = "increase"
    DECREASE = "decrease"
    EITHER = "either"


class NanStrategy(StrEnum):
    """What becomes of a point that is no number: it is left out, or counts as 0."""

    REMOVE = "remove"
    REPLACE = "replace"


class OutlierStrategy(StrEnum):
    """What becomes of outliers."""

    KEEP = "keep"
    REMOVE = "remove"


class Effect(StrEnum):
    """How the size of a difference is told: by the means, or by who wins how often."""

    MEAN_RATIO = "meanRatio"
    CLES = "cles"

    @property
    def none(self) -> float:
        """The size of no effect."""
        return 1.0 if self is Effect.MEAN_RATIO else 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    What Kayenta can be told of a metric; the defaults are its own.

    Attributes:
        outlier_factor: So many interquartile ranges beyond the quartiles is outside.
        critical: A metric that fails fails everything.
        must_have_data: No data fails the metric, where that is not critical.
        tolerance: Of the shift; `confidence`: of its interval, two-sided.
        allowed_increase: A High needs at least this effect; None: no effect at all.
        allowed_decrease: A Low needs at most this effect; None likewise.
        critical_increase: A High with this effect is critical; None likewise.
        critical_decrease: A Low with this effect is critical; None likewise.
    """

    direction: Direction = Direction.EITHER
    nans: NanStrategy = NanStrategy.REMOVE
    outliers: OutlierStrategy = OutlierStrategy.KEEP
    outlier_factor: float = 3.0
    critical: bool = False
    must_have_data: bool = False
    tolerance: float = TOLERANCE
    confidence: float = CONFIDENCE
    effect: Effect = Effect.MEAN_RATIO
    allowed_increase: float | None = None
    allowed_decrease: float | None = None
    critical_increase: float | None = None
    critical_decrease: float | None = None

    def reached(self, label: Label, effect: float) -> bool:
        """Tell whether an effect is large enough for High or Low; unknown ones are."""
        return self._reaches(
            label, effect, self.allowed_decrease, self.allowed_increase
        )

    def is_critical(self, label: Label, effect: float) -> bool:
        """Tell whether a metric that is High or Low fails everything."""
        low, high = self.critical_decrease, self.critical_increase
        return self.critical and self._reaches(label, effect, low, high)

    def _reaches(
        self, label: Label, effect: float, low: float | None, high: float | None
    ) -> bool:
        if label not in {Label.HIGH, Label.LOW}:
            return False
        if math.isnan(effect):
            return True
        if label is Label.HIGH:
            return effect >= (self.effect.none if high is None else high)
        return effect <= (self.effect.none if low is None else low)
