"""
Judging by evidence: tests that may be looked at as often as one likes.

A `Trial` says what is tested, fixed before the first look; `judge` takes one sample and
the state so far, and gives a verdict and the next state. All of it is pure.
"""

from gonogo.analysis.evidence.judge import Judged, judge
from gonogo.analysis.evidence.trial import Before, Null, Trial, Unfit, trial_of

__all__ = ["Before", "Judged", "Null", "Trial", "Unfit", "judge", "trial_of"]
