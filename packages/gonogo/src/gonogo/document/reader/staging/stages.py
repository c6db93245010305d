"""
Stages: which sections are the ordered parts of the procedure.

Structure decides: numbered or named parts beside one another ('Phase 1', 'Phase 2'),
or the order of topics (before, deploy, after), at the outermost level that has one.
What has neither is done in the order in which it is written. Where no headings are,
labels, table rows or items are the stages.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from gonogo.document.reader.layout.outline import Outline, Section
from gonogo.document.reader.layout.statements import Statements
from gonogo.document.reader.layout.tables import Table
from gonogo.document.reader.staging.containers import unwrapped
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.staging.spans import Staging, stage_of
from gonogo.document.reader.staging.stage_rows import ordered_row
from gonogo.document.reader.staging.substages import find_substages
from gonogo.document.reader.staging.unheaded import stages_without_headings
from gonogo.document.reader.words.titles import part_name

# One of a kind is no row.
_ROW = 2


def find_stages(
    outline: Outline, statements: Statements, tables: Mapping[int, Table]
) -> Staging:
    """Return the stages of a document and their inner parts."""
    tree = SectionTree(outline, statements, tables)
    chosen = _sections(tree)
    stages = tuple(stage_of(s.line, s.last, s.title, tree.known) for s in chosen)
    if not stages:
        stages = stages_without_headings(tree, statements, tables)
    substages = find_substages(tree, chosen, stages, statements, tables)
    return Staging(stages=stages, substages=substages)


def _sections(tree: SectionTree) -> list[Section]:
    chosen = unwrapped(tree, _without_repeats(tree, list(ordered_row(tree, 0))))
    return chosen if len(chosen) >= _ROW else _worked_through(tree, 0) or chosen


def _without_repeats(tree: SectionTree, sections: Sequence[Section]) -> list[Section]:
    """Drop the second telling of the same parts, with all that stands beside it."""
    seen: dict[str, int | None] = {}
    repeated: Counter[int | None] = Counter()
    for section in sections:
        name = part_name(section.title, tree.known)
        if name and seen.setdefault(name, section.parent) != section.parent:
            repeated[section.parent] += 1
    return [s for s in sections if not _is_repeat(tree, s, seen, repeated)]


def _is_repeat(
    tree: SectionTree,
    section: Section,
    seen: Mapping[str, int | None],
    repeated: Mapping[int | None, int],
) -> bool:
    name = part_name(section.title, tree.known)
    again = name is not None and seen[name] != section.parent
    return again or repeated.get(section.parent, 0) >= _ROW


def _worked_through(tree: SectionTree, parent: int) -> list[Section]:
    """Return the parts of a procedure without any scheme, as they are written."""
    children = tree.children[parent]
    only = not parent and len(children) == 1
    able = [s for s in children if tree.by_hand(s) and (only or tree.able(s))]
    if len(able) >= _ROW:
        return able
    return _worked_through(tree, able[0].index) if able else _way_by_hand(tree, parent)


def _way_by_hand(tree: SectionTree, parent: int) -> list[Section]:
    """Return the parts of that one of several alternatives that has most of them."""
    ways = (s for s in tree.children[parent] if tree.is_alternative(s))
    rows = [[s for s in tree.children[w.index] if tree.able(s)] for w in ways]
    longest = max(rows, key=len, default=[])
    return longest if len(longest) >= _ROW else []
