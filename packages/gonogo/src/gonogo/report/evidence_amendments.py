"""The plans of a rollout that was amended: who changed what, and what ran under which."""

from collections.abc import Iterator

from gonogo.model import event as events
from gonogo.model.plan import Plan, Stage
from gonogo.report.blocks import (
    Block,
    Code,
    Line,
    Paragraph,
    Section,
    Table,
    Text,
    refs,
    text,
)
from gonogo.report.evidence_stages import ended, entered
from gonogo.report.history import Entry, History
from gonogo.report.sentences import amended_from, carried_over
from gonogo.report.wording import NONE, instant_text, one_line, person_text

Amended = Entry[events.PlanAmended]

_HEAD = ("When", "Who", "From", "Plan before", "Plan after", "Why", "Consents")


def amendments_section(history: History) -> Section:
    """Return each change of the plan, and the plans that each stage ran under."""
    every = history.of(events.PlanAmended)
    blocks = tuple(_blocks(history, every)) if every else ()
    return Section(id="amendments", title="Amendments", blocks=blocks)


def _blocks(history: History, every: tuple[Amended, ...]) -> Iterator[Block]:
    yield Paragraph(
        text=text(
            "The document above is the last one that the rollout went over to. What a "
            "plan changed has names of its own here: 'l24~2' was brought by the second."
        )
    )
    yield Table(head=_HEAD, rows=tuple(_row(entry) for entry in every))
    plan = history.started.event.plan
    for entry in every:
        yield from _replaced(entry, plan)
        plan = entry.event.plan
    rows = tuple(_ran(history, every, stage) for stage in history.plan.stages)
    yield Table(head=("Stage", "Line", "Ran under"), rows=rows)


def _row(entry: Amended) -> tuple[Text, ...]:
    event = entry.event
    return (
        text(f"{instant_text(entry.at)} ", refs(entry.seq)),
        (person_text(event.by),),
        (amended_from(event),),
        (Code(event.before),),
        text(
            Code(event.plan.digest), ", of the document's ", Code(event.document_plan)
        ),
        (one_line(event.reason) or NONE,),
        (carried_over(event),),
    )


def _replaced(entry: Amended, before: Plan) -> Iterator[Paragraph]:
    """Name the stages of the plan before that are no more, as its document had them."""
    ids = [stage.id for stage in entry.event.plan.stages]
    first = entry.event.from_stage
    kept = len(ids) if first is None else ids.index(first)
    gone = [f"'{s.title}' (line {s.line})" for s in before.stages[kept:]]
    if gone:
        words = f"In place of {', '.join(gone)} of the document before. "
        yield Paragraph(text=text(words, refs(entry.seq)))


def _ran(
    history: History, every: tuple[Amended, ...], stage: Stage
) -> tuple[Text, ...]:
    """Return the digests in force from when a stage was entered until it was left."""
    begin, end = entered(history, stage), ended(history, stage)
    if begin is None:
        return ((stage.title,), (Line(stage.line),), (NONE,))
    first = history.started.event.plan.digest
    for entry in every:
        first = entry.event.plan.digest if entry.seq < begin.seq else first
    later = [e for e in every if begin.seq < e.seq and (not end or e.seq < end.seq)]
    ran = text(Code(first))
    for entry in later:
        ran = text(ran, ", then ", Code(entry.event.plan.digest))
    return ((stage.title,), (Line(stage.line),), ran)
