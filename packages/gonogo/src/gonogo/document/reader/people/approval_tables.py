"""Approval tables: who has to sign, row by row, in each form that tables give it."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import ApprovalTime
from gonogo.document.lines import Cell
from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.page import Page
from gonogo.document.reader.people.consents import asks_for_consent
from gonogo.document.reader.people.people import (
    handle_in,
    has_blank,
    role_in,
    without_blanks,
)
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Approval

# A column of a table of stages or gates in which each row is signed.
_SIGNED_COLUMN = re.compile(
    r"^(?:(?:final |required )?sign-?\s?offs?(?: by)?|approvers?|approved by"
    r"|decision makers?|authori[sz]ed by|aprobador|aprobado por|freigabe durch"
    r"|genehmiger|aprovador|承認者|审批人)$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:n/?a|none|no|[-\u2013\u2014]|not required|auto\w*)$", re.IGNORECASE
)


def table_approvals(
    page: Page, statement: Statement, table: Table, when: ApprovalTime | None
) -> Iterator[Approval]:
    """Yield the consents of a table; `when` is what the titles above it say."""
    if table.kind is TableKind.APPROVALS or _is_form(page, statement, table):
        yield from _signatures(page, table, when)
    else:
        signed = list(_signed_rows(page, table, when))
        yield from signed or _asked_rows(page, table, when)


def _is_form(page: Page, statement: Statement, table: Table) -> bool:
    """Tell whether a table of people stands under a title that has them sign."""
    near = page.nearest(statement, Topic.APPROVAL, Topic.CONTACT, Topic.BACKGROUND)
    personal = Column.ROLE in table.columns and len(table.columns) > 1
    return near is Topic.APPROVAL and personal and table.kind is not TableKind.CONTACTS


def _signatures(
    page: Page, table: Table, when: ApprovalTime | None
) -> Iterator[Approval]:
    # A form without a column to approve in signs off.
    signed = table.column(Column.APPROVED) is None
    default = ApprovalTime.SIGN_OFF if signed else ApprovalTime.BEFORE
    for row in table.rows:
        role, person = _role_and_person(table, row)
        if role or person:
            yield Approval(
                line=row.line,
                role=role,
                person=person,
                when=when or default,
                text=" · ".join(filter(None, (role, person))),
                approved=_cell(row, table.column(Column.APPROVED)),
                name=_empty_cell(row, table.column(Column.NAME)),
                date=_cell(row, table.column(Column.DATE)),
                signature=_cell(row, table.column(Column.SIGNATURE)),
                **page.place(row.line),
            )


def _signed_rows(
    page: Page, table: Table, when: ApprovalTime | None
) -> Iterator[Approval]:
    """Yield the sign-off of each row of a table of stages or gates."""
    index = next(
        (i for i, h in enumerate(table.headers) if _SIGNED_COLUMN.match(h)), None
    )
    for row in table.rows if index else ():
        who = row.text(index)
        if row.text(0) and not _NOBODY.match(who):
            yield Approval(
                line=row.line,
                role=role_in(who),
                person=handle_in(who),
                when=when or ApprovalTime.BEFORE,
                text=f"{row.text(0)}: {without_blanks(who)}".rstrip(": "),
                **page.place(row.line),
            )


def _asked_rows(
    page: Page, table: Table, when: ApprovalTime | None
) -> Iterator[Approval]:
    """Yield the steps of a table of steps in which somebody has to consent."""
    index = table.column(Column.STAGE, Column.TASK, Column.ACTION)
    if index is None or table.kind not in {TableKind.TIMELINE, TableKind.OTHER}:
        return
    for row in table.rows:
        step = row.text(index)
        if asks_for_consent(step):
            yield Approval(
                line=row.line,
                role=role_in(step),
                person=handle_in(step),
                when=when or ApprovalTime.BEFORE,
                text=step,
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
