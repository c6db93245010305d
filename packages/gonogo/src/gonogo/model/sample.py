"""
A sample: what a source counted or read in one stretch of time, arm by arm.

The canary meets the change; the control does not, at the same time. All numbers of one
sample are of the same stretch, from `since` (exclusive) until the measurement's instant.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from gonogo.model.tagged import Tagged


class MetricKind(StrEnum):
    """What a metric counts or reads; each kind has a test of its own."""

    PROPORTION = "proportion"
    COUNT = "count"
    QUANTILE = "quantile"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """
    Events among an exposure.

    Attributes:
        events: Failed requests, deadlocks, …; at least 0.
        exposure: Requests for a proportion, instance-hours for a count; at least 0.
    """

    events: float
    exposure: float
    kind: Literal["tally"] = "tally"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The mean of a gauge over the instances of an arm."""

    mean: float
    instances: int = 1
    kind: Literal["level"] = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """
    How many observations fell into each bucket.

    Attributes:
        edges: Upper bounds, ascending and finite; what is above the last has none.
        counts: Of each bucket by itself, not cumulative; one more than `edges`.
    """

    edges: tuple[float, ...]
    counts: tuple[float, ...]
    kind: Literal["histogram"] = "histogram"


Arm = Annotated[Tally | Level | Histogram, Tagged("kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    What the arms of a metric gave since the last look.

    Attributes:
        since: When the stretch began.
        canary: None when the source has no data of it.
        control: None without a control, or without data of it.
        before: The control's observations of the hour up to `since`; of quantiles.
        resets: So many counters began anew in the stretch; said in the reasons.
        notes: Why an arm has no data, and what its source warned of; a few sentences.
    """

    since: datetime
    canary: Arm | None
    control: Arm | None = None
    before: Histogram | None = None
    resets: int = 0
    notes: tuple[str, ...] = ()
