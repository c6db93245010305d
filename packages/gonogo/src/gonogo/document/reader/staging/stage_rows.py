"""
Rows of stages: the outermost sections that stand beside one another in an order.

A row of names ('Phase 1', 'Week 2') is stronger than one of topics; it may stand inside
a section that is only about the phases, and what is before or after it belongs to it.
"""

import re
from collections.abc import Iterator, Sequence

from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.words.titles import Order, part_name, turns_back
from gonogo.document.reader.words.vocabulary import Topic

# Parts of a part, by name, in the languages whose word for it is no stage's as well.
_SMALL_PARTS = re.compile(
    r"\b(?:steps?|tasks?|hours?|pasos?|passos?|schritte?|stap|ステップ|步骤)(?![a-z])"
)
_BEFORE_OR_AFTER = re.compile(r"\W*(?:pre|post|before|after)\b", re.IGNORECASE)
# A top heading with one of these names a document, and no place in a procedure.
_DOCUMENT = re.compile(
    r"\b(?:runbook|playbook|guide|plan|handbook|manual|document|documentation)\b",
    re.IGNORECASE,
)
# One of a kind is no row.
_ROW = 2


def ordered_row(tree: SectionTree, parent: int) -> Iterator[Section]:
    """Yield the stages below a section, outermost ordered level first."""
    children = tree.children[parent]
    titled = all(_is_title(tree, s) for s in children)
    only = titled and (not parent or _is_frame(tree, children))
    able = children if only else [s for s in children if _holds_parts(tree, s)]
    named = [s for s in able if tree.order(s) is Order.NAME]
    row = {s.index for s in named} if len(named) >= _ROW else set[int]()
    ordered = [s for s in able if tree.order(s) is not Order.NONE]
    inner = {s.index: _named_inside(tree, s) for s in able}
    if only or len(ordered) < _ROW or all(inner[s.index] for s in ordered):
        yield from _one_set(tree, [_below(tree, s, only=only) for s in able])
        return
    written = _is_written_order(tree, able, ordered)
    strict = bool(row) or any(inner.values())
    annexed = _behind_the_way_back(tree, children)
    for section in able:
        if inner[section.index] and section.index not in row:
            yield from inner[section.index]
        elif _belongs(tree, section, row, named=strict) or (
            written and section.line < annexed and tree.by_hand(section)
        ):
            yield section


def _is_frame(tree: SectionTree, children: Sequence[Section]) -> bool:
    """Tell whether a lone section frames all others, as a title does, and is no part."""
    parents = (tree.sections[s.parent or 0].parent for s in children)
    around = next(parents, None)
    lone = len(children) == 1 and around == 0 and len(tree.children[0]) == 1
    return lone and not tree.able(children[0])


def _is_title(tree: SectionTree, section: Section) -> bool:
    """Tell whether a top heading is the name of a document, of several in one file."""
    if len(tree.children[section.parent or 0]) == 1:
        return True
    inside = len(tree.children[section.index])
    return (
        section.level == 1 and inside >= _ROW and bool(_DOCUMENT.search(section.title))
    )


def _holds_parts(tree: SectionTree, section: Section) -> bool:
    """Tell whether a section is a part, or one about the parts that holds them."""
    if tree.able(section):
        return True
    return tree.describes(section) and bool(_named_inside(tree, section))


def _named_inside(tree: SectionTree, section: Section) -> list[Section]:
    """Return the named parts of a section, or of one such section inside it."""
    own = _named_children(tree, section)
    if tree.order(section) is Order.NAME or _BEFORE_OR_AFTER.match(section.title):
        return own
    children = tree.children[section.index]
    inner = (s for s in children if tree.able(s) or tree.describes(s))
    return own or next(filter(None, (_named_children(tree, s) for s in inner)), [])


def _below(tree: SectionTree, section: Section, *, only: bool) -> list[Section]:
    below = list(ordered_row(tree, section.index))
    placed = tree.order(section) is not Order.NONE or tree.has_boxes(section)
    if len(below) == 1 and not only and placed and tree.able(section):
        return [section]
    said = tree.order(section) is not Order.NONE or tree.watches(section)
    alone = said and not only
    return below or ([section] if alone else [])


def _one_set(
    tree: SectionTree, groups: Sequence[Sequence[Section]]
) -> Iterator[Section]:
    """Yield all groups; beside one of names, others only hold what is before or after."""

    def names(group: Sequence[Section]) -> int:
        return sum(tree.order(s) is Order.NAME for s in group)

    strict = any(names(group) >= _ROW for group in groups)
    for group in groups:
        free = not strict or names(group) >= _ROW
        yield from (s for s in group if free or _is_around(tree, s))


def _is_around(tree: SectionTree, section: Section) -> bool:
    watched = tree.watches(section) and tree.holds_on(section)
    return watched or bool(_BEFORE_OR_AFTER.match(section.title))


def _named_children(tree: SectionTree, section: Section) -> list[Section]:
    """Return the parts of a container of stages by name: 'Phase 1', 'Week 2', '50 %'."""
    if _BEFORE_OR_AFTER.match(section.title):
        return []
    able = [s for s in tree.children[section.index] if tree.able(s)]
    named = [s for s in able if tree.order(s) is Order.NAME and not _is_small(tree, s)]
    if len(named) < _ROW:
        return []
    return [s for s in able if tree.order(s) is not Order.NONE]


def _is_written_order(
    tree: SectionTree, able: Sequence[Section], ordered: Sequence[Section]
) -> bool:
    """Tell whether what is worked through names no order but the page's."""
    if any(tree.order(s) >= Order.NUMBER for s in ordered):
        return False
    if not any(Topic.AFTER in tree.topics[s.index] for s in ordered):
        return True
    unordered = (s for s in able if tree.order(s) is Order.NONE)
    others = [s for s in unordered if tree.by_hand(s)]
    return len(others) > len(ordered)


def _behind_the_way_back(tree: SectionTree, children: Sequence[Section]) -> int:
    """Return the line behind which what names no place in the order is an annex."""
    ways = (s.line for s in children if turns_back(s.title, tree.known))
    return max(ways, default=children[-1].last if children else 0)


def _belongs(
    tree: SectionTree, section: Section, row: set[int], *, named: bool
) -> bool:
    """Tell whether a sibling of ordered parts is one of them; `named` if those are."""
    if tree.watches(section):
        return tree.holds_on(section) or not named
    if tree.order(section) is Order.NONE:
        return False
    if not row or section.index in row:
        return True
    found = tree.topics[section.index]
    return bool(found & {Topic.BEFORE, Topic.AFTER, Topic.VERIFY, Topic.APPROVAL})


def _is_small(tree: SectionTree, section: Section) -> bool:
    name = part_name(section.title, tree.known)
    return name is not None and bool(_SMALL_PARTS.search(name))
