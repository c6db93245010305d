"""Expecting: from one look at a source to what is usual of a metric."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gonogo.model.judging import Traffic
from gonogo.model.sample import Arm, Histogram, Level, Sample, Tally
from gonogo.model.verdict import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """
    What a source says is usual of a metric.

    Attributes:
        traffic: None where it could not be asked, or knows nothing.
        histogram: Of a quantile: the latencies of the control, else of the canary.
        trouble: Why there is no traffic; as a sentence.
    """

    traffic: Traffic | None = None
    histogram: Histogram | None = None
    trouble: str | None = None


def expected_of(measurement: Measurement, span: timedelta) -> Expected:
    """
    Return what a look at the past says is usual.

    Args:
        measurement: Of the whole span.
        span: That the look asked about; > 0.
    """
    if measurement.error is not None:
        return Expected(trouble=measurement.error)
    sample = measurement.sample
    if sample is None or (sample.canary is None and sample.control is None):
        notes = " ".join(sample.notes) if sample else ""
        return Expected(trouble=f"its source has no data. {notes}".strip())
    return _of_sample(sample, span.total_seconds())


def knows(measurement: Measurement) -> bool:
    """Tell whether a look at the past gave data of an arm that was exposed."""
    sample = measurement.sample
    return sample is not None and (_speaks(sample.canary) or _speaks(sample.control))


def covered(
    knows_of_before: Callable[[timedelta], bool], span: timedelta, least: timedelta
) -> timedelta:
    """
    Return how much of a span, up to now, a source has data of.

    At most a fiftieth too much, and as few questions as that takes: an old source is
    asked once.

    Args:
        knows_of_before: Tells whether it has data of the span that are older than so.
        span: That was asked about, with data in it; > 0.
        least: No shorter one is told apart; > 0.
    """
    if least >= span or knows_of_before(span / NEARLY):
        return span
    newest, oldest = least, span
    while oldest > newest * NEARLY:
        middle = newest * math.sqrt(oldest / newest)
        if knows_of_before(middle):
            newest = middle
        else:
            oldest = middle
    return oldest


NEARLY = 1.02


def divided(traffic: Traffic, share_pct: float | None) -> Traffic:
    """
    Return traffic of which the canary gets its share.

    Before a rollout starts the canary has none yet: it will take its share of what
    there is.
    """
    if traffic.canary_per_s > 0 or not share_pct:
        return traffic
    canary = traffic.control_per_s * share_pct / 100
    return Traffic(
        rate=traffic.rate,
        canary_per_s=canary,
        control_per_s=traffic.control_per_s - canary,
    )


def _of_sample(sample: Sample, seconds: float) -> Expected:
    without = sample.control if _speaks(sample.control) else sample.canary
    if isinstance(without, Level):
        traffic = Traffic(rate=without.mean, canary_per_s=1.0, control_per_s=1.0)
        return Expected(traffic=traffic)
    canary, control = _exposure(sample.canary), _exposure(sample.control)
    if canary + control <= 0:
        return Expected(trouble="its source counted nothing at all in the last day")
    rate = without.events / without.exposure if isinstance(without, Tally) else 0.0
    return Expected(
        traffic=Traffic(
            rate=rate, canary_per_s=canary / seconds, control_per_s=control / seconds
        ),
        histogram=without if isinstance(without, Histogram) else None,
    )


def _speaks(arm: Arm | None) -> bool:
    """Tell whether an arm can say what is usual: it was exposed to something."""
    return isinstance(arm, Level) or _exposure(arm) > 0


def _exposure(arm: Arm | None) -> float:
    match arm:
        case Tally(exposure=exposure):
            return exposure
        case Histogram(counts=counts):
            return sum(counts)
        case _:
            return 0.0
