"""Expectations: what should come back, typed, and bound to the command just above."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gonogo.document.reader.commands.expectation_arrows import behind_arrow
from gonogo.document.reader.commands.expectation_comments import behind_code, in_comment
from gonogo.document.reader.commands.expectation_kinds import (
    classify,
    in_part,
    of_lines,
)
from gonogo.document.reader.commands.expectation_leads import (
    Around,
    in_prose,
    is_seen,
    opens,
)
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.layout.tables import Row, Table
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import StatedExpectation
from gonogo.model.expectation import ExpectationKind as Kind

_COMMENT = re.compile(r"^\s*(?:#(?!!)|--\s|//|REM\b)\s?(?P<text>.*)$")
# What stands here is what goes wrong, not what should come back.
_GONE_WRONG = (Topic.TRIGGER, Topic.TROUBLE, Topic.RISK, Topic.INCIDENT)
_RIGHT = (Topic.VERIFY, Topic.EXPECTED, Topic.SUCCESS, Topic.MONITOR)
_SIGN = re.compile(
    r"\W{0,3}(?:symptoms?|problems?|(?:root )?causes?|s[ií]ntomas?|causa|ursachen?|症状)\b",
    re.IGNORECASE,
)
_COLUMN = re.compile(
    r"(?:expected|expect|expectation|expected (?:results?|outputs?|responses?|status"
    r"|status code|http status|values?|behaviou?r|outcome|http code|code)|should return"
    r"|should be|should see|should show|what to expect|what you should see|you should see"
    r"|erwartung|erwartet|erwartetes ergebnis|esperado"
    r"|resultado esperado|valor esperado|resultat attendu|attendu|期待結果|期待値|期待)",
)
# The end of 'Book a visit, then check:'.
_THEN_CHECK = re.compile(
    r"\b(?:check|verify|confirm|make sure|ensure)(?: that)?(?: the following)?:\W*$",
    re.IGNORECASE,
)
# '`node --version`, must be 22'
_RULED = re.compile(r"^`[^`]+`\W{1,5}(?:must|should|expect\w*)\b", re.IGNORECASE)
_EMPTY_CELL = re.compile(r"[\W_]*|n/?a|tbd", re.IGNORECASE)
# So many lines below a lead are one statement; more is a text of its own.
_MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """The lines of a fence: number of the first, and their text, dedented."""

    first: int
    lines: tuple[str, ...]


def in_fence(
    page: Page,
    fence: Fenced,
    command_line: int,
) -> tuple[StatedExpectation, ...]:
    """Return the expectations that comments in a fence state, in order."""
    found: list[StatedExpectation] = []
    index = 0
    while index < len(fence.lines):
        stated = _stated(fence.lines, index)
        if stated is None:
            index += 1
            continue
        value, last = stated
        judged = _judged(fence.lines, index, last)
        command = "\n".join(fence.lines[judged[0] : judged[1] + 1]) if judged else ""
        several = "\n" in value
        kind = of_lines(value) if several else classify(value, command)
        found.append(
            StatedExpectation(
                line=fence.first + index,
                last_line=fence.first + last,
                kind=in_part(kind, fence.lines[index], value),
                value=value,
                command_line=command_line,
                judges=_numbered(judged, fence.first),
                **page.place(command_line),
            ),
        )
        index = last + 1
    return tuple(found)


def _numbered(judged: tuple[int, int] | None, first: int) -> tuple[int, int] | None:
    return (judged[0] + first, judged[1] + first) if judged else None


def _stated(lines: Sequence[str], index: int) -> tuple[str, int] | None:
    """Return value and last index of the statement at `index`; None without one."""
    comment = _COMMENT.match(lines[index])
    if comment is None:
        value = behind_code(lines[index])
        return (value, index) if value else None
    announces = index + 1 < len(lines) and _is_code(lines[index + 1])
    value = in_comment(comment["text"].strip(), announces=announces)
    if value is None:
        return None
    return (value, index) if value else _listed(lines, index)


def _listed(lines: Sequence[str], index: int) -> tuple[str, int] | None:
    """Return the comment lines below 'Expected output:'."""
    values, last = [], index
    for number in range(index + 1, len(lines)):
        comment = _COMMENT.match(lines[number])
        if comment is None or not comment["text"].strip():
            break
        values.append(comment["text"].strip())
        last = number
    return ("\n".join(values), last) if values else None


def _judged(lines: Sequence[str], index: int, last: int) -> tuple[int, int] | None:
    """
    Return first and last index of the command that a statement judges.

    That is the command above; but a comment that stands right on top of a command,
    with a gap above it, is that command's.
    """
    if _COMMENT.match(lines[index]) is None:
        return index, index
    above = next((i for i in range(index - 1, -1, -1) if _is_code(lines[i])), None)
    if above is None or _is_title(lines, index, last):
        first = next((i for i in range(last, len(lines)) if _is_code(lines[i])), None)
        return None if first is None else (first, first)
    first = above
    while first and _is_code(lines[first - 1]):
        first -= 1
    return first, above


def _is_title(lines: Sequence[str], index: int, last: int) -> bool:
    follows = last + 1 < len(lines) and _is_code(lines[last + 1])
    top = index
    while top and _COMMENT.match(lines[top - 1]):
        top -= 1
    return follows and (top == 0 or not lines[top - 1].strip())


def _is_code(line: str) -> bool:
    return bool(line.strip()) and _COMMENT.match(line) is None


def outside_fences(page: Page) -> Iterator[StatedExpectation]:
    """Yield the expectations that sentences, labels and tables state."""
    above: int | None = None
    for statement in page.statements.all:
        if statement.shape is Shape.FENCE:
            above = statement.line
        elif statement.shape is Shape.HEADING:
            above = None
        elif statement.shape is not Shape.TABLE:
            yield from _said(page, statement, above)
    for _, table in page.table_statements:
        yield from _tabled(page, table)


def _is_right(page: Page, statement: Statement) -> bool:
    """Tell whether a statement stands where one says what goes right."""
    if any(_SIGN.match(lead.text) for lead in page.statements.leads(statement)):
        return False
    return page.nearest(statement, *_GONE_WRONG, *_RIGHT) not in _GONE_WRONG


def _said(
    page: Page,
    statement: Statement,
    above: int | None,
) -> Iterator[StatedExpectation]:
    value = in_prose(statement.raw, statement.text, _around(page, statement, above))
    value = value or _looked_for(page, statement)
    if not (value or opens(statement.text)) or not _is_right(page, statement):
        return
    if value:
        kind = classify(value, "http" if "wc" not in statement.raw else "")
        kind = in_part(kind, statement.raw, value)
        inner = page.first_fence(statement)
        own = inner if statement.mark else inner or above
        yield _outside(page, statement, value, kind, own)
    elif lines := _below(page, statement):
        whole = "\n".join(lines)
        kind = classify(whole) if len(lines) == 1 else of_lines(whole)
        yield _outside(page, statement, whole, kind, above)


def _looked_for(page: Page, statement: Statement) -> str:
    """Return an item that stands under 'then check:' as what is then the case."""
    above = next(iter(page.statements.leads(statement)), None)
    if above is None or statement.shape is not Shape.ITEM or statement.mark:
        return ""
    listed = above.shape is not Shape.HEADING and _THEN_CHECK.search(above.text)
    return statement.text if listed and is_seen(statement.text) else ""


def _around(page: Page, statement: Statement, above: int | None) -> Around:
    item = statement.shape is Shape.ITEM or statement.mark is not None
    tested = item and page.nearest(statement, *_GONE_WRONG, *_RIGHT) is Topic.VERIFY
    code = item and above is not None and statement.mark is None
    return Around(item=item, tested=tested, below_code=code)


def _outside(
    page: Page,
    statement: Statement,
    value: str,
    kind: Kind,
    command: int | None,
) -> StatedExpectation:
    return StatedExpectation(
        line=statement.line,
        last_line=statement.last_line,
        kind=kind,
        value=value,
        command_line=command,
        box_line=statement.line if statement.mark else None,
        **page.place(statement.line),
    )


def _below(page: Page, statement: Statement) -> list[str]:
    """Return the lines of the fence, or the items, that stand under a lead."""
    follower = page.statements.all[statement.index + 1 : statement.index + 2]
    if not follower:
        return []
    if follower[0].shape is Shape.FENCE:
        text = page.block(follower[0]).text.strip("\n")
        return text.split("\n")[:_MOST_LINES] if text.strip() else []
    if follower[0].shape is Shape.TABLE:
        return _rows(page.tables[follower[0].block])
    children = page.statements.children(statement)
    return [c.text for c in children if c.shape is Shape.ITEM and c.text][:_MOST_LINES]


def _rows(table: Table) -> list[str]:
    """Return the rows of a result that is a table; [] where a column states its own."""
    if _expected_column(table) is not None:
        return []
    width = range(len(table.headers))
    rows = (" | ".join(map(row.text, width)) for row in table.rows)
    return list(rows)[:_MOST_LINES]


def _expected_column(table: Table) -> int | None:
    titles = enumerate(table.headers)
    return next((i for i, h in titles if _COLUMN.fullmatch(folded(h))), None)


def _tabled(page: Page, table: Table) -> Iterator[StatedExpectation]:
    column = _expected_column(table)
    for row in table.rows:
        value = _stated_in(row, column)
        if value:
            yield StatedExpectation(
                line=row.line,
                last_line=row.line,
                kind=classify(value, "http"),
                value=value,
                **page.place(row.line),
            )


def _stated_behind(text: str) -> str:
    """Return what a cell says of a command that it holds; '' where it says nothing."""
    ruled = _RULED.match(text)
    return in_prose(text, text, Around()) if ruled else behind_arrow(text, text)


def _stated_in(row: Row, column: int | None) -> str:
    """Return what a row says should come back; a threshold is a gate's."""
    if column is None:
        return next((v for c in row.cells if (v := _stated_behind(c.text))), "")
    value = row.text(column)
    if _EMPTY_CELL.fullmatch(value) or find_threshold(value) is not None:
        return ""
    return value
