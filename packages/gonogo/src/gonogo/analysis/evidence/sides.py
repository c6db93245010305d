"""
Sides: the two tests of a trial, for harm and for safety, with what can be computed once.

Harm supposes that the limit is kept until the data speak against it; safety supposes
that it is broken. Both use the same likelihood ratios, mirrored (STATISTICS 2.1, 2.5, 6).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gonogo.analysis.evidence.definition import (
    SLOPE_OF_TAIL,
    Null,
    Trial,
    digest_of,
)
from gonogo.analysis.evidence.mixture import AT_ONCE, Onset, onset_over
from gonogo.analysis.evidence.onsets import followed
from gonogo.analysis.evidence.words import Phrases, phrases_of
from gonogo.analysis.grid import (
    LARGEST,
    LARGEST_LEVEL,
    SHARE_GRID,
    Grid,
    harm_grid,
    safe_grid,
)
from gonogo.model.sample import MetricKind


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """
    One test.

    Attributes:
        limit: Where its effects begin.
        direction: 1: they lie above, -1: below.
        grid: Of effects.
        onset: Of the effect.
        of_events: What an event adds to the log likelihood ratio, by effect.
        of_exposure: What a unit of exposure adds; of a ratio, by how much the odds
            that an event is the canary's grow.
        followed: Of the grid, the effects whose onset is followed.
    """

    limit: float
    direction: int
    grid: Grid
    onset: Onset
    of_events: tuple[float, ...]
    of_exposure: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """
    All tests of a trial, and what its verdicts say besides.

    Attributes:
        test: Its digest.
        bar: What evidence that may be looked at all the time has to reach, in logs.
        shares: The canary has more, or less, than its share; None: not watched.
        followed: The sizes of harm whose onset is followed, by place in its grid.
        unchecked: Noise alone may break the limit.
        phrases: What its verdicts say at every look.
    """

    test: str
    bar: float
    harm: Side
    safe: Side
    shares: tuple[Side, Side] | None
    followed: tuple[int, ...]
    unchecked: bool
    phrases: Phrases


@lru_cache(maxsize=4096)
def sides_of(trial: Trial) -> Sides:
    """Return the tests of a trial; computed once."""
    bar, harm = -math.log(trial.alpha_anytime), harm_side(trial)
    return Sides(
        test=digest_of(trial),
        bar=bar,
        harm=harm,
        safe=safe_side(trial),
        shares=_shares(trial),
        followed=followed(harm.grid.effects),
        unchecked=trial.unchecked is not None,
        phrases=phrases_of(trial, bar),
    )


def harm_side(trial: Trial) -> Side:
    """Return the test for harm: above the limit (or below), from any look on."""
    gauge = trial.kind is MetricKind.GAUGE
    grid = harm_grid(trial.information, LARGEST_LEVEL if gauge else LARGEST)
    return _side(trial, trial.harm_from, trial.direction, grid, onset_over(trial.looks))


def safe_side(trial: Trial) -> Side:
    """Return the test for safety: on the good side of the limit, from the start."""
    grid = safe_grid(_usual_distance(trial))
    return _side(trial, trial.safe_from, -trial.direction, grid, AT_ONCE)


def share_side(trial: Trial, direction: int) -> Side:
    """Return a test of the canary's share of the traffic, as events of a ratio of 1."""
    return _ratio(1.0, direction, SHARE_GRID, onset_over(trial.looks), trial.noise.phi)


def _shares(trial: Trial) -> tuple[Side, Side] | None:
    if trial.share is None:
        return None
    return share_side(trial, 1), share_side(trial, -1)


def ratio_steps(side: Side, events: float, total: float, chance: float) -> list[float]:
    """
    Return the log likelihood ratios of one look at two arms.

    Args:
        side: The test.
        events: Of the canary.
        total: Of both, over phi.
        chance: That an event is the canary's, at the limit.

    Source: STATISTICS 2.1, formula 1. The base rate has cancelled: drift that the arms
        share is no evidence.
    """
    log1p = math.log1p
    return [
        events * of_events - total * log1p(chance * of_odds)
        for of_events, of_odds in zip(side.of_events, side.of_exposure, strict=True)
    ]


