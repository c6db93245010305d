"""Lines about work: actions, undos, checks, and the worker that does it all."""

from collections.abc import Sequence
from dataclasses import replace

from gonogo.model.identifiers import StepId
from gonogo.model.plan import Action, Check, Plan, Purpose, Question
from gonogo.simulation.script.clauses import when_from
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.naming import Named, find
from gonogo.simulation.script.rules import (
    EVERY_TIME,
    ExposureIs,
    Kind,
    Rule,
    Traffic,
    WorkerDown,
    WorkGoes,
)
from gonogo.simulation.script.spans import CLAUSES, SPOKEN, span_from
from gonogo.simulation.script.tokens import Sort, Token

VERBS = frozenset(
    {"fails", "fail", "takes", "take", "hangs", "hang", "works", "work", "cannot"}
)
TIMES = {"once": 1, "twice": 2}
EXAMPLES = {
    Kind.ACTION: "action Deploy fails twice then works; actions take 20 minutes",
    Kind.UNDO: "undo of Deploy fails; undos take 1 minute",
    Kind.CHECK: "check 'Health' fails until hour 2; check 'Health' fails twice",
    Kind.LOOK: "looks take 5 seconds",
}


def work_line(kind: Kind, cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'action NAME fails …', 'undos take …', 'check NAME fails until …'.

    Raises:
        Unclear: The name, what happens, or a clause is not understood.
    """
    cursor.takes_one({"of"})
    step: StepId | None = None
    if not cursor.sees_one(VERBS):
        step = find(cursor.words_until(_ends_name), _steps(kind, plan), str(kind))
    rule = WorkGoes(kind=kind, step=step)
    first = cursor.mark()
    while cursor.sees_one(VERBS):
        rule = _taking(kind, rule, cursor)
        cursor.takes_one({"and", "then", "but"})
    if cursor.mark() == first:
        cursor.miss("what becomes of it: fails, takes SPAN, hangs", EXAMPLES[kind])
    return replace(rule, when=when_from(cursor, plan))


def _taking(kind: Kind, rule: WorkGoes, cursor: Cursor) -> WorkGoes:
    verb = cursor.take().word
    if verb in {"takes", "take"}:
        return replace(rule, takes=span_from(cursor))
    if verb in {"hangs", "hang"}:
        return replace(rule, hangs=True)
    if verb == "cannot":
        cursor.takes_one({"look", "run"})
        return replace(rule, hangs=True)
    if verb in {"fails", "fail"}:
        return replace(rule, fails=_times(kind, cursor))
    return replace(rule, fails=rule.fails or 0)


def _times(kind: Kind, cursor: Cursor) -> int:
    word = cursor.takes_one(TIMES)
    if word:
        return TIMES[word]
    token, following = cursor.peek(), cursor.peek(1).word
    counts = token.sort is Sort.NUMBER or token.word in SPOKEN
    if not counts or cursor.done:
        return EVERY_TIME
    if following not in {"times", "time"}:
        cursor.miss("how often: once, twice, 3 times", EXAMPLES[kind])
    cursor.take()
    cursor.take()
    told = SPOKEN.get(token.word)
    return int(told if told is not None else min(float(token.text), EVERY_TIME))


def _ends_name(token: Token) -> bool:
    return token.word in VERBS | CLAUSES


def _steps(kind: Kind, plan: Plan) -> Sequence[Named[StepId]]:
    steps = [step for stage in plan.stages for step in stage.steps]
    return [
        Named(name=step.title, value=step.id, line=step.line)
        for step in steps
        if (isinstance(step, Check) and kind is Kind.CHECK)
        or (isinstance(step, Action) and kind in {Kind.ACTION, Kind.UNDO})
        or (
            isinstance(step, Question)
            and step.purpose is Purpose.DO
            and kind is Kind.UNDO
        )
    ]


def worker_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'worker down for 3 hours from hour 2'.

    Raises:
        Unclear: It is not said from when on, or for how long.
    """
    example = "worker down for 3 hours from hour 2"
    cursor.takes("is")
    if not cursor.takes_one({"down", "dies", "dead", "gone", "stopped"}):
        cursor.miss("what becomes of it", example)
    when = when_from(cursor, plan)
    if when.start is None:
        cursor.miss("from when on it is down", example)
    if when.lasts is None and when.end is None:
        cursor.miss("for how long it is down", example)
    if when.share is not None or when.stage is not None:
        cursor.miss("an instant, not a condition", example)
    return WorkerDown(when=when)


_PER = {"second": 60.0, "minute": 1.0, "hour": 1 / 60, "day": 1 / 1440}
_SHORT = {"s": "second", "sec": "second", "min": "minute", "m": "minute", "h": "hour"}


def traffic_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'traffic 1,200 users a minute …'.

    Raises:
        Unclear: It is not said how many in which time.
    """
    example = "traffic 1,200 users a minute from hour 8"
    cursor.takes("is")
    token = cursor.peek()
    if token.sort is not Sort.NUMBER or token.text.startswith("-"):
        cursor.miss("how many users there are", example)
    number = float(cursor.take().text)
    cursor.takes_one({"users", "people", "customers", "requests", "visitors"})
    per = cursor.takes_one({"a", "an", "per", "each", "/"})
    unit = cursor.peek().word
    unit = _SHORT.get(unit, unit)
    if not per or unit not in _PER:
        cursor.miss("in which time: a second, a minute, an hour, a day", example)
    cursor.take()
    return Traffic(users_per_minute=number * _PER[unit], when=when_from(cursor, plan))


def exposure_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'exposure 5 % from stage 2'.

    Raises:
        Unclear: No share of the users comes.
    """
    example = "exposure 5 % from stage 2"
    cursor.takes("is")
    token = cursor.peek()
    if token.sort is not Sort.NUMBER or not 0 <= float(token.text) <= 100:  # noqa: PLR2004
        cursor.miss("a share of the users from 0 % to 100 %", example)
    number = float(cursor.take().text)
    cursor.takes_one({"%", "percent"})
    return ExposureIs(pct=number, when=when_from(cursor, plan))
