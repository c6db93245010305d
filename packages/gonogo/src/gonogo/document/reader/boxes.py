"""Boxes: checklist items, and which of eight things ticking one of them means."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from gonogo.document.kinds import BoxKind
from gonogo.document.lines import Cell
from gonogo.document.reader.box_words import kind_by_words, names_things, speaks
from gonogo.document.reader.commands.command_effects import is_looking
from gonogo.document.reader.layout.markup import plain, undecorated
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.page import Page
from gonogo.document.reader.people.people import has_blank, is_role, role_in
from gonogo.document.reader.people.signed_forms import is_in_form
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Box

_CHOICE = re.compile(
    # 'G1 = GO': which gate, and how it was decided.
    r"^(?:(?:(?:GATE|Gate) )?[A-Z]{1,4}-?\d{0,2}\s*[=:]\s*)?(?:(?:NO[ -]?)?GO(?:[ -]?LIVE)?|YES|NO|APPROVED?|CONDITIONAL(?:LY)?|REJECTED?|ACCEPT(?:ED)?"
    r"|HOLD|PROCEED|EXTEND|ABORT|WAIT|DELAY|DEFER|ROLL ?BACK|PASS|FAIL(?:ED)?|READY"
    r"|NOT READY|SI|SÍ|NEIN|JA)(?=$|\s*[-\u2013\u2014\u2192:,(/]|\s+(?:TO|WITH|FOR)\b)",
)
# 'Any test fails → stop', wherever it stands.
_STOPS = re.compile(
    r"^(?:if )?(?:any|one|some|a)\b[^.;]{0,60}\bfail\w*\W{1,4}.{0,40}?\b(?:stop|halt|abort"
    r"|roll(?:ing)? ?back|revert|(?:do not|don't) (?:continue|proceed|cut ?over|deploy))\b",
    re.IGNORECASE,
)
_CHOICE_WORD = re.compile(
    r"^(?:go|no[ -]go|approved?|rejected?|deferred|conditional|proceed|hold|extend"
    r"|delay|abort|yes|no|roll ?back)\b",
    re.IGNORECASE,
)
_WATCHED = (Topic.VERIFY, Topic.MONITOR, Topic.METRICS)
# A mere name, of a file or a function.
_NAME = re.compile(r"^(?:`[^`\s]+`|[\w./-]*[a-z][A-Z_./-]\w[\w./-]*)$")
# A command and, at most, a label before it.
_COMMAND = re.compile(
    r"^\W{0,4}(?P<label>[^`:]{0,40}:)?[*_ ]{0,4}`(?P<code>[\w./-]+ [^`]+)`\W*(?:\([^()]*\))?$"
)


def read_boxes(page: Page) -> tuple[Box, ...]:
    """Return every checklist item of the page, in order."""
    found = [_box(page, s) for s in page.statements.all if s.mark]
    found += [b for s in page.sentences() for b in _inline_boxes(page, s)]
    found += [b for table in page.tables.values() for b in _table_boxes(page, table)]
    return tuple(sorted(found, key=lambda b: (b.line, b.mark_column)))


def _box(page: Page, statement: Statement) -> Box:
    mark = statement.mark
    assert mark is not None  # noqa: S101 - the caller chose marked statements
    around = _parents(page, statement)
    return Box(
        line=statement.line,
        text=statement.text,
        kind=_kind(page, statement),
        checked=mark.checked,
        mark_column=mark.column,
        depth=len(around),
        parent_line=around[0].line if around else None,
        role=role_in(statement.text),
        command_line=page.first_fence(statement),
        **page.place(statement.line),
    )


def _parents(page: Page, statement: Statement) -> list[Statement]:
    found = []
    item = statement.item
    while item is not None:
        parent = page.statements.all[item]
        if parent.mark:
            found.append(parent)
        item = parent.item
    return found


def _kind(page: Page, statement: Statement) -> BoxKind:
    text = statement.text
    judged = page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.ROLLBACK,
        Topic.SUCCESS,
        Topic.DECISION,
        Topic.VERIFY,
    )
    if _is_choice(text, judged):
        return BoxKind.CHOICE
    children = list(page.statements.children(statement))
    if _is_group(statement, children):
        return BoxKind.GROUP
    if judged is Topic.TRIGGER or _STOPS.match(text):
        return BoxKind.TRIGGER
    if has_blank(statement.raw) or any(has_blank(c.raw) for c in children):
        return BoxKind.FILL_IN
    return _by_words(page, statement)


def _by_words(page: Page, statement: Statement) -> BoxKind:
    """Return what the words of an item say; a mere name means what its group says."""
    if is_role(statement.text) and is_in_form(page, statement):
        return BoxKind.APPROVE
    around = _parents(page, statement)
    if around and _NAME.match(statement.raw.strip()):
        return kind_by_words(around[0].text)
    command = _COMMAND.match(statement.raw)
    if command and not speaks(command["label"] or ""):
        reads = is_looking((command["code"],), "sh")
        return BoxKind.VERIFY if reads else BoxKind.DO
    watched = page.nearest(statement, *_WATCHED, Topic.DEPLOY) in _WATCHED
    if watched and names_things(statement.text):
        return BoxKind.VERIFY
    return kind_by_words(statement.text)


def _is_choice(text: str, judged: Topic | None) -> bool:
    decided = judged is Topic.DECISION and _CHOICE_WORD.match(text)
    return bool(_CHOICE.match(text) or decided)


def _is_group(statement: Statement, children: list[Statement]) -> bool:
    items = [c for c in children if c.shape is Shape.ITEM]
    if any(c.mark for c in items):
        return True
    if not items or any(has_blank(c.raw) for c in items):
        return False
    named = statement.raw.strip().startswith("**") and not speaks(statement.text)
    return named or statement.text.endswith((":", "\uff1a"))


_MARKS = re.compile(r"[☐☑☒]|(?<![\w!\])])\[[ xX]\](?![\w(])")


def _inline_boxes(page: Page, statement: Statement) -> Iterator[Box]:
    """Yield the choices of a line such as '**Decision:** ☐ Go ☐ No-go'."""
    if statement.mark or statement.shape is Shape.HEADING:
        marks = []
    else:
        marks = list(_MARKS.finditer(page.lines[statement.line - 1]))
    line = page.lines[statement.line - 1]
    for mark, behind in zip_longest(marks, marks[1:]):
        text = line[mark.end() : behind.start() if behind else len(line)]
        kind = BoxKind.CHOICE if len(marks) > 1 else BoxKind.VERIFY
        yield _marked(page, statement.line, mark, text, kind)


def _marked(
    page: Page,
    line: int,
    mark: re.Match[str],
    text: str,
    kind: BoxKind,
) -> Box:
    wide = len(mark.group()) > 1
    return Box(
        line=line,
        text=undecorated(plain(text)),
        kind=kind,
        checked=mark.group() not in {"☐", "[ ]"},
        mark_column=mark.start() + (2 if wide else 1),
        role=role_in(text),
        **page.place(line),
    )


def _table_boxes(page: Page, table: Table) -> Iterator[Box]:
    for row in table.rows:
        for index, cell in enumerate(row.cells):
            yield from _cell_boxes(page, table, (row, index), cell)


def _cell_boxes(
    page: Page,
    table: Table,
    place: tuple[Row, int],
    cell: Cell,
) -> Iterator[Box]:
    row, index = place
    line = page.lines[cell.line - 1]
    marks = list(_MARKS.finditer(line, cell.start - 1, cell.end - 1))
    for mark in marks:
        own = line[mark.end() : cell.end - 1].split("☐")[0].strip(" |[]")
        text = own or _row_text(row, index)
        yield _marked(page, cell.line, mark, text, _cell_kind(table, marks, text))


_ORDINAL = re.compile(r"(?:[A-Z]{1,5}-?)?\d[\d.]{0,6}")


def _row_text(row: Row, index: int) -> str:
    others = [row.text(i) for i in range(len(row.cells)) if i != index]
    return " · ".join(t for t in others if t and not _ORDINAL.fullmatch(t))


def _cell_kind(table: Table, marks: list[re.Match[str]], text: str) -> BoxKind:
    if table.kind is TableKind.APPROVALS:
        return BoxKind.APPROVE
    if len(marks) > 1:
        return BoxKind.CHOICE
    return kind_by_words(text)
