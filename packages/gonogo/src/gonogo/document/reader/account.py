"""
The account: what becomes of every line (law 9: nothing is dropped in silence).

Claims are made from the weakest to the strongest; a later claim takes a line from an
earlier one, and what nobody claims is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from gonogo.document.kinds import HOLDING, CommandRole, Use
from gonogo.document.lines import Account, Comment
from gonogo.document.reader.held import Held
from gonogo.document.reader.layout.outline import Form
from gonogo.document.reader.layout.statements import Shape
from gonogo.document.reader.page import Page
from gonogo.document.reading import Command, Reading

_STRUCTURE = {
    Form.HEADING: "heading",
    Form.RULE: "rule",
    Form.FRONT_MATTER: "front_matter",
}
_NEVER_RUN = {CommandRole.REFERENCE, CommandRole.SAMPLE_OUTPUT, CommandRole.CONFIG}


@dataclass(slots=True)
class _Ledger:
    """Use and element of each line; index 0 is line 1."""

    lines: list[tuple[Use, str]] = field(default_factory=list)

    def claim(self, first: int, last: int, use: Use, element: str) -> None:
        """Claim lines, inclusive, for a use."""
        for number in range(max(first, 1), min(last, len(self.lines)) + 1):
            self.lines[number - 1] = (use, element)


def accounts(page: Page, reading: Reading) -> tuple[Account, ...]:
    """Return the account of every line, as runs of lines of the same use, in order."""
    ledger = _Ledger([(Use.SHOWN, "prose")] * len(page.lines))
    _claim_structure(page, ledger)
    _claim_told(reading, ledger)
    _claim_judged(reading, ledger)
    _claim_asked(page, reading, ledger)
    for command in reading.commands:
        _claim_command(command, ledger)
    _claim_comments(page, reading.comments, ledger)
    return tuple(_runs(ledger))


def _claim_structure(page: Page, ledger: _Ledger) -> None:
    for number, text in enumerate(page.lines, 1):
        if not text.strip():
            ledger.claim(number, number, Use.STRUCTURE, "blank")
    for block in page.outline.blocks:
        if block.form in _STRUCTURE:
            ledger.claim(block.first, block.last, Use.STRUCTURE, _STRUCTURE[block.form])
    for table in page.tables.values():
        ledger.claim(table.line, table.line + 1, Use.STRUCTURE, "table")
    for statement in page.statements.all:
        if statement.label and statement.shape is Shape.PARAGRAPH:
            ledger.claim(statement.line, statement.last_line, Use.STRUCTURE, "label")
    for block in page.outline.blocks:
        if block.form is Form.CODE:
            ledger.claim(block.first, block.last, Use.SHOWN, "code")


def _claim_told(reading: Reading, ledger: _Ledger) -> None:
    for contact in reading.contacts:
        ledger.claim(contact.line, contact.line, Use.SHOWN, "contacts")
    for rollback in reading.rollbacks:
        ledger.claim(rollback.line, rollback.line, Use.STRUCTURE, "rollbacks")
    for stage in (*reading.stages, *reading.substages):
        ledger.claim(stage.line, stage.line, Use.STRUCTURE, "stages")
    held = Held(reading)
    for wait in reading.waits:
        holds = wait.kind in HOLDING and held.why_not(wait) is None
        if ledger.lines[wait.line - 1][0] is not Use.STRUCTURE:
            use = Use.RUN if holds else Use.SHOWN
            ledger.claim(wait.line, wait.line, use, "waits")


def _claim_judged(reading: Reading, ledger: _Ledger) -> None:
    for stated in reading.expectations:
        ledger.claim(stated.line, stated.last_line, Use.JUDGED, "expectations")
    for trigger in reading.triggers:
        ledger.claim(trigger.line, trigger.line, Use.JUDGED, "triggers")
    for gate in reading.gates:
        ledger.claim(gate.line, gate.line, Use.JUDGED, "gates")


def _claim_asked(page: Page, reading: Reading, ledger: _Ledger) -> None:
    for deadline in reading.deadlines:
        ledger.claim(deadline.line, deadline.line, Use.ASKED, "deadlines")
        for item in deadline.items:
            ledger.claim(item.line, item.line, Use.ASKED, "deadlines")
    for approval in reading.approvals:
        ledger.claim(approval.line, approval.line, Use.ASKED, "approvals")
    ends = {s.line: s.last_line for s in page.statements.all}
    for numbered in reading.items:
        ledger.claim(numbered.line, ends[numbered.line], Use.ASKED, "items")
    for box in reading.boxes:
        last = ends.get(box.line, box.line)
        ledger.claim(box.line, last, Use.ASKED, "boxes")


def _claim_command(command: Command, ledger: _Ledger) -> None:
    if command.runnable and command.role not in _NEVER_RUN:
        use = Use.RUN
    elif command.role in _NEVER_RUN:
        use = Use.SHOWN
    else:
        use = Use.ASKED
    ledger.claim(command.line, command.end_line, use, "commands")
    for stated in command.expectations:
        ledger.claim(stated.line, stated.last_line, Use.JUDGED, "expectations")


def _claim_comments(page: Page, comments: tuple[Comment, ...], ledger: _Ledger) -> None:
    for comment in comments:
        for number in range(comment.line, comment.last_line + 1):
            if not page.lines[number - 1].strip():
                ledger.claim(number, number, Use.STRUCTURE, "comment")


def _runs(ledger: _Ledger) -> Iterator[Account]:
    numbered = enumerate(ledger.lines, 1)
    for (use, element), run in groupby(numbered, key=lambda pair: pair[1]):
        lines = [number for number, _ in run]
        yield Account(
            first_line=lines[0], last_line=lines[-1], use=use, element=element
        )
