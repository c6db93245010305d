"""Rollbacks: every way back, how far it reaches, and the commands in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from gonogo.document.kinds import RollbackScope
from gonogo.document.reader.layout.outline import Block
from gonogo.document.reader.page import Page
from gonogo.document.reader.rollbacks.rollback_lines import (
    labelled_cases,
    labelled_rollbacks,
    rollback_rows,
)
from gonogo.document.reader.rollbacks.rollback_sections import rollback_sections
from gonogo.document.reader.staging.way_back import has_inline_command
from gonogo.document.reading import Rollback


def read_rollbacks(page: Page) -> tuple[Rollback, ...]:
    """Return every way back, in order; one inside another only as a scenario of it."""
    sections = tuple(rollback_sections(page))
    found = [
        _rollback(page, (section.line, section.last), section.title, scope)
        for section, scope in sections
    ]
    found += _outside(page, found)
    cases = labelled_cases(page, [section for section, _ in sections])
    found += (
        _rollback(page, (first, last), title, RollbackScope.SCENARIO)
        for first, last, title in (*cases, *rollback_rows(page))
    )
    return tuple(sorted(found, key=lambda r: r.line))


def _outside(page: Page, sections: list[Rollback]) -> Iterator[Rollback]:
    """Yield labelled ways back that stand in no other."""
    covered = {n for r in sections for n in range(r.line, r.end_line + 1)}
    behind = 0
    for first, last, title in labelled_rollbacks(page):
        if first in covered or first <= behind:
            continue
        behind = last
        stage, _ = page.staging.place(first)
        scope = RollbackScope.STAGE if stage else RollbackScope.SCENARIO
        yield _rollback(page, (first, last), title, scope)


def _rollback(
    page: Page, span: tuple[int, int], title: str, scope: RollbackScope
) -> Rollback:
    first, last = span
    fences = _fences(page, first, last)
    tagged = [b for b in fences if b.info]
    inline = any(has_inline_command(page.lines[n - 1]) for n in range(first, last + 1))
    stage, _ = page.staging.place(first)
    return Rollback(
        line=first,
        end_line=last,
        scope=scope,
        title=title,
        stage_line=stage if scope is RollbackScope.STAGE else None,
        command_lines=tuple(b.first for b in fences),
        has_commands=any(_has_code(b.text) for b in tagged) or (inline and not tagged),
    )


def _fences(page: Page, first: int, last: int) -> tuple[Block, ...]:
    opening = bisect_left(page.fences, first, key=lambda b: b.first)
    closing = bisect_right(page.fences, last, key=lambda b: b.first)
    return page.fences[opening:closing]


def _has_code(text: str) -> bool:
    lines = (line.strip() for line in text.split("\n"))
    return any(line and not line.startswith(("#", "--", "//")) for line in lines)
