"""Reasons: what a test found, in words and numbers, to be read at two in the morning."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.seen import Seen
from gonogo.analysis.figures import (
    change_text,
    count_text,
    figures,
    odds_text,
    share_text,
)
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.sample import MetricKind, Sample

# Bound once: in Python 3.11 a member of an enumeration takes longer to find than to
# compare, and a look asks for many.
_RATIO, _BLOCKS = Null.RATIO, Null.BLOCKS
_GAUGE, _COUNT = MetricKind.GAUGE, MetricKind.COUNT
_HARM, _WITHIN = Finding.HARM, Finding.WITHIN_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """
    What a final look found besides.

    Attributes:
        power: How likely the promised harm would have been found.
        p: How likely chance alone gives as much; where the final look decided.
        allowed: What it may have been.
    """

    power: float
    p: float | None = None
    allowed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Phrases:
    """
    What no look changes of a trial's reasons, put into words once.

    Attributes:
        limit: The limit, with what stands before it: 'limit x1.1'.
        canary: What stands after the canary's count: ' beyond p99 +10 %', or nothing.
        control: Likewise after the control's.
        needed: How much evidence is enough: '40'.
        assumed: See `Trial.assumed`.
    """

    limit: str
    canary: str
    control: str
    needed: str
    assumed: tuple[str, ...]


def phrases_of(trial: Trial, bar: float) -> Phrases:
    """
    Return the fixed parts of a trial's reasons.

    Args:
        trial: What is tested.
        bar: What its evidence has to reach at any look, in logs.
    """
    slow = trial.kind is MetricKind.QUANTILE and trial.null is _RATIO
    name = quantile_text(trial)
    return Phrases(
        limit=f"limit {_limit(trial)}",
        canary=f" beyond {name} {change_text(trial.limit)}" if slow else "",
        control=f" beyond {name}" if slow else "",
        needed=odds_text(bar),
        assumed=trial.assumed,
    )


def reasons_of(  # all of it is said
    trial: Trial,
    state: EvidenceState,
    finding: Finding,
    sample: Sample,
    *,
    seen: Seen,
    phrases: Phrases,
    ending: Ending | None = None,
) -> tuple[str, ...]:
    """
    Return one or two sentences on what was found; the second says what was assumed.

    Args:
        trial: What is tested.
        state: After this look.
        finding: Of this look.
        sample: Of this look.
        seen: What is told of.
        phrases: Of the trial.
        ending: Of a final look.
    """
    told = _seen(trial, phrases, seen)
    if seen.since is not None:
        told = f"{_since(seen.since, state)} {told}{_whole(trial, seen)}"
    elif trial.null is _BLOCKS:
        told = f"{told}, {state.levels.count} full hours"
    evidence = _evidence(trial, state, finding, phrases, ending)
    first = f"{trial.metric}: {_HEADS[finding]}; {told}; {evidence}"
    if sample.resets:
        return (first, *phrases.assumed, _resets(sample), *sample.notes)
    return (first, *phrases.assumed, *sample.notes)


def trouble_of(trial: Trial, reason: str, sample: Sample) -> tuple[str, ...]:
    """Return the reasons of a look that says nothing."""
    return (f"{trial.metric}: {reason}", *sample.notes)


def quantile_text(trial: Trial) -> str:
    """Return the name of a trial's quantile: 'p99'."""
    return f"p{100 * (trial.quantile or 0.0):g}"


def rate_text(trial: Trial, rate: float) -> str:
    """Return a rate as a trial's kind is stated: by the hour, or as a share."""
    if trial.kind is _COUNT:
        return f"{figures(rate)} an hour"
    return share_text(rate)


_HEADS = {
    Finding.HARM: "worse than its limit allows",
    Finding.WITHIN_LIMIT: "proven to keep its limit",
    Finding.NO_HARM_SEEN: "no harm seen, and harm would have been",
    Finding.UNDERPOWERED: "undecided, harm could have gone unseen",
    Finding.UNDECIDED: "no harm shown so far",
    Finding.UNTRUSTED: "no harm shown, but the limit cannot be checked",
}


