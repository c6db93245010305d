"""How the rollout ended, in a sentence, and which rollout this is."""

from datetime import datetime, timedelta

from gonogo.analysis.threshold import limit_text
from gonogo.decision.transitions import Phase
from gonogo.model import event as events
from gonogo.model.sealing import digest_of
from gonogo.report.blocks import (
    Block,
    Code,
    Line,
    Paragraph,
    Section,
    Strong,
    Table,
    Text,
    refs,
    text,
)
from gonogo.report.filling import last_judgements
from gonogo.report.history import History
from gonogo.report.story import undo_stories_of
from gonogo.report.wording import actual_text, instant_text, person_text, span_text

# Two clocks closer than this are the same clock: a record is written when it is due.
_SAME_CLOCK = timedelta(seconds=5)


def outcome_section(history: History) -> Section:
    """Return the outcome: completed, rolled back and why, or not over yet."""
    tell = {
        Phase.COMPLETED: _completed,
        Phase.ROLLED_BACK: _turned_back,
        Phase.ROLLING_BACK: _turned_back,
        Phase.RUNNING: _running,
    }
    blocks = tell[history.state.phase](history)
    return Section(id="outcome", title="Outcome", blocks=blocks)


def headline(history: History) -> str:
    """Return the outcome in a few words; what was not undone is not called so."""
    state = history.state
    stage = state.current_stage
    where = f" at '{stage.title}'" if stage else ""
    stories = undo_stories_of(history)
    left = sum(story.left_open for story in stories)
    by_hand = sum(story.confirmed is not None for story in stories)
    if state.phase is Phase.ROLLED_BACK and left:
        return f"Turned back{where}: {left} of {len(stories)} not undone"
    if state.phase is Phase.ROLLED_BACK and by_hand:
        return f"Rolled back{where}, {by_hand} of {len(stories)} by hand"
    return {
        Phase.COMPLETED: "Completed",
        Phase.ROLLED_BACK: f"Rolled back{where}",
        Phase.ROLLING_BACK: f"Rolling back{where}",
        Phase.RUNNING: f"Still running{where}",
    }[state.phase]


def identity_section(history: History) -> Section:
    """Return what identifies this rollout, its plan, its document and its journal."""
    plan, last = history.plan, history.records[-1]
    rows: list[tuple[Text, ...]] = [
        (("Rollout",), (Code(history.state.rollout),)),
        (("Plan",), text(plan.title, " ", Code(plan.digest))),
        (("Document",), _document(history)),
        (("Service, environment",), text(f"{plan.service}, {plan.environment}")),
        (("Started by",), _started_by(history)),
        (("Plan time",), (_span(history.started.at, history.last_at),)),
        *_real_time(history),
        (("Journal",), text(f"{len(history.records)} records, head ", Code(last.link))),
    ]
    table = Table(head=("What", "Which"), rows=tuple(rows))
    return Section(id="identity", title="Identity", blocks=(table,))


def _document(history: History) -> Text:
    """Return the document's digest, and whether the journal's text is that document."""
    plan = history.plan
    kept = digest_of(history.document.encode(errors="replace"))
    named = text(plan.document, " ", Code(plan.document_digest))
    if kept == plan.document_digest:
        return named
    return text(named, "; the text that the journal keeps has ", Code(kept))


def _started_by(history: History) -> Text:
    started = history.started
    return text(person_text(started.event.by), " ", refs(started.seq))


def _span(start: datetime, end: datetime) -> str:
    return f"{instant_text(start)} to {instant_text(end)}, {span_text(end - start)}"


def _real_time(history: History) -> tuple[tuple[Text, ...], ...]:
    """Return the wall clock's span, where it is not that of the plan."""
    first, last = history.records[0], history.records[-1]
    apart = max(
        abs(first.recorded_at - first.at),
        abs(last.recorded_at - last.at),
    )
    if apart < _SAME_CLOCK:
        return ()
    words = _span(first.recorded_at, last.recorded_at)
    return ((("Real time",), (f"{words}: the rollout ran at another pace",)),)


def _completed(history: History) -> tuple[Block, ...]:
    done = history.of(events.RolloutCompleted)[-1]
    left = history.of(events.StagePromoted)
    return (
        Paragraph(
            text=text(
                Strong("Completed"),
                f" {instant_text(done.at)}, after "
                f"{span_text(done.at - history.started.at)}: {len(left)} of "
                f"{len(history.plan.stages)} stages were left through their gates. ",
                refs(done.seq),
            )
        ),
    )


def _running(history: History) -> tuple[Block, ...]:
    state = history.state
    stage, step = state.current_stage, state.current_step
    where = f" in the stage '{stage.title}'" if stage else ""
    at = f", at '{step.title}'" if step else ""
    paused = ", paused" if state.paused else ""
    return (
        Paragraph(
            loud=True,
            text=text(
                Strong("Not over"),
                f": at {instant_text(history.last_at)} the rollout is running{where}"
                f"{at}{paused}. This is an interim report. ",
                refs(history.records[-1].seq),
            ),
        ),
    )


def _turned_back(history: History) -> tuple[Block, ...]:
    aborted = history.of(events.RolloutAborted)[-1]
    stage = history.state.current_stage
    where = f" at the stage '{stage.title}'" if stage else ""
    why = Paragraph(
        text=text(
            Strong(f"Turned back{where}"),
            f", {instant_text(aborted.at)}: {aborted.event.reason}. ",
            refs(aborted.seq),
        ),
    )
    return (why, *_gate(history, aborted.event), *_way_back(history))


def _gate(history: History, aborted: events.RolloutAborted) -> tuple[Block, ...]:
    """Tell of the gate that tripped: its value, its limit, its line."""
    for judged in last_judgements(history):
        if judged.gate.id == aborted.gate:
            gate, found = judged.gate, judged.found
            value = actual_text(gate, judged.metric, judged.measurement, found)
            row: tuple[Text, ...] = (
                (gate.title,),
                (value,),
                (limit_text(gate.condition),),
                (Line(gate.line),),
                refs(judged.seq),
            )
            head = ("Gate that tripped", "Measured", "Limit", "Where", "Evidence")
            return (Table(head=head, rows=(row,)),)
    return ()


def _way_back(history: History) -> tuple[Block, ...]:
    """Say in one sentence what is undone, and loudly what is not."""
    stories = undo_stories_of(history)
    undone = [s for s in stories if s.undone]
    left = [s for s in stories if s.left_open]
    over = history.of(events.RolledBack)
    if not stories:
        words = "Nothing had been applied, so there was nothing to undo. "
        return (Paragraph(text=text(words, refs(*(e.seq for e in over)))),)
    by_hand = [s for s in stories if s.confirmed]
    said = f", {len(by_hand)} more by hand, people say" if by_hand else ""
    words = f"{len(undone)} of {len(stories)} steps of the way back are undone{said}"
    proof = refs(
        *(s.undone.seq for s in undone if s.undone),
        *(s.confirmed.seq for s in by_hand if s.confirmed),
    )
    found: list[Block] = [Paragraph(text=text(f"{words}. ", proof))]
    if not over:
        note = Strong("The rollback is not over; this is an interim report.")
        found.append(Paragraph(loud=True, text=(note,)))
    if left:
        note = Strong(
            f"{len(left)} of them gonogo could not undo, and nobody has said that it "
            "was done by hand. See 'Rollback'."
        )
        found.append(Paragraph(loud=True, text=(note,)))
    return tuple(found)
