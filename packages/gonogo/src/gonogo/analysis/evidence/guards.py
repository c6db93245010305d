"""Guards: when what was counted must not be judged, whatever it says (STATISTICS 3.7)."""

import math

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.looks import Trouble, untrusted
from gonogo.analysis.evidence.words import rate_text
from gonogo.analysis.figures import share_text
from gonogo.model.evidence import EvidenceState, Finding

SHARE_ALPHA = 0.001
"""Traffic is split wrongly so seldom by chance; half for each direction."""

CONTROL_BAR = math.log(10.0)
"""
A control that breaks the limit is believed sooner than a canary: what follows is a
question to a person, where the other is a way back for a fault that others have too.
"""

CONTROL_LEANS = math.log(2.0)
"""Enough when the canary has just been proven to break it: the proof is on its way."""


def distrust(trial: Trial, state: EvidenceState) -> Trouble | None:
    """Return why the comparison cannot be trusted, or is not the change's doing."""
    return _wrong_share(trial, state) or _broken_control(trial, state)


def _wrong_share(trial: Trial, state: EvidenceState) -> Trouble | None:
    if trial.share is None:
        return None
    bar = math.log(2 / SHARE_ALPHA)
    for found, word in ((state.share_high, "more"), (state.share_low, "less")):
        if found.best >= bar:
            seen = state.totals
            both = seen.canary_exposure + seen.control_exposure
            share = seen.canary_exposure / both if both else 0.0
            return untrusted(
                f"the canary has {word} than its share of the traffic: "
                f"{share_text(share, 4)}, promised are {share_text(trial.share, 4)}; the "
                "arms are not comparable"
            )
    return None


def _broken_control(trial: Trial, state: EvidenceState) -> Trouble | None:
    if trial.null is not Null.RATE and trial.null is not Null.FRACTION:
        return None
    crossed = state.harm.best >= -math.log(trial.alpha_anytime)
    leaning = crossed and state.control.now >= CONTROL_LEANS
    if state.control.best < CONTROL_BAR and not leaning:
        return None
    seen = state.totals
    rate = seen.control_events / seen.control_exposure if seen.control_exposure else 0.0
    return Trouble(
        Finding.NOT_ATTRIBUTABLE,
        f"the control breaks the limit itself, at {rate_text(trial, rate)} where "
        f"{rate_text(trial, trial.limit)} is the limit: not attributable to the change",
    )
