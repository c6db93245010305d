"""The bars of a gate's tests: what evidence has to reach to be a proof."""

import math
from collections.abc import Iterator, Mapping

from gonogo.analysis.evidence.trial import Trial, digest_of
from gonogo.decision import RolloutState
from gonogo.decision.judging import trials
from gonogo.model.plan import Gate, Soak


def bars_of(state: RolloutState, gate: Gate) -> Mapping[str, float]:
    """
    Return, by the digest of each test of a gate, the bar of its looks before the end.

    It is ln(1 / alpha), of the part of alpha that those looks may spend. A test that
    the plan does not have any more, after an amendment, has none.
    """
    found = (trials(state, {gate.id: gate}, soak) for soak in _soaks(state))
    tests = (each for of in found for each in of.values() if isinstance(each, Trial))
    return {digest_of(trial): math.log(1 / trial.alpha_anytime) for trial in tests}


def _soaks(state: RolloutState) -> Iterator[Soak | None]:
    """Yield what a gate is judged in: no soak, or one of them."""
    yield None
    yield from (step for step in state.plan_steps() if isinstance(step, Soak))
