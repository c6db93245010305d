"""Learning: the state after one more look with data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.levels import (
    in_blocks,
    log_evidence_of_mean,
    log_ratio,
    taken,
)
from gonogo.analysis.evidence.looks import Counted, Read
from gonogo.analysis.evidence.mixture import grown
from gonogo.analysis.evidence.onsets import moved_on
from gonogo.analysis.evidence.predictive import followed, log_evidence
from gonogo.analysis.evidence.sides import (
    Side,
    Sides,
    chance_of_canary,
    ratio_steps,
    stream_steps,
)
from gonogo.analysis.evidence.strata import added
from gonogo.model.evidence import (
    EvidenceState,
    Levels,
    Mixture,
    Onsets,
    Strata,
    Totals,
)
from gonogo.model.sample import MetricKind, Tally

# Bound once: in Python 3.11 a member of an enumeration takes longer to find than to
# compare, and a look asks for many.
_RATIO, _QUANTILE = Null.RATIO, MetricKind.QUANTILE


def learned(
    trial: Trial, sides: Sides, state: EvidenceState, look: Counted | Read, at: datetime
) -> EvidenceState:
    """
    Return the state after a look.

    A look at which an arm had no exposure says nothing of the rates, and takes none of
    the weight of the onsets; it does say something of the arms' shares.
    """
    if isinstance(look, Read):
        return _with_levels(trial, sides, state, look, at)
    if sides.shares is not None:
        state = _with_shares(trial, sides.shares, state, look)
    if look.canary.exposure <= 0:
        return state
    if trial.null is _RATIO:
        return _with_ratio(trial, sides, state, look, at)
    if trial.null is Null.PREDICTIVE:
        return _with_prediction(trial, sides, state, look, at)
    return _with_stream(trial, sides, state, look, at)


def _with_ratio(
    trial: Trial, sides: Sides, state: EvidenceState, look: Counted, at: datetime
) -> EvidenceState:
    canary, control = look.canary, look.control
    if control is None or control.exposure <= 0:
        return state
    harm, safe, phi = sides.harm, sides.safe, trial.noise.phi
    few = look.cautious or canary
    both = canary.events + control.events
    total = few.events + control.events
    chance = chance_of_canary(harm.limit, canary.exposure, control.exposure)
    steps = ratio_steps(harm, canary.events, both / phi, chance)
    kept = chance_of_canary(safe.limit, canary.exposure, control.exposure)
    safe_steps = ratio_steps(safe, few.events, total / phi, kept)
    slow = trial.kind is _QUANTILE
    return _next(
        state,
        at,
        harm=grown(state.harm, steps, harm.grid.weights, harm.onset),
        safe=grown(state.safe, safe_steps, safe.grid.weights, safe.onset),
        totals=_totals(state.totals, canary, control, look.cautious),
        onsets=moved_on(state, steps, sides.followed),
        strata=added(state.strata, chance, both),
        safe_strata=added(state.safe_strata, chance, total) if slow else None,
    )


def _with_stream(
    trial: Trial, sides: Sides, state: EvidenceState, look: Counted, at: datetime
) -> EvidenceState:
    control = look.control
    safe = look.cautious or look.canary
    steps = _stream_steps(trial, sides.harm, look.canary)
    return _next(
        state,
        at,
        harm=_grown(state.harm, sides.harm, steps),
        safe=_grown_stream(trial, state.safe, sides.safe, safe),
        control=_grown_stream(trial, state.control, sides.harm, control)
        if control is not None and control.exposure > 0
        else state.control,
        totals=_totals(state.totals, look.canary, control, look.cautious),
        onsets=moved_on(state, steps, sides.followed),
    )


def _with_prediction(
    trial: Trial, sides: Sides, state: EvidenceState, look: Counted, at: datetime
) -> EvidenceState:
    totals = _totals(state.totals, look.canary, None)
    return _next(
        state,
        at,
        harm=_predicted(trial, state.harm, sides.harm, totals),
        safe=_predicted(trial, state.safe, sides.safe, totals),
        totals=totals,
    )


def _with_levels(
    trial: Trial, sides: Sides, state: EvidenceState, look: Read, at: datetime
) -> EvidenceState:
    seen = state.totals
    # The usual level is that of the looks before this one; of the first, its own.
    usual = seen.control_events / seen.control_exposure if state.looks else None
    value = log_ratio(look.canary, look.reference, usual or look.reference)
    totals = _totals(
        seen,
        Tally(events=look.canary, exposure=1.0),
        Tally(events=look.reference, exposure=1.0),
    )
    if trial.null is Null.BLOCKS:
        return _with_hours(sides, state, value, totals, at)
    steps = _mean_steps(sides.harm, value)
    return _next(
        state,
        at,
        harm=_grown(state.harm, sides.harm, steps),
        safe=_grown(state.safe, sides.safe, _mean_steps(sides.safe, value)),
        totals=totals,
        levels=taken(state.levels, value),
        onsets=moved_on(state, steps, sides.followed),
    )


def _with_hours(
    sides: Sides, state: EvidenceState, value: float, totals: Totals, at: datetime
) -> EvidenceState:
    levels = in_blocks(state.levels, value, at)
    return _next(
        state,
        at,
        harm=followed(
            state.harm,
            log_evidence_of_mean(levels, sides.harm.limit, sides.harm.direction),
        ),
        safe=followed(
            state.safe,
            log_evidence_of_mean(levels, sides.safe.limit, sides.safe.direction),
        ),
        totals=totals,
        levels=levels,
    )


def _with_shares(
    trial: Trial, shares: tuple[Side, Side], state: EvidenceState, look: Counted
) -> EvidenceState:
    share, control = trial.share, look.control
    if share is None or control is None:
        return state
    high, low = shares
    requests = look.canary.exposure
    total = (requests + control.exposure) / trial.noise.phi
    if total <= 0:
        return state
    return replace(
        state,
        share_high=_grown_ratio(state.share_high, high, requests, total, share),
        share_low=_grown_ratio(state.share_low, low, requests, total, share),
    )


def _grown_ratio(
    mixture: Mixture, side: Side, events: float, total: float, chance: float
) -> Mixture:
    return _grown(mixture, side, ratio_steps(side, events, total, chance))


def _grown_stream(trial: Trial, mixture: Mixture, side: Side, tally: Tally) -> Mixture:
    return _grown(mixture, side, _stream_steps(trial, side, tally))


def _stream_steps(trial: Trial, side: Side, tally: Tally) -> list[float]:
    fraction = trial.null is Null.FRACTION
    exposure = tally.exposure - tally.events if fraction else tally.exposure
    return stream_steps(side, events=tally.events, exposure=exposure)


def _mean_steps(side: Side, value: float) -> list[float]:
    return stream_steps(side, events=value - side.limit, exposure=1.0)


def _grown(mixture: Mixture, side: Side, steps: Sequence[float]) -> Mixture:
    return grown(mixture, steps, side.grid.weights, side.onset)


def _predicted(trial: Trial, mixture: Mixture, side: Side, totals: Totals) -> Mixture:
    now = log_evidence(
        trial.day,
        events=totals.canary_events / trial.noise.phi,
        exposure=totals.canary_exposure / trial.noise.phi,
        limit=side.limit,
        direction=side.direction,
        grid=side.grid,
    )
    return followed(mixture, now)


def _totals(
    totals: Totals, canary: Tally, control: Tally | None, safe: Tally | None = None
) -> Totals:
    beside = control or _NOTHING
    both = canary.exposure + beside.exposure
    before = totals.safe_events
    safe_events = None
    if safe is not None or before is not None:
        already = totals.canary_events if before is None else before
        safe_events = already + (safe or canary).events
    return Totals(
        canary_events=totals.canary_events + canary.events,
        canary_exposure=totals.canary_exposure + canary.exposure,
        control_events=totals.control_events + beside.events,
        control_exposure=totals.control_exposure + beside.exposure,
        weighed_canary=totals.weighed_canary + canary.events * beside.exposure / both,
        weighed_control=totals.weighed_control + beside.events * canary.exposure / both,
        safe_events=safe_events,
    )


_NOTHING = Tally(events=0.0, exposure=0.0)


def _next(
    state: EvidenceState,
    at: datetime,
    *,
    harm: Mixture,
    safe: Mixture,
    totals: Totals,
    control: Mixture | None = None,
    strata: Strata | None = None,
    safe_strata: Strata | None = None,
    levels: Levels | None = None,
    onsets: Onsets | None = None,
) -> EvidenceState:
    # Written out: `replace` takes as long as the test itself.
    return EvidenceState(
        test=state.test,
        looks=state.looks + 1,
        missed=state.missed,
        first=state.first or at,
        last=at,
        harm=harm,
        safe=safe,
        control=control or state.control,
        share_high=state.share_high,
        share_low=state.share_low,
        totals=totals,
        strata=strata or state.strata,
        safe_strata=safe_strata or state.safe_strata,
        levels=levels or state.levels,
        onsets=onsets or state.onsets,
        finals=state.finals,
        finding=state.finding,
    )
