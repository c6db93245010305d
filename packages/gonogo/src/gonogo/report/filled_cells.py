"""Cells: what was measured, how it was judged, and who approved, in their tables."""

from collections.abc import Iterator

from gonogo.document import reading
from gonogo.document.lines import Cell
from gonogo.model.event import ApprovalGiven, ApprovalRefused, ApprovalTimedOut
from gonogo.model.plan import Approval, Purpose, Question
from gonogo.model.verdict import Outcome
from gonogo.report.edits import Edit, fill_cell, is_blank
from gonogo.report.escaping import inline
from gonogo.report.filling import Filling, Judged
from gonogo.report.story import StepStory
from gonogo.report.wording import (
    MARKS,
    actual_text,
    date_text,
    instant_text,
    person_text,
)

# Worst first: what a cell says of several judgements.
_WORST = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASS)


def gate_edits(filling: Filling) -> Iterator[Edit]:
    """Yield what the 'Actual' and 'Status' cells of metric tables get."""
    for gate in filling.reading.gates:
        judged = _judged_in(filling, gate)
        if judged:
            yield from _measured(filling, gate, judged)
        else:
            yield from _judged_by_people(filling, gate)


def approval_edits(filling: Filling) -> Iterator[Edit]:
    """Yield what the cells of approvals and sign-offs get."""
    for approval in filling.reading.approvals:
        for story in filling.stories_at(approval.line):
            if isinstance(story.step, Approval):
                yield from _approval(filling, approval, story)


def _judged_in(filling: Filling, gate: reading.Gate) -> tuple[Judged, ...]:
    """Return the judgements of a row; of several gates in it, those of this metric."""
    judged = filling.judged_at(gate.line)
    own = tuple(
        j
        for j in judged
        if gate.metric in {j.gate.metric, j.gate.title}
        and j.gate.condition == gate.condition
    )
    return own or judged


def _measured(
    filling: Filling, gate: reading.Gate, judged: tuple[Judged, ...]
) -> Iterator[Edit]:
    if gate.actual is not None:
        texts = [
            inline(actual_text(j.gate, j.metric, j.measurement, j.found))
            for j in judged
        ]
        shown = "; ".join(dict.fromkeys(texts))
        yield fill_cell(filling.page, gate.actual, shown)
    if gate.status is not None:
        outcomes = {j.found.verdict.outcome for j in judged}
        worst = next(outcome for outcome in _WORST if outcome in outcomes)
        yield fill_cell(filling.page, gate.status, MARKS[worst])


def _judged_by_people(filling: Filling, gate: reading.Gate) -> Iterator[Edit]:
    """Fill a row whose metric no probe measures: a person was asked instead."""
    for story in filling.stories_at(gate.line):
        step = story.step
        if not isinstance(step, Question) or step.purpose is Purpose.DO:
            continue
        if story.done and story.by is not None:
            words = f"{inline(story.answer)} ({inline(story.by.name)})"
            outcome = Outcome.PASS
        elif story.answer:
            words, outcome = inline(story.answer), Outcome.FAIL
        else:
            continue
        if gate.actual is not None:
            yield fill_cell(filling.page, gate.actual, words)
        if gate.status is not None:
            yield fill_cell(filling.page, gate.status, MARKS[outcome])


def _approval(
    filling: Filling, approval: reading.Approval, story: StepStory
) -> Iterator[Edit]:
    history = filling.history
    given = history.state.approvals.get(story.step.id)
    if isinstance(given, ApprovalGiven):
        yield from _given(filling, approval, given)
    elif isinstance(given, ApprovalRefused):
        who, when = inline(given.by.name), instant_text(given.at)
        yield from _denied(filling, approval, f"✗ refused: {who}, {when}")
    else:
        for entry in history.of(ApprovalTimedOut):
            if entry.event.step == story.step.id:
                when = instant_text(entry.at)
                yield from _denied(filling, approval, f"✗ timed out {when}")


def _denied(filling: Filling, approval: reading.Approval, words: str) -> Iterator[Edit]:
    cell = approval.approved or approval.signature or approval.date or approval.name
    if cell is not None:
        raw = filling.page.line(cell.line)[cell.start - 1 : cell.end - 1]
        if raw.strip() and "<!--" not in raw:
            at = cell.start - 1 + len(raw.rstrip())
            yield Edit(line=cell.line, start=at, end=at, text=f" {words}")
        else:
            yield fill_cell(filling.page, cell, words)


def _given(
    filling: Filling, approval: reading.Approval, given: ApprovalGiven
) -> Iterator[Edit]:
    """Tick, name and date a consent; who and when always find a cell."""
    who = inline(given.by.name)
    named = approval.name is not None and _is_open(filling, approval.name)
    if approval.approved is not None:
        words = [] if named else [who]
        words += [] if approval.date else [instant_text(given.at)]
        yield from _tick(filling, approval.approved, ", ".join(words))
    if approval.name is not None and named:
        yield fill_cell(filling.page, approval.name, who)
    if approval.date is not None:
        alone = approval.approved is None and not named
        words_of_date = date_text(given.at) + (f" {who}" if alone else "")
        yield fill_cell(filling.page, approval.date, words_of_date)
    if approval.signature is not None:
        yield fill_cell(filling.page, approval.signature, inline(person_text(given.by)))


def _is_open(filling: Filling, cell: Cell) -> bool:
    raw = filling.page.line(cell.line)[cell.start - 1 : cell.end - 1]
    return is_blank(raw.partition("<!--")[0])


def _tick(filling: Filling, cell: Cell, words: str) -> Iterator[Edit]:
    """Tick a cell's own mark, or put one in; then say what the row has no cell for."""
    source, start = filling.page.line(cell.line), cell.start - 1
    raw = source[start : cell.end - 1]
    behind = f" {words}" if words else ""
    for mark, ticked in (("☐", "☑"), ("⬜", "✅"), ("[ ]", "[x]"), ("[]", "[x]")):
        at = raw.find(mark)
        if at >= 0:
            text = f"{ticked}{behind}"
            first, last = start + at, start + at + len(mark)
            yield Edit(line=cell.line, start=first, end=last, text=text)
            return
    yield fill_cell(filling.page, cell, f"☑{behind}")
