"""Made-up observations: one that meets every expectation of a check, and one that not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from gonogo.analysis import expectation
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.plan import Check, Plan, Step
from gonogo.model.verdict import Observation, Outcome

SAYS_SO = "it fails, as the script of this simulation says"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def passing(expected: Sequence[Expectation]) -> Observation | None:
    """
    Return an observation that is judged a pass.

    One that a person has to judge counts, where that is all that can be had; None:
    nothing could be made up that meets what is expected.
    """
    undecided = None
    for seen in _candidates(expected):
        outcome = expectation.judge(expected, seen).outcome
        if outcome is Outcome.PASS:
            return seen
        if outcome is Outcome.INCONCLUSIVE and undecided is None:
            undecided = seen
    return undecided


def answerable(plan: Plan) -> tuple[Plan, tuple[Check, ...]]:
    """
    Return the plan as it can be simulated, and the checks that were simplified.

    Where no output can be made up that meets what a check expects, it only has to
    succeed: that a simulation has no imagination must not turn a rollout back.
    """
    checks = (s for stage in plan.stages for s in stage.steps if isinstance(s, Check))
    unmet = tuple(each for each in checks if passing(each.expectations) is None)
    if not unmet:
        return plan, ()
    stages = tuple(
        replace(stage, steps=tuple(_simpler(step, unmet) for step in stage.steps))
        for stage in plan.stages
    )
    return replace(plan, stages=stages), unmet


def _simpler(step: Step, unmet: Sequence[Check]) -> Step:
    if isinstance(step, Check) and step in unmet:
        return replace(step, expectations=())
    return step


def failing(expected: Sequence[Expectation]) -> Observation:
    """Return an observation that is judged a fail; an error where none is."""
    candidates = (
        Observation(output=SAYS_SO, exit_status=2),
        Observation(output=SAYS_SO, http_status=500),
        Observation(output="", rows=987_654, value=-987_654.0),
        Observation(output="", rows=0, value=-987_654.0),
        *(Observation(output=each.value, exit_status=2) for each in expected),
    )
    for seen in candidates:
        if expectation.judge(expected, seen).outcome is Outcome.FAIL:
            return seen
    return Observation(error=SAYS_SO)


def _candidates(expected: Sequence[Expectation]) -> Iterator[Observation]:
    """Yield observations, from what the expectations say themselves."""
    output = "\n".join(_texts(expected))
    numbers = [*_numbers(expected), None]
    for value, rows, status in product(numbers, numbers, [*_statuses(expected), None]):
        lines = "\n".join(["row"] * int(rows)) if rows and 0 < rows < 1000 else ""  # noqa: PLR2004
        for text in dict.fromkeys((output, *(each.value for each in expected), lines)):
            yield Observation(
                output=text,
                value=value,
                rows=None if rows is None or rows < 0 else int(rows),
                http_status=status,
                exit_status=0 if status is None else None,
            )


def _texts(expected: Sequence[Expectation]) -> Iterator[str]:
    spoken = {ExpectationKind.EXACT, ExpectationKind.CONTAINS}
    for each in expected:
        if each.kind is ExpectationKind.JSON:
            yield _without_dots(each.value.strip())
        elif each.kind in spoken:
            yield each.value.strip()


def _without_dots(text: str) -> str:
    """Return JSON without the `...` that stands for 'and more'."""
    without = re.sub(r"(?:,\s*)?(?<![\"\w])\.\.\.(?![\"\w])", "", text)
    return re.sub(r"([\[{])\s*,", r"\1", without)


def _numbers(expected: Sequence[Expectation]) -> list[float]:
    counted = {
        ExpectationKind.NUMBER,
        ExpectationKind.COMPARATOR,
        ExpectationKind.ROWS,
    }
    stated = [
        float(number)
        for each in expected
        if each.kind in counted
        for number in _NUMBER.findall(each.value.replace(",", ""))
    ]
    tried = [n + step for n in stated[:2] for step in (0.0, 1.0, -1.0)]
    return list(dict.fromkeys(tried))


def _statuses(expected: Sequence[Expectation]) -> list[int]:
    kinds = (e for e in expected if e.kind is ExpectationKind.HTTP_STATUS)
    return [int(n) for each in kinds for n in re.findall(r"\b[1-5]\d\d\b", each.value)]
