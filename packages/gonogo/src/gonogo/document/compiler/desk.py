"""
The desk: what the parts of the compiler share while one document is compiled.

It knows the reading, the bindings by line, what was found wrong, and which line has
ended where, so that at the end no line of an element is left over (law 9).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gonogo.document.bindings.bound import Bindings, Bound, StepBinding
from gonogo.document.bindings.fields import Problems
from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.compiler.metrics import Metrics
from gonogo.document.reading import Reading, Stage
from gonogo.model.expectation import Expectation
from gonogo.model.identifiers import StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """
    Where an element of the document has ended.

    Attributes:
        line: The element's.
        into: The identifier of a step, gate or task, a diagnostic's code, or
            'rollback', 'contact', 'group'.
    """

    line: int
    into: str


@dataclass(slots=True, kw_only=True)
class Desk:
    """
    The work in hand; identifiers are given out in the order of compiling.

    Attributes:
        parents: The lines of boxes that other boxes are nested under.
        stated: What boxes expect in their own words, by line.
        missed: Roles that were said to have nobody behind them.
    """

    reading: Reading
    bindings: Bindings
    problems: Problems
    metrics: Metrics
    steps: Mapping[int, Bound[StepBinding]]
    rollbacks: Mapping[int, Bound[StepBinding]]
    incident: Mapping[int, Bound[StepBinding]]
    parents: frozenset[int] = frozenset()
    stated: Mapping[int, tuple[Expectation, ...]] = field(default_factory=dict)
    endings: list[Ending] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    missed: set[str] = field(default_factory=set)

    def name(self, letter: str, line: int) -> str:
        """Return a new identifier: 'l24', and 'l24-2' for the second of a line."""
        base = f"{letter}{line}"
        self.ids[base] += 1
        return base if self.ids[base] == 1 else f"{base}-{self.ids[base]}"

    def step(self, line: int) -> StepId:
        """Return a new identifier for a step, and note that its line ended there."""
        step = StepId(self.name("l", line))
        self.ended(line, step)
        return step

    def ended(self, line: int, into: str) -> None:
        """Note where an element ended."""
        self.endings.append(Ending(line=line, into=into))

    def say(self, code: Code, line: int, **facts: object) -> None:
        """Name a line in a diagnostic: that is an ending, too."""
        self.problems.at_line(code, line, **facts)
        self.ended(line, code.value)

    def people(self, role: str) -> tuple[str, ...]:
        """Return who stands behind a role; nobody is said once."""
        for bound in self.bindings.people:
            if folded(bound.name) == folded(role):
                return bound.value
        return ()

    def session(self, stage: Stage, substage_line: int | None) -> str:
        """Return the shell session of a section: its stage's, or its substage's."""
        return f"s{stage.line}.{substage_line}" if substage_line else f"s{stage.line}"
