"""Approvals: every consent that a person has to give, before the work or behind it."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import ApprovalTime, BoxKind
from gonogo.document.lines import Cell
from gonogo.document.reader.markup import split_label
from gonogo.document.reader.outline import Form
from gonogo.document.reader.page import Page
from gonogo.document.reader.people import handle_in, has_blank, role_in, without_blanks
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.tables import Column, Row, Table, TableKind
from gonogo.document.reader.vocabulary import Topic, folded
from gonogo.document.reading import Approval, Box

_BEHIND = re.compile(
    r"\b(?:sign-?\s?offs?|signed|post|completion|final|after|firma|abnahme)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:pre|before|approvals?|authori[sz]ation|required)\b", re.IGNORECASE
)
_LABEL = re.compile(
    r"^(?:approved by|approver|approvers?(?: required)?|approval(?:s)? (?:required|needed)"
    r"(?: from)?|required approvals?|sign(?:ed)?[ -]?off(?: by| gate)?|authori[sz]ed by"
    r"|signature|reviewed by|approval|go/no-go decision(?: point| maker)?|decision maker"
    r"|aprobado por|genehmigt von|freigegeben von|承認者)$",
    re.IGNORECASE,
)
_NOT_SIGNED = re.compile(
    r"^(?:date|time|name|version|reason|notes?|comments?|decision|status|title|datum"
    r"|fecha|environment|deployed by|start\w*|end\w*|signature|issue.*|duration)$",
    re.IGNORECASE,
)
_ART = re.compile(r"^[A-Z][\w /&-]{1,40}\s*(?:\([^()]*\))?\s*$")


def read_approvals(page: Page, boxes: tuple[Box, ...]) -> tuple[Approval, ...]:
    """Return every approval, in order."""
    found = [a for s, t in page.table_statements for a in _of_table(page, s, t)]
    taken = {a.line for a in found}
    found += [
        _of_box(page, b)
        for b in boxes
        if b.kind is BoxKind.APPROVE and b.line not in taken
    ]
    for statement in page.sentences():
        found += _of_sentence(page, statement)
    for statement in page.statements.all:
        if statement.shape is Shape.FENCE:
            found += _of_art(page, statement)
    return tuple(sorted(found, key=lambda a: a.line))


def _of_table(page: Page, statement: Statement, table: Table) -> Iterator[Approval]:
    if table.kind is not TableKind.APPROVALS:
        return
    when = _when(page, statement, table)
    for row in table.rows:
        role, person = _role_and_person(table, row)
        if role or person:
            yield Approval(
                line=row.line,
                role=role,
                person=person,
                when=when,
                text=" · ".join(filter(None, (role, person))),
                approved=_cell(row, table.column(Column.APPROVED)),
                name=_empty_cell(row, table.column(Column.NAME)),
                date=_cell(row, table.column(Column.DATE)),
                signature=_cell(row, table.column(Column.SIGNATURE)),
                **page.place(row.line),
            )


def _role_and_person(table: Table, row: Row) -> tuple[str | None, str | None]:
    role = row.text(table.column(Column.ROLE))
    name = row.text(table.column(Column.NAME))
    if table.column(Column.ROLE) is None and not handle_in(name):
        return name or None, None
    person = None if has_blank(name) or name.startswith("[") else name
    return without_blanks(role) or None, person or None


def _cell(row: Row, index: int | None) -> Cell | None:
    return row.cells[index] if index is not None and index < len(row.cells) else None


def _empty_cell(row: Row, index: int | None) -> Cell | None:
    cell = _cell(row, index)
    blank = cell is not None and not any(c.isalnum() for c in cell.text)
    return cell if blank else None


def _when(page: Page, statement: Statement, table: Table | None) -> ApprovalTime:
    """
    Return whether a consent is due before the work or signs it off.

    The innermost title that speaks of either decides; a form without a column to
    approve in signs off.
    """
    for lead in page.statements.leads(statement):
        if _BEHIND.search(folded(lead.text)) and not re.search(
            r"\bpre\b", folded(lead.text)
        ):
            return ApprovalTime.SIGN_OFF
        if _AHEAD.search(folded(lead.text)):
            return ApprovalTime.BEFORE
    signed = table is not None and table.column(Column.APPROVED) is None
    return ApprovalTime.SIGN_OFF if signed else ApprovalTime.BEFORE


def _of_box(page: Page, box: Box) -> Approval:
    return Approval(
        line=box.line,
        role=box.role,
        person=handle_in(box.text),
        when=ApprovalTime.BEFORE,
        text=box.text,
        box_line=box.line,
        **page.place(box.line),
    )


def _of_sentence(page: Page, statement: Statement) -> Iterator[Approval]:
    """Yield '**Approved by:** ____' and, under a sign-off, '**Role:** ____'."""
    label = split_label(statement.raw)
    if statement.mark or statement.shape is Shape.HEADING or label is None:
        return
    name, rest = label
    near = page.nearest(statement, Topic.APPROVAL, Topic.CONTACT, Topic.RECORD)
    named = _LABEL.match(name.strip())
    form = near is Topic.APPROVAL and has_blank(statement.raw)
    signed = form and role_in(name) and not _NOT_SIGNED.match(name.strip())
    if not signed and not (named and (rest or has_blank(statement.raw))):
        return
    role = name if signed and not named else _named_role(rest)
    yield Approval(
        line=statement.line,
        role=role,
        person=handle_in(rest),
        when=_when(page, statement, None),
        text=statement.text,
        **page.place(statement.line),
    )


def _named_role(rest: str) -> str | None:
    """Return the role in '____ (Tech Lead) **Date:** ____'."""
    bare = without_blanks(rest.split("Date", maxsplit=1)[0])
    if " / " in bare and role_in(bare):
        return bare
    return role_in(bare)


def _of_art(page: Page, statement: Statement) -> Iterator[Approval]:
    """Yield the roles of an approval flow that is drawn in an untagged fence."""
    block = page.block(statement)
    near = page.nearest(statement, Topic.APPROVAL, Topic.ROLLBACK, Topic.VERIFY)
    if block.form is not Form.FENCE or block.info or near is not Topic.APPROVAL:
        return
    for number, line in enumerate(block.text.split("\n"), block.first + 1):
        role = role_in(line) if _ART.match(line) else None
        if role:
            yield Approval(
                line=number,
                role=role,
                when=_when(page, statement, None),
                text=line.strip(),
                **page.place(number),
            )
