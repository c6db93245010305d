"""
Condensing: a sample as it is journaled, no larger than what its verdict came from.

A histogram may have hundreds of buckets, and a look is taken every minute. Kept are those
around the quantile and around the limit, exactly: judged again, what is journaled gives
the same counts; and people are shown the same numbers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gonogo.analysis.buckets import coarse, quantile_of
from gonogo.analysis.evidence.definition import Trial
from gonogo.analysis.evidence.quantile import threshold_of
from gonogo.model.sample import Arm, Histogram, Sample

MOST = 32
"""Edges of each of three histograms: a sample of long numbers is then below 3 kB."""


def condensed(sample: Sample, trials: Iterable[Trial], *, quantile: float) -> Sample:
    """
    Return a sample with no more buckets than are needed.

    Args:
        sample: As it was judged; what is no histogram stays as it is.
        trials: Of the gates that it was judged for.
        quantile: That people are shown.
    """
    whole = (sample.canary, sample.control, sample.before)
    if not any(isinstance(arm, Histogram) for arm in whole):
        return sample
    keep = {
        *(value for arm in whole for value in _shown(arm, quantile)),
        *(value for trial in trials for value in _judged(trial, sample.before)),
    }
    return replace(
        sample,
        canary=_coarse(sample.canary, keep),
        control=_coarse(sample.control, keep),
        before=None
        if sample.before is None
        else coarse(sample.before, keep, most=MOST),
    )


def _shown(arm: Arm | None, quantile: float) -> Iterator[float]:
    if isinstance(arm, Histogram):
        found = quantile_of(arm, quantile)
        yield from () if found is None else (found,)


def _judged(trial: Trial, before: Histogram | None) -> Iterator[float]:
    """Yield the values beyond which the test of a trial counts."""
    if trial.at is not None:
        yield trial.at
    elif before is not None and sum(before.counts) > 0:
        start = threshold_of(before, trial.quantile or 0.0)
        yield from () if start is None else (start, start * trial.limit)


def _coarse(arm: Arm | None, keep: Iterable[float]) -> Arm | None:
    return coarse(arm, keep, most=MOST) if isinstance(arm, Histogram) else arm
