"""
Scripts: a block cut where its expectations stand, and its placeholders made values.

Every expectation is judged on the output of the command just above it, so a script
with several is cut into parts that run one after the other in one session.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gonogo.document.reading import Command, Reading, StatedExpectation
from gonogo.model.expectation import Expectation

SHELLS = frozenset({"bash", "sh", "shell", "zsh"})
SQLS = frozenset({"sql", "postgresql", "postgres", "psql", "pgsql", "sqlite", "mysql"})
_COMMENT = re.compile(r"^\s*(?:#+(?!!)|--+)\s*(?P<text>.*)$")
# `<<` opens a here-document; `<<<` takes a word, as any command does.
_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)")
_EXPECTED = re.compile(r"expect|should|output", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    A run of lines of a script, and what its output has to give.

    Attributes:
        title: The comment above it; '' without one.
    """

    line: int
    title: str
    text: str
    expectations: tuple[Expectation, ...] = ()


def expectations_of(
    reading: Reading, command: Command
) -> tuple[StatedExpectation, ...]:
    """Return what is expected of a block, wherever the reading keeps it."""
    if command.expectations:
        return command.expectations
    return tuple(e for e in reading.expectations if e.command_line == command.line)


def cut(reading: Reading, command: Command) -> tuple[Part, ...]:
    """Return the parts of a script; one where nothing in it is judged by itself."""
    lines = _lines(reading, command)
    found = sorted(expectations_of(reading, command), key=lambda e: e.line)
    ends = _ends(command, found, len(lines))
    parts: list[tuple[int, int]] = []
    start = 0
    for end in ends:
        # Comments alone wait for the command that they stand above.
        if _has_code(lines[start:end]):
            parts.append((start, end))
            start = end
    if not parts:
        parts = [(0, len(lines))]
    elif start < len(lines):
        parts[-1] = (parts[-1][0], len(lines))
    return tuple(
        _part(command, lines, span, _within(command, found, parts, span))
        for span in parts
    )


def _lines(reading: Reading, command: Command) -> Sequence[str]:
    """Return the lines of a block, one for each line of the document."""
    wanted = command.end_line - command.line - 1
    lines = command.text.removesuffix("\n").split("\n")
    if len(lines) == wanted or not reading.text:
        return lines
    stored = reading.text.split("\n")[command.line : command.end_line - 1]
    return textwrap.dedent("\n".join(stored)).split("\n")


def _ends(
    command: Command, found: Sequence[StatedExpectation], count: int
) -> Sequence[int]:
    """Return the offsets at which parts end: before and behind what is judged."""
    ends = {count}
    for expectation in found:
        if expectation.judges is not None:
            first, last = expectation.judges
            ends.add(first - command.line - 1)
            ends.add(max(last, expectation.last_line) - command.line)
    return sorted(end for end in ends if 0 < end <= count)


def _within(
    command: Command,
    found: Sequence[StatedExpectation],
    parts: Sequence[tuple[int, int]],
    span: tuple[int, int],
) -> tuple[Expectation, ...]:
    return tuple(e.expectation for e in found if _home(command, e, parts) == span)


def _home(
    command: Command, expectation: StatedExpectation, parts: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Return the part whose output an expectation judges."""
    line = expectation.judges[1] if expectation.judges else expectation.line
    offset = line - command.line - 1
    before = [part for part in parts if part[0] <= offset]
    return before[-1] if before else parts[0]


def _part(
    command: Command,
    lines: Sequence[str],
    span: tuple[int, int],
    expectations: tuple[Expectation, ...],
) -> Part:
    start, end = span
    own = lines[start:end]
    skipped = next((i for i, text in enumerate(own) if text.strip()), 0)
    return Part(
        line=command.line + 1 + start + skipped if len(lines) > 1 else command.line,
        title=heading(own),
        text="\n".join(own).strip("\n"),
        expectations=expectations,
    )


def heading(lines: Sequence[str]) -> str:
    """Return the last comment line that stands above the first code; '' without."""
    title = ""
    for text in lines:
        match = _COMMENT.match(text)
        if match is None and text.strip():
            return title
        if match and match["text"].strip() and not _EXPECTED.search(match["text"]):
            title = match["text"].strip(" -=#:")
    return title


def _has_code(lines: Sequence[str]) -> bool:
    return any(text.strip() and not _COMMENT.match(text) for text in lines)


# -- placeholders --------------------------------------------------------------------


class UnsafePlace(ValueError):
    """A placeholder stands where no value can be put; `where` says what is there."""

    def __init__(self, text: str, where: str) -> None:
        """Compose the message."""
        super().__init__(f"{text} stands in {where}")
        self.text, self.where = text, where


def variable(placeholder: str) -> str:
    """Return the variable that carries a placeholder's value: '<your-app>', YOUR_APP."""
    name = re.sub(r"\W+", "_", placeholder).strip("_").upper()
    return f"_{name}" if name[:1].isdigit() or not name else name


def filled(script: str, names: Mapping[str, str]) -> str:
    """
    Return a script with its placeholders as references to variables.

    Args:
        script: For bash.
        names: Variable by placeholder.

    Raises:
        UnsafePlace: A placeholder stands in single quotes, in a here-document or in a
            command within double quotes, where a value could be taken for code.
    """
    if not names:
        return script
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    return "".join(_filled(script, pattern, names))


def _filled(
    script: str, pattern: re.Pattern[str], names: Mapping[str, str]
) -> Iterator[str]:
    """Walk the script once, knowing in which quotes it is."""
    quotes = _Quotes()
    position = 0
    while position < len(script):
        match = pattern.match(script, position)
        if match is None:
            yield script[position]
            quotes.take(script, position)
            position += 1
            continue
        if quotes.unsafe is not None:
            raise UnsafePlace(match.group(), quotes.unsafe)
        name = names[match.group()]
        yield f"${{{name}}}" if quotes.inside == '"' else f'"${{{name}}}"'
        position = match.end()


class _Quotes:
    """In which quotes a position of a script is, as far as it matters here."""

    def __init__(self) -> None:
        self.inside = ""
        self._escaped = False
        self._here = False

    @property
    def unsafe(self) -> str | None:
        if self._here:
            return "a here-document"
        if self.inside == "'":
            return "single quotes"
        if self.inside == "$":
            return "a command within double quotes"
        return None

    def take(self, script: str, position: int) -> None:
        character = script[position]
        if self._escaped:
            self._escaped = False
        elif character == "\\" and self.inside != "'":
            self._escaped = True
        elif self.inside == "#":
            self.inside = "" if character == "\n" else "#"
        elif self.inside == "'":
            self.inside = "" if character == "'" else "'"
        elif self.inside == '"':
            self._in_double(script, position)
        elif self.inside == "":
            self._outside(script, position)

    def _in_double(self, script: str, position: int) -> None:
        if script[position] == '"':
            self.inside = ""
        elif script[position] == "`" or script.startswith("$(", position):
            # Nested quoting is not followed: nothing in the rest is touched.
            self.inside = "$"

    def _outside(self, script: str, position: int) -> None:
        character = script[position]
        if character in {"'", '"'}:
            self.inside = character
        elif character == "#" and (position == 0 or script[position - 1].isspace()):
            self.inside = "#"
        elif _HERE_DOCUMENT.match(script, position):
            self._here = True
