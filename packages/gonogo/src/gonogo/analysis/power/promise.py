"""
The promise of a soak: what it finds, how soon, what it can prove, and what it would take.

A limit is *kept* by a soak that ends with a decision: with 80 % it either proves that a
change without fault stays within the limit, or would have found the harm that its
author promised to find.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gonogo.analysis.power.laws import Levels, TwoStreams
from gonogo.analysis.power.normal import root
from gonogo.analysis.power.outlook import Outlook, Tail, Unknown, outlook_of
from gonogo.analysis.power.prospect import Compared, Latency, Prospect
from gonogo.analysis.power.tested import Tested
from gonogo.model.judging import Traffic

ENOUGH = 0.8
"""What counts as found: four of five; the convention of trials (STATISTICS 6)."""

NINETEEN_OF_TWENTY = 1.96
RISES = (1.5, 2.0, 10.0)
ALL_OTHER = 19.0
"""All other traffic as the control, over a canary of 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """
    What it would take to prove the limit; None where nothing of the kind suffices.

    Attributes:
        soak: So long, with the traffic as it is.
        traffic: So many times the traffic, in the soak as it is.
        soak_with_others: So long, against all other traffic as the control.
    """

    soak: timedelta | None
    traffic: float | None
    soak_with_others: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    What one soak can show about one gate.

    Attributes:
        duration: Of the soak.
        limit: The rise that is just allowed; 1.05 for '+5 %'.
        acts_from: The rise from which on it acts: the limit, and what noise may add.
        direction: 1 where a rise is harm, -1 where a fall is.
        smallest: The smallest rise that is found with 80 %; None: not a thousandfold.
        chances: By rise, how likely the soak turns back.
        detect: By rise, the median time to find it; None: not within twenty soaks.
        power_at_limit: How likely a change without fault is proven to keep the limit.
        alternative: The rise whose absence lets a soak pass that proved nothing.
        power_at_alternative: How likely that rise is found.
        provable: The tightest limit that is proven with 80 %; None: none is.
        provable_with_others: The same against all other traffic; None: not asked.
        needs: To prove the limit; None where it is proven already.
        events: What the canary is expected to count, bursts as one; None of a gauge.
        wavers: By how much chance alone moves what is measured: a factor, in 19 cases
            of 20 not exceeded.
        unit: What the author's limit was divided by: 1 for a ratio, else what is
            expected; times a rise it is a value that a person can compare.
        of_rest: A share whose fall is harm, seen as the rise of what is missing.
        unchecked: Why the limit cannot be kept apart from noise; None where it can.
        assumed: The latencies are such as are usual; nobody measured them.
    """

    duration: timedelta
    limit: float
    acts_from: float
    direction: int
    smallest: float | None
    chances: Mapping[float, float]
    detect: Mapping[float, timedelta | None]
    power_at_limit: float
    alternative: float
    power_at_alternative: float
    provable: float | None
    provable_with_others: float | None
    needs: Needs | None
    events: float | None = None
    wavers: float = 1.0
    unit: float = 1.0
    of_rest: bool = False
    unchecked: str | None = None
    assumed: bool = False

    @property
    def broken(self) -> bool:
        """Tell whether the metric is beyond its limit before anything is changed."""
        return (self.limit - 1) * self.direction < 0

    @property
    def proves(self) -> bool:
        """Tell whether a change without fault is proven to be one."""
        return self.power_at_limit >= ENOUGH

    @property
    def keeps(self) -> bool:
        """Tell whether the soak ends with a decision."""
        checked = self.unchecked is None and not self.broken
        return checked and (self.proves or self.sees)

    @property
    def sees(self) -> bool:
        """Tell whether the harm that it has to find would be found."""
        return self.power_at_alternative >= ENOUGH


def promise(
    trial: Tested, traffic: Traffic | None = None, tail: Tail | None = None
) -> Promise | Unknown:
    """
    Return what the soak of a trial promises, or why that cannot be said.

    Args:
        trial: As planned.
        traffic: While nothing is wrong; None: as the plan has it.
        tail: The baseline's latencies; None: such as are usual.
    """
    outlook = outlook_of(trial, traffic or trial.traffic, tail)
    if isinstance(outlook, Unknown):
        return outlook
    found = promised(outlook, trial.looks * trial.cadence, look=trial.cadence)
    assumed = tail is None and isinstance(outlook.prospect, Latency)
    return replace(found, unchecked=trial.unchecked, assumed=assumed)


def promised(outlook: Outlook, duration: timedelta, *, look: timedelta) -> Promise:
    """
    Return what a soak promises.

    Args:
        outlook: Of the whole soak.
        duration: Of it; > 0.
        look: How often it is looked; nothing is found between two looks.
    """
    prospect = outlook.prospect
    at_limit = prospect.within(prospect.limit)
    return Promise(
        duration=duration,
        limit=prospect.limit,
        acts_from=prospect.acts_from,
        direction=prospect.direction,
        smallest=smallest_rise(prospect),
        chances={rise: prospect.power(rise) for rise in _near(prospect)},
        detect={
            rise: _median(prospect, rise, duration, look) for rise in _big(prospect)
        },
        power_at_limit=at_limit,
        alternative=outlook.alternative,
        power_at_alternative=prospect.power(outlook.alternative),
        provable=provable(prospect),
        provable_with_others=_provable_with_others(prospect),
        needs=None if at_limit >= ENOUGH else needs(prospect, duration),
        events=prospect.events,
        wavers=math.exp(NINETEEN_OF_TWENTY * prospect.wavers),
        unit=outlook.unit,
        of_rest=outlook.of_rest,
    )


def smallest_rise(prospect: Prospect, wanted: float = ENOUGH) -> float | None:
    """Return the rise nearest to the limit that is found with the wanted chance."""

    def found(log_rise: float) -> float:
        return prospect.power(_away(prospect, log_rise)) - wanted

    if found(FAR) < 0:
        return None
    return _away(prospect, root(found, 0.0, FAR))


def provable(prospect: Prospect, wanted: float = ENOUGH) -> float | None:
    """Return the tightest limit that is proven with the wanted chance."""

    def proven(log_limit: float) -> float:
        return prospect.within(math.exp(prospect.direction * log_limit)) - wanted

    if proven(FAR) < 0:
        return None
    return math.exp(prospect.direction * root(proven, CLOSE, FAR))


def needs(prospect: Prospect, duration: timedelta) -> Needs:
    """Return what it would take to prove the limit of a soak that cannot."""
    factor = _factor(prospect)
    traffic = factor if _is_counted(prospect) else None
    others = _with_others(prospect)
    with_others = None if others is None else _factor(others)
    return Needs(
        soak=_times(duration, factor),
        traffic=traffic,
        soak_with_others=_times(duration, with_others),
    )


FAR, CLOSE = math.log(1000.0), 1e-6
MOST = 1e6
"""So many times a soak is never: it is said that nothing suffices."""


def _away(prospect: Prospect, distance: float) -> float:
    return prospect.limit * math.exp(prospect.direction * distance)


def _near(prospect: Prospect) -> tuple[float, ...]:
    """Return the rises whose chances are said: a bit beyond the limit, and more."""
    return tuple(
        round(prospect.limit * step**prospect.direction, 2) for step in (1.05, 1.2)
    )


def _big(prospect: Prospect) -> tuple[float, ...]:
    return tuple(rise**prospect.direction for rise in RISES)


def _median(
    prospect: Prospect, rise: float, duration: timedelta, look: timedelta
) -> timedelta | None:
    part = prospect.detection(rise)
    if math.isinf(part):
        return None
    # Walks are continuous and looks are not: it is found at the next one.
    return max(1, math.ceil(part * duration / look)) * look


def _factor(prospect: Prospect) -> float | None:
    """Return by what the soak has to grow until the limit is proven."""

    def proven(log_factor: float) -> float:
        grown = prospect.scaled(math.exp(log_factor))
        return grown.within(prospect.limit) - ENOUGH

    most = math.log(MOST)
    return None if proven(most) < 0 else math.exp(root(proven, -most, most))


def _is_counted(prospect: Prospect) -> bool:
    """Tell whether more traffic is more evidence; of a gauge it is not."""
    return not (isinstance(prospect, Compared) and isinstance(prospect.law, Levels))


def _times(duration: timedelta, factor: float | None) -> timedelta | None:
    if factor is None or factor * duration.total_seconds() > CENTURY_S:
        return None
    return duration * factor


CENTURY_S = 100 * 366 * 86_400.0


def _provable_with_others(prospect: Prospect) -> float | None:
    others = _with_others(prospect)
    return None if others is None else provable(others)


def _with_others(prospect: Prospect) -> Prospect | None:
    """Return it against all other traffic, where that is more than its control is."""
    if not isinstance(prospect, Compared | Latency):
        return None
    law = prospect.law
    if not isinstance(law, TwoStreams) or law.control >= ALL_OTHER * law.canary:
        return None
    return replace(prospect, law=law.with_control(ALL_OTHER))
