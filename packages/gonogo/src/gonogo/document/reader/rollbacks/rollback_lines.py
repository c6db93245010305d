"""Ways back in one line: labels, sentences, and the rows of a table."""

from collections.abc import Iterator, Sequence

from gonogo.document.reader.layout.markup import bold_start, split_label
from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.staging.way_back import (
    goes_back,
    is_label,
    is_sentence,
    is_way_back,
    names_a_case,
    reverses,
    says_it_failed,
)

# One of a kind is no row.
_ROW = 2

Found = tuple[int, int, str]
"""First line, last line, title."""


def labelled_rollbacks(page: Page) -> Iterator[Found]:
    """Yield labels and sentences that are ways back, each with what stands under it."""
    for statement in page.sentences():
        if statement.shape is Shape.HEADING:
            continue
        title = _label(page, statement) or _sentence(page, statement)
        if title:
            yield statement.line, _end(page, statement), title


def labelled_cases(page: Page, sections: Sequence[Section]) -> Iterator[Found]:
    """
    Yield the bold labels in a way back that each lead a procedure for one case.

    Args:
        page: The document.
        sections: Ways back, in order, without cases as sections of their own.
    """
    by_index = {section.index for section in sections}
    found: dict[int, list[Statement]] = {}
    for statement in page.statements.all:
        if statement.section in by_index and _is_bold_label(statement):
            found.setdefault(statement.section, []).append(statement)
    for labels in found.values():
        cases = [label for label in labels if _leads_a_case(page, label)]
        told = any(_label(page, label) for label in labels)
        for label in cases if len(cases) >= _ROW and not told else ():
            yield label.line, _end(page, label), label.text.rstrip(" :")


def _is_bold_label(statement: Statement) -> bool:
    bold = bold_start(statement.raw) is not None
    return bold and statement.label and statement.shape is Shape.PARAGRAPH


def _leads_a_case(page: Page, statement: Statement) -> bool:
    fenced = any(s.shape is Shape.FENCE for s in page.statements.under(statement))
    return fenced and names_a_case(statement.text, page.known)


def rollback_rows(page: Page) -> Iterator[Found]:
    """Yield the rows of tables with a column for the way back, where it says how."""
    for _, table in page.table_statements:
        column = next(
            (i for i, h in enumerate(table.headers) if is_way_back(h, page.known)), None
        )
        for row in table.rows if column is not None else ():
            told = row.text(column)
            if told and goes_back(told):
                yield row.line, row.line, row.text(0) if column else told


def _label(page: Page, statement: Statement) -> str | None:
    label = None if statement.mark else split_label(statement.raw)
    if label is None:
        return None
    name, rest = label
    alone = statement.label and not rest
    return name if is_label(name, rest, alone=alone, known=page.known) else None


def _sentence(page: Page, statement: Statement) -> str | None:
    text, raw = statement.text, statement.raw
    leads = statement.label or statement.governs
    if leads and says_it_failed(text) and _is_reversed(page, statement):
        return text
    return text if is_sentence(text, raw, leads=leads, known=page.known) else None


def _is_reversed(page: Page, statement: Statement) -> bool:
    """Tell whether a block under a sentence takes a change back."""
    fences = (s for s in page.statements.under(statement) if s.shape is Shape.FENCE)
    return any(reverses(page.block(fence).text) for fence in fences)


def _end(page: Page, statement: Statement) -> int:
    """Return the last line of a label: a bold one reaches to the next bold one."""
    last = statement.last_line
    for other in page.statements.under(statement):
        last = max(last, page.block(other).last)
    if statement.shape is Shape.PARAGRAPH and bold_start(statement.raw):
        last = max(last, _before_the_next(page, statement))
    while last > statement.line and not page.lines[last - 1].strip():
        last -= 1
    return last


def _before_the_next(page: Page, statement: Statement) -> int:
    last = statement.last_line
    for other in page.statements.after(statement):
        if other.section != statement.section or _opens_anew(other, statement):
            return last
        last = page.block(other).last
    return last


def _opens_anew(other: Statement, statement: Statement) -> bool:
    beside = other.item == statement.item and other.shape is Shape.PARAGRAPH
    return beside and bold_start(other.raw) is not None
