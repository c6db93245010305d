"""Lines about people: who answers when, and what they do of their own accord."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from gonogo.model.plan import CHOICES, Approval, Plan, Question
from gonogo.simulation.script.clauses import when_from
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.naming import Named, Words, find, fold
from gonogo.simulation.script.rules import (
    Answers,
    Approver,
    Consent,
    Deed,
    PersonActs,
    Rule,
    WorkingHours,
)
from gonogo.simulation.script.spans import CLAUSES, clock_from, moment_from, span_from
from gonogo.simulation.script.tokens import Token

SAYS = {
    "approves": Consent.APPROVES,
    "approve": Consent.APPROVES,
    "refuses": Consent.REFUSES,
    "refuse": Consent.REFUSES,
}
SILENT = frozenset({"silent", "absent", "away"})
DEEDS = {
    "aborts": Deed.ABORT,
    "pauses": Deed.PAUSE,
    "resumes": Deed.RESUME,
}
VERBS = frozenset({*SAYS, *SILENT, *DEEDS, "answers", "answer", "works", "work"})
EXAMPLE = (
    "approver silent for two days; approver Dev Lead approves after 2 hours; "
    "approver Dev Lead refuses"
)


def approver_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'approver silent …', 'approver ROLE approves …', 'ROLE refuses …'.

    Raises:
        Unclear: The role, what it does, or a clause is not understood.
    """
    role = None
    if not cursor.sees_one(VERBS | {"is", "are"}):
        role = _role(cursor.words_until(_ends_name), plan, approvers=True)
    return _behaves(cursor, plan, role)


def _behaves(cursor: Cursor, plan: Plan, role: str | None) -> Rule:
    cursor.takes_one({"is", "are"})
    word = cursor.takes_one({*SAYS, *SILENT})
    if not word:
        cursor.miss("what they do: approves, refuses, silent", EXAMPLE)
    if word in SILENT:
        return Approver(role=role, says=None, when=when_from(cursor, plan))
    after = _delay(cursor)
    return Approver(
        role=role, says=SAYS[word], when=when_from(cursor, plan), after=after
    )


def _delay(cursor: Cursor) -> timedelta:
    """Go past 'after 2 hours', 'in 10 minutes'; how long it takes to be answered."""
    mark = cursor.mark()
    if cursor.takes_one({"after", "in", "within"}):
        if cursor.sees_one({"stage"}):
            cursor.back(mark)
            return timedelta()
        return span_from(cursor)
    cursor.takes("at", "once")
    return timedelta()


def everyone_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'everyone answers in 10 minutes', '… is silent', '… works 9:00 to 17:00'.

    Raises:
        Unclear: What they do, or a clause, is not understood.
    """
    if cursor.takes_one({"works", "work"}):
        return _hours(cursor)
    return _answering(cursor, plan, role=None, everyone=True)


def _hours(cursor: Cursor) -> WorkingHours:
    cursor.takes_one({"from", "between"})
    opens = clock_from(cursor)
    if not cursor.takes_one({"to", "and", "until", "till"}):
        cursor.miss("'to' and when they stop", "everyone works 9:00 to 17:00")
    closes = clock_from(cursor)
    weekends = cursor.takes("and", "weekends") or cursor.takes("every", "day")
    if not cursor.done:
        cursor.miss("nothing, or 'every day'", "everyone works 9:00 to 17:00 every day")
    if closes <= opens:
        what = "they have to stop later than they begin."
        raise Unclear(0, len(cursor.text), what)
    return WorkingHours(opens=opens, closes=closes, weekends=weekends)


def _answering(
    cursor: Cursor, plan: Plan, *, role: str | None, everyone: bool = False
) -> Rule:
    cursor.takes_one({"is", "are"})
    if cursor.takes_one(SILENT):
        when = when_from(cursor, plan)
        return Answers(role=role, silent=True, everyone=everyone, when=when)
    if not cursor.takes_one({"answers", "answer", "approves", "approve"}):
        wanted = "what they do: answers, is silent, works"
        cursor.miss(wanted, "everyone answers in 10 minutes")
    after = _delay(cursor)
    when = when_from(cursor, plan)
    return Answers(role=role, everyone=everyone, when=when, after=after)


def answer_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'answer no to QUESTION [after SPAN]'.

    Raises:
        Unclear: The answer is none that the question takes, or it is not there.
    """
    said = cursor.words_until(lambda token: token.word in {"to", "after"})
    if not said.text or not cursor.takes("to"):
        cursor.miss("an answer, 'to', and the question", "answer no to 'Smoke test'")
    words = cursor.words_until(lambda token: token.word in CLAUSES)
    subject = find(words, tuple(_subjects(plan)), "question")
    _check_choice(said, subject, plan)
    after = _delay(cursor)
    when = when_from(cursor, plan)
    return Answers(subject=subject, word=said.text, when=when, after=after)


