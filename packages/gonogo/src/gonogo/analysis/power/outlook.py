"""From a trial and the traffic that is expected to what its soak can show."""

import math
from dataclasses import dataclass

from gonogo.analysis.power.before import Before
from gonogo.analysis.power.laws import Counted, Failing, Levels, TwoStreams
from gonogo.analysis.power.normal import quantile
from gonogo.analysis.power.prospect import (
    Compared,
    Latency,
    Prospect,
    Survival,
    lognormal,
)
from gonogo.analysis.power.tested import Tested, terms_of
from gonogo.model.judging import Traffic
from gonogo.model.sample import MetricKind

USUAL_SIGMA = 0.6
"""Of log latencies where no histogram is known; that of STATISTICS 7 and 8."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a soak can show cannot be said; `reason` tells why, as a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tail:
    """
    The latencies of the baseline.

    Attributes:
        survival: Which share of the requests is slower than a value.
        at: The quantile that is compared.
        assumed: Nobody measured it.
    """

    survival: Survival
    at: float
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """
    What a soak can show, and how a rise in it reads in the terms of the limit.

    Attributes:
        alternative: The rise that has to be found for a pass without a proof.
        unit: What a limit in the author's terms is divided by: 1 for a ratio.
        of_rest: A share whose fall is harm, seen as the rise of what is missing.
    """

    prospect: Prospect
    alternative: float
    unit: float = 1.0
    of_rest: bool = False


def outlook_of(
    trial: Tested, traffic: Traffic | None, tail: Tail | None = None
) -> Outlook | Unknown:
    """
    Return what the soak of a trial can show.

    Args:
        trial: As planned.
        traffic: While nothing is wrong; None where nothing is known.
        tail: Of a quantile: the baseline's latencies; None: such as are usual.
    """
    if trial.null == "gauss":
        return _levels(trial, traffic)
    if trial.null == "blocks":
        return Unknown("how much its level wavers was never measured: calibrate it")
    if traffic is None:
        return Unknown("its traffic is not known: state it, or ask its source")
    if traffic.canary_per_s <= 0:
        return Unknown("the canary is expected to get no traffic: nothing can be shown")
    if traffic.rate <= 0 and trial.kind is not MetricKind.QUANTILE:
        return Unknown("nothing is counted while all is well: a first event is news")
    return _counted(trial, traffic, tail)


def _counted(trial: Tested, traffic: Traffic, tail: Tail | None) -> Outlook | Unknown:
    match trial.null:
        case "ratio":
            return _two_streams(trial, traffic, tail or usual_tail(trial))
        case "rate":
            return _count(trial, traffic)
        case "fraction":
            return _fraction(trial, traffic, tail)
        case "predictive" if trial.before is not None:
            prospect = Before(
                limit=trial.limit,
                events=traffic.rate * _exposure(trial, traffic.canary_per_s),
                cv=trial.before.spread,
                alpha=trial.alpha_anytime,
                direction=trial.direction,
            )
            return Outlook(prospect=prospect, alternative=trial.promised)
        case _:
            return Unknown(f"nothing is known of the test '{trial.null}'")


def usual_tail(trial: Tested) -> Tail | None:
    """Return latencies as they usually are; None for what is no quantile."""
    if trial.kind is not MetricKind.QUANTILE or trial.quantile is None:
        return None
    at = math.exp(USUAL_SIGMA * quantile(trial.quantile))
    return Tail(lognormal(USUAL_SIGMA), at, assumed=True)


def _two_streams(
    trial: Tested, traffic: Traffic, tail: Tail | None
) -> Outlook | Unknown:
    if traffic.control_per_s <= 0:
        return Unknown("the control is expected to get no traffic")
    rate = 1 - (trial.quantile or 0.0) if tail else traffic.rate
    law = TwoStreams(
        limit=trial.harm_from,
        canary=rate * _exposure(trial, traffic.canary_per_s),
        control=rate * _exposure(trial, traffic.control_per_s),
    )
    terms = terms_of(trial)
    prospect: Prospect = Compared(law, terms, trial.allowance)
    if tail is not None:
        prospect = Latency(
            law, terms, trial.allowance, trial.limit, tail.survival, tail.at
        )
    return Outlook(prospect=prospect, alternative=trial.promised)


def _count(trial: Tested, traffic: Traffic) -> Outlook:
    law = Counted(
        limit=trial.limit / traffic.rate,
        canary=traffic.rate * _exposure(trial, traffic.canary_per_s),
    )
    return Outlook(
        prospect=Compared(law, terms_of(trial)),
        alternative=trial.promised / traffic.rate,
        unit=traffic.rate,
    )


def _fraction(trial: Tested, traffic: Traffic, tail: Tail | None) -> Outlook | Unknown:
    """Return that of a share; what has to stay high is seen as what has to stay low."""
    share = traffic.rate
    if tail is not None and trial.at is not None:
        share = tail.survival(trial.at)
    if not 0 < share < 1:
        return Unknown("the share that is expected while all is well is not known")
    limit, promised, falls = trial.limit, trial.promised, trial.direction < 0
    if falls:
        share, limit, promised = 1 - share, 1 - limit, 1 - promised
    requests = _exposure(trial, traffic.canary_per_s)
    law = Failing(limit=limit / share, requests=requests, share=share)
    return Outlook(
        prospect=Compared(law, terms_of(trial, direction=1)),
        alternative=promised / share,
        unit=share,
        of_rest=falls,
    )


def _levels(trial: Tested, traffic: Traffic | None) -> Outlook | Unknown:
    level = 1.0
    if not trial.relative:
        if traffic is None or traffic.rate <= 0:
            return Unknown("its level while all is well is not known")
        level = traffic.rate
    law = Levels(
        limit=trial.harm_from / level,
        looks=trial.looks,
        variance=trial.noise.lrv or 1.0,
    )
    return Outlook(
        prospect=Compared(law, terms_of(trial), trial.allowance),
        alternative=trial.promised / level,
        unit=level,
    )


def _exposure(trial: Tested, per_s: float) -> float:
    """Return the exposure of the soak, as it counts: bursts count for less."""
    return per_s * trial.looks * trial.cadence.total_seconds() / trial.noise.phi
