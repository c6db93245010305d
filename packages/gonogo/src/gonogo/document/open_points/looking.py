"""What is looked at to find open points: the document, its bindings, and its plan."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gonogo.document.bindings.bound import Bindings
from gonogo.document.codes import Code
from gonogo.document.compiler.account import Compiled
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """
    One document under way to its bindings.

    Attributes:
        environment: The names of the variables that are set; never their values.
        answers: What was answered so far, by point, in the order of answering.
    """

    reading: Reading
    bindings: Bindings
    compiled: Compiled
    environment: frozenset[str] = frozenset()
    answers: tuple[tuple[OpenPoint, str], ...] = field(default=())

    def lines_of(self, code: Code) -> Iterator[int]:
        """Yield the lines of a diagnostic, each once."""
        found = (d.line for d in self.compiled.diagnostics if d.code == code.value)
        yield from dict.fromkeys(found)

    def text(self, line: int) -> str:
        """Return a line of the document, without the spaces around it."""
        lines = self.reading.text.split("\n")
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def last_answer(self, kind: Kind) -> tuple[OpenPoint, str] | None:
        """Return the last point of a kind that was answered, and its answer."""
        of_kind = [one for one in self.answers if one[0].kind is kind]
        return of_kind[-1] if of_kind else None
