"""
Substages: the inner ordered parts of each stage.

The sections directly inside a stage that hold something to do; where there are none,
its numbered bold labels ('**1.1 Deploy to staging**'), else its ordered items.
"""

from collections.abc import Iterator, Mapping, Sequence

from gonogo.document.reader.layout.markup import bold_start, split_label
from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.layout.statements import Shape, Statement, Statements
from gonogo.document.reader.layout.tables import Table
from gonogo.document.reader.staging.labelled_parts import labelled_parts
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.staging.spans import holding, stage_of
from gonogo.document.reader.staging.unheaded import ladder_rows
from gonogo.document.reader.words.titles import (
    Order,
    exposures,
    first_word,
    part_name,
    turns_back,
    without_remarks,
)
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Stage

_APART = frozenset({Topic.TRIGGER, Topic.CONTACT, Topic.INCIDENT, Topic.TROUBLE,
                    Topic.RECORD})  # fmt: skip
_JUDGING = frozenset({Topic.SUCCESS, Topic.METRICS})
# One of a kind is no row.
_ROW = 2


def find_substages(
    tree: SectionTree,
    sections: Sequence[Section],
    stages: Sequence[Stage],
    statements: Statements,
    tables: Mapping[int, Table],
) -> tuple[Stage, ...]:
    """
    Return the inner parts of the stages, in order.

    Args:
        tree: All sections.
        sections: Those that are stages; none where other things are.
        stages: The stages, in order.
        statements: All of the document.
        tables: By the index of their block.
    """
    found = [part for section in sections for part in _inner_sections(tree, section)]
    found += _labels(tree, statements, stages, _parted(found))
    found += _ladders(tree, statements, stages, tables)
    found += _dated_items(statements, stages)
    found += _ordered_items(statements, stages, _parted(found))
    return tuple(sorted(found, key=lambda s: s.line))


def _parted(found: Sequence[Stage]) -> set[int | None]:
    return {part.stage_line for part in found}


def _inner_sections(tree: SectionTree, stage: Section) -> Iterator[Stage]:
    for section in _parted_sections(tree, stage):
        named = tree.order(section) is Order.NAME and tree.says(section)
        if (named or tree.has_work(section)) and not _is_apart(tree, section):
            line, last, title = section.line, section.last, section.title
            yield stage_of(line, last, title, tree.known, stage.line)


def _parted_sections(tree: SectionTree, stage: Section) -> Sequence[Section]:
    """Return the sections in a stage, or those in the only one that holds work."""
    children = tree.children[stage.index]
    working = [s for s in children if tree.has_work(s)]
    if len(working) == 1:
        return _row_in(tree, working[0]) or children
    return [
        part
        for section in children
        for part in (tree.is_alternative(section) and _row_in(tree, section))
        or [section]
    ]


def _row_in(tree: SectionTree, section: Section) -> Sequence[Section]:
    """Return the sections inside one, where at least two of them are numbered."""
    inner = tree.children[section.index]
    row = [s for s in inner if tree.order(s) >= Order.NUMBER]
    return inner if len(row) >= _ROW else []


def _is_apart(tree: SectionTree, section: Section) -> bool:
    """Tell whether a section inside a stage is none of its parts."""
    if turns_back(section.title, tree.known):
        return True
    if tree.order(section) >= Order.NUMBER:
        return False
    found = tree.known.topics(without_remarks(section.title))
    if Topic.BACKGROUND in found and found <= {Topic.BACKGROUND}:
        return not tree.has_boxes(section)
    if found & _APART:
        return True
    checked = Topic.VERIFY in tree.known.topics(first_word(section.title))
    judged = bool(found & _JUDGING) and not found & {Topic.MONITOR, Topic.APPROVAL}
    return judged and not (checked and tree.by_hand(section))


def _labels(
    tree: SectionTree,
    statements: Statements,
    stages: Sequence[Stage],
    parted: set[int | None],
) -> Iterator[Stage]:
    """Yield '**Step 1: …**' and '**1.1 …**', in stages without inner sections."""
    for part in labelled_parts(tree, statements):
        stage = holding(stages, part.line)
        if stage is None or stage.line in parted or stage.line == part.line:
            continue
        if not turns_back(part.title, tree.known):
            yield stage_of(part.line, part.last, part.title, tree.known, stage.line)


def _ladders(
    tree: SectionTree,
    statements: Statements,
    stages: Sequence[Stage],
    tables: Mapping[int, Table],
) -> Iterator[Stage]:
    """Yield the steps of a ramp in a table: 'Day 1 | 5% of the traffic'."""
    for row, title, share in ladder_rows(tree, statements, tables):
        stage = holding(stages, row.line)
        if stage is not None and stage.line < row.line:
            line, known = row.line, tree.known
            yield stage_of(line, line, title, known, stage.line, exposed=share)


def _dated_items(statements: Statements, stages: Sequence[Stage]) -> Iterator[Stage]:
    """Yield items such as '**Hour 1-4**: Deploy to 10 %' as parts of their stage."""
    known = statements.vocabulary
    for item in statements.all:
        if item.shape is not Shape.ITEM or item.depth or item.mark:
            continue
        label = split_label(item.raw)
        stage = holding(stages, item.line)
        if label is None or stage is None or not label[1]:
            continue
        if not part_name(label[0], known):
            continue
        if exposures(label[1]) or Topic.TIMELINE in _lead_topics(statements, item):
            yield stage_of(item.line, item.last_line, item.text, known, stage.line)


def _ordered_items(
    statements: Statements, stages: Sequence[Stage], parted: set[int | None]
) -> Iterator[Stage]:
    """
    Yield the ordered items that are titles, in stages without other parts.

    'Canary, 1 % of the traffic' is one; 'Check that it is on:' leads its command.
    """
    for item in statements.all:
        stage = holding(stages, item.line)
        if stage is None or stage.line in parted or stage.line == item.line:
            continue
        if item.number is None or item.depth or not item.governs:
            continue
        if bold_start(item.raw) == item.text.rstrip(" :") or item.text[-1:] != ":":
            last = statements.end(item)
            yield stage_of(
                item.line, last, item.text, statements.vocabulary, stage.line
            )


def _lead_topics(statements: Statements, item: Statement) -> frozenset[Topic]:
    lead = next(iter(statements.leads(item)), None)
    return lead.topics if lead else frozenset()
