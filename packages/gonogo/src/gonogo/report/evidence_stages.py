"""The timeline: when each stage was entered and left, and how long it took."""

from gonogo.model import event as events
from gonogo.model.plan import Stage
from gonogo.report.blocks import Line, Section, Strong, Table, Text, refs, text
from gonogo.report.history import Entry, History
from gonogo.report.status_stages import StageMark, mark_of
from gonogo.report.story import StepStory, stories_of
from gonogo.report.wording import NONE, instant_text, span_text

_HEAD = ("Stage", "Line", "State", "Entered", "Ended", "Took", "Steps done")


def stages_section(history: History) -> Section:
    """Return one row for each stage of the plan, those never entered too."""
    stories = tuple(stories_of(history).values())
    rows = tuple(
        _row(history, stage, index, stories)
        for index, stage in enumerate(history.plan.stages)
    )
    table = Table(head=_HEAD, rows=rows)
    return Section(id="stages", title="Stages", blocks=(table,) if rows else ())


def entered(history: History, stage: Stage) -> Entry[events.StageEntered] | None:
    """Return when a stage was entered; None when it was not."""
    every = history.of(events.StageEntered)
    return next((e for e in every if e.event.stage == stage.id), None)


def ended(history: History, stage: Stage) -> Entry[events.Event] | None:
    """Return how a stage ended: it was left, or the rollout turned back in it."""
    for entry in history.of(events.StagePromoted):
        if entry.event.stage == stage.id:
            return entry
    current = history.state.current_stage
    if current is not None and current.id == stage.id:
        return next(iter(history.of(events.RolloutAborted)), None)
    return None


def _row(
    history: History, stage: Stage, index: int, stories: tuple[StepStory, ...]
) -> tuple[Text, ...]:
    begin, end = entered(history, stage), ended(history, stage)
    mine = [s for s in stories if s.step in stage.steps]
    done = [s.completed.seq for s in mine if s.completed]
    mark = mark_of(history.state, index)
    return (
        (stage.title,),
        (Line(stage.line),),
        (Strong(mark) if mark is StageMark.BY_HAND else str(mark),),
        _when(begin),
        _when(end),
        (_took(history, begin, end),),
        text(f"{len(done)} of {len(mine)} ", refs(*done)),
    )


def _when(entry: Entry[events.Event] | None) -> Text:
    return text(f"{instant_text(entry.at)} ", refs(entry.seq)) if entry else (NONE,)


def _took(
    history: History,
    begin: Entry[events.Event] | None,
    end: Entry[events.Event] | None,
) -> str:
    if begin is None:
        return NONE
    until = end.at if end else history.last_at
    return span_text(until - begin.at) + ("" if end else " so far")
