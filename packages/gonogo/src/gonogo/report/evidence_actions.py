"""What was looked at and what was done: checks and actions, with what they printed."""

from collections.abc import Iterable, Iterator
from typing import Any

from gonogo.model import event as events
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Step
from gonogo.model.verdict import Observation
from gonogo.report.blocks import (
    Block,
    Fold,
    Line,
    Mark,
    Section,
    Strong,
    Table,
    Text,
    refs,
    text,
)
from gonogo.report.history import Entry, History
from gonogo.report.wording import (
    NONE,
    instant_text,
    number_text,
    one_line,
    operation_text,
    seen_text,
)

# The journal keeps all of an output; a report keeps what a person reads at a glance.
_LINES_SHOWN = 40
_CHARACTERS_SHOWN = 4000


def checks_section(history: History) -> Section:
    """Return one row for each look that was judged, and what it printed."""
    entries = history.of(events.CheckJudged)
    rows = tuple(_check(history, entry) for entry in entries)
    head = ("Check", "Line", "Verdict", "Why", "Attempt", "When")
    table = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="checks", title="Checks", blocks=(*table, *_folds(entries)))


def actions_section(history: History) -> Section:
    """Return each action from its intent to its result, and what it printed."""
    rows = tuple(_rows(history))
    head = ("Action", "Line", "Intent", "Result", "Took", "Way back")
    table: tuple[Block, ...] = (Table(head=head, rows=rows),) if rows else ()
    results = sorted(_results(history), key=lambda entry: entry.seq)
    return Section(id="actions", title="Actions", blocks=(*table, *_folds(results)))


def output_fold(seen: Observation, seq: int, what: str) -> tuple[Fold, ...]:
    """Return what was printed, cut to what a person reads; nothing for silence."""
    printed = seen.output.strip("\r\n")
    if not printed.strip():
        return ()
    lines = printed.splitlines()
    shown = "\n".join(lines[:_LINES_SHOWN])[:_CHARACTERS_SHOWN]
    cut = "" if shown == "\n".join(lines) else ", cut: the journal holds more"
    count = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
    summary = text(f"{what}: {count}{cut} ", refs(seq))
    return (Fold(summary=summary, output=shown),)


_Result = Entry[events.ActionApplied | events.ActionFailed]


def _results(history: History) -> tuple[_Result, ...]:
    applied: tuple[_Result, ...] = history.of(events.ActionApplied)
    return (*applied, *history.of(events.ActionFailed))


def _folds(entries: Iterable[_Result | Entry[events.CheckJudged]]) -> Iterator[Fold]:
    for entry in entries:
        event = entry.event
        what = f"Output of '{event.step}'"
        yield from output_fold(event.observation, entry.seq, what)


def _check(history: History, entry: Entry[events.CheckJudged]) -> tuple[Text, ...]:
    event = entry.event
    step = history.state.find_step(event.step)
    return (
        (step.title if step else event.step,),
        _line(step),
        (Mark(event.verdict.outcome),),
        (one_line("; ".join(event.verdict.reasons)),),
        (str(event.attempt),),
        text(f"{instant_text(entry.at)} ", refs(entry.seq)),
    )


def _rows(history: History) -> Iterator[tuple[Text, ...]]:
    """Yield a row for each intent, each deed by hand, and each failure before both."""
    intents: list[Entry[Any]] = [
        *history.of(events.ActionIntended),
        *history.of(events.ActionByHand),
        *(e for e in history.of(events.ActionFailed) if e.event.attempt == 0),
    ]
    for entry in sorted(intents, key=lambda each: each.seq):
        step = history.state.find_step(entry.event.step)
        title = step.title if step else entry.event.step
        yield ((title,), _line(step), *_told(history, entry))


def _line(step: Step | None) -> Text:
    return (Line(step.line),) if step else ()


def _told(history: History, entry: Entry[Any]) -> tuple[Text, ...]:
    event = entry.event
    if isinstance(event, events.ActionByHand):
        words = text(f"{event.by.name} says that it was done ", refs(entry.seq))
        return (("by hand",), words, (NONE,), _way_back(event))
    if isinstance(event, events.ActionFailed):
        why = f" before it was applied: {seen_text(event.observation)} "
        return (
            ("none",),
            text(Strong("failed"), why, refs(entry.seq)),
            (NONE,),
            (NONE,),
        )
    result = _result(history, event)
    intent = text(
        f"{operation_text(event.operation)}, {instant_text(entry.at)} ",
        refs(entry.seq),
    )
    return (intent, *_result_told(history, event.step, result), _way_back(event))


def _result(history: History, intent: events.ActionIntended) -> _Result | None:
    return next(
        (
            entry
            for entry in _results(history)
            if entry.event.step == intent.step and entry.event.attempt == intent.attempt
        ),
        None,
    )


def _result_told(
    history: History,
    step: StepId,
    result: _Result | None,
) -> tuple[Text, Text]:
    if result is None:
        doubts = [e for e in history.of(events.ActionInDoubt) if e.event.step == step]
        settled = [
            e for e in history.of(events.ActionNotApplied) if e.event.step == step
        ]
        proof = refs(*(e.seq for e in doubts), *(e.seq for e in settled))
        words = "it had not happened " if settled else "no result in the journal "
        return text(Strong(words.strip()), " ", proof), (NONE,)
    seen = result.event.observation
    failed = isinstance(result.event, events.ActionFailed)
    words = f"{', ' if failed else ''}{seen_text(seen)}, {instant_text(result.at)} "
    told = text(Strong("failed") if failed else "", words, refs(result.seq))
    return told, (f"{number_text(seen.took_s)} s",)


def _way_back(event: events.ActionIntended | events.ActionByHand) -> Text:
    if event.undo is not None:
        return (operation_text(event.undo),)
    return ("recorded already",) if event.covered else (Strong("none known"),)