def _subjects(plan: Plan) -> Iterator[Named[str]]:
    for stage in plan.stages:
        for step in stage.steps:
            if not isinstance(step, Approval):
                yield Named(name=step.title, value=str(step.id), line=step.line)
    for metric in plan.metrics:
        yield Named(name=metric.name, value=str(metric.name))


def _check_choice(said: Words, subject: str, plan: Plan) -> None:
    steps = (step for stage in plan.stages for step in stage.steps)
    step = next((each for each in steps if each.id == subject), None)
    choices = CHOICES[step.purpose] if isinstance(step, Question) else ()
    if choices and said.text.casefold() not in choices:
        listed = "', '".join(choices)
        what = f"'{said.text}' is no answer to '{step.title if step else subject}'."
        raise Unclear(said.start, said.end, what, f"It takes '{listed}'.")


def person_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'kim aborts at hour 5', 'Dev Lead is silent for two days'.

    Raises:
        Unclear: The person, what they do, or a clause is not understood.
    """
    words = cursor.words_until(_ends_name)
    deed = cursor.takes_one(DEEDS)
    if deed:
        return _acts(cursor, plan, words.text or "somebody", DEEDS[deed])
    cursor.takes_one({"is", "are"})
    if cursor.sees_one(SAYS):
        return _behaves(cursor, plan, _role(words, plan, approvers=True))
    role = _role(words, plan, approvers=False)
    if role in set(_roles(plan, approvers=True)) and cursor.sees_one(SILENT):
        return _behaves(cursor, plan, role)
    return _answering(cursor, plan, role=role)


def _acts(cursor: Cursor, plan: Plan, name: str, deed: Deed) -> PersonActs:
    cursor.takes("the", "rollout")
    cursor.takes_one({"at", "in", "after", "on"})
    moment = moment_from(cursor, plan)
    reason = ""
    if cursor.takes_one({"because"}):
        reason = cursor.words_until(lambda _: False).text
    if not cursor.done:
        cursor.miss("nothing, or 'because' and why", "kim aborts at hour 5")
    return PersonActs(name=name, deed=deed, moment=moment, reason=reason)


def _ends_name(token: Token) -> bool:
    return token.word in VERBS | CLAUSES | {"is", "are"}


def _role(words: Words, plan: Plan, *, approvers: bool) -> str:
    named = [Named(name=each, value=each) for each in _roles(plan, approvers=approvers)]
    return find(words, named, "approver" if approvers else "role")


def _roles(plan: Plan, *, approvers: bool) -> Sequence[str]:
    """Return every role once, as it is first written."""
    steps = [step for stage in plan.stages for step in stage.steps]
    told = [step.role for step in steps if isinstance(step, Approval)]
    if not approvers:
        told += [
            step.role for step in steps if isinstance(step, Question) and step.role
        ]
    first: dict[str, str] = {}
    for role in told:
        first.setdefault(fold(role), role)
    return tuple(first.values())
