"""
Passages: the document walked line by line, each line beside how it was understood.

A document is cut where a part of the plan, a finding, or another kind of line begins.
What belongs to one step (the block under a box) stands in one passage with it. No line
is left out and none comes twice (law 9).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gonogo.document.compiler.account import Compiled
from gonogo.document.kinds import Use
from gonogo.document.lines import Account
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.report.explained.form import Line, line_of
from gonogo.report.explained.row import Row
from gonogo.report.explained.rows import Rows, rows_of, ways_taken

_WANTS = {Use.RUN, Use.ASKED, Use.JUDGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    How one run of lines was understood.

    Attributes:
        spans: First and last line of each part of it, in order; blank lines between
            and the words of another entry may part it.
        use: What becomes of it as read.
        element: What stands there, by the account; told apart are 'substages', which
            are part of a stage, and a 'group', a box that heads those below it.
        rows: What begins here in the plan.
        joins: Lines of other parts of the plan that it belongs to.
        findings: What there is to say about it, the line's own.
        unplanned: It asks for something, and the plan has nothing of its own for it.
    """

    spans: tuple[tuple[int, int], ...]
    use: Use
    element: str
    rows: tuple[Row, ...] = ()
    joins: tuple[int, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    unplanned: bool = False

    @property
    def first(self) -> int:
        """Return its first line."""
        return self.spans[0][0]

    @property
    def plain(self) -> bool:
        """Tell whether there is nothing to say but what it was read as."""
        return not (self.rows or self.joins or self.findings)


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of the document that stand together, and the entries about them."""

    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """
    What is known while the document is gone through.

    Attributes:
        fences: For each line of a fenced block, the line that closes it.
        ways: For the line of each way back in the plan, its last line.
        parts: The lines that open a part of a stage.
        planned: There is a plan.
    """

    text: Sequence[str]
    rows: Rows
    findings: Mapping[int, Sequence[Diagnostic]]
    fences: Mapping[int, int]
    ways: Mapping[int, int]
    parts: frozenset[int]
    planned: bool


def passages_of(reading: Reading, compiled: Compiled) -> tuple[Passage, ...]:
    """Return a document in passages, in order; empty where it could not be read."""
    plan = compiled.plan
    taken = ways_taken(plan) if plan else frozenset()
    walk = _Walk(
        text=reading.text.split("\n"),
        rows=rows_of(reading, compiled),
        findings=_findings(compiled.diagnostics),
        fences={
            line: command.end_line
            for command in reading.commands
            for line in range(command.line, command.end_line + 1)
        },
        ways={way.line: way.end_line for way in reading.rollbacks if way.line in taken},
        parts=frozenset(substage.line for substage in reading.substages),
        planned=plan is not None,
    )
    return tuple(_passages(walk, _entries(walk, reading.accounts)))


def _findings(found: Sequence[Diagnostic]) -> Mapping[int, Sequence[Diagnostic]]:
    by_line: dict[int, list[Diagnostic]] = {}
    for each in found:
        if each.file is None:
            by_line.setdefault(each.line, []).append(each)
    return by_line


def _entries(walk: _Walk, accounts: Sequence[Account]) -> Iterator[Entry]:
    """Yield the entries; a run of lines is cut where something of its own begins."""
    for account in accounts:
        first = account.first_line
        for number in range(first + 1, account.last_line + 1):
            if _begins(walk, number):
                yield _entry(walk, account, first, number - 1)
                first = number
        yield _entry(walk, account, first, account.last_line)


def _begins(walk: _Walk, number: int) -> bool:
    rows = walk.rows
    return any(
        number in own for own in (rows.begun, rows.joins, rows.groups, walk.findings)
    )


def _entry(walk: _Walk, account: Account, first: int, last: int) -> Entry:
    rows = walk.rows
    known = first in rows.begun or first in rows.joins or first in rows.groups
    return Entry(
        spans=((first, last),),
        use=account.use,
        element=_element(walk, account, first),
        rows=tuple(rows.begun.get(first, ())),
        joins=tuple(rows.joins.get(first, ())),
        findings=tuple(walk.findings.get(first, ())),
        unplanned=walk.planned and account.use in _WANTS and not known,
    )


def _element(walk: _Walk, account: Account, line: int) -> str:
    if account.element == "stages" and line in walk.parts:
        return "substages"
    if account.element == "boxes" and line in walk.rows.groups:
        return "group"
    return account.element


def _passages(walk: _Walk, entries: Iterator[Entry]) -> Iterator[Passage]:
    held: list[Entry] = []
    until = 0
    for entry in entries:
        if held and not _goes_on(held[0], entry, until):
            yield _passage(walk, held)
            held, until = [], 0
        held.append(entry)
        ends = walk.fences.get(entry.first, 0), walk.ways.get(entry.first, 0)
        until = max(until, *ends)
    if held:
        yield _passage(walk, held)


def _goes_on(head: Entry, entry: Entry, until: int) -> bool:
    """Tell whether an entry stands in the passage that a head began."""
    if entry.rows:
        return entry.first in head.joins
    return entry.first <= until or head.first in entry.joins or _is_blank(entry)


def _is_blank(entry: Entry) -> bool:
    return entry.element == "blank" and entry.plain


def _passage(walk: _Walk, entries: Sequence[Entry]) -> Passage:
    """Return a passage; blank lines are its own, and need no words."""
    lines = tuple(line for entry in entries for line in _lines(walk, entry))
    told = [entry for entry in entries if not _is_blank(entry)] or entries[:1]
    return Passage(lines, tuple(_folded(told)))


def _folded(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Join what is plain with the entry of its own kind before it."""
    kinds: dict[tuple[Use, str], int] = {}
    folded: list[Entry] = []
    for entry in entries:
        kind = (entry.use, entry.element)
        if entry.plain and kind in kinds:
            whole = folded[kinds[kind]]
            spans = (*whole.spans, *entry.spans)
            folded[kinds[kind]] = replace(whole, spans=spans)
        else:
            kinds[kind] = len(folded)
            folded.append(entry)
    return folded


def _lines(walk: _Walk, entry: Entry) -> Iterator[Line]:
    ((first, last),) = entry.spans
    for number in range(first, last + 1):
        text = walk.text[number - 1] if number <= len(walk.text) else ""
        yield line_of(number, text, entry.element, fenced=number in walk.fences)
