"""
The section tree: which sections hold work, and which are by their topic no part of it.

Background, ways back, appendices and contacts are told from the procedure by what
their titles speak of; a section with nothing to do is told by its content.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from gonogo.document.reader.layout.outline import Outline, Section
from gonogo.document.reader.layout.statements import Shape, Statement, Statements
from gonogo.document.reader.layout.tables import Table, is_task_list
from gonogo.document.reader.staging.asides import (
    describes,
    is_alternative,
    is_appended,
    is_aside,
)
from gonogo.document.reader.staging.cases import cases
from gonogo.document.reader.staging.way_back import (
    is_about_something_else,
    is_whole_way_back,
)
from gonogo.document.reader.staging.work import is_by_hand, is_facts, is_prose, is_work
from gonogo.document.reader.words.titles import (
    ORDERED_TOPICS,
    Order,
    first_word,
    order,
    turns_back,
    without_remarks,
)
from gonogo.document.reader.words.vocabulary import Topic

_NEVER = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.CONTACT, Topic.BACKGROUND, Topic.REFERENCE,
    Topic.TROUBLE, Topic.RISK, Topic.TIMELINE, Topic.COMMUNICATION, Topic.INCIDENT,
    Topic.RECORD, Topic.SCENARIO, Topic.SUCCESS, Topic.METRICS, Topic.SAMPLE,
})  # fmt: skip
_HARD = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.CONTACT, Topic.REFERENCE, Topic.RECORD,
    Topic.SUCCESS,
})  # fmt: skip
_BEFORE_AFTER = frozenset({Topic.BEFORE, Topic.AFTER})
_TOLD = frozenset({Topic.BACKGROUND, Topic.TIMELINE, Topic.SCENARIO})
# What a checklist of its own may be about: 'Documentation', 'Test coverage gate'.
_CHECKABLE = frozenset({
    Topic.REFERENCE, Topic.SUCCESS, Topic.METRICS, Topic.SAMPLE,
})  # fmt: skip
_CHECKS = re.compile(
    r"\b(?:checks?|checklist|tests|tasks|steps|verification|validation|preparation)\W*$",
    re.IGNORECASE,
)
_OR = re.compile(r"\s(?:/|or|oder|o|ou)\s", re.IGNORECASE)
_COUNTED = re.compile(r"^[\W\d]+")
_NAMED_APART = re.compile(r"[:\u2013\u2014]|\s-\s")
# 'Trigger the canary' is something to do; 'Triggers' are conditions.
_DOES = re.compile(r"^\W*(?:trigger|watch)\s+(?:an?|the)\b", re.IGNORECASE)
_ALONGSIDE = re.compile(r"\b(?:during|throughout|while)\b", re.IGNORECASE)
_SPAN = re.compile(
    r"\d\s*\+?\s*(?:h|hrs?|hours?|horas|stunden|days?|dias|tage|weeks?|min\w*)\b",
    re.IGNORECASE,
)
# As many sections to tick beside one another make the document a checklist.
_MOST_OF_A_CHECKLIST = 4


class SectionTree:
    """The sections with their children and how much there is to do in each."""

    def __init__(
        self, outline: Outline, statements: Statements, tables: Mapping[int, Table]
    ) -> None:
        """Count what is to be done in each section, and in those inside it."""
        lists = frozenset(b for b, table in tables.items() if is_task_list(table))
        self.sections = outline.sections
        self.known = statements.vocabulary
        self.children: list[list[Section]] = [[] for _ in outline.sections]
        for section in outline.sections[1:]:
            self.children[section.parent or 0].append(section)
        self.topics = [self.known.topics(s.title) for s in outline.sections]
        self._orders = [
            order(s.title, found, self.known)
            for s, found in zip(self.sections, self.topics, strict=True)
        ]
        self.whole_way_back = any(
            s.level == 1 and is_whole_way_back(s.title, self.known)
            for s in self.sections[1:2]
        )
        self._cases = (
            cases(self.sections, self.children, self._orders, self.known)
            if self.whole_way_back
            else frozenset()
        )
        said = statements.all
        self._said = self._sums(s for s in said if s.shape is not Shape.HEADING)
        self._told = self._sums(s for s in said if is_work(s) or is_prose(s))
        self._all = self._sums(s for s in said if is_work(s))
        self._acted = self._sums(
            s for s in said if is_work(s) and not is_facts(s, lists)
        )
        self._firm = self._sums(s for s in said if s.mark or s.shape is Shape.FENCE)
        self._boxes = self._sums(s for s in said if s.mark or s.block in lists)
        self._checklists = frozenset(
            index for index, row in enumerate(self.children) if self._is_ticked(row)
        )
        self._hands = self._sums(
            s for s in said if s.block in lists or is_by_hand(s, outline)
        )
        self._work = self._sums((s for s in said if is_work(s)), whole=False)
        self.outside = self._outside()

    def order(self, section: Section) -> Order:
        """Return how strongly a section's title says that it is one of a row."""
        return self._orders[section.index]

    def says(self, section: Section) -> bool:
        """Tell whether anything stands in a section but headings."""
        return bool(self._said[section.index])

    def has_work(self, section: Section) -> bool:
        """Tell whether anything is to be done, in it or in what is inside it."""
        return bool(self._all[section.index])

    def holds_on(self, section: Section) -> bool:
        """Tell whether a section is ticked off or takes a time: '24-hour watch'."""
        return self.has_boxes(section) or bool(_SPAN.search(section.title))

    def by_hand(self, section: Section) -> bool:
        """Tell whether there are boxes, numbered steps or scripts to work through."""
        return bool(self._hands[section.index])

    def has_boxes(self, section: Section) -> bool:
        """Tell whether there is anything to tick."""
        return bool(self._boxes[section.index])

    def able(self, section: Section) -> bool:
        """Tell whether a section can be a part of the procedure."""
        # A chapter of tables is looked up, unless it has its place in the order.
        placed = self.topics[section.index] & (ORDERED_TOPICS | {Topic.MONITOR})
        numbered = self._said if placed else self._acted
        enough = {Order.NAME: self._told, Order.NUMBER: numbered}
        work = enough.get(self.order(section), self._work)
        return bool(work[section.index]) and not self.excluded(section)

    def excluded(self, section: Section) -> bool:
        """Tell whether a section is by its topic no part of the procedure."""
        title, found = section.title, self.topics[section.index]
        if section.index in self._cases:
            return True
        if self.whole_way_back:
            if _is_about_the_way(title, found):
                return True
            found -= {Topic.ROLLBACK}
        elif turns_back(title, self.known) and not self._goes_on_first(section):
            return True
        if self.order(section) is Order.NAME:
            return self._names_no_part(section, found)
        return not _DOES.match(title) and self._is_beside(section, found)

    def _goes_on_first(self, section: Section) -> bool:
        """Tell whether a named part goes forward or back: 'Phase 4: go live / rollback'."""
        first = _OR.split(section.title, maxsplit=1)[0]
        onward = self.known.topics(first) & {Topic.DEPLOY, Topic.VERIFY, Topic.DECISION}
        named = self.order(section) is Order.NAME and first != section.title
        return named and bool(onward) and not turns_back(first, self.known)

    def _is_beside(self, section: Section, found: frozenset[Topic]) -> bool:
        """Tell whether an unnamed section describes, watches or is for reference."""
        title = section.title
        if is_aside(title):
            return True
        if self.watches(section):
            held = self._hands[section.index] or _SPAN.search(title)
            return not held or bool(_ALONGSIDE.search(title))
        hits = found & _NEVER
        if self.order(section) is Order.NUMBER:
            hits -= {Topic.SCENARIO} - self.known.topics(without_remarks(title))
        if hits.isdisjoint(_HARD) and self._in_a_checklist(section):
            return False
        if hits <= _CHECKABLE and self._is_checklist(section):
            return False
        return bool(hits) and not self._leads_with_order(section, found, hits)

    def _in_a_checklist(self, section: Section) -> bool:
        """Tell whether it is ticked off, as nearly all beside it are."""
        parent = section.parent or 0
        return self.has_boxes(section) and parent in self._checklists

    def _is_ticked(self, row: Sequence[Section]) -> bool:
        ticked = sum(1 for section in row if self.has_boxes(section))
        return ticked >= _MOST_OF_A_CHECKLIST and ticked > len(row) * 2 / 3

    def _is_checklist(self, section: Section) -> bool:
        """Tell whether a numbered section is there to be gone through, not looked up."""
        if self.order(section) is not Order.NUMBER or is_appended(section.title):
            return False
        return self.has_boxes(section) or bool(_CHECKS.search(section.title))

    def is_alternative(self, section: Section) -> bool:
        """Tell whether a section is one of several ways to do the same."""
        title = section.title
        return is_alternative(title) and not turns_back(title, self.known)

    def describes(self, section: Section) -> bool:
        """Tell whether a section only by its title is about the procedure."""
        hits = self.topics[section.index] & _NEVER
        return (describes(section.title) or bool(hits)) and hits <= _TOLD

    def _names_no_part(self, section: Section, found: frozenset[Topic]) -> bool:
        """Tell 'Phase 2 success criteria' and past phases from 'Phase 2: …'."""
        title = section.title
        apart = _NAMED_APART.search(title)
        if Topic.RECORD in found or (not apart and describes(title)):
            return True
        beside = found & _NEVER and not self._goes_on_first(section)
        return bool(beside) and not self._firm[section.index]

    def watches(self, section: Section) -> bool:
        """Tell whether a section is there to watch: 'Monitoring', 'Observe'."""
        return Topic.MONITOR in self.known.topics(first_word(section.title))

    def _leads_with_order(
        self, section: Section, found: frozenset[Topic], hits: frozenset[Topic]
    ) -> bool:
        """Tell whether the order outweighs: 'Pre-Rollout Approvals', 'Verify status'."""
        head = _NAMED_APART.split(section.title, maxsplit=1)[0]
        if hits & _HARD & self.known.topics(head):
            return False
        leading = self.known.topics(first_word(section.title))
        if self.order(section) is Order.NUMBER:
            leading = self.known.topics(first_word(_COUNTED.sub("", section.title)))
        checked = Topic.VERIFY in leading and hits <= {Topic.BACKGROUND}
        return bool(leading & _BEFORE_AFTER & found) or (
            checked and self.by_hand(section)
        )

    def _outside(self) -> list[bool]:
        """Tell of each section whether it stands in what is no part; a title does not."""
        outside = [False] * len(self.sections)
        for section in self.sections[1:]:
            timed = Topic.TIMELINE in self.topics[section.index]
            own = section.level > 1 and not timed and self.excluded(section)
            outside[section.index] = outside[section.parent or 0] or own
        return outside

    def _sums(self, found: Iterable[Statement], *, whole: bool = True) -> list[int]:
        """Count by section; not `whole`: without the parts that are excluded."""
        sums = [0] * len(self.sections)
        for statement in found:
            sums[statement.section] += 1
        for section in reversed(self.sections[1:]):
            if whole or self.is_alternative(section) or not self.excluded(section):
                sums[section.parent or 0] += sums[section.index]
        return sums


def _is_about_the_way(title: str, found: frozenset[Topic]) -> bool:
    """Tell 'When to roll back', 'Rollback owner' from 'After the rollback'."""
    placed = found & {Topic.BEFORE, Topic.AFTER, Topic.VERIFY}
    return Topic.ROLLBACK in found and not placed and is_about_something_else(title)
