"""Rollbacks: every way back, how far it reaches, and the commands in it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from gonogo.document.kinds import RollbackScope
from gonogo.document.reader.markup import split_label
from gonogo.document.reader.outline import Section
from gonogo.document.reader.page import Page
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.vocabulary import Topic, topics
from gonogo.document.reading import Rollback

# Titles that speak of a rollback and are not the way back itself.
_ABOUT = re.compile(
    r"\b(?:criteria|triggers?|when to|conditions?|readiness|ready|test(?:ed|ing)?|matrix"
    r"|thresholds?|verif\w+|validat\w+|rehears\w+|drill|if any|immediately if|indicators"
    r"|approval|authority|contacts?|communication|decision point|considerations)\b",
    re.IGNORECASE,
)
_TREE = re.compile(r"\bdecision tree\b", re.IGNORECASE)
_ACTS = re.compile(
    r"\b(?:disable|(?:turn|switch)(?:\s\w+){0,3}\soff|revert|roll ?back|restore|undo|kill)\b"
    r"|=(?:false|0|off)\b",
    re.IGNORECASE,
)
_SCENARIO = re.compile(
    r"\b(?:scenario|option|case|method|if|scen[aá]rio|szenario)\b", re.IGNORECASE
)
_INLINE_COMMAND = re.compile(r"`[^`]*[\w./-]+\s+[^`]+`")
_NO_ROLLBACK = re.compile(
    r"^(?:n/?a|none|not needed|yes|no|✅|low|-|\u2014)?[.\s]*$", re.IGNORECASE
)


def read_rollbacks(page: Page) -> tuple[Rollback, ...]:
    """Return every way back, in order; one inside another only as a scenario of it."""
    found = list(_sections(page))
    covered = {n for r in found for n in range(r.line, r.end_line + 1)}
    for statement in page.sentences():
        if statement.shape is not Shape.HEADING and statement.line not in covered:
            found += _labelled(page, statement)
    return tuple(sorted(found, key=lambda r: r.line))


def _sections(page: Page) -> Iterator[Rollback]:
    sections = page.outline.sections
    taken: set[int] = set()
    for section in sections[1:]:
        parent = section.parent or 0
        if parent in taken:
            if _is_scenario(section):
                yield _of_section(page, section, RollbackScope.SCENARIO)
            continue
        if _is_way_back(page, section):
            taken.add(section.index)
            stage, _ = page.staging.place(section.line)
            scope = RollbackScope.STAGE if stage else RollbackScope.GLOBAL
            yield _of_section(page, section, scope)


def _is_way_back(page: Page, section: Section) -> bool:
    found = topics(section.title)
    if section.level == 1 and section.line == page.outline.sections[1].line:
        return False
    if Topic.ROLLBACK in found:
        return bool(_TREE.search(section.title)) or not _ABOUT.search(section.title)
    return Topic.INCIDENT in found and _acts(page, section)


def _acts(page: Page, section: Section) -> bool:
    """Tell whether an incident section says to take the change back."""
    inside = range(section.line + 1, section.last + 1)
    return any(_ACTS.search(page.lines[n - 1]) for n in inside)


def _is_scenario(section: Section) -> bool:
    if _SCENARIO.search(section.title):
        return True
    return bool(topics(section.title) & {Topic.ROLLBACK}) and not _ABOUT.search(
        section.title
    )


def _of_section(page: Page, section: Section, scope: RollbackScope) -> Rollback:
    return _rollback(page, (section.line, section.last), section.title, scope)


def _labelled(page: Page, statement: Statement) -> Iterator[Rollback]:
    """Yield '**Rollback Procedure:** …' lines, with the list or fence behind them."""
    label = split_label(statement.raw)
    if label is None or len(label[0].split()) > 6:  # noqa: PLR2004 - a label is short
        return
    name, rest = label
    decided = re.search(r"decision point", name, re.IGNORECASE)
    if Topic.ROLLBACK not in topics(name) or (_ABOUT.search(name) and not decided):
        return
    if decided and not re.search(r"\brevert|roll ?back|restore", rest, re.IGNORECASE):
        return
    if statement.mark or (not statement.label and _NO_ROLLBACK.match(rest)):
        return
    stage, _ = page.staging.place(statement.line)
    scope = RollbackScope.STAGE if stage else RollbackScope.SCENARIO
    yield _rollback(page, (statement.line, _end(page, statement)), name, scope)


def _end(page: Page, statement: Statement) -> int:
    last = statement.last_line
    for child in page.statements.children(statement):
        last = max(last, page.block(child).last)
    while last > statement.line and not page.lines[last - 1].strip():
        last -= 1
    return last


def _rollback(
    page: Page, span: tuple[int, int], title: str, scope: RollbackScope
) -> Rollback:
    first, last = span
    opening = bisect_left(page.fences, first, key=lambda b: b.first)
    closing = bisect_right(page.fences, last, key=lambda b: b.first)
    fences = page.fences[opening:closing]
    tagged = [b for b in fences if b.info]
    inline = any(
        _INLINE_COMMAND.search(page.lines[n - 1]) for n in range(first, last + 1)
    )
    stage, _ = page.staging.place(first)
    filled = any(_has_code(b.text) for b in tagged)
    return Rollback(
        line=first,
        end_line=last,
        scope=scope,
        title=title,
        stage_line=stage if scope is RollbackScope.STAGE else None,
        command_lines=tuple(b.first for b in fences),
        has_commands=filled or (inline and not tagged),
    )


def _has_code(text: str) -> bool:
    lines = (line.strip() for line in text.split("\n"))
    return any(line and not line.startswith(("#", "--", "//")) for line in lines)
