"""
The final look: how likely the totals of a soak are at the limit, exactly.

Taken once, at a planned end, it finds more than the evidence that may be looked at all
the time; so half of alpha is kept for it (STATISTICS 4).
"""

import math
from collections.abc import Sequence

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.sides import Side
from gonogo.model.evidence import EvidenceState, Strata


def final_p(trial: Trial, state: EvidenceState, side: Side) -> float:
    """
    Return the p-value of one side's null hypothesis, from all that was seen.

    Args:
        trial: What is tested.
        state: After the last look.
        side: Of its tests: for harm or for safety.

    Returns:
        1.0 where nothing was seen.
    """
    if not state.looks:
        return 1.0
    match trial.null:
        case Null.RATIO:
            return _p_ratio(trial, state, side)
        case Null.RATE | Null.FRACTION:
            return _p_stream(trial, state, side)
        case Null.PREDICTIVE:
            return _p_predictive(trial, state, side)
        case Null.GAUSS:
            return _p_mean(trial, state, side)
        case Null.BLOCKS:
            return _p_blocks(state, side)


def upper_tail(
    events: float, sizes: Sequence[float], chances: Sequence[float]
) -> float:
    """
    Return how likely so many events or more are, of a sum of binomials.

    Args:
        events: So many.
        sizes: Of each binomial, above 0.
        chances: Of each, between 0 and 1.

    Source: exact for equal chances, else Lugannani and Rice (1980) with Daniels' (1987)
        second correction for counts; STATISTICS 4, formula 7.
    """
    total = sum(sizes)
    if events <= 0:
        return 1.0
    if events > total:
        return 0.0
    if max(chances) - min(chances) <= _EQUAL:
        return _binomial_tail(events, total, chances[0])
    if events >= total - _EQUAL:
        return math.exp(
            sum(n * math.log(p) for n, p in zip(sizes, chances, strict=True))
        )
    return _saddlepoint(events - 0.5, sizes, chances)


_EQUAL = 1e-9


def _p_ratio(trial: Trial, state: EvidenceState, side: Side) -> float:
    """Test whether the canary has more of all events than its chance of them."""
    strata = state.strata
    if side.direction != trial.direction and state.safe_strata.sizes:
        strata = state.safe_strata
    if not strata.sizes:
        return 1.0
    chances = _at_limit(strata, trial.harm_from, side.limit)
    events = _events(trial, state, side)
    if side.direction < 0:  # fewer events of the canary are more of the control
        events = sum(strata.sizes) - events
        chances = tuple(1 - chance for chance in chances)
    if trial.noise.phi == 1:
        return upper_tail(events, strata.sizes, chances)
    pairs = list(zip(strata.sizes, chances, strict=True))
    mean = sum(n * p for n, p in pairs)
    variance = sum(n * p * (1 - p) for n, p in pairs)
    return _above((events - 0.5 - mean) / _root(trial.noise.phi * variance))


def _events(trial: Trial, state: EvidenceState, side: Side) -> float:
    """Return the canary's events that one side is proven on."""
    totals = state.totals
    if side.direction == trial.direction or totals.safe_events is None:
        return totals.canary_events
    return totals.safe_events


def _at_limit(strata: Strata, kept: float, wanted: float) -> Sequence[float]:
    """Return the chances at a limit, of strata that keep those at another."""
    if kept == wanted:
        return strata.chances
    odds = wanted / kept
    return tuple(odds * p / (odds * p + 1 - p) for p in strata.chances)


def _p_stream(trial: Trial, state: EvidenceState, side: Side) -> float:
    events, exposure = _events(trial, state, side), state.totals.canary_exposure
    mean, phi = side.limit * exposure, trial.noise.phi
    if phi > 1:
        left = 1 - side.limit if trial.null is Null.FRACTION else 1.0
        away = side.direction * (events - mean) - 0.5
        return _above(away / _root(phi * mean * left))
    if trial.null is Null.FRACTION:
        if side.direction < 0:
            return _binomial_tail(exposure - events, exposure, 1 - side.limit)
        return _binomial_tail(events, exposure, side.limit)
    from scipy.special import gammainc, gammaincc  # noqa: PLC0415  # slow to load

    if side.direction < 0:
        return float(gammaincc(events + 1, mean))
    return float(gammainc(events, mean)) if events > 0 else 1.0


