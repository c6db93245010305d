"""Our judge on many soaks at once: the vectorised evidence, and the final look of each."""

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.judging.beside import NEVER, Minutes, first
from benchmarks.judging.levels import Today
from benchmarks.judging.worlds import Counts, Grid
from gonogo.analysis.evidence.final import final_p
from gonogo.analysis.evidence.many import Many
from gonogo.analysis.evidence.sides import harm_side
from gonogo.analysis.evidence.trial import Null, Trial
from gonogo.model.evidence import EvidenceState, Levels, Strata, Totals

STRATA = 16
"""As many as the judge keeps for its final look."""


def turned_back(trials: Sequence[Trial], counts: Counts) -> Minutes:
    """
    Return after which minute each soak is turned back, by the looks or at its end.

    Args:
        trials: One for all soaks, or one for each.
        counts: Of the soaks; of gauges, the log ratios of the arms as canary's events.
    """
    return _with_ends(trials, counts, found_by_looks(trials, counts))


def found_by_looks(trials: Sequence[Trial], counts: Counts) -> Minutes:
    """Return after which minute the evidence of harm passes its bar."""
    many = Many(trials if len(trials) > 1 else [*trials] * len(counts.canary))
    for columns in zip(*_by_minute(counts), strict=True):
        many.look(*columns)
    return np.where(many.alarmed_at > 0, many.alarmed_at.astype(float), NEVER)


def found_predictive(trials: Sequence[Trial], today: Today) -> Minutes:
    """
    Return after which minute each day is turned back; only a time before is known.

    Args:
        trials: One for each day.
        today: What was counted.

    Source: STATISTICS 3.6, formula 6.
    """
    none = np.zeros_like(today.events)
    counts = Counts(
        canary=today.events,
        canary_exposure=today.exposure,
        control=none,
        control_exposure=none,
    )
    bar = -math.log(trials[0].alpha_anytime)
    return _with_ends(trials, counts, first(_predictive(trials, today) >= bar))


def _by_minute(counts: Counts) -> list[Grid]:
    """Return the four grids with a row for each minute."""
    grids = (
        counts.canary,
        counts.canary_exposure,
        counts.control,
        counts.control_exposure,
    )
    return [np.ascontiguousarray(grid.T) for grid in grids]


def _with_ends(trials: Sequence[Trial], counts: Counts, looked: Minutes) -> Minutes:
    """Return the minutes with those soaks that the final look turns back as well."""
    found = looked.copy()
    for soak in np.flatnonzero(np.isinf(looked)).tolist():
        if _ends_badly(trials[soak % len(trials)], counts, soak):
            found[soak] = counts.canary.shape[1]
    return found


def _ends_badly(trial: Trial, counts: Counts, soak: int) -> bool:
    """Tell whether the final look proves harm."""
    events, minutes = counts.canary[soak], counts.canary.shape[1]
    state = EvidenceState(
        test="",
        looks=minutes,
        totals=Totals(
            canary_events=float(events.sum()),
            canary_exposure=float(counts.canary_exposure[soak].sum()),
        ),
        strata=_strata(trial, counts, soak),
        levels=Levels(count=minutes, mean=float(events.mean())),
    )
    return final_p(trial, state, harm_side(trial)) <= trial.alpha_final(0)


def _strata(trial: Trial, counts: Counts, soak: int) -> Strata:
    """Return minutes of nearly equal shares of the exposure together."""
    if trial.null is not Null.RATIO:
        return Strata()
    events = counts.canary[soak] + counts.control[soak]
    some = events > 0
    if not some.any():
        return Strata()
    at_limit = trial.harm_from * counts.canary_exposure[soak][some]
    share = at_limit / (at_limit + counts.control_exposure[soak][some])
    size, order = events[some], np.argsort(share)
    starts = np.unique(np.arange(STRATA) * len(order) // STRATA)
    sizes = np.add.reduceat(size[order], starts)
    chances = np.add.reduceat((share * size)[order], starts) / sizes
    return Strata(chances=tuple(chances.tolist()), sizes=tuple(sizes.tolist()))


def _predictive(trials: Sequence[Trial], today: Today) -> Grid:
    """Return the log of the evidence after each minute."""
    before = [each.before for each in trials if each.before]
    shape = np.array([[1 / each.spread**2] for each in before])
    scale = shape / np.array([[each.rate] for each in before])
    events, exposure = today.events.cumsum(axis=1), today.exposure.cumsum(axis=1)

    def fit(ratio: float) -> Grid:
        logs = np.log(scale + ratio * exposure)
        found: Grid = events * math.log(ratio) - (shape + events) * logs
        return found

    side = harm_side(trials[0])  # one grid for all: it costs speed, never validity
    terms = zip(side.grid.effects, side.grid.log_weights, strict=True)
    mixed = [weight + fit(side.limit * math.exp(effect)) for effect, weight in terms]
    evidence: Grid = np.logaddexp.reduce(mixed) - fit(side.limit)
    return evidence
