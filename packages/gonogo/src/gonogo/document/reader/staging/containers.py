"""
Containers: sections that hold the steps of the procedure, and give way to them.

'Deployment Steps' is no place in a procedure where its steps stand in a row with what
comes before and after it. Where those have parts as well, the sections are the row, and
the steps are parts of theirs.
"""

import re
from collections.abc import Mapping, Sequence

from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.words.titles import Order, first_word, turns_back
from gonogo.document.reader.words.vocabulary import Topic

_HOW_TO = re.compile(
    r"\W*(?:how to\b|(?:the )?(?:procedure|process|steps|instructions|walkthrough"
    r"|tasks|runbook|pasos|passos|etapas|[eé]tapes|schritte|passaggi|stappen"
    r"|procedimiento|procedimento|proc[eé]dure|procedura|vorgehen|ablauf|手順|步骤)\W*$)",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\b(?:procedures?|process|sequence|steps|step[- ]by[- ]step|running|execution"
    r"|instructions|pasos|passos|[eé]tapes|schritte|passaggi|stappen|procedimientos?"
    r"|procedimentos?|durchf[uü]hrung|ausf[uü]hrung)\b",
    re.IGNORECASE,
)
# One of a kind is no row.
_ROW = 2
# Where a container has so many times more parts than stand beside it, it is the document.
_NEARLY_ALL = 2

_Rows = Mapping[int, Sequence[Section]]


def unwrapped(tree: SectionTree, stages: Sequence[Section]) -> list[Section]:
    """Let the one section that holds the steps give way to them, if one does."""
    rows = {s.index: _parts(tree, s) for s in stages}
    whole = _whole(tree, stages) or _steps(tree, stages, rows)
    if whole is None:
        return list(stages)
    row = [s for s in stages if not _is_late_check(tree, s, whole)]
    return [part for s in row for part in (rows[s.index] if s is whole else [s])]


def _is_late_check(tree: SectionTree, section: Section, whole: Section) -> bool:
    """Tell whether preparations are told behind the steps, to look back on."""
    return section.line > whole.line and _leads(tree, section, Topic.BEFORE)


def _parts(tree: SectionTree, section: Section) -> list[Section]:
    """Return the parts of a section; what is numbered beside them is one of them."""
    inner = tree.children[section.index]
    row = any(tree.able(s) and tree.order(s) >= Order.NUMBER for s in inner)
    return [s for s in inner if tree.able(s) or (row and _is_told(tree, s))]


def _is_told(tree: SectionTree, section: Section) -> bool:
    numbered = tree.order(section) >= Order.NUMBER and tree.says(section)
    return numbered and not turns_back(section.title, tree.known)


def _whole(tree: SectionTree, stages: Sequence[Section]) -> Section | None:
    """Return the section with all there is to do but the preparations."""
    late = [s for s in stages if not _leads(tree, s, Topic.BEFORE)]
    early = len(late) < len(stages)
    whole = [s for s in late if _has_steps(tree, s, alone=len(late) == 1, early=early)]
    if len(whole) != 1 or any(_leads(tree, s, Topic.AFTER) for s in late):
        return None
    return whole[0]


def _has_steps(
    tree: SectionTree, section: Section, *, alone: bool, early: bool
) -> bool:
    """
    Tell whether a section holds the steps of the procedure, whole as it is.

    Args:
        tree: All sections.
        section: One of the row of stages.
        alone: Whether nothing else of the row follows the preparations.
        early: Whether preparations stand beside it.
    """
    if tree.order(section) >= Order.NUMBER:
        return False
    able = [s for s in tree.children[section.index] if tree.able(s)]
    named = sum(tree.order(s) is Order.NAME for s in able)
    if named >= _ROW or (not early and _ends_in_checks(tree, able)):
        return alone or bool(_PROCEDURE.search(section.title))
    return alone and len(able) >= _ROW and bool(_HOW_TO.match(section.title))


def _ends_in_checks(tree: SectionTree, row: Sequence[Section]) -> bool:
    """Tell whether numbered parts go on to what comes after: all is told in them."""
    numbered = all(tree.order(s) is Order.NUMBER for s in row)
    after = row and tree.topics[row[-1].index] & {Topic.AFTER, Topic.VERIFY}
    return len(row) >= _ROW and numbered and bool(after)


def _steps(tree: SectionTree, stages: Sequence[Section], rows: _Rows) -> Section | None:
    """Return the one section of numbered steps, if what is beside it has their rank."""
    parted = [s for s in stages if len(rows[s.index]) >= _ROW]
    steps = [s for s in parted if _is_numbered(tree, rows[s.index])]
    named = [s for s in steps if _PROCEDURE.search(s.title)]
    found = next(iter(named if len(named) == 1 else steps), None)
    if found is None or tree.order(found) >= Order.NUMBER:
        return None
    if found in named and not _is_around(tree, found):
        beside = (s for s in parted if s is not found)
        return None if any(_is_around(tree, s) for s in beside) else found
    return found if _is_nearly_all(tree, found, stages, rows) else None


def _is_nearly_all(
    tree: SectionTree, section: Section, stages: Sequence[Section], rows: _Rows
) -> bool:
    """Tell whether little else is to be done, all of it in one piece, none after it."""
    beside = [s for s in stages if s is not section]
    single = all(len(rows[s.index]) < _ROW for s in beside)
    ended = any(_leads(tree, s, Topic.AFTER) for s in beside)
    return single and not ended and len(rows[section.index]) > _NEARLY_ALL * len(beside)


def _is_numbered(tree: SectionTree, row: Sequence[Section]) -> bool:
    """Tell whether parts are numbered, or run from before to after."""
    around = _leads(tree, row[0], Topic.BEFORE) and _leads(tree, row[-1], Topic.AFTER)
    return around or all(tree.order(s) >= Order.NUMBER for s in row)


def _is_around(tree: SectionTree, section: Section) -> bool:
    return _leads(tree, section, Topic.BEFORE) or _leads(tree, section, Topic.AFTER)


def _leads(tree: SectionTree, section: Section, topic: Topic) -> bool:
    return topic in tree.known.topics(first_word(section.title))
