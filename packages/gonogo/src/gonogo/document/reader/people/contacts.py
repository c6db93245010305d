"""Contacts: whom to call, for what, and how."""

import re
from collections.abc import Iterator

from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.page import Page
from gonogo.document.reader.people.people import handle_in, is_reached, role_in
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import Contact

_FIELDS = re.compile(
    r"^(?:name|role|slack|e-?mail|phone|tel\w*|mobile|pager\w*|channel|contact|hours"
    r"|availability|timezone|title|team|backup|nombre|correo|tel[eé]fono|website|url"
    r"|dashboard|support|status(?: page)?|docs|ticket\w*|portal)$",
    re.IGNORECASE,
)
# The lines of a document's foot, which name people too.
_FOOT = re.compile(
    r"^(?:(?:last|next|first) (?:updated|reviewed?|revision|test\w*)|updated|version|date"
    r"|created(?: by)?|authors?|(?:document )?owners?|reviewers?|reviewed by|approved by"
    r"|status|maintained by|prepared by|verified by|deployed by|review cycle|fecha)$",
    re.IGNORECASE,
)
# What is read or opened, not called.
_PAPER = re.compile(
    r"\b(?:docs?|documentation|guide|runbook|playbook|wiki|reference|report|roadmap"
    r"|readme|changelog|model|schema|script|source|summary|dashboard|checklist|status(?: page)?)s?$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"^(?:\.{0,2}/[\w./-]+|[\w./-]+\.(?:md|rb|py|ts|js|sql|sh|ya?ml|json|txt|pdf))\b"
)
_ROLE_END = re.compile(r"^\s*(?:$|[(,;:/&@\u2013\u2014-]|for\b|if\b|\+|\u2192|\d)")
_NAMES = frozenset({"name", "nombre", "nome", "nom", "naam"})
_DATE = re.compile(r"^\d{4}-\d\d|^\w{3,9} \d{1,2}, \d{4}")
# 'On-call → Team lead → CTO'
_ARROW = re.compile(r"\s(?:→|->|=>|>)\s")
_CALLS = re.compile(
    r"\b(?:contact|call|page|reach (?:out )?(?:to )?|ping|notify|e-?mail|escalate to"
    r"|message|ask|contactar|llamar|anrufen|melden)\b",
    re.IGNORECASE,
)
_HANDLE_ONLY = re.compile(
    r"^(?:@|\(at\))[\w./-]+(?:\s*[,/&]\s*@[\w./-]+)*(?:\s*\([^()]*\))?$"
)
_ON_CALL = re.compile(r"\bon-?call\b", re.IGNORECASE)
_OWNERS = re.compile(r"\b(?:owners?|ownership|people|responsables?)\b", re.IGNORECASE)
# What those on call have to do, and not who they are.
_DUTIES = re.compile(
    r"\b(?:responsibilit\w+|duties|tasks|procedures?|protocol|rules|expectations)\W*$",
    re.IGNORECASE,
)
_STOPS = (
    Topic.APPROVAL,
    Topic.TRIGGER,
    Topic.TROUBLE,
    Topic.VERIFY,
    Topic.BEFORE,
    Topic.REFERENCE,
    Topic.RECORD,
)
# A longer line is prose about people; a role stands at its start.
_PROSE = 120
_START = 30
_MOST_FIELDS = 12


def read_contacts(page: Page) -> tuple[Contact, ...]:
    """Return every contact, in order."""
    found = [c for s, t in page.table_statements for c in _of_table(page, s, t)]
    grouped: set[int] = set()
    for statement in page.sentences():
        if statement.index in grouped or statement.shape is Shape.HEADING:
            continue
        if not _is_under_contacts(page, statement):
            found += _of_role(page, statement)
            continue
        fields = list(_fields(page, statement))
        grouped.update(f.index for f in fields)
        contact = _contact(page, statement, fields)
        if contact is not None:
            found.append(contact)
    return tuple(sorted(found, key=lambda c: c.line))


def _is_under_contacts(page: Page, statement: Statement) -> bool:
    above = next(iter(page.statements.leads(statement)), None)
    if above is not None and _DUTIES.search(above.text):
        return False
    return page.nearest(statement, Topic.CONTACT, *_STOPS) is Topic.CONTACT


def _fields(page: Page, statement: Statement) -> Iterator[Statement]:
    """Yield the 'Name: …', 'Slack: …' lines under a person's or a role's label."""
    if not statement.governs:
        yield from _further_fields(page, statement)
        return
    for child in page.statements.children(statement):
        label = split_label(child.raw)
        if label and _FIELDS.match(label[0]):
            yield child


