"""Numbers, spans and instants, as people say them: 'two days', 'hour 3 of stage 2'."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from gonogo.document.bindings.duration import duration
from gonogo.model.identifiers import StageId
from gonogo.model.plan import Plan
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.naming import Named, Words, find
from gonogo.simulation.script.tokens import Sort, Token
from gonogo.simulation.script.when import Moment

SPOKEN: Mapping[str, float] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90,
}  # fmt: skip
UNITS: Mapping[str, timedelta] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_ORDINAL = frozenset({"second", "minute", "hour", "day", "week"})
_LONGEST = timedelta(days=3660)
SPAN_EXAMPLE = "10 minutes, two days, 1h30m, half an hour"
MOMENT_EXAMPLE = (
    "hour 3, minute 90, day 2 14:00, 3 hours, stage 2, hour 3 of stage 2, "
    "2026-01-05 12:00"
)


def number_from(cursor: Cursor) -> float | None:
    """Go past a number, in digits or in words; None where none comes."""
    token = cursor.peek()
    if token.sort is Sort.NUMBER:
        return float(cursor.take().text)
    if token.word in SPOKEN and not cursor.done:
        return SPOKEN[cursor.take().word]
    return None


def span_from(cursor: Cursor) -> timedelta:
    """
    Go past a span of time.

    Raises:
        Unclear: None comes.
    """
    start = cursor.peek().start
    span = _span(cursor)
    if span is None:
        cursor.miss("a span of time", SPAN_EXAMPLE)
    if span > _LONGEST:
        what = "so long a span cannot be simulated."
        raise Unclear(start, cursor.peek(-1).end, what, "At most ten years.")
    return span


def _span(cursor: Cursor) -> timedelta | None:
    total: timedelta | None = None
    while (part := _part(cursor, first=total is None)) is not None:
        total = part + (total or timedelta())
    return total


def _part(cursor: Cursor, *, first: bool) -> timedelta | None:
    """Go past one number with its unit."""
    mark = cursor.mark()
    if cursor.peek().sort is Sort.SPAN:
        return duration(cursor.take().text)
    half = first and cursor.takes("half")
    number = number_from(cursor)
    unit = UNITS.get(cursor.peek().word) if not cursor.done else None
    if unit is None or (number is None and not half) or (number or 0) < 0:
        cursor.back(mark)
        return None
    cursor.take()
    count = min((number or 1.0) if not half or number else 1.0, 1e7)
    return unit * count * (0.5 if half else 1.0)


def moment_from(cursor: Cursor, plan: Plan) -> Moment:
    """
    Go past an instant to come.

    Raises:
        Unclear: None comes, or it names a stage that is not there.
    """
    if cursor.peek().sort is Sort.DATE:
        return Moment(at=_calendar(cursor.take()))
    if cursor.takes("the", "start") or cursor.takes("start"):
        return _of_stage(cursor, plan, timedelta())
    if cursor.sees_one({"stage", "stages"}) or cursor.peek().sort is Sort.QUOTED:
        return Moment(stage=stage_from(cursor, plan))
    cursor.takes("the")
    return _of_stage(cursor, plan, _elapsed(cursor))


def _elapsed(cursor: Cursor) -> timedelta:
    """Go past 'hour 3', 'day 2 14:00' (as the timeline has it), or a span."""
    unit = cursor.peek().word
    if unit in _ORDINAL and cursor.peek(1).sort is Sort.NUMBER:
        cursor.take()
        number = min(max(float(cursor.take().text), 0.0), 1e7)
        if unit == "day":
            return timedelta(days=max(number - 1, 0)) + _clock(cursor)
        return UNITS[unit] * number
    span = _span(cursor)
    if span is None or span > _LONGEST:
        cursor.miss("an instant of the rollout", MOMENT_EXAMPLE)
    return span


def _clock(cursor: Cursor) -> timedelta:
    if cursor.peek().sort is not Sort.CLOCK:
        return timedelta()
    at = clock_from(cursor)
    return timedelta(hours=at.hour, minutes=at.minute)


def clock_from(cursor: Cursor) -> time:
    """
    Go past a time of day: '9:00', or '9'.

    Raises:
        Unclear: None comes, or no day has it.
    """
    token = cursor.peek()
    if token.sort not in {Sort.CLOCK, Sort.NUMBER}:
        cursor.miss("a time of day", "9:00")
    hour, _, minute = cursor.take().text.partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        what = f"'{token.text}' is no time of day."
        raise Unclear(token.start, token.end, what) from None


def _of_stage(cursor: Cursor, plan: Plan, after: timedelta) -> Moment:
    mark = cursor.mark()
    if not cursor.takes_one({"of", "into", "in"}):
        return Moment(after=after)
    cursor.takes("the")
    if cursor.takes("rollout"):
        return Moment(after=after)
    if not (cursor.sees("stage") or cursor.peek().sort is Sort.QUOTED):
        cursor.back(mark)
        return Moment(after=after)
    return Moment(after=after, stage=stage_from(cursor, plan))


def _calendar(token: Token) -> datetime:
    try:
        at = datetime.fromisoformat(token.text.upper())
    except ValueError:
        what = f"'{token.text}' is no instant of the calendar."
        raise Unclear(token.start, token.end, what) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def stage_from(cursor: Cursor, plan: Plan) -> StageId:
    """
    Go past the name of a stage: 'stage 2', 'stage Canary', or in quotes.

    A title that holds 'stage 2' is meant by it; else it is the second of the plan.

    Raises:
        Unclear: There is none, or several could be meant.
    """
    first = cursor.peek()
    cursor.takes_one({"stage"})
    words = cursor.words_until(_ends_stage)
    named = [
        Named(name=each.title, value=each.id, line=each.line) for each in plan.stages
    ]
    if not words.text.isdigit():
        return find(words, named, "stage")
    whole = Words(f"stage {words.text}", first.start, words.end)
    try:
        return find(whole, named, "stage")
    except Unclear:
        if not 0 < int(words.text) <= len(named):
            raise
    return named[int(words.text) - 1].value


def _ends_stage(token: Token) -> bool:
    return token.word in CLAUSES


CLAUSES = frozenset(
    {"from", "until", "till", "for", "between", "at", "above", "below", "in", "during",
     "while", "and", "then", "because", "after", "since", "within"}
)  # fmt: skip
