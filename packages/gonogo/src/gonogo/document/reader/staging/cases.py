"""
Cases: the sections of a way back that are each a way for one case.

A document that is as a whole a way back has scenarios, not stages: 'Method 1', 'Phase 2
rollback: …', three ways beside one another. What is done in order in it ('Step 2:
create the rollback migration', 'After the rollback') stays a part.
"""

import re
from collections.abc import Iterator, Sequence

from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.staging.way_back import (
    is_about_something_else,
    is_scenario,
    is_way_back,
)
from gonogo.document.reader.words.titles import Order, behind_part_name
from gonogo.document.reader.words.vocabulary import Topic, Vocabulary

_RECOVERS = re.compile(
    r"\b(?:recover\w*|restor\w*|recupera\w*|ripristin\w*|wiederherstell\w*)",
    re.IGNORECASE,
)
# One of a kind is no row.
_ROW = 2


def cases(
    sections: Sequence[Section],
    children: Sequence[Sequence[Section]],
    orders: Sequence[Order],
    known: Vocabulary,
) -> frozenset[int]:
    """
    Return the indices of the sections that are cases, or that hold nothing else.

    Args:
        sections: All of a document that is a way back.
        children: Of each section.
        orders: How strongly each title says that it is one of a row.
        known: The words that give the topics.
    """
    found: set[int] = set()
    for section in reversed(sections):
        row = children[section.index]
        found.update(s.index for s in _alike(row, orders, known))
        if section.level > 1 and _holds_cases(section, row, orders, found, known):
            found.add(section.index)
    return frozenset(found)


def _alike(
    row: Sequence[Section], orders: Sequence[Order], known: Vocabulary
) -> Iterator[Section]:
    """Yield scenarios, ways back of a part, and rows of nothing but ways back."""
    apart = _are_ways(row, orders, known)
    for section in row:
        title, numbered = section.title, orders[section.index] is Order.NUMBER
        named = is_scenario(title) or is_back_of_a_part(title, known)
        if named or (apart and numbered and not _is_around(title, known)):
            yield section


def _are_ways(
    row: Sequence[Section], orders: Sequence[Order], known: Vocabulary
) -> bool:
    """Tell whether most of what is numbered is a way back by its own title."""
    numbered = [
        s
        for s in row
        if orders[s.index] is Order.NUMBER and not is_about_something_else(s.title)
    ]
    ways = sum(_goes_back(s.title, known) for s in numbered)
    return len(numbered) >= _ROW and ways > len(numbered) / 2


def _goes_back(title: str, known: Vocabulary) -> bool:
    recovers = _RECOVERS.search(title) or Topic.INCIDENT in known.topics(title)
    return is_way_back(title, known) or bool(recovers)


def _is_around(title: str, known: Vocabulary) -> bool:
    return bool(known.topics(title) & {Topic.BEFORE, Topic.AFTER, Topic.VERIFY})


def _holds_cases(
    section: Section,
    row: Sequence[Section],
    orders: Sequence[Order],
    found: set[int],
    known: Vocabulary,
) -> bool:
    """Tell whether a section is a group of cases: 'Rollback by type of change'."""
    inside = [s for s in row if s.index not in found]
    if len(row) >= _ROW and not inside:
        return True
    unordered = all(orders[s.index] < Order.NUMBER for s in row)
    return len(row) >= _ROW and unordered and is_way_back(section.title, known)


def is_back_of_a_part(title: str, known: Vocabulary) -> bool:
    """Tell 'Phase 2 rollback: …' from 'Phase 2: roll back …'."""
    behind = behind_part_name(title, known)
    return behind is not None and Topic.ROLLBACK in known.topics(behind)
