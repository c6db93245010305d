"""
Sections that are ways back, and the scenarios inside them.

A document that is as a whole a way back ('Recovery plan') has them without the word:
every procedure in it is one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gonogo.document.kinds import RollbackScope
from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.layout.statements import Shape
from gonogo.document.reader.page import Page
from gonogo.document.reader.staging.cases import cases
from gonogo.document.reader.staging.way_back import (
    is_about_something_else,
    is_scenario,
    is_way_back,
    is_whole_way_back,
)
from gonogo.document.reader.words.titles import Order, order, without_remarks
from gonogo.document.reader.words.vocabulary import Topic

Found = tuple[Section, RollbackScope]

_ACTS = re.compile(
    r"\b(?:disable|(?:turn|switch)(?:\s\w+){0,3}\soff|revert|roll back|restore|undo|kill)\b"
    r"|\brollback (?:to|the|via|using|by)\b|^\W*rollback\b|`[^`]{0,80}rollback"
    r"|=(?:false|0|off)\b",
    re.IGNORECASE,
)
# 'Emergency deployments' go forward.
# What an alert asks for is looked into first.
_AHEAD = re.compile(
    r"\bemergency (?:deploy\w*|releases?|changes?|patch\w*|hotfix\w*|access)\b"
    r"|\bincident (?:scenarios?|checklists?|log|reports?|communicat\w+)\b",
    re.IGNORECASE,
)
# '4.2 Database' is a chapter of its way back; '2. Restore the database' a step of it.
_CHAPTER = re.compile(r"^\W*\d{1,2}\.\d")
# One of a kind is no row.
_ROW = 2
# What may stand inside a way back and is none.
_BESIDE = frozenset({
    Topic.TRIGGER, Topic.CONTACT, Topic.BACKGROUND, Topic.COMMUNICATION, Topic.TIMELINE,
    Topic.REFERENCE, Topic.RISK, Topic.RECORD, Topic.SUCCESS, Topic.METRICS,
    Topic.VERIFY, Topic.MONITOR, Topic.BEFORE, Topic.AFTER, Topic.APPROVAL,
})  # fmt: skip


class _Inside(Enum):
    """What the inside of a section is to the search."""

    NOTHING = auto()
    WHOLE_DOCUMENT = auto()
    WAY_BACK = auto()
    CASE = auto()


_Judgement = tuple[_Inside, RollbackScope | None]


def rollback_sections(page: Page) -> Iterator[Found]:
    """Yield the sections that are ways back with their scope, in order."""
    sections = page.outline.sections
    children: list[list[Section]] = [[] for _ in sections]
    for section in sections[1:]:
        children[section.parent or 0].append(section)
    apart = _cases(page, children)
    yield from _Search(page, children, _lines_by_hand(page), apart).found()


def _cases(page: Page, children: Sequence[Sequence[Section]]) -> frozenset[int]:
    """Return the cases of a document that is one way back."""
    sections, known = page.outline.sections, page.known
    title = sections[1].title if len(sections) > 1 else ""
    if not is_whole_way_back(title, known):
        return frozenset()
    return cases(sections, children, [_order(page, s) for s in sections], known)


def _order(page: Page, section: Section) -> Order:
    return order(section.title, page.topics(section.title), page.known)


@dataclass(frozen=True, slots=True)
class _Search:
    """
    One pass over the sections, from the outside in.

    Attributes:
        page: The document.
        children: The sections directly inside each.
        by_hand: The lines of steps, boxes and scripts, in order.
        cases: In a document that is one way back, its cases.
    """

    page: Page
    children: Sequence[Sequence[Section]]
    by_hand: Sequence[int]
    cases: frozenset[int]

    def found(self) -> Iterator[Found]:
        """Yield the ways back with their scope."""
        inside = [_Inside.NOTHING]
        for section in self.page.outline.sections[1:]:
            own, scope = self._judged(section, inside[section.parent or 0])
            inside.append(own)
            if scope is not None:
                yield section, scope

    def _judged(self, section: Section, around: _Inside) -> _Judgement:
        """Return what the inside of a section is, and its scope where it is one."""
        if around is _Inside.CASE:
            return around, None
        if around is _Inside.WAY_BACK:
            return self._in_a_way_back(section)
        if _is_title(section):
            whole = is_whole_way_back(section.title, self.page.known)
            return _Inside.WHOLE_DOCUMENT if whole else _Inside.NOTHING, None
        if self._is_own(section):
            stage, _ = self.page.staging.place(section.line)
            scope = RollbackScope.STAGE if stage else RollbackScope.GLOBAL
            return _Inside.WAY_BACK, scope
        if around is _Inside.WHOLE_DOCUMENT and self._is_procedure(section):
            return _Inside.CASE, RollbackScope.SCENARIO
        return _Inside.NOTHING, None

    def _in_a_way_back(self, section: Section) -> _Judgement:
        """Judge a section in a way back: a case, beside it, or a group of cases."""
        named = (s for s in self.children[section.index] if self._names_a_case(s))
        if sum(1 for _ in named) >= _ROW:
            return _Inside.WAY_BACK, None
        if self._names_a_case(section) or self._is_procedure(section):
            return _Inside.CASE, RollbackScope.SCENARIO
        if _is_beside(self.page, section):
            return _Inside.CASE, None
        told = self._acts(section) and not self.children[section.index]
        scope = RollbackScope.SCENARIO if told else None
        return _Inside.CASE if told else _Inside.WAY_BACK, scope

    def _names_a_case(self, section: Section) -> bool:
        title = section.title
        return is_scenario(title) or is_way_back(title, self.page.known)

    def _is_own(self, section: Section) -> bool:
        if is_way_back(section.title, self.page.known):
            return True
        incident = Topic.INCIDENT in self.page.topics(_AHEAD.sub("", section.title))
        about = is_about_something_else(section.title)
        return incident and not about and self._acts(section)

    def _acts(self, section: Section) -> bool:
        """Tell whether a section says to take the change back."""
        inside = range(section.line + 1, section.last + 1)
        lines = (self.page.lines[n - 1] for n in inside)
        return any(_ACTS.search(t) for t in lines if not t.startswith("|"))

    def _is_procedure(self, section: Section) -> bool:
        """Tell whether a section has steps of its own, and is none itself."""
        if _is_beside(self.page, section):
            return False
        apart = _CHAPTER.match(section.title) or section.index in self.cases
        if not apart and _order(self.page, section) >= Order.NUMBER:
            return False
        first = bisect_left(self.by_hand, section.line)
        return first < len(self.by_hand) and self.by_hand[first] <= section.last


def _is_title(section: Section) -> bool:
    return section.level == 1 and section.index == 1


def _is_beside(page: Page, section: Section) -> bool:
    found = page.topics(without_remarks(section.title))
    return bool(found & _BESIDE) or is_about_something_else(section.title)


def _lines_by_hand(page: Page) -> list[int]:
    """Return the lines of numbered steps, boxes and scripts."""
    return [
        s.line
        for s in page.statements.all
        if s.mark or s.number or (s.shape is Shape.FENCE and page.block(s).info)
    ]
