"""
Stages: which sections are the ordered parts of the procedure.

Structure decides: numbered or named parts beside one another ('Phase 1', 'Phase 2'),
or the order of topics (before, deploy, after), at the outermost level that has one.
What only looks like a stage (background, ways back, appendices, contacts) is left out
by its topic, and what holds nothing to do is left out by its content.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from gonogo.document.reader.markup import split_label
from gonogo.document.reader.outline import Outline, Section
from gonogo.document.reader.statements import Shape, Statement, Statements
from gonogo.document.reader.vocabulary import Topic, folded, topics
from gonogo.document.reading import Stage

_ORDINAL_WORDS = (
    "stage|phase|step|steps|wave|week|weeks|day|days|hour|hours|task|part|ring|gate"
    "|batch|round|iteration|tranche|milestone|fase|etapa|paso|passo|schritt|stufe"
    "|semana|dia|tag|woche|etape|section|ステップ|フェーズ|段階"
)
_NAMED = re.compile(
    rf"^(?:\W*)(?:[\w-]+ ){{0,2}}?(?:{_ORDINAL_WORDS})\s*\W?\s*"
    r"(?:\d{1,3}[a-z]?|[ivx]{1,4}|[a-f]|one|two|three|four|five)(?![\w])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2}){0,3}\s*[.):\u2013\u2014-]|\d{1,2}\.\d)\s*\S"
)
_TIMED = re.compile(r"^\W*t\s*[-+\u2212]\s*\d", re.IGNORECASE)
_HOURS_BEFORE = re.compile(
    r"\b\d+\s*(?:hours?|days?|weeks?)\s+(?:before|after)", re.IGNORECASE
)
_TICKET = re.compile(r"^[A-Z]{2,12}-\d{1,6}\b")
_PERCENT = re.compile(r"(?<![\w.+-])(\d{1,3}(?:\.\d+)?)\s?%")
_PERCENT_NOISE = re.compile(
    r"(?:coverage|cpu|memory|error|complete|reduction)", re.IGNORECASE
)

_SMALL_PARTS = re.compile(r"\W*(?:steps?|tasks?|hours?)\b", re.IGNORECASE)
_BEFORE_OR_AFTER = re.compile(r"\W*(?:pre|post|before|after)\b", re.IGNORECASE)
_PART_WORD = re.compile(
    r"\b(?:phase|stage|wave)s?\b|\((?:day|week|t[-+])", re.IGNORECASE
)
# One of a kind is no row.
_ROW = 2

_NEVER = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.CONTACT, Topic.BACKGROUND, Topic.REFERENCE,
    Topic.TROUBLE, Topic.RISK, Topic.TIMELINE, Topic.COMMUNICATION, Topic.INCIDENT,
    Topic.RECORD, Topic.SCENARIO, Topic.SUCCESS, Topic.METRICS, Topic.SAMPLE,
})  # fmt: skip
_HARD = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.CONTACT, Topic.REFERENCE, Topic.RECORD,
    Topic.SUCCESS,
})  # fmt: skip
_NEVER_AS_PART = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.CONTACT, Topic.INCIDENT, Topic.TROUBLE,
    Topic.RECORD,
})  # fmt: skip
_ORDERED_TOPICS = frozenset({Topic.BEFORE, Topic.DEPLOY, Topic.AFTER, Topic.VERIFY})
_JUDGING = frozenset({Topic.SUCCESS, Topic.METRICS})


class Order(IntEnum):
    """How strongly a title says that it is one of an ordered row."""

    NONE = 0
    TOPIC = 1
    NUMBER = 2
    NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """The stages and substages, and which of them every line stands in."""

    stages: tuple[Stage, ...]
    substages: tuple[Stage, ...]

    def place(self, line: int) -> tuple[int | None, int | None]:
        """Return stage and substage of a line; None for what it stands outside of."""
        stage = _holding(self.stages, line)
        if stage is None:
            return None, None
        sub = _holding(self.substages, line)
        return stage.line, sub.line if sub and sub.stage_line == stage.line else None


def find_stages(outline: Outline, statements: Statements) -> Staging:
    """Return the stages of a document and their inner parts."""
    tree = _Tree(outline, statements)
    chosen = _without_repeats(list(_stages_in(tree, 0)))
    stages = tuple(_stage(s.line, s.last, s.title) for s in chosen)
    if not stages:
        stages = tuple(_stages_from_items(statements))
    subs = [sub for s in chosen for sub in _parts_of(tree, s)]
    subs += _dated_items(statements, stages)
    subs += _ordered_items(statements, stages, {s.stage_line for s in subs})
    subs.sort(key=lambda s: s.line)
    return Staging(stages=stages, substages=tuple(subs))


def _without_repeats(sections: Sequence[Section]) -> list[Section]:
    """Drop the second telling of the same parts ('Phase 1' in a summary)."""
    seen: dict[str, int | None] = {}
    kept = []
    for section in sections:
        name = _NAMED.match(section.title)
        key = folded(name.group()) if name else ""
        if key and seen.setdefault(key, section.parent) != section.parent:
            continue
        kept.append(section)
    return kept


class _Tree:
    """The sections with their children and how much there is to do in each."""

    def __init__(self, outline: Outline, statements: Statements) -> None:
        self.sections = outline.sections
        self.children: list[list[Section]] = [[] for _ in outline.sections]
        for section in outline.sections[1:]:
            self.children[section.parent or 0].append(section)
        self.work = self._sums(s for s in statements.all if _is_work(s))
        self.firm = self._sums(
            s for s in statements.all if s.mark or s.shape is Shape.FENCE
        )
        self.topics = [topics(s.title) for s in outline.sections]

    def _sums(self, found: Iterable[Statement]) -> list[int]:
        sums = [0] * len(self.sections)
        for statement in found:
            sums[statement.section] += 1
        for section in reversed(self.sections[1:]):
            sums[section.parent or 0] += sums[section.index]
        return sums

    def order(self, section: Section) -> Order:
        """Return how strongly a section's title says that it is one of a row."""
        return order(section.title, self.topics[section.index])

    def excluded(self, section: Section) -> bool:
        """Tell whether a section is by its topic no part of the procedure."""
        named = self.order(section) is Order.NAME
        found = self.topics[section.index]
        if named:
            return bool(found & {Topic.RECORD} or _is_way_back(section.title)) or (
                bool(found & _NEVER) and not self.firm[section.index]
            )
        if Topic.MONITOR in topics(_first_word(section.title)):
            return True
        if _is_way_back(section.title):
            return True
        hits = found & _NEVER
        return bool(hits) and not _leads_with_order(section.title, found, hits)


