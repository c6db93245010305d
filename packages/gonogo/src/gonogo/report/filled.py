"""
The filled document: the source with what the rollout proved written into it.

Boxes are ticked, 'Actual' cells hold what was measured, approvals and sign-offs who
gave them and when. Nothing else changes, not by a byte: taking the insertions away
gives the source back. What is written where, and what it claims, is told in
`docs/explanation/evidence.md`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gonogo.document.reader.read import read
from gonogo.report.edits import Edit, page_of
from gonogo.report.filled_boxes import box_edits
from gonogo.report.filled_cells import approval_edits, gate_edits
from gonogo.report.filling import Filling, last_judgements
from gonogo.report.history import History, history_of
from gonogo.report.story import stories_of

if TYPE_CHECKING:
    from gonogo.document.reading import Reading
    from gonogo.model.record import Record


def filled_document(records: Sequence["Record"]) -> str:
    """
    Return the document of a rollout with everything proven filled in.

    Args:
        records: Of one rollout, oldest first; it may still be running.

    Raises:
        EmptyJournal: There are none.
    """
    history = history_of(records)
    return filled_from(history, reading_of(history))


def reading_of(history: History) -> "Reading":
    """Read the document to fill in, to know where its blanks are."""
    return read(history.text.encode(errors="replace"), history.plan.document)


def filled_from(history: History, reading: "Reading") -> str:
    """Return the document of an indexed journal, filled in."""
    page = page_of(history.text)
    return page.edited(edits_of(history, reading))


def edits_of(history: History, reading: "Reading") -> tuple[Edit, ...]:
    """Return everything that is written into the document, in no order."""
    filling = Filling(
        history=history,
        reading=reading,
        page=page_of(history.text),
        stories=tuple(stories_of(history).values()),
        judged=last_judgements(history),
    )
    cells = (*approval_edits(filling), *gate_edits(filling))
    return (*cells, *box_edits(filling))