def _seen(trial: Trial, phrases: Phrases, seen: Seen) -> str:
    if seen.estimate is None:
        return "nothing was counted yet"
    if trial.kind is _GAUGE:
        return _levels(trial, phrases, seen)
    totals = seen.totals
    canary = _counted(trial, totals.canary_events, totals.canary_exposure)
    if trial.null is _RATIO:
        control = _counted(trial, totals.control_events, totals.control_exposure)
        arms = f"canary {canary}{phrases.canary}, control {control}{phrases.control}"
        return f"{arms}{_times(phrases, seen.estimate)}"
    if trial.null is Null.PREDICTIVE:
        before = f"{rate_text(trial, trial.day.rate)} before, give or take"
        spread = f"{100 * trial.day.spread:.0f} %"
        return f"{canary}, {before} {spread}{_times(phrases, seen.estimate)}"
    if trial.kind is MetricKind.QUANTILE:
        return f"{canary} were beyond {phrases.limit}"
    return f"{canary}, {phrases.limit}"


def _times(phrases: Phrases, estimate: float) -> str:
    """Say a ratio beside its limit; of slow requests the limit is told already."""
    if phrases.canary:
        return f": x{figures(estimate)} as often"
    return f", x{figures(estimate)}, {phrases.limit}"


def _levels(trial: Trial, phrases: Phrases, seen: Seen) -> str:
    looks = f"over {seen.totals.canary_exposure:.0f} looks"
    if trial.at is not None:
        return f"{figures(seen.estimate or 0.0, 4)} {looks}, {phrases.limit}"
    return f"x{figures(seen.estimate or 0.0)} of the control {looks}, {phrases.limit}"


def _limit(trial: Trial) -> str:
    if trial.at is not None and trial.kind is MetricKind.QUANTILE:
        allowed = f"{share_text(trial.limit)} are allowed"
        return f"{figures(trial.at, 4)}, the limit of {quantile_text(trial)}; {allowed}"
    if trial.at is not None:
        return figures(trial.at, 4)
    return (
        f"x{figures(trial.limit, 4)}"
        if trial.relative
        else rate_text(trial, trial.limit)
    )


def _since(began: datetime, state: EvidenceState) -> str:
    """Say since when, with the day where it is not the day of the last look."""
    began = began.astimezone(UTC)
    today = state.last is None or state.last.astimezone(UTC).date() == began.date()
    return f"since {began:%H:%MZ}" if today else f"since {began:%Y-%m-%d %H:%MZ}"


def _whole(trial: Trial, seen: Seen) -> str:
    if seen.whole is None:
        return ""
    if trial.kind is _GAUGE and trial.at is not None:
        return f"; over the whole soak {figures(seen.whole, 4)}"
    text = f"x{figures(seen.whole)}" if trial.relative else rate_text(trial, seen.whole)
    return f"; over the whole soak {text}"


def _counted(trial: Trial, events: float, exposure: float) -> str:
    if trial.kind is _COUNT:
        return f"{count_text(events)} in {figures(exposure)} h"
    percent = 100 * events / exposure if exposure else 0.0
    return f"{count_text(events)} of {count_text(exposure)} ({figures(percent)} %)"


def _evidence(
    trial: Trial,
    state: EvidenceState,
    finding: Finding,
    phrases: Phrases,
    ending: Ending | None,
) -> str:
    if ending is not None and ending.p is not None:
        by_chance = f"chance alone gives as much with {figures(100 * ending.p, 2)} %"
        return f"{by_chance}, {share_text(ending.allowed)} are allowed"
    if finding is _WITHIN:
        odds = odds_text(state.safe.best)
        return f"evidence for it {odds}, {phrases.needed} were enough"
    shown = state.harm.best if finding is _HARM else state.harm.now
    text = f"evidence of harm {odds_text(shown)} of the {phrases.needed} needed"
    if ending is None or finding is _HARM:
        return text
    found = f"would have been seen with {100 * ending.power:.0f} %"
    return f"{text}; harm of {_promise(trial)} {found}"


def _promise(trial: Trial) -> str:
    if trial.kind is MetricKind.QUANTILE and trial.relative:
        return change_text(trial.promised)
    if trial.relative:
        return f"x{figures(trial.promised)}"
    if trial.kind is _GAUGE:
        return figures(trial.promised, 4)
    return rate_text(trial, trial.promised)


def _resets(sample: Sample) -> str:
    return f"{sample.resets} counters began anew"