def order(title: str, found: frozenset[Topic]) -> Order:
    """Return how strongly a title says that it is one of an ordered row."""
    if _NAMED.match(title) or _TIMED.match(title) or _TICKET.match(title):
        return Order.NAME
    if _HOURS_BEFORE.search(title) or (_percents(title) and Topic.DEPLOY in found):
        return Order.NAME
    if _NUMBERED.match(title):
        return Order.NUMBER
    topical = found & _ORDERED_TOPICS or _PART_WORD.search(title)
    return Order.TOPIC if topical else Order.NONE


def exposures(title: str) -> tuple[float, ...]:
    """Return the percentages that a title names as exposure, in order."""
    return () if _PERCENT_NOISE.search(title) else _percents(title)


def _percents(title: str) -> tuple[float, ...]:
    found = (float(p) for p in _PERCENT.findall(title))
    return tuple(p for p in found if p <= 100)  # noqa: PLR2004 - per cent


def _is_way_back(title: str) -> bool:
    words = folded(title)
    back = topics(title) & {Topic.ROLLBACK}
    ready = re.search(r"\b(?:readiness|ready|test|tested|rehears\w+|drill)\b", words)
    return bool(back) and not ready


def _leads_with_order(
    title: str, found: frozenset[Topic], hits: frozenset[Topic]
) -> bool:
    """Tell whether the order outweighs: 'Pre-Rollout Approvals', 'Before starting'."""
    if hits & _HARD:
        return False
    return bool(topics(_first_word(title)) & {Topic.BEFORE, Topic.AFTER} & found)


def _first_word(title: str) -> str:
    return " ".join(folded(title).split()[:1])


def _is_work(statement: Statement) -> bool:
    """Tell whether something is to be done there ('**Status**: done' is told only)."""
    if statement.mark or statement.number:
        return True
    if statement.shape in {Shape.FENCE, Shape.TABLE}:
        return True
    return statement.shape is Shape.ITEM and split_label(statement.raw) is None


