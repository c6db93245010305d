"""Lines about metrics: what they read, and when their probes give nothing."""

from dataclasses import replace

from gonogo.document.compiler.units import in_unit
from gonogo.model.condition import Comparator, Condition
from gonogo.model.plan import Metric, Plan
from gonogo.simulation.script.clauses import when_from
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.naming import Named, find
from gonogo.simulation.script.rules import (
    Fault,
    Fixed,
    MetricReads,
    ProbeFails,
    Ramp,
    Reading,
    Rule,
    Scaled,
)
from gonogo.simulation.script.spans import CLAUSES, span_from
from gonogo.simulation.script.tokens import Sort, Token

MOVES = frozenset(
    {"rises", "rise", "climbs", "falls", "drops", "goes", "grows", "moves"}
)
EQUALS = frozenset({"is", "reads", "=", "stays", "becomes"})
NOISE = frozenset({"±", "+/-", "noise"})
FAULTS = frozenset({"down", "unreachable", "hangs", "hanging", "has", "no", "gives"})
VERBS = MOVES | EQUALS | NOISE | FAULTS
EXAMPLE = (
    "error rate 5 % from hour 3 at 5 % exposure; latency rises from 200 ms to 900 ms "
    "between hour 3 and hour 5; latency +20 % for 10 minutes"
)


def metric_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past a line that begins with the name of a metric.

    Raises:
        Unclear: The name, the value or a clause is not understood.
    """
    metric = metric_from(cursor, plan)
    fault = _fault(cursor)
    if fault is not None:
        return ProbeFails(metric=metric.name, fault=fault, when=when_from(cursor, plan))
    reading = None if cursor.sees_one(NOISE) else _reading(cursor, metric)
    noise = _noise(cursor, metric)
    return _timed(cursor, plan, metric, reading, noise)


def _timed(
    cursor: Cursor, plan: Plan, metric: Metric, reading: Reading | None, noise: float
) -> MetricReads:
    over = span_from(cursor) if cursor.takes("over") else None
    when = when_from(cursor, plan)
    if isinstance(reading, Ramp):
        if over is None and (when.end is None or when.start is None):
            what = "it is not said how long that takes."
            allowed = "Say 'between hour 3 and hour 5', or 'over 2 hours'."
            raise Unclear(0, len(cursor.text), what, allowed)
        if over is None:
            reading = replace(reading, until=when.end)
            when = replace(when, end=None)
        else:
            reading = replace(reading, over=over)
    return MetricReads(metric=metric.name, reading=reading, noise=noise, when=when)


def probe_line(cursor: Cursor, plan: Plan) -> Rule:
    """
    Go past 'probe down …', 'probes hang …' or 'probe of METRIC has no data …'.

    Raises:
        Unclear: The name, the fault or a clause is not understood.
    """
    cursor.takes_one({"of", "for"})
    name = None
    if not cursor.sees_one(FAULTS | {"is", "are", "hang", "give", "have"}):
        name = metric_from(cursor, plan).name
    fault = _fault(cursor)
    if fault is None:
        wanted = "how the probe fails: down, hangs, or no data"
        cursor.miss(wanted, "probe down for 10 minutes")
    return ProbeFails(metric=name, fault=fault, when=when_from(cursor, plan))


def metric_from(cursor: Cursor, plan: Plan) -> Metric:
    """
    Go past the name of a metric, or of a gate that it is judged by.

    Raises:
        Unclear: There is none of this name, or several could be meant.
    """
    words = cursor.words_until(_ends_name)
    gates = (*plan.triggers, *(g for stage in plan.stages for g in stage.gates))
    known = {metric.name: metric for metric in plan.metrics}
    named = [Named(name=metric.name, value=metric) for metric in plan.metrics]
    titled = [
        Named(name=gate.title, value=known[gate.metric])
        for gate in gates
        if gate.metric in known
    ]
    try:
        return find(words, named, "metric")
    except Unclear as unclear:
        if unclear.what.startswith(f"'{words.text}' could"):
            raise
        try:
            return find(words, titled, "gate")
        except Unclear:
            raise unclear from None


def _ends_name(token: Token) -> bool:
    return token.sort is Sort.NUMBER or token.word in VERBS | CLAUSES


def _fault(cursor: Cursor) -> Fault | None:
    mark = cursor.mark()
    cursor.takes_one({"is", "are", "has", "have", "gives", "give"})
    if cursor.takes("no", "data"):
        return Fault.NO_DATA
    if cursor.takes_one({"down", "unreachable"}):
        return Fault.DOWN
    if cursor.takes_one({"hangs", "hang", "hanging"}):
        return Fault.HANGS
    cursor.back(mark)
    return None


def _reading(cursor: Cursor, metric: Metric) -> Reading:
    if cursor.takes_one(MOVES):
        return _ramp(cursor, metric)
    said = bool(cursor.takes_one(EQUALS))
    token = cursor.peek()
    if token.sort is Sort.NUMBER:
        return _number(cursor, metric)
    if token.sort is not Sort.QUOTED and (not said or token.word in {"", *CLAUSES}):
        cursor.miss(f"what '{metric.name}' reads", EXAMPLE)
    return Fixed(value=cursor.take().text)


def _number(cursor: Cursor, metric: Metric) -> Reading:
    token = cursor.peek()
    number, unit = float(cursor.take().text), _unit(cursor)
    if token.text[0] in "+-" and unit == "%":
        return Scaled(factor=1 + number / 100)
    if unit == "x":
        return Scaled(factor=number)
    return Fixed(value=_converted(number, unit, metric, token))


def _ramp(cursor: Cursor, metric: Metric) -> Ramp:
    first = _limit(cursor, metric) if cursor.takes("from") else None
    if not cursor.takes("to"):
        cursor.miss("'to' and a value", EXAMPLE)
    return Ramp(first=first, last=_limit(cursor, metric))


def _limit(cursor: Cursor, metric: Metric) -> float:
    token = cursor.peek()
    if token.sort is not Sort.NUMBER:
        cursor.miss("a number", EXAMPLE)
    number = float(cursor.take().text)
    return _converted(number, _unit(cursor), metric, token)


def _noise(cursor: Cursor, metric: Metric) -> float:
    cursor.takes("give", "or", "take")
    if cursor.takes_one(NOISE):
        cursor.takes_one({"of", "±", "+/-"})
        return abs(_limit(cursor, metric))
    return 0.0


def _unit(cursor: Cursor) -> str | None:
    token = cursor.peek()
    if cursor.done or token.sort is not Sort.WORD:
        return None
    if token.word in VERBS | CLAUSES | {"to", "over", "give"}:
        return None
    return cursor.take().text


def _converted(number: float, unit: str | None, metric: Metric, token: Token) -> float:
    """Return a number in the unit of the metric's probe."""
    stated = Condition(comparator=Comparator.EQUAL, value=number, unit=unit)
    fitting = in_unit(stated, metric.unit)
    wrong = unit is not None and metric.unit is None and unit != "%" and _odd(unit)
    if fitting is None or wrong or not isinstance(fitting.value, float):
        what = f"'{metric.name}' is not measured in {unit}."
        allowed = f"It is measured in {metric.unit or 'plain numbers'}."
        raise Unclear(token.start, token.end, what, allowed)
    return fitting.value


def _odd(unit: str) -> bool:
    """Tell whether a word behind a number is no unit at all."""
    return (
        in_unit(Condition(comparator=Comparator.EQUAL, value=1.0, unit=unit), "s")
        is None
        and not unit.isalpha()
    )
