"""
Boxes: ticked where the journal proves them, and told about where it does not.

A box is ticked only when every step on its line is done and none was undone. What was
applied and then undone says so, with both times; what failed or was refused says why.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from gonogo.decision.transitions import StepPhase
from gonogo.document.kinds import BoxKind
from gonogo.document.reading import Box
from gonogo.model.event import QuestionAnswered
from gonogo.model.plan import Purpose, Question
from gonogo.model.verdict import Outcome
from gonogo.report.edits import Edit, append, is_blank
from gonogo.report.escaping import inline
from gonogo.report.filling import Filling, Judged
from gonogo.report.incident import TaskStory, task_stories_of
from gonogo.report.story import StepStory, UndoStory
from gonogo.report.wording import actual_text, instant_text, later_text

_LIST_ITEM = re.compile(r"[\s>]*(?:[-*+]|\d+[.)])\s+\[$")
_TICKS = {" ": "x", "☐": "☑", "⬜": "✅"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is to be said of one box: whether it is ticked, and a note behind it."""

    ticked: bool
    note: str = ""


def box_edits(filling: Filling) -> tuple[Edit, ...]:
    """Return the ticks, the notes and the answers that the boxes get."""
    found = _findings(filling)
    ticks = [
        edit
        for box in filling.reading.boxes
        if box.line in found and not _in_approval_cell(filling, box)
        for edit in _mark(filling, box, found[box.line])
    ]
    return (*_answers(filling), *ticks, *_incident_notes(filling, found))


def _findings(filling: Filling) -> dict[int, Finding]:
    """Return what is known of each box, groups from the innermost out."""
    found: dict[int, Finding] = {}
    for box in filling.reading.boxes:
        finding = _finding(filling, box)
        if finding is not None:
            found[box.line] = finding
    groups = [box for box in filling.reading.boxes if box.kind is BoxKind.GROUP]
    for box in sorted(groups, key=lambda each: -each.depth):
        if box.line not in found and _all_ticked(filling, box, found):
            found[box.line] = Finding(ticked=True)
    return found


def _all_ticked(filling: Filling, box: Box, found: Mapping[int, Finding]) -> bool:
    inner = [each for each in filling.reading.boxes if each.parent_line == box.line]
    known = [found.get(each.line) for each in inner]
    return bool(known) and all(each is not None and each.ticked for each in known)


def _finding(filling: Filling, box: Box) -> Finding | None:
    stories = filling.stories_at(box.line, box.command_line)
    judged = filling.judged_at(box.line)
    if stories:
        return _of_steps(filling, stories, judged)
    if judged:
        return _of_gates(filling, judged)
    return _of_incident(filling, box)


def _of_steps(
    filling: Filling, stories: tuple[StepStory, ...], judged: tuple[Judged, ...]
) -> Finding | None:
    reversed_ = [_undo_note(story) for story in stories if _reversed(story)]
    troubles = [f"✗ {inline(story.trouble)}" for story in stories if story.trouble]
    if reversed_ or troubles:
        return Finding(ticked=False, note=_joined((*troubles, *reversed_)))
    if all(story.done for story in stories):
        words = [_word(filling, story) for story in stories if story.by]
        return Finding(ticked=True, note=_joined((*words, *map(_value, judged))))
    begun = [s for s in stories if s.phase is StepPhase.UNDER_WAY and s.began]
    since = [f"⏳ under way since {instant_text(s.began.at)}" for s in begun if s.began]
    return Finding(ticked=False, note=_joined(since)) if since else None


def _reversed(story: StepStory) -> bool:
    """Return whether the way back of a step was gone, or has to be by a person."""
    if story.undo is None:
        return False
    return story.undo.undone is not None or story.undo.handed_over is not None


def _undo_note(story: StepStory) -> str:
    undo, applied = story.undo, story.applied
    if undo is None:
        return ""
    before = f"applied {instant_text(applied.at)}, " if applied else ""
    return _undo_words(undo, before, applied.at if applied else None)


def _undo_words(undo: UndoStory, before: str, applied_at: datetime | None) -> str:
    def when(at: datetime) -> str:
        return later_text(at, after=applied_at) if applied_at else instant_text(at)

    if undo.undone is not None:
        return f"↩ {before}undone {when(undo.undone.at)}"
    if undo.confirmed is not None:
        name = inline(undo.confirmed.event.by.name)
        said = when(undo.confirmed.at)
        return f"↩ {before}undone by hand: {name} says so, {said}"
    return f"⚠ {before}**NOT undone**, handed to a person: {inline(undo.state.reason)}"


