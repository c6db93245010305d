"""Mistakes of a script: where, what, and what may stand there instead."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """
    What is wrong in one line of a script.

    Attributes:
        file: Where the line stands, as a person named it ('--world', 'bad.world').
        line: 1-based; 0 where there is only one.
        column: 0-based, of the first character that is wrong.
        length: How many characters are; at least one.
        allowed: What may stand there, as a phrase; '' where `what` says it all.
    """

    file: str
    line: int
    text: str
    column: int
    length: int
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        """Return the mistake as a person reads it, a caret below the words."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        lines = [f"{where}: {self.what}"]
        if self.text:
            lines += [f"    {self.text}", f"    {' ' * self.column}{'^' * self.length}"]
        if self.allowed:
            lines.append(f"  {self.allowed}")
        return "\n".join(lines)


class WorldInvalid(Exception):
    """A script of a world cannot be used; all its mistakes, in their order."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Compose the message, one mistake below the other."""
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class Unclear(Exception):
    """What is wrong with the words from `start` to `end` of a line."""

    def __init__(self, start: int, end: int, what: str, allowed: str = "") -> None:
        """Take the facts; whoever knows the line makes a mistake of them."""
        super().__init__(what)
        self.start, self.end, self.what, self.allowed = start, end, what, allowed
