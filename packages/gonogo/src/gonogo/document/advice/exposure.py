"""Exposure: does it grow, in steps that can be judged, and is it judged?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Action, Plan, Purpose, Soak, Stage, Step

# From 1 % to 10 % to everybody is common practice; more than tenfold skips a stage.
_LARGEST_STEP = 10
_EVERYBODY = 100.0


@dataclass(frozen=True, slots=True)
class _Rise:
    """Two stages that name an exposure, one after the other, and all from the first."""

    before: Stage
    after: Stage
    between: Sequence[Stage]

    @property
    def exposures_pct(self) -> tuple[float, float]:
        return self.before.exposure_pct or 0.0, self.after.exposure_pct or 0.0


def exposure(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield what is odd about the order and the size of the exposures."""
    del reading
    for rise in _rises(plan):
        before, after = rise.exposures_pct
        if after < before:
            yield _fall(rise)
            continue
        if before and after > _LARGEST_STEP * before:
            yield _jump(rise)
        if after > before and not plan.triggers and not _is_proven(rise):
            yield _unproven(rise)


def _rises(plan: Plan) -> Iterator[_Rise]:
    named = [n for n, s in enumerate(plan.stages) if s.exposure_pct is not None]
    for first, second in pairwise(named):
        between = plan.stages[first:second]
        yield _Rise(plan.stages[first], plan.stages[second], between)


def _fall(rise: _Rise) -> Diagnostic:
    before, after = map(_percent, rise.exposures_pct)
    return diagnostic(
        Code.EXPOSURE_FALLS,
        rise.after.line,
        stage=rise.after.title,
        after=after,
        earlier=rise.before.title,
        before=before,
    )


def _jump(rise: _Rise) -> Diagnostic:
    before, after = rise.exposures_pct
    between = min(before * _LARGEST_STEP, _EVERYBODY / 2)
    return diagnostic(
        Code.EXPOSURE_JUMPS,
        rise.after.line,
        stage=rise.after.title,
        before=_percent(before),
        after=_percent(after),
        example=_percent(between),
    )


def _unproven(rise: _Rise) -> Diagnostic:
    before, after = map(_percent, rise.exposures_pct)
    return diagnostic(
        Code.EXPOSED_UNPROVEN,
        rise.after.line,
        stage=rise.before.title,
        before=before,
        later=rise.after.title,
        after=after,
    )


def _is_proven(rise: _Rise) -> bool:
    """Tell whether anything is judged, by a machine or a person, before the rise."""
    if any(stage.gates for stage in rise.between):
        return True
    steps = [step for stage in rise.between for step in stage.steps]
    return any(map(_judges, (*steps, *_before_change(rise.after.steps))))


def _judges(step: Step) -> bool:
    if step.kind == "question":
        return step.purpose is not Purpose.DO
    if isinstance(step, Soak):
        return bool(step.gates)
    return step.kind in {"check", "approval"}


def _before_change(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Action) or (
            step.kind == "question" and step.purpose is Purpose.DO
        ):
            return
        yield step


def _percent(value: float) -> str:
    return f"{value:g} %"
