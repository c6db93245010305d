"""The judge by evidence: one sample more, and what may be said now."""

from dataclasses import dataclass, replace
from datetime import datetime

from gonogo.analysis.evidence.definition import Trial
from gonogo.analysis.evidence.final import final_p
from gonogo.analysis.evidence.guards import distrust
from gonogo.analysis.evidence.learning import learned
from gonogo.analysis.evidence.looks import Trouble
from gonogo.analysis.evidence.reading import looked
from gonogo.analysis.evidence.seen import estimate_of, seen_of
from gonogo.analysis.evidence.sides import Sides, sides_of
from gonogo.analysis.evidence.words import Ending, reasons_of, trouble_of
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.sample import Sample
from gonogo.model.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    A verdict, and what has to be remembered for the next.

    Attributes:
        estimate: For display: the ratio, rate or level as seen so far, of harm since it
            began; None: no data.
    """

    verdict: Verdict
    finding: Finding
    state: EvidenceState
    estimate: float | None = None


def judge(
    trial: Trial,
    state: EvidenceState | None,
    sample: Sample,
    *,
    at: datetime,
    final: bool,
) -> Judged:
    """
    Judge one sample on top of what was seen before.

    Args:
        trial: What is tested.
        state: After the last look; None, or that of another trial, begins anew.
        sample: What was counted since the last look.
        at: The instant of this look.
        final: Whether the soak ends with it. Each final look spends its part of alpha;
            one without data spends none, and has to be taken again.

    Returns:
        `FAIL` for proven harm only; `PASS` before the end while no harm is shown, and
        at the end where the limit is proven, or harm would have been seen with 80 %;
        `INCONCLUSIVE` without data, or with data that must not be judged.
    """
    sides = sides_of(trial)
    if state is None or state.test != sides.test:
        state = EvidenceState(test=sides.test)
    look = looked(trial, state, sample, at)
    if isinstance(look, Trouble):
        return _troubled(trial, replace(state, missed=state.missed + 1), look, sample)
    state = learned(trial, sides, state, look, at)
    if state.finding is not Finding.HARM:
        doubt = distrust(trial, state)
        if doubt is not None:
            return _troubled(trial, state, doubt, sample)
    return _concluded(trial, sides, state, sample, final=final)


def _troubled(
    trial: Trial, state: EvidenceState, trouble: Trouble, sample: Sample
) -> Judged:
    reasons = trouble_of(trial, trouble.reason, sample)
    return Judged(
        verdict=Verdict(outcome=Outcome.INCONCLUSIVE, reasons=reasons),
        finding=trouble.finding,
        state=state,
        estimate=estimate_of(trial, state),
    )


def _concluded(
    trial: Trial, sides: Sides, state: EvidenceState, sample: Sample, *, final: bool
) -> Judged:
    ending = None
    if final:
        finding, ending = _at_the_end(trial, sides, state)
        state = replace(state, finals=state.finals + 1)
    else:
        finding = _so_far(sides, state)
    if finding is not state.finding:
        state = replace(state, finding=finding)
    seen = seen_of(trial, state, finding, bar=sides.bar)
    reasons = reasons_of(
        trial,
        state,
        finding,
        sample,
        seen=seen,
        phrases=sides.phrases,
        ending=ending,
    )
    return Judged(
        verdict=Verdict(outcome=_OUTCOMES[finding], reasons=reasons),
        finding=finding,
        state=state,
        estimate=seen.estimate,
    )


def _so_far(sides: Sides, state: EvidenceState) -> Finding:
    """
    Return what the evidence shows that may be looked at all the time.

    Harm is never forgotten. A limit that noise alone may break is never proven kept.
    """
    before = state.finding
    if state.harm.best >= sides.bar or before is Finding.HARM:
        return Finding.HARM
    if sides.unchecked:
        return Finding.UNDECIDED
    if state.safe.best >= sides.bar or before is Finding.WITHIN_LIMIT:
        return Finding.WITHIN_LIMIT
    return Finding.UNDECIDED


def _at_the_end(
    trial: Trial, sides: Sides, state: EvidenceState
) -> tuple[Finding, Ending]:
    """Return what is found in the end, and what decided it (STATISTICS 6)."""
    # Not at the top: it is asked once a soak, and loads what no look needs.
    from gonogo.analysis.power import power_seen  # noqa: PLC0415

    so_far = _so_far(sides, state)
    allowed = trial.alpha_final(state.finals)
    ending = Ending(power=power_seen(trial, state), allowed=allowed)
    if so_far is Finding.HARM:
        return so_far, ending
    p = final_p(trial, state, sides.harm)
    if 0 < allowed >= p:
        return Finding.HARM, replace(ending, p=p)
    if so_far is Finding.WITHIN_LIMIT:
        return so_far, ending
    p = final_p(trial, state, sides.safe)
    if 0 < allowed >= p and not sides.unchecked:
        return Finding.WITHIN_LIMIT, replace(ending, p=p)
    return _undecided(sides, ending), ending


def _undecided(sides: Sides, ending: Ending) -> Finding:
    if sides.unchecked:
        return Finding.UNTRUSTED
    return Finding.NO_HARM_SEEN if ending.power >= ENOUGH else Finding.UNDERPOWERED


ENOUGH = 0.8
"""'No harm seen' counts where four of five harms are seen; the convention of trials."""


_OUTCOMES = {
    Finding.HARM: Outcome.FAIL,
    Finding.WITHIN_LIMIT: Outcome.PASS,
    Finding.NO_HARM_SEEN: Outcome.PASS,
    Finding.UNDECIDED: Outcome.PASS,
    Finding.UNDERPOWERED: Outcome.INCONCLUSIVE,
    Finding.UNTRUSTED: Outcome.INCONCLUSIVE,
}
