"""
Gates: every threshold that something is judged by, and whether it must hold or not.

Where a sentence stands decides how it is meant: under success criteria every item is
a condition, under rollback triggers every item is one that must not come true, and
elsewhere a sentence has to say so itself, by a comparator or by a word of state.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.judging import Judged, Meaning
from gonogo.document.reader.limits.meaning import meanings
from gonogo.document.reader.limits.series import relative, window
from gonogo.document.reader.limits.settings import judged_under
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.limits.titled_limits import titled
from gonogo.document.reader.page import Page
from gonogo.document.reading import Box, Gate
from gonogo.model.condition import Condition

_FIRST_HOURS = re.compile(
    r"\bfirst\s+(?:\d+\s+)?(?:minutes?|hours?|days?)|^hour 1\b", re.IGNORECASE
)


def read_gates(page: Page, boxes: tuple[Box, ...]) -> tuple[Gate, ...]:
    """Return the gates that sentences state, in order; tables have their own reader."""
    by_line = {b.line: b for b in boxes}
    found: list[Gate] = []
    for statement in page.sentences():
        found += _gates_of(page, statement, by_line.get(statement.line))
    return tuple(found)


def _gates_of(page: Page, statement: Statement, box: Box | None) -> Iterator[Gate]:
    setting = judged_under(page, statement)
    if statement.shape is Shape.HEADING:
        every: tuple[Meaning, ...] = (titled(statement.text, setting),)
    else:
        every = meanings(page, statement, box, setting)
    for meant in every:
        for judged in meant.judged:
            if judged.metric:
                yield _gate(page, statement, judged, meant.context, box)


def _gate(
    page: Page,
    statement: Statement,
    judged: Judged,
    context: GateContext,
    box: Box | None,
) -> Gate:
    line = page.line_of(statement, judged.condition.words or judged.metric)
    return Gate(
        line=line,
        metric=judged.metric,
        condition=_completed(page, statement, judged.condition),
        context=context,
        text=statement.text,
        box_line=box.line if box and statement.mark else None,
        approximate=judged.approximate,
        **page.place(line),
    )


def _completed(page: Page, statement: Statement, condition: Condition) -> Condition:
    """Return the condition with the window and series that its surroundings name."""
    below = (c.text for c in page.statements.children(statement))
    notes = [t for t in below if find_threshold(t) is None]
    around = [s.text for s in page.statements.leads(statement) if s.mark]
    found_window = condition.window
    for text in (*notes, *(t for t in around if _FIRST_HOURS.search(t))):
        found_window = found_window or window(text) or _first_hour(text)
    found_series = condition.relative
    for text in notes:
        found_series = found_series or relative(text)
    return replace(condition, window=found_window, relative=found_series)


def _first_hour(text: str) -> timedelta | None:
    return timedelta(hours=1) if re.match(r"hour 1\b", text, re.IGNORECASE) else None
