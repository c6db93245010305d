"""Soaks: is what is judged looked at for a time, and often enough in it?"""

from collections.abc import Iterator
from datetime import timedelta

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.bindings.duration import said
from gonogo.document.compiler.work import seconds_of
from gonogo.document.kinds import HOLDING, WaitKind
from gonogo.document.reading import Reading
from gonogo.model.condition import Comparator
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Gate, Holds, Plan, Soak, Stage


def soaks(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield limits judged by one look, and soaks with hardly a look in them."""
    for stage in plan.stages:
        yield from _without_window(stage)
        for step in stage.steps:
            if isinstance(step, Soak) and step.duration:
                yield from _seldom_measured(plan, stage, step)
    yield from _seldom_said(reading)


def _without_window(stage: Stage) -> Iterator[Diagnostic]:
    """Yield the first limit of a stage that nothing there holds for a time."""
    held = {
        gate
        for step in stage.steps
        if isinstance(step, Soak) and step.duration
        for gate in step.gates
    }
    for gate in stage.gates:
        if gate.id not in held and _needs_window(gate):
            yield diagnostic(
                Code.NO_WINDOW, gate.line, metric=gate.title, stage=stage.title
            )
            return


def _needs_window(gate: Gate) -> bool:
    condition = gate.condition
    once = condition.window is None and gate.consecutive == 1
    numeric = condition.comparator is not Comparator.WORDS
    return once and numeric and gate.holds is Holds.MUST


def _seldom_measured(plan: Plan, stage: Stage, soak: Soak) -> Iterator[Diagnostic]:
    judged = {gate.metric for gate in stage.gates if gate.id in soak.gates}
    for metric in plan.metrics:
        if metric.name in judged and metric.cadence > soak.duration:
            yield _seldom(
                soak.line, soak.title, soak.duration, metric.cadence, f"'{metric.name}'"
            )


def _seldom_said(reading: Reading) -> Iterator[Diagnostic]:
    """Yield 'Monitor every 2 hours for 1 hour'."""
    holds = {w.line: seconds_of(w) for w in reading.waits if w.kind in HOLDING}
    for wait in reading.waits:
        every = seconds_of(wait)
        if wait.kind is WaitKind.CADENCE and holds.get(wait.line, every) < every:
            time, cadence = (timedelta(seconds=s) for s in (holds[wait.line], every))
            yield _seldom(wait.line, wait.text, time, cadence, "it")


def _seldom(
    line: int, title: str, time: timedelta, every: timedelta, what: str
) -> Diagnostic:
    return diagnostic(
        Code.SELDOM_LOOKED_AT,
        line,
        title=title,
        time=said(time),
        every=said(every),
        what=what,
    )
