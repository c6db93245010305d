"""Clauses: the words behind what is said, which tell when it is so."""

from dataclasses import replace

from gonogo.model.plan import Plan
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.spans import (
    MOMENT_EXAMPLE,
    moment_from,
    number_from,
    span_from,
    stage_from,
)
from gonogo.simulation.script.tokens import Sort
from gonogo.simulation.script.when import ALWAYS, Share, Side, When

ALLOWED = (
    "from INSTANT, until INSTANT, for SPAN, between INSTANT and INSTANT, in STAGE, "
    "at N % exposure, above N % exposure, below N % exposure"
)


def when_from(cursor: Cursor, plan: Plan, known: When = ALWAYS) -> When:
    """
    Go past every clause to the end of the line.

    Raises:
        Unclear: Something else comes, or a clause contradicts another.
    """
    when = known
    while not cursor.done:
        start = cursor.peek().start
        told = _clause(cursor, plan, when)
        if told is None:
            cursor.miss("here may stand when it is so", ALLOWED)
        when = told
        if when.end is not None and when.lasts is not None:
            end = cursor.peek(-1).end
            what = "'until' and 'for' exclude each other: say one of them."
            raise Unclear(start, end, what)
    return when


def _clause(cursor: Cursor, plan: Plan, when: When) -> When | None:  # noqa: PLR0911
    if cursor.takes("then", "works") or cursor.takes("and"):
        return when
    if cursor.takes_one({"from", "since", "after"}):
        cursor.takes("on")
        return replace(when, start=moment_from(cursor, plan))
    if cursor.takes_one({"until", "till"}):
        return replace(when, end=moment_from(cursor, plan))
    if cursor.takes("for"):
        return replace(when, lasts=span_from(cursor))
    if cursor.takes("between"):
        return _between(cursor, plan, when)
    if cursor.sees_one({"at", "above", "below"}):
        return _at(cursor, plan, when)
    if cursor.takes_one({"in", "during", "while"}):
        cursor.takes("in")
        return replace(when, stage=stage_from(cursor, plan))
    return None


def _between(cursor: Cursor, plan: Plan, when: When) -> When:
    start = moment_from(cursor, plan)
    if not cursor.takes_one({"and", "to"}):
        cursor.miss("'and' and the second instant", MOMENT_EXAMPLE)
    return replace(when, start=start, end=moment_from(cursor, plan))


def _at(cursor: Cursor, plan: Plan, when: When) -> When:
    """Go past a share of the users, or 'at' an instant, from which on it is so."""
    side = Side(cursor.take().word)
    share = _share(cursor, side)
    if share is not None:
        return replace(when, share=share)
    if side is not Side.AT_LEAST:
        cursor.miss("a share of the users", f"{side} 5 % exposure")
    return replace(when, start=moment_from(cursor, plan))


def _share(cursor: Cursor, side: Side) -> Share | None:
    mark = cursor.mark()
    token = cursor.peek()
    number = number_from(cursor) if token.sort is Sort.NUMBER else None
    percent = bool(cursor.takes_one({"%", "percent"}))
    cursor.takes("of", "the", "users") or cursor.takes("of", "users")
    cursor.takes_one({"exposure", "exposed"})
    if number is None or not percent:
        cursor.back(mark)
        return None
    if not 0 <= number <= 100:  # noqa: PLR2004  # percent
        what = "an exposure is between 0 % and 100 %."
        raise Unclear(token.start, token.end, what)
    return Share(side=side, pct=number)