def _further_fields(page: Page, statement: Statement) -> Iterator[Statement]:
    """Yield the fields that follow '- Name: …' in the same list, up to the next one."""
    if not _is_name(statement):
        return
    yield statement
    for other in page.statements.all[
        statement.index + 1 : statement.index + _MOST_FIELDS
    ]:
        label = split_label(other.raw)
        field = label is not None and _FIELDS.match(label[0]) is not None
        if other.lead != statement.lead or not field or _is_name(other):
            return
        yield other


def _is_name(statement: Statement) -> bool:
    label = split_label(statement.raw) if statement.shape is Shape.ITEM else None
    return label is not None and label[0].lower() in _NAMES


def _contact(
    page: Page, statement: Statement, fields: list[Statement]
) -> Contact | None:
    if fields and not statement.mark:
        return _of_fields(page, statement, fields)
    label = split_label(statement.raw)
    if statement.label or (label and not label[1]):
        return None
    issue, who = label or ("", statement.text)
    if not _is_person(statement, issue, who) or _is_detail(page, statement, issue):
        return None
    return _made(page, statement.line, issue, who, handle_in(who))


def _of_fields(page: Page, statement: Statement, fields: list[Statement]) -> Contact:
    labels = (split_label(f.raw) for f in fields)
    values = {label[0].lower(): label[1] for label in labels if label}
    name = values.get("name") or next(iter(values.values()))
    method = values.get("slack") or values.get("email") or values.get("phone")
    return _made(page, statement.line, statement.text.rstrip(":"), name, method)


def _is_person(statement: Statement, issue: str, who: str) -> bool:
    """Tell whether a line under contacts names somebody to call."""
    if _FOOT.match(issue) or _DATE.match(who) or _is_paper(issue, who):
        return False
    if len(who) > _PROSE and not handle_in(who):
        return False
    if statement.mark:
        return bool(issue and (role_in(issue) or handle_in(who)))
    if statement.shape is Shape.ITEM:
        return bool(issue) or _starts_with_role(who) or is_reached(who)
    if _ARROW.search(who):
        return role_in(who) is not None
    named = issue and (is_reached(who) or role_in(issue) is not None)
    return bool(named) or (
        _CALLS.search(who) is not None and handle_in(who) is not None
    )


def _starts_with_role(who: str) -> bool:
    """Tell whether 'CTO (incidents)' names a role, where 'Security breach' does not."""
    role = role_in(who[:_START])
    rest = who.partition(role)[2] if role else ""
    return role is not None and _ROLE_END.match(rest) is not None


def _is_detail(page: Page, statement: Statement, issue: str) -> bool:
    """Tell whether a line under a box ('Contacts listed') names no role of its own."""
    above = next(iter(page.statements.leads(statement)), None)
    return above is not None and above.mark is not None and role_in(issue) is None


def _is_paper(issue: str, who: str) -> bool:
    return _FILE.match(who) is not None or _PAPER.search(issue) is not None


def _of_role(page: Page, statement: Statement) -> Iterator[Contact]:
    """Yield 'Release lead: @kim', which is a contact wherever a list has it."""
    label = split_label(statement.raw) if statement.shape is Shape.ITEM else None
    if label is None or statement.mark or _FOOT.match(label[0]):
        return
    named = role_in(label[0]) and _HANDLE_ONLY.match(label[1])
    on_call = _ON_CALL.search(label[0]) and role_in(label[1])
    if (named or on_call) and not _has_people_sign(page, statement):
        yield _made(page, statement.line, *label, handle_in(label[1]))


def _has_people_sign(page: Page, statement: Statement) -> bool:
    """Tell whether names stand there to sign, and not as those who own something."""
    if page.nearest(statement, Topic.APPROVAL) is None:
        return False
    above = next(iter(page.statements.leads(statement)), None)
    return above is None or _OWNERS.search(above.text) is None


def _of_table(page: Page, statement: Statement, table: Table) -> Iterator[Contact]:
    under = _is_under_contacts(page, statement)
    personal = {Column.ROLE, Column.NAME} & set(table.columns)
    if table.kind is not TableKind.CONTACTS and not (under and personal):
        return
    if Column.STATUS in table.columns and Column.CONTACT not in table.columns:
        return  # what has been done about contacts, and no contacts
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
