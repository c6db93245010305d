"""Deadlines: the steps of an incident response, each with the time that it has."""

import re

from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Deadline, DeadlineItem

_AT_ONCE = re.compile(
    r"^(?:immediate(?:ly)?|at once|now|instantly|sofort|inmediat\w+)\b", re.IGNORECASE
)
_WITHIN = re.compile(
    r"^(?:within|in|in under|first|by|under|<|innerhalb|dentro de)?\s*(?:the\s+)?"
    r"(?:first|next)?\s*[(<]?\s*$",
    re.IGNORECASE,
)


def read_deadlines(page: Page) -> tuple[Deadline, ...]:
    """Return the timed steps under incident and rollback titles, in order."""
    found = []
    for statement in page.sentences():
        if statement.shape is Shape.HEADING or statement.mark:
            continue
        if page.nearest(statement, Topic.INCIDENT, Topic.ROLLBACK) is not None:
            deadline = _deadline(page, statement)
            if deadline is not None:
                found.append(deadline)
    return tuple(found)


def within_s(label: str) -> float | None:
    """Return the seconds of 'Within 5 minutes', 0 for 'Immediately'; None for neither."""
    if _AT_ONCE.match(label):
        return 0.0
    found = spans(label)
    if not found or not _WITHIN.match(label[: found[0].start]):
        return None
    return shortest(found[0].seconds)


def _deadline(page: Page, statement: Statement) -> Deadline | None:
    label = split_label(statement.raw)
    seconds = within_s(label[0]) if label else None
    if label is None or seconds is None:
        return None
    children = [c for c in page.statements.children(statement) if c.text]
    ends = [page.block(c).last for c in page.statements.children(statement)]
    return Deadline(
        line=statement.line,
        end_line=_last_filled(page, max([statement.last_line, *ends])),
        within_s=seconds,
        title=label[1],
        items=tuple(DeadlineItem(line=c.line, text=c.text) for c in children),
        command_line=page.first_fence(statement),
        stage_line=page.staging.place(statement.line)[0],
    )


def _last_filled(page: Page, line: int) -> int:
    while line > 1 and not page.lines[line - 1].strip():
        line -= 1
    return line