def _stages_in(tree: _Tree, parent: int) -> Iterator[Section]:
    """Yield the stages below a section, outermost ordered level first."""
    children = tree.children[parent]
    only = not parent and len(children) == 1
    able = [
        s for s in children if tree.work[s.index] and (only or not tree.excluded(s))
    ]
    named = [s for s in able if tree.order(s) is Order.NAME]
    row = {s.index for s in named} if len(named) >= _ROW else set[int]()
    ordered = [s for s in able if tree.order(s) is not Order.NONE]
    inner = {s.index: _named_children(tree, s) for s in able}
    if len(ordered) >= _ROW and not all(inner[s.index] for s in ordered):
        for section in able:
            if inner[section.index] and section.index not in row:
                yield from inner[section.index]
            elif _belongs(tree, section, row):
                yield section
        return
    for section in able:
        below = list(_stages_in(tree, section.index))
        alone = tree.order(section) is not Order.NONE and not only
        yield from below or ([section] if alone else [])


def _named_children(tree: _Tree, section: Section) -> list[Section]:
    """Return the parts of a container of stages by name: 'Phase 1', 'Week 2', '50 %'."""
    if _BEFORE_OR_AFTER.match(section.title):
        return []
    able = [
        s
        for s in tree.children[section.index]
        if tree.work[s.index] and not tree.excluded(s)
    ]
    named = [
        s
        for s in able
        if tree.order(s) is Order.NAME and not _SMALL_PARTS.match(s.title)
    ]
    if len(named) < _ROW:
        return []
    return [s for s in able if tree.order(s) is not Order.NONE]


def _belongs(tree: _Tree, section: Section, row: set[int]) -> bool:
    """Tell whether a sibling of ordered parts is one of them."""
    rank = tree.order(section)
    if rank is Order.NONE:
        return False
    if not row or section.index in row:
        return True
    found = tree.topics[section.index]
    return bool(found & {Topic.BEFORE, Topic.AFTER, Topic.VERIFY, Topic.APPROVAL})


def _parts_of(tree: _Tree, stage: Section) -> Iterator[Stage]:
    for section in tree.children[stage.index]:
        found = tree.topics[section.index]
        if found & _NEVER_AS_PART or not tree.work[section.index]:
            continue
        if found & _JUDGING and not found & {Topic.MONITOR, Topic.APPROVAL}:
            continue
        yield _stage(section.line, section.last, section.title, stage.line)


def _stages_from_items(statements: Statements) -> Iterator[Stage]:
    """Yield the outermost ordered items, where no heading is a stage."""
    for item in statements.all:
        ordered = item.number is not None and item.depth == 0
        if ordered and item.governs:
            yield _stage(item.line, _end(statements, item), item.text)


def _end(statements: Statements, item: Statement) -> int:
    last = item.last_line
    for child in statements.children(item):
        last = max(last, child.last_line)
    return last


def _dated_items(statements: Statements, stages: Sequence[Stage]) -> Iterator[Stage]:
    """Yield items such as '**Hour 1-4**: Deploy to 10 %' as parts of their stage."""
    for item in statements.all:
        if item.shape is not Shape.ITEM or item.depth or item.mark:
            continue
        label = split_label(item.raw)
        stage = _holding(stages, item.line)
        if label is None or stage is None or not label[1] or not _NAMED.match(label[0]):
            continue
        if exposures(label[1]) or Topic.TIMELINE in _lead_topics(statements, item):
            yield _stage(item.line, item.last_line, item.text, stage.line)


def _ordered_items(
    statements: Statements, stages: Sequence[Stage], parted: set[int | None]
) -> Iterator[Stage]:
    """Yield the ordered items with something under them, in stages without parts."""
    for item in statements.all:
        stage = _holding(stages, item.line)
        if stage is None or stage.line in parted or stage.line == item.line:
            continue
        if item.number is not None and item.depth == 0 and item.governs:
            yield _stage(item.line, _end(statements, item), item.text, stage.line)


def _lead_topics(statements: Statements, item: Statement) -> frozenset[Topic]:
    lead = next(iter(statements.leads(item)), None)
    return lead.topics if lead else frozenset()


def _stage(line: int, last: int, title: str, stage_line: int | None = None) -> Stage:
    found = exposures(title)
    return Stage(
        line=line,
        last_line=last,
        title=title,
        exposure_pct=found[0] if len(set(found)) == 1 else None,
        exposures_pct=found,
        stage_line=stage_line,
        topics=frozenset(t.value for t in topics(title)),
    )


def _holding(stages: Sequence[Stage], line: int) -> Stage | None:
    low, high = 0, len(stages)
    while low < high:
        middle = (low + high) // 2
        if stages[middle].line <= line:
            low = middle + 1
        else:
            high = middle
    if not low or stages[low - 1].last_line < line:
        return None
    return stages[low - 1]
