"""
Held spans: which stated times hold the procedure, and why another one does not.

A time in a stage holds. One in a row of a table, outside every stage, under a heading
of background, or in the words of a limit is only told.
"""

import re
from bisect import bisect_right

from gonogo.document.kinds import HOLDING
from gonogo.document.reader.words.vocabulary import Topic, vocabulary
from gonogo.document.reading import Reading, Wait

_TOLD = frozenset({
    Topic.BACKGROUND, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE, Topic.RECORD,
})  # fmt: skip
_DONE = frozenset({Topic.DEPLOY, Topic.VERIFY, Topic.MONITOR, Topic.BEFORE})
_COMPLETED = re.compile(r"\b(?:completed|done)\W*$", re.IGNORECASE)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<title>.+)$")
_ROW = re.compile(r"^[\s>]*\||\|.*\|")


def is_completed(title: str) -> bool:
    """Tell whether a title says that its part is over: 'Part 1 (Completed)'."""
    return _COMPLETED.search(title) is not None


class Held:
    """The times of a reading that hold, those of boxes and of scripts left out."""

    def __init__(self, reading: Reading) -> None:
        """Look the reading over once."""
        self._lines = reading.text.split("\n")
        self._staged = bool(reading.stages)
        self._titles = {s.line for s in (*reading.stages, *reading.substages)}
        self._over = {s.line for s in reading.stages if is_completed(s.title)}
        self._fenced = {
            n for c in reading.commands for n in range(c.line, c.end_line + 1)
        }
        self._limits = {gate.line for gate in reading.gates}
        self._headings = [n for n in range(1, len(self._lines) + 1) if self._title(n)]
        marked = {box.line for box in reading.boxes}
        self.stated = tuple(
            wait
            for wait in reading.waits
            if wait.kind in HOLDING
            and wait.command_line is None
            and not {wait.line, wait.box_line} & marked
        )

    def why_not(self, wait: Wait) -> str | None:
        """Return why a time holds nothing; None where it holds."""
        if self._staged and wait.stage_line is None:
            return "it stands outside every stage"
        if wait.stage_line in self._over:
            return "its stage is completed"
        return None if wait.line in self._titles else self._why_told(wait)

    def _why_told(self, wait: Wait) -> str | None:
        """Return why a line that titles no part only tells of a time."""
        if _ROW.search(self._text(wait.line)):
            return "it stands in a table"
        if self._is_background(wait):
            return "it stands under a title of what is told"
        if wait.line in self._limits:
            return "it stands in the words of a limit"
        return None

    def _text(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    def _title(self, line: int) -> str:
        match = _HEADING.match(self._text(line)) if line not in self._fenced else None
        return match["title"] if match else ""

    def _is_background(self, wait: Wait) -> bool:
        """Tell whether the heading above, inside its stage, is one of background."""
        at = bisect_right(self._headings, wait.line) - 1
        above = self._headings[at] if at >= 0 else 0
        if above <= (wait.stage_line or 0) or above in self._titles:
            return False
        found = vocabulary().topics(self._title(above))
        return bool(found & _TOLD) and not found & _DONE
