"""
The power of a soak that is over: would it have found the harm that it had to find?

What was seen stands in for what was expected, look by look, so that a ramp or a drift
does not flatter it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from gonogo.analysis.power import chances
from gonogo.analysis.power.before import Before
from gonogo.analysis.power.laws import (
    Counted,
    Distance,
    Failing,
    Law,
    Levels,
    TwoStreams,
    Walk,
)
from gonogo.analysis.power.outlook import usual_tail
from gonogo.analysis.power.tested import Tested, terms_of
from gonogo.model.evidence import EvidenceState, Strata


def power_seen(trial: Tested, state: EvidenceState) -> float:
    """
    Return how likely the soak so far would have found what its trial promised to find.

    Args:
        trial: As planned; its planned traffic is not asked.
        state: After the last look, before its final look is counted.

    Returns:
        0 where nothing was seen: no data is no power.
    """
    if not state.looks:
        return 0.0
    match trial.null:
        case "ratio":
            return _of_strata(trial, state)
        case "rate" | "fraction":
            return _of_one(trial, state)
        case "gauss":
            return _of_levels(trial, state)
        case "predictive":
            return _of_before(trial, state)
        case _:
            return _of_blocks(trial, state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """Two streams whose shares of the exposure changed; the evidence adds up."""

    limit: float
    parts: tuple[TwoStreams, ...]

    def effect(self, rise: float) -> float:
        """Return the log of the rise over the limit."""
        return math.log(rise / self.limit)

    def information(self, rise: float) -> float:
        """Return the sum of the parts'."""
        return self._sum(lambda part: part.information(rise))

    def walk(self, rise: float) -> Walk:
        """Return the sum of the parts'."""
        walks = [part.walk(rise) for part in self.parts]
        return Walk(sum(w.mean for w in walks), sum(w.variance for w in walks))

    def distance(self, rise: float) -> Distance:
        """Return the sum of the parts'."""
        all_of = [part.distance(rise) for part in self.parts]
        return Distance(
            sum(each.apart for each in all_of),
            math.hypot(*(each.at_limit for each in all_of)),
            math.hypot(*(each.at_truth for each in all_of)),
        )

    def scaled(self, factor: float) -> "Stratified":
        """Return all parts so many times as large."""
        parts = tuple(part.scaled(factor) for part in self.parts)
        return Stratified(limit=self.limit, parts=parts)

    def _sum(self, of: Callable[[TwoStreams], float]) -> float:
        return sum(map(of, self.parts))


def _of_strata(trial: Tested, state: EvidenceState) -> float:
    law = _stratified(state.strata, trial.harm_from, trial.noise.phi)
    if not law.parts:
        return 0.0
    return _power(trial, state, law, _tail_rise(trial))


def _tail_rise(trial: Tested) -> float:
    """Return what is promised in what is counted: slow requests for a quantile."""
    tail = usual_tail(trial)
    if tail is None:
        return trial.promised
    slower = tail.at * trial.limit / trial.promised
    return tail.survival(slower) / tail.survival(tail.at)


def _stratified(strata: Strata, limit: float, phi: float) -> Stratified:
    """
    Return the law of what was seen.

    A stratum knows the chance that an event is the canary's at the limit; from its odds
    follows how the events would be divided if nothing had changed.
    """
    parts = tuple(
        _part(chance, size / phi, limit)
        for chance, size in zip(strata.chances, strata.sizes, strict=True)
        if size > 0 and 0 < chance < 1
    )
    return Stratified(limit=limit, parts=parts)


def _part(chance: float, events: float, limit: float) -> TwoStreams:
    odds = chance / (1 - chance) / limit
    canary = events * odds / (1 + odds)
    return TwoStreams(limit=limit, canary=canary, control=events - canary)


def _of_one(trial: Tested, state: EvidenceState) -> float:
    """Return that of one stream against a fixed limit."""
    totals, phi = state.totals, trial.noise.phi
    if totals.canary_exposure <= 0:
        return 0.0
    # Half an event: with none at all the rate would be none, which nobody saw.
    rate = max(totals.canary_events, 0.5) / totals.canary_exposure
    exposure, promised = totals.canary_exposure / phi, trial.promised
    if trial.null == "rate":
        counted = Counted(limit=trial.limit / rate, canary=rate * exposure)
        return _power(trial, state, counted, promised / rate)
    rate = min(rate, 1 - 0.5 / totals.canary_exposure)
    if not 0 < rate < 1:
        return 0.0
    limit = trial.limit
    if trial.direction < 0:
        rate, limit, promised = 1 - rate, 1 - limit, 1 - promised
    failing = Failing(limit=limit / rate, requests=exposure, share=rate)
    return _power(trial, state, failing, promised / rate, direction=1)


def _of_levels(trial: Tested, state: EvidenceState) -> float:
    variance = trial.noise.lrv or 1.0
    law = Levels(limit=trial.harm_from, looks=state.looks, variance=variance)
    return _power(trial, state, law, trial.promised)


def _of_blocks(trial: Tested, state: EvidenceState) -> float:
    """Return that of means of blocks, with the variance that they showed."""
    levels = state.levels
    if levels.count < FEWEST_BLOCKS:
        return 0.0
    variance = max(levels.squares / (levels.count - 1), 1e-12)
    law = Levels(limit=trial.harm_from, looks=levels.count, variance=variance)
    return _power(trial, state, law, trial.promised)


FEWEST_BLOCKS = 3  # two differences: fewer say nothing of how much they vary


def _of_before(trial: Tested, state: EvidenceState) -> float:
    totals = state.totals
    if trial.before is None or totals.canary_events <= 0:
        return 0.0
    return Before(
        limit=trial.limit,
        events=totals.canary_events,
        cv=trial.before.spread,
        alpha=trial.alpha_anytime,
        direction=trial.direction,
    ).power(trial.promised)


def _power(
    trial: Tested,
    state: EvidenceState,
    law: Law,
    rise: float,
    direction: int | None = None,
) -> float:
    terms = terms_of(trial, taken=state.finals, direction=direction)
    return chances.power(law, terms, rise)
