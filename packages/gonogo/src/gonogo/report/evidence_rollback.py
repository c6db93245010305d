"""The rollback: what is left for people first and loud, then every undo in order."""

from collections.abc import Iterator

from gonogo.decision.transitions import UndoPhase
from gonogo.model import event as events
from gonogo.report.blocks import (
    Block,
    Fold,
    Line,
    Paragraph,
    Section,
    Strong,
    Table,
    Text,
    refs,
    text,
)
from gonogo.report.evidence_actions import output_fold
from gonogo.report.history import History
from gonogo.report.story import UndoStory, undo_stories_of
from gonogo.report.wording import (
    NONE,
    instant_text,
    operation_text,
    seen_text,
    span_text,
)

_HEAD = ("Undo", "Of", "Line", "What it does", "Attempts", "Result", "Took")


def rollback_section(history: History) -> Section:
    """Return the rollback, newest entry first; nothing when there was none."""
    title = "Rollback"
    if history.state.aborted is None:
        return Section(id="rollback", title=title, blocks=())
    stories = tuple(reversed(undo_stories_of(history)))
    handed = [story for story in stories if story.handed_over]
    blocks: list[Block] = [_handed(story) for story in handed]
    if stories:
        rows = tuple(_row(story) for story in stories)
        blocks.append(Table(head=_HEAD, rows=rows))
    folds = [fold for story in stories for fold in _folds(story)]
    return Section(
        id="rollback", title=title, blocks=(*blocks, *_times(history), *folds)
    )


def _handed(story: UndoStory) -> Paragraph:
    """Tell of one entry that gonogo could not undo."""
    undo, handed, said = story.state, story.handed_over, story.confirmed
    proof = refs(handed.seq if handed else None, said.seq if said else None)
    if said is not None:
        words = (
            f" {said.event.by.name} says that it was done, {instant_text(said.at)}. "
        )
        head = f"Undone by hand: {undo.title}"
        return Paragraph(text=text(Strong(head), f": {undo.reason}.", words, proof))
    head = f"NOT undone, a person has to do it: {undo.title}"
    where = text(" (", Line(undo.line), f"): {undo.reason}. ")
    return Paragraph(loud=True, text=text(Strong(head), where, proof))


def _times(history: History) -> Iterator[Paragraph]:
    began = history.of(events.RolloutAborted)[-1]
    for over in history.of(events.RolledBack):
        took = span_text(over.at - began.at)
        words = f"From the decision to the end of the rollback: {took}. "
        yield Paragraph(text=text(words, refs(began.seq, over.seq)))


def _row(story: UndoStory) -> tuple[Text, ...]:
    undo = story.state
    what = operation_text(undo.operation) if undo.operation else "no way back is known"
    return (
        (str(undo.number),),
        (undo.title,),
        (Line(undo.line),),
        (what,),
        text(f"{len(story.intents)} ", refs(*(e.seq for e in story.intents))),
        _result(story),
        (_took(story),),
    )


def _result(story: UndoStory) -> Text:
    tries = text(
        *(
            text(f"failed: {seen_text(e.event.observation)} ", refs(e.seq), "; ")
            for e in story.failures
        )
    )
    if story.undone is not None:
        when = instant_text(story.undone.at)
        return text(tries, f"undone {when} ", refs(story.undone.seq))
    if story.handed_over is not None:
        when = instant_text(story.handed_over.at)
        proof = refs(story.handed_over.seq)
        return text(tries, Strong("handed over"), f" {when} ", proof)
    under_way = story.state.phase is UndoPhase.UNDER_WAY
    return text(tries, Strong("under way" if under_way else "still to do"))


def _took(story: UndoStory) -> str:
    if story.undone is None or not story.intents:
        return NONE
    return span_text(story.undone.at - story.intents[0].at)


def _folds(story: UndoStory) -> Iterator[Fold]:
    results = (*story.failures, *((story.undone,) if story.undone else ()))
    for entry in results:
        what = f"Output of undo {story.state.number}"
        yield from output_fold(entry.event.observation, entry.seq, what)