def _word(filling: Filling, story: StepStory) -> str:
    """Say whose word a tick rests on."""
    who = inline(story.by.name) if story.by else ""
    when = instant_text(story.completed.at) if story.completed else ""
    answer = ""
    if _fills_in(story) and not _blanks(filling, story):
        answer = f"{inline(story.answer)}, "
    return f"✓ {answer}{who}, {when}"


def _value(judged: Judged) -> str:
    text = actual_text(judged.gate, judged.metric, judged.measurement, judged.found)
    return inline(text)


def _of_gates(filling: Filling, judged: tuple[Judged, ...]) -> Finding:
    """Tell of a box that is only a gate: ticked when its stage was left through it."""
    left = _left_stages(filling)
    held = all(j.found.verdict.outcome is Outcome.PASS for j in judged)
    proven = all(j.gate.id in left for j in judged)
    values = _joined(map(_value, judged))
    if held:
        return Finding(ticked=proven, note=values)
    words = "; ".join(j.found.verdict.outcome.value for j in judged)
    return Finding(ticked=False, note=f"✗ {words}: {values}")


def _left_stages(filling: Filling) -> set[str]:
    """Return the gates of the stages that were promoted."""
    state = filling.history.state
    ended_well = state.phase.value == "completed"
    count = len(state.plan.stages) if ended_well else max(state.stage, 0)
    return {gate.id for stage in state.plan.stages[:count] for gate in stage.gates}


def _of_incident(filling: Filling, box: Box) -> Finding | None:
    """Tell of a box that is a task of the incident response."""
    for story in task_stories_of(filling.history):
        if story.task.line == box.line:
            return Finding(ticked=story.done is not None, note=_task_note(story))
    return None


def _incident_notes(filling: Filling, found: Mapping[int, Finding]) -> Iterator[Edit]:
    """Tell of the tasks of the incident response on lines without a box."""
    for story in task_stories_of(filling.history):
        if story.task.line not in found:
            note = f" — {_task_note(story)}"
            yield append(filling.page, story.task.line, note)


def _task_note(story: TaskStory) -> str:
    done = story.done
    if done is None:
        return f"⚠ **not done**, due {instant_text(story.due)}"
    who = ""
    if isinstance(done.event, QuestionAnswered):
        who = f"{inline(done.event.by.name)}, "
    return f"✓ {who}{instant_text(done.at)}"


def _answers(filling: Filling) -> Iterator[Edit]:
    """Put what people filled in where the blank was."""
    for story in filling.stories:
        if not _fills_in(story) or not story.done:
            continue
        for start, end in _blanks(filling, story):
            line, text = story.step.line, inline(story.answer)
            yield Edit(line=line, start=start, end=end, text=text)


def _fills_in(story: StepStory) -> bool:
    step = story.step
    return isinstance(step, Question) and step.purpose is Purpose.FILL_IN


def _blanks(filling: Filling, story: StepStory) -> tuple[tuple[int, int], ...]:
    """Return the one blank on a step's line, outside blocks; none when many are."""
    source = filling.page.line(story.step.line)
    spans = [
        (p.column - 1, p.column - 1 + len(p.text))
        for p in filling.reading.placeholders
        if p.line == story.step.line and p.command_line is None
    ]
    good = [s for s in spans if s[1] <= len(source) and _is_gap(source[slice(*s)])]
    return tuple(good) if len(good) == 1 else ()


def _is_gap(text: str) -> bool:
    return is_blank(text) or text[:1] in "<[{_"


def _mark(filling: Filling, box: Box, finding: Finding) -> Iterator[Edit]:
    source = filling.page.line(box.line)
    at = box.mark_column - 1
    mark = source[at : at + 1]
    if finding.ticked and mark in _TICKS:
        yield Edit(line=box.line, start=at, end=at + 1, text=_TICKS[mark])
    if not finding.note:
        return
    if _in_row(source, at):
        behind = at + (2 if source[at + 1 : at + 2] == "]" else 1)
        yield Edit(line=box.line, start=behind, end=behind, text=f" {finding.note}")
    else:
        yield append(filling.page, box.line, f" — {finding.note}")


def _in_row(source: str, at: int) -> bool:
    """Return whether a mark stands in a table row: nothing may go behind its pipe."""
    if _LIST_ITEM.fullmatch(source[:at]):
        return False
    return source.lstrip().startswith("|") or (
        "|" in source[:at] and "|" in source[at:]
    )


def _in_approval_cell(filling: Filling, box: Box) -> bool:
    return any(
        a.approved is not None
        and a.approved.line == box.line
        and a.approved.start <= box.mark_column < a.approved.end
        for a in filling.reading.approvals
    )


def _joined(notes: Iterable[str]) -> str:
    """Join notes, each said once."""
    return "; ".join(dict.fromkeys(note for note in notes if note))
