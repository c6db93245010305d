"""One stage under way: what all kinds of element need to become steps."""

from dataclasses import dataclass, replace
from datetime import timedelta

from gonogo.document.bindings.duration import said
from gonogo.document.codes import Code
from gonogo.document.compiler.bound import (
    Line,
    soak,
    unasked,
)
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.elements import (
    Item,
)
from gonogo.document.compiler.gates import Judged, StageGates, limit_of
from gonogo.document.kinds import WaitKind
from gonogo.document.reading import Gate, Stage, Wait
from gonogo.model.plan import Purpose, Soak, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A stage, its gates, and the desk."""

    desk: Desk
    stage: Stage
    gates: StageGates

    def section(self, substage_line: int | None) -> str:
        """Return the title of the section that an element stands in."""
        for substage in self.desk.reading.substages:
            if substage.line == substage_line:
                return substage.title
        return self.stage.title

    def gate_line(self, gate: Gate) -> Line:
        """Return a limit as a line that becomes a step."""
        return Line(
            line=gate.line,
            title=gate.metric,
            purpose=Purpose.JUDGE,
            looks=True,
            session=self.desk.session(self.stage, gate.substage_line),
            gates=tuple(one.id for one in self.gates.plan),
        )

    def judge(self, one: Judged, item: Item | None = None) -> Step:
        """Return the question that stands for a limit that nothing measures."""
        gate = one.gate
        asked = unasked(self.desk, self.gate_line(gate), one.why or "words alone")
        limit = f"{gate.metric}: {limit_of(gate)}"
        if item is not None and item.line == gate.line:
            return replace(asked, title=item.box.text, text=limit)
        return replace(asked, title=limit, text=gate.text)

    def held(self, wait: Wait, line: int, title: str) -> Soak:
        """Return the soak of a wait, with the gates of the stage."""
        gates = tuple(gate.id for gate in self.gates.plan)
        duration = self.duration(wait)
        if wait.kind is WaitKind.SOAK and not gates:
            self.desk.problems.at_line(
                Code.SOAK_WITHOUT_GATES, line, title=title, time=said(duration)
            )
        return soak(self.desk, line, title, duration, gates)

    def duration(self, wait: Wait) -> timedelta:
        """Return how long a wait is; of a range the longer end, which is said."""
        if isinstance(wait.seconds, tuple):
            low, high = (said(timedelta(seconds=s)) for s in wait.seconds)
            self.desk.problems.at_line(
                Code.RANGE_OF_TIME, wait.line, low=low, high=high
            )
        return timedelta(seconds=seconds_of(wait))


def seconds_of(wait: Wait) -> float:
    """Return the seconds of a wait; of a range the longer end."""
    return wait.seconds[1] if isinstance(wait.seconds, tuple) else wait.seconds
