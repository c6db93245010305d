"""What filling a document in works from: the page, its reading, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.document.reading import Reading
from gonogo.model.event import MeasurementTaken
from gonogo.model.evidence import Finding
from gonogo.model.plan import Gate, Metric
from gonogo.model.verdict import GateVerdict, Measurement, Outcome
from gonogo.report.edits import Page
from gonogo.report.history import Entry, History
from gonogo.report.story import StepStory

Taken = tuple[Entry[MeasurementTaken], GateVerdict]
"""One look at a gate: the measurement as journaled, and the verdict on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a gate came to: the measurement, and what it was found to be."""

    gate: Gate
    metric: Metric | None
    seq: int
    measurement: Measurement
    found: GateVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A document to fill in, and what happened."""

    history: History
    reading: Reading
    page: Page
    stories: tuple[StepStory, ...]
    judged: tuple[Judged, ...]

    def stories_at(self, *lines: int | None) -> tuple[StepStory, ...]:
        """Return the stories of the steps on the first of these lines that has any."""
        for line in lines:
            found = tuple(s for s in self.stories if s.step.line == line)
            if found:
                return found
        return ()

    def judged_at(self, line: int) -> tuple[Judged, ...]:
        """Return what each gate came to that stands on a line."""
        return tuple(each for each in self.judged if each.gate.line == line)


def every_gate(history: History) -> tuple[Gate, ...]:
    """Return every gate of the plan: those of the stages in order, then triggers."""
    of_stages = (gate for stage in history.plan.stages for gate in stage.gates)
    return (*of_stages, *history.plan.triggers)


def last_judgements(history: History) -> tuple[Judged, ...]:
    """Return what each gate came to that was judged at all: see `deciding`."""
    found: dict[str, list[Taken]] = {}
    for entry in history.of(MeasurementTaken):
        for verdict in entry.event.verdicts:
            found.setdefault(verdict.gate, []).append((entry, verdict))
    metrics = {metric.name: metric for metric in history.plan.metrics}
    return tuple(
        _judged(gate, metrics.get(gate.metric), deciding(found[gate.id]))
        for gate in every_gate(history)
        if gate.id in found
    )


def _judged(gate: Gate, metric: Metric | None, taken: Taken) -> Judged:
    entry, verdict = taken
    return Judged(
        gate=gate,
        metric=metric,
        seq=entry.seq,
        measurement=entry.event.measurement,
        found=verdict,
    )


def deciding(taken: Sequence[Taken]) -> Taken:
    """
    Return the look that tells what a gate came to.

    The last one, unless that only says that nothing is wrong so far and a soak has ended
    with more: then the final look that found most. One that found too little stands,
    since a person let the rollout go on with it.

    Args:
        taken: Of one gate, oldest first, non-empty.
    """
    last = taken[-1]
    finals = [each for each in taken if each[1].final]
    if last[1].verdict.outcome is not Outcome.PASS or not finals:
        return last
    if finals[-1][1].verdict.outcome is not Outcome.PASS:
        return finals[-1]
    proven = [each for each in finals if each[1].finding is Finding.WITHIN_LIMIT]
    return (proven or finals)[-1]