def _p_predictive(trial: Trial, state: EvidenceState, side: Side) -> float:
    """Return the tail of a negative binomial: a rate that varies from day to day."""
    from scipy.special import betainc  # noqa: PLC0415  # slow to load

    shape = 1 / trial.day.spread**2
    scale = shape / trial.day.rate
    events = state.totals.canary_events / trial.noise.phi
    exposure = side.limit * state.totals.canary_exposure / trial.noise.phi
    part = exposure / (exposure + scale)
    if side.direction < 0:
        return float(betainc(shape, events + 1, 1 - part))
    return float(betainc(events, shape, part)) if events > 0 else 1.0


def _p_mean(trial: Trial, state: EvidenceState, side: Side) -> float:
    levels = state.levels
    error = _root((trial.noise.lrv or 1.0) / levels.count)
    return _above(side.direction * (levels.mean - side.limit) / error)


def _p_blocks(state: EvidenceState, side: Side) -> float:
    from scipy.special import stdtr  # noqa: PLC0415  # slow to load

    levels = state.levels
    if levels.count < 2 or levels.squares <= 0:  # noqa: PLR2004  # no spread of one
        return 1.0
    error = math.sqrt(levels.squares / (levels.count - 1) / levels.count)
    t = side.direction * (levels.mean - side.limit) / error
    return float(stdtr(levels.count - 1, -t))


def _binomial_tail(events: float, total: float, chance: float) -> float:
    """Return the tail by the incomplete beta function: it takes broken counts too."""
    from scipy.special import betainc  # noqa: PLC0415  # slow to load

    if events <= 0:
        return 1.0
    return float(betainc(events, total - events + 1, chance))


def _saddlepoint(at: float, sizes: Sequence[float], chances: Sequence[float]) -> float:
    pairs = list(zip(sizes, chances, strict=True))
    mean = sum(n * p for n, p in pairs)
    deviation = _root(sum(n * p * (1 - p) for n, p in pairs))
    if abs(at - mean) < _NEAR_MEAN * deviation:
        return _above((at - mean) / deviation)
    s = _tilt(at, pairs, mean)
    grown = math.expm1(s)
    cumulant = sum(n * math.log1p(p * grown) for n, p in pairs)
    tilted = ((n, _tilted(p, s)) for n, p in pairs)
    variance = sum(n * p * (1 - p) for n, p in tilted)
    w = math.copysign(math.sqrt(max(2 * (s * at - cumulant), 0.0)), s)
    u = 2 * math.sinh(s / 2) * math.sqrt(variance)
    density = math.exp(-w * w / 2) / math.sqrt(2 * math.pi)
    return min(max(_above(w) + density * (1 / u - 1 / w), 0.0), 1.0)


_NEAR_MEAN = 1e-3  # there the formula is 0 / 0


def _tilt(at: float, pairs: Sequence[tuple[float, float]], mean: float) -> float:
    """Return the tilt at which the mean is `at`; by halving, since it only rises."""
    step = 1.0 if at > mean else -1.0
    low, high = 0.0, step
    while (sum(n * _tilted(p, high) for n, p in pairs) - at) * step < 0:
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (sum(n * _tilted(p, middle) for n, p in pairs) - at) * step < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


_HALVINGS = 50  # more than the digits of a float between two powers of 2


def _tilted(chance: float, tilt: float) -> float:
    return chance / (chance + (1 - chance) * math.exp(-tilt))


def _above(z: float) -> float:
    """Return the chance that a standard normal number lies above."""
    return math.erfc(z / math.sqrt(2)) / 2


def _root(variance: float) -> float:
    return math.sqrt(variance) if variance > 0 else math.inf
