"""What filling a document in works from: the page, its reading, and what happened."""

from dataclasses import dataclass

from gonogo.document.reading import Reading
from gonogo.model.event import MeasurementTaken
from gonogo.model.plan import Gate, Metric
from gonogo.model.verdict import GateVerdict, Measurement
from gonogo.report.edits import Page
from gonogo.report.history import Entry, History
from gonogo.report.story import StepStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The last judgement of a gate: the measurement, and what it was found to be."""

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
        """Return the last judgement of each gate that stands on a line."""
        return tuple(each for each in self.judged if each.gate.line == line)


def every_gate(history: History) -> tuple[Gate, ...]:
    """Return every gate of the plan: those of the stages in order, then triggers."""
    of_stages = (gate for stage in history.plan.stages for gate in stage.gates)
    return (*of_stages, *history.plan.triggers)


def last_judgements(history: History) -> tuple[Judged, ...]:
    """Return the last judgement of each gate that was judged at all."""
    found: dict[str, tuple[Entry[MeasurementTaken], GateVerdict]] = {}
    for entry in history.of(MeasurementTaken):
        for verdict in entry.event.verdicts:
            found[verdict.gate] = (entry, verdict)
    metrics = {metric.name: metric for metric in history.plan.metrics}
    return tuple(
        Judged(
            gate=gate,
            metric=metrics.get(gate.metric),
            seq=found[gate.id][0].seq,
            measurement=found[gate.id][0].event.measurement,
            found=found[gate.id][1],
        )
        for gate in every_gate(history)
        if gate.id in found
    )
