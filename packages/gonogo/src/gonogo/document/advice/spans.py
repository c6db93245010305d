"""Spans: does what has a deadline fit into it, and which times are estimates only?"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.bindings.duration import said
from gonogo.document.compiler.work import seconds_of
from gonogo.document.kinds import HOLDING, WaitKind
from gonogo.document.reading import Reading, Wait
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan

_TAKES_TIME = HOLDING | {WaitKind.ESTIMATE}


def spans(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield deadlines that are too short, and estimates that hold nothing."""
    del plan
    for deadline in reading.deadlines:
        inside = _within(reading, deadline.line, deadline.end_line)
        yield from _too_short(deadline.line, deadline.within_s, inside)
    yield from _stages(reading)
    yield from _estimates(reading)


def _within(reading: Reading, first: int, last: int) -> Iterator[Wait]:
    return (
        wait
        for wait in reading.waits
        if first <= wait.line <= last and wait.kind in _TAKES_TIME
    )


def _stages(reading: Reading) -> Iterator[Diagnostic]:
    """Yield stages whose title states a deadline that what they wait for exceeds."""
    lines = {wait.line: wait for wait in reading.waits if _is_deadline(wait)}
    for stage in (*reading.stages, *reading.substages):
        stated = lines.get(stage.line)
        if stated is not None:
            inside = _within(reading, stage.line + 1, stage.last_line)
            holding = (wait for wait in inside if wait.kind in HOLDING)
            yield from _too_short(stage.line, seconds_of(stated), holding)


def _is_deadline(wait: Wait) -> bool:
    return wait.kind is WaitKind.DEADLINE


def _too_short(
    line: int, within_s: float, inside: Iterable[Wait]
) -> Iterator[Diagnostic]:
    needed = sum(_shortest(wait) for wait in inside)
    if needed > within_s > 0:
        yield diagnostic(
            Code.DEADLINE_TOO_SHORT,
            line,
            within=said(timedelta(seconds=within_s)),
            needed=said(timedelta(seconds=needed)),
        )


def _shortest(wait: Wait) -> float:
    return wait.seconds[0] if isinstance(wait.seconds, tuple) else wait.seconds


def _estimates(reading: Reading) -> Iterator[Diagnostic]:
    held = {wait.line for wait in reading.waits if wait.kind in HOLDING}
    for wait in reading.waits:
        in_stage = wait.stage_line is not None and wait.line not in held
        if wait.kind is WaitKind.ESTIMATE and in_stage:
            time = said(timedelta(seconds=seconds_of(wait)))
            yield diagnostic(Code.ESTIMATE_ONLY, wait.line, text=wait.text, time=time)
