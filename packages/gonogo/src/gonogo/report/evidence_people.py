"""What people said: consents, answers, incident tasks, pauses, and what was refused."""

from collections.abc import Mapping

from gonogo.model import event as events
from gonogo.model.command import Person
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Approval
from gonogo.report.blocks import Line, Section, Strong, Table, Text, refs, text
from gonogo.report.history import Entry, History
from gonogo.report.incident import TaskStory, task_stories_of
from gonogo.report.sentences import sentence_of
from gonogo.report.wording import instant_text, one_line, span_text


def approvals_section(history: History) -> Section:
    """Return one row for each consent that the plan needs, given or not."""
    steps = [s for s in history.state.plan_steps() if isinstance(s, Approval)]
    rows = tuple(_approval(history, step) for step in steps)
    head = ("Role", "Line", "Asked", "Word", "Who", "Through", "When", "Comment")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="approvals", title="Approvals", blocks=blocks)


def answers_section(history: History) -> Section:
    """Return one row for each answer, in the order in which they came."""
    asked = {e.event.question: e for e in history.of(events.QuestionAsked)}
    said = history.of(events.QuestionAnswered)
    rows = tuple(_answer(history, entry, asked) for entry in said)
    head = ("Question", "Answer", "Who", "Through", "When", "Comment")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="answers", title="Answers", blocks=blocks)


def incident_section(history: History) -> Section:
    """Return the tasks of the incident response, and whether each was in time."""
    rows = tuple(_task(history, story) for story in task_stories_of(history))
    head = ("Task", "Line", "Within", "Due", "Done", "In time")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="incident", title="Incident response", blocks=blocks)


def pauses_section(history: History) -> Section:
    """Return what held the rollout, and let it go on; and the runners that took over."""
    kinds = (
        events.RolloutPaused,
        events.RolloutResumed,
        events.RolloutFrozen,
        events.RolloutThawed,
        events.WindowAwaited,
        events.WindowOpened,
        events.RunnerRecovered,
    )
    rows = _plain_rows(history, *kinds)
    head = ("What happened", "When", "Evidence")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="pauses", title="Pauses and interruptions", blocks=blocks)


def control_section(history: History) -> Section:
    """Return what people had tried again, and what two of them left out."""
    rows = _plain_rows(history, events.RetryAsked, events.SkipAsked, events.StepSkipped)
    head = ("What happened", "When", "Evidence")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="control", title="Retried and skipped", blocks=blocks)


def rejected_section(history: History) -> Section:
    """Return the commands that were refused."""
    rows = _plain_rows(history, events.CommandRejected)
    head = ("What was asked", "When", "Evidence")
    blocks = (Table(head=head, rows=rows),) if rows else ()
    return Section(id="rejected", title="Rejected commands", blocks=blocks)


def _plain_rows(
    history: History, *kinds: type[events.Event]
) -> tuple[tuple[Text, ...], ...]:
    entries = [entry for kind in kinds for entry in history.of(kind)]
    entries.sort(key=lambda entry: entry.seq)
    return tuple(
        ((sentence_of(e.event),), (instant_text(e.at),), refs(e.seq)) for e in entries
    )


_WORDS: Mapping[type[events.Event], str] = {
    events.ApprovalGiven: "consent",
    events.ApprovalRefused: "refused",
    events.ApprovalTimedOut: "timed out",
}


def _approval(history: History, step: Approval) -> tuple[Text, ...]:
    asked = _of_step(history, step, events.ApprovalAsked)
    words = [w for kind in _WORDS for w in _of_step(history, step, kind)]
    words.sort(key=lambda entry: entry.seq)
    lapsed = _of_step(history, step, events.ApprovalLapsed)
    return (
        (step.role,),
        (Line(step.line),),
        _times(asked) or ("never asked",),
        _verdict(words, lapsed),
        text("; ".join(_names(words))),
        text("; ".join(_sources(words))),
        _times(words),
        text("; ".join(_comments(words))),
    )


def _of_step(
    history: History, step: Approval, kind: type[events.Event]
) -> list[Entry[events.Event]]:
    entries = history.of(kind)
    return [e for e in entries if getattr(e.event, "step", None) == step.id]


def _verdict(
    words: list[Entry[events.Event]], lapsed: list[Entry[events.Event]]
) -> Text:
    """Return the last word; refused, timed out and no word are different things."""
    if not words:
        return ("none",)
    last = words[-1]
    if lapsed and lapsed[-1].seq > last.seq:
        return text(Strong("lapsed"), " ", refs(lapsed[-1].seq))
    word = _WORDS[type(last.event)]
    return text(word if word == "consent" else Strong(word), " ", refs(last.seq))


def _names(words: list[Entry[events.Event]]) -> list[str]:
    return [person.name for person in _people(words)]


def _sources(words: list[Entry[events.Event]]) -> list[str]:
    return [person.source for person in _people(words)]


def _people(words: list[Entry[events.Event]]) -> list[Person]:
    given = (events.ApprovalGiven, events.ApprovalRefused)
    return [e.event.by for e in words if isinstance(e.event, given)]


def _comments(words: list[Entry[events.Event]]) -> list[str]:
    given = (events.ApprovalGiven, events.ApprovalRefused)
    said = [e.event.comment for e in words if isinstance(e.event, given)]
    return [one_line(comment) for comment in said if comment]


def _times(entries: list[Entry[events.Event]]) -> Text:
    parts = [text(f"{instant_text(e.at)} ", refs(e.seq)) for e in entries]
    return text(*(text("; " if i else "", part) for i, part in enumerate(parts)))


def _answer(
    history: History,
    entry: Entry[events.QuestionAnswered],
    asked: dict[QuestionId, Entry[events.QuestionAsked]],
) -> tuple[Text, ...]:
    event = entry.event
    early = " (before it was asked)" if event.early else ""
    return (
        _question(history, event, asked.get(event.question)),
        (f"{event.answer}{early}",),
        (event.by.name,),
        (event.by.source,),
        text(f"{instant_text(entry.at)} ", refs(entry.seq)),
        (one_line(event.comment),),
    )


def _question(
    history: History,
    event: events.QuestionAnswered,
    asked: Entry[events.QuestionAsked] | None,
) -> Text:
    """Return the question's own words, and where it was asked."""
    if asked is not None:
        return text(f"{one_line(asked.event.text)} ", refs(asked.seq))
    step = history.state.find_step(event.question)
    if step is None:
        return (event.question,)
    return text(f"{step.title} (", Line(step.line), ")")


def _task(history: History, story: TaskStory) -> tuple[Text, ...]:
    task = story.task
    items = f": {'; '.join(task.items)}" if task.items else ""
    return (
        (f"{task.title}{items}",),
        (Line(task.line),),
        (span_text(task.within) if task.within else "at once",),
        (instant_text(story.due),),
        _done_text(story),
        (_in_time(history, story),),
    )


def _done_text(story: TaskStory) -> Text:
    done = story.done
    if done is None:
        return (Strong("not yet"),)
    event = done.event
    who = ""
    if isinstance(event, events.QuestionAnswered):
        who = f", {event.by.name} says so"
    return text(f"{instant_text(done.at)}{who} ", refs(done.seq))


def _in_time(history: History, story: TaskStory) -> str | Strong:
    """Say whether a task was in time; one due 'at once' has no deadline to miss."""
    due, done = story.due, story.done
    if done is None:
        return Strong("overdue") if history.last_at > due else "open"
    if not story.task.within:
        return f"{span_text(done.at - due)} after"
    if done.at <= due:
        return f"yes, {span_text(due - done.at)} to spare"
    return Strong(f"no, {span_text(done.at - due)} late")
