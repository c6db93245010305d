"""Contacts: whom to call, for what, and how."""

import re
from collections.abc import Iterator

from gonogo.document.reader.markup import split_label
from gonogo.document.reader.page import Page
from gonogo.document.reader.people import handle_in, role_in
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.tables import Column, Row, Table, TableKind
from gonogo.document.reader.vocabulary import Topic, folded
from gonogo.document.reading import Contact

_FIELDS = re.compile(
    r"^(?:name|role|slack|e-?mail|phone|tel\w*|mobile|pager\w*|channel|contact|hours"
    r"|availability|timezone|title|team)$",
    re.IGNORECASE,
)
_REACHED = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|(?<![\w&/])[@#][a-z][\w-]+|\+?\d[\d ()-]{6,}\d|slack|pagerduty"
    r"|phone|e-?mail|@?\[[^\]]+\]|on-?call|opsgenie",
    re.IGNORECASE,
)


def read_contacts(page: Page) -> tuple[Contact, ...]:
    """Return every contact, in order."""
    found = [c for s, t in page.table_statements for c in _of_table(page, s, t)]
    grouped: set[int] = set()
    for statement in page.sentences():
        if statement.index in grouped or statement.shape is Shape.HEADING:
            continue
        if not _is_under_contacts(page, statement):
            continue
        fields = list(_fields(page, statement))
        grouped.update(f.index for f in fields)
        contact = _contact(page, statement, fields)
        if contact is not None:
            found.append(contact)
    return tuple(sorted(found, key=lambda c: c.line))


def _is_under_contacts(page: Page, statement: Statement) -> bool:
    near = page.nearest(
        statement,
        Topic.CONTACT,
        Topic.APPROVAL,
        Topic.TRIGGER,
        Topic.TROUBLE,
        Topic.VERIFY,
        Topic.BEFORE,
    )
    return near is Topic.CONTACT


def _fields(page: Page, statement: Statement) -> Iterator[Statement]:
    """Yield the 'Name: …', 'Slack: …' lines under a person's or a role's label."""
    for child in page.statements.children(statement):
        label = split_label(child.raw)
        if label and _FIELDS.match(label[0]):
            yield child


def _contact(
    page: Page, statement: Statement, fields: list[Statement]
) -> Contact | None:
    label = split_label(statement.raw)
    if fields:
        values = {
            label[0].lower(): label[1] for f in fields if (label := split_label(f.raw))
        }
        name = values.get("name") or next(iter(values.values()))
        method = values.get("slack") or values.get("email") or values.get("phone")
        return _made(page, statement.line, statement.text.rstrip(":"), name, method)
    if statement.label or (label and not label[1]):
        return None
    issue, who = label or ("", statement.text)
    listed = statement.shape is Shape.ITEM and (label or role_in(who))
    if not listed and not (label and _REACHED.search(who)):
        return None
    return _made(page, statement.line, issue, who, handle_in(who))


def _of_table(page: Page, statement: Statement, table: Table) -> Iterator[Contact]:
    under = _is_under_contacts(page, statement)
    personal = {Column.ROLE, Column.NAME} & set(table.columns)
    if table.kind is not TableKind.CONTACTS and not (under and personal):
        return
    for row in table.rows:
        if any(c.text for c in row.cells):
            yield _of_row(page, table, row)


def _of_row(page: Page, table: Table, row: Row) -> Contact:
    issue = row.text(table.column(Column.TRIGGER, Column.ROLE, Column.OTHER))
    name = row.text(table.column(Column.CONTACT, Column.NAME))
    method = row.text(table.column(Column.METHOD)) or None
    return _made(page, row.line, issue or row.text(0), name or row.text(1), method)


def _made(page: Page, line: int, issue: str, name: str, method: str | None) -> Contact:
    return Contact(
        line=line,
        issue=issue,
        name=name if folded(name) else issue,
        method=method,
        **page.place(line),
    )