def stream_steps(side: Side, *, events: float, exposure: float) -> list[float]:
    """
    Return the log likelihood ratios of one look at one stream (STATISTICS 2.5).

    Args:
        side: The test.
        events: Of the stream; of a gauge, the distance from the limit.
        exposure: Of it; of a fraction, what had no event; of a gauge, 1.
    """
    return [
        events * of_events + exposure * of_exposure
        for of_events, of_exposure in zip(side.of_events, side.of_exposure, strict=True)
    ]


def chance_of_canary(limit: float, canary: float, control: float) -> float:
    """Return how likely an event is the canary's when its rate is at the limit."""
    return limit * canary / (limit * canary + control)


_UNKNOWN_DISTANCE = math.log(2.0)
_NEAR = math.log(1.25)


def _usual_distance(trial: Trial) -> float:
    """Return how far a harmless change lies from the limit, in logs."""
    if trial.relative:
        allowed = trial.margin
        slow = trial.kind is MetricKind.QUANTILE
        return (SLOPE_OF_TAIL * allowed if slow else allowed) if allowed > 0 else _NEAR
    rate = trial.traffic.rate if trial.traffic and trial.at is None else 0.0
    if rate <= 0:
        return _UNKNOWN_DISTANCE
    distance = trial.direction * math.log(trial.limit / rate)
    return distance if distance > 0 else _NEAR


def _side(trial: Trial, limit: float, direction: int, grid: Grid, onset: Onset) -> Side:
    phi = trial.noise.phi
    match trial.null:
        case Null.RATIO | Null.PREDICTIVE:
            return _ratio(limit, direction, grid, onset, phi)
        case Null.RATE:
            return _rate(limit, direction, grid, onset, phi)
        case Null.FRACTION:
            return _fraction(limit, direction, grid, onset, phi)
        case Null.GAUSS | Null.BLOCKS:
            log_limit = math.log(limit) if trial.relative else 0.0
            lrv = trial.noise.lrv or 1.0
            return gauss(log_limit, direction, grid, onset, lrv)


def _ratio(limit: float, direction: int, grid: Grid, onset: Onset, phi: float) -> Side:
    return Side(
        limit=limit,
        direction=direction,
        grid=grid,
        onset=onset,
        of_events=tuple(direction * effect / phi for effect in grid.effects),
        of_exposure=tuple(math.expm1(direction * effect) for effect in grid.effects),
    )


def _rate(limit: float, direction: int, grid: Grid, onset: Onset, phi: float) -> Side:
    return Side(
        limit=limit,
        direction=direction,
        grid=grid,
        onset=onset,
        of_events=tuple(direction * effect / phi for effect in grid.effects),
        of_exposure=tuple(
            -limit * math.expm1(direction * effect) / phi for effect in grid.effects
        ),
    )


def _fraction(
    limit: float, direction: int, grid: Grid, onset: Onset, phi: float
) -> Side:
    odds = limit / (1 - limit)
    moved = _moved(odds, direction, grid.effects)
    return Side(
        limit=limit,
        direction=direction,
        grid=grid,
        onset=onset,
        of_events=tuple(math.log(each / limit) / phi for each in moved),
        of_exposure=tuple((math.log1p(-p) - math.log1p(-limit)) / phi for p in moved),
    )


def _moved(odds: float, direction: int, effects: Sequence[float]) -> list[float]:
    """Return fractions whose odds are moved by the effects: they stay within 0 to 1."""
    away = [odds * math.exp(direction * effect) for effect in effects]
    return [each / (1 + each) for each in away]


def gauss(
    log_limit: float, direction: int, grid: Grid, onset: Onset, lrv: float
) -> Side:
    """Return the test of a mean whose variance by look is known (STATISTICS 3.5)."""
    return Side(
        limit=log_limit,
        direction=direction,
        grid=grid,
        onset=onset,
        of_events=tuple(direction * effect / lrv for effect in grid.effects),
        of_exposure=tuple(-effect * effect / (2 * lrv) for effect in grid.effects),
    )
