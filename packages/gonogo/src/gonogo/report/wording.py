"""
Wording: instants, spans, values, people and operations as a person reads them.

Times are given in UTC, to the second, with a `Z`. Values keep four figures, as the
judge's own reasons do, so that the report and the verdict never differ by a digit.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from gonogo.model.condition import Condition
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    Operation,
    Query,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind
from gonogo.model.verdict import GateVerdict, Measurement, Observation, Outcome

if TYPE_CHECKING:
    from gonogo.model.command import Person

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (1, "s"))
# From here on, thousands written out read better than an exponent.
_LARGE = 1e6
_EXCERPT = 160

# What a cell holds that has nothing to say.
NONE = "—"

MARKS = {
    Outcome.PASS: "✅ PASS",
    Outcome.FAIL: "❌ FAIL",
    Outcome.ERROR: "⚠️ ERROR",
    Outcome.INCONCLUSIVE: "❔ INCONCLUSIVE",
}


def instant_text(at: datetime) -> str:
    """Return an instant as '2030-01-02 01:02:07Z'."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def date_text(at: datetime) -> str:
    """Return the day of an instant, in UTC, as '2030-01-02'."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def later_text(at: datetime, *, after: datetime) -> str:
    """Return an instant without its day when that is the day of one just named."""
    same = date_text(at) == date_text(after)
    return instant_text(at)[11:] if same else instant_text(at)


def span_text(span: timedelta) -> str:
    """Return a span in its two largest units: '1 d 2 h', '3 min 5 s', '0.4 s'."""
    seconds = span.total_seconds()
    if seconds < 0:
        return f"-{span_text(-span)}"
    if seconds < 10:  # noqa: PLR2004  # below ten seconds a tenth is news
        return f"{seconds:.1f} s".replace(".0 s", " s")
    left = int(seconds)
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}" if count else "")
    return " ".join(part for part in parts[:2] if part)


def number_text(value: float) -> str:
    """Return a number with four figures."""
    return f"{value:.4g}" if abs(value) < _LARGE else f"{value:.0f}"


def value_text(value: float | str | None, unit: str | None) -> str:
    """Return a measured value with its unit; a word as it is."""
    if value is None:
        return "no data"
    if isinstance(value, str):
        return value
    if unit is None or unit == "count":
        return number_text(value)
    return f"{number_text(value)}{'' if unit == 'x' else ' '}{unit}"


def unit_of(gate: Gate, metric: Metric | None) -> str | None:
    """
    Return the unit that a gate's metric is shown in, where it is known.

    What a source counts as a proportion is shown in percent, whatever its limit says.
    """
    probe = metric.probe if metric else None
    if isinstance(probe, Query) and probe.metric_kind is MetricKind.PROPORTION:
        return "%"
    if metric is not None and metric.unit:
        return metric.unit
    return None if gate.condition.relative else gate.condition.unit


def actual_text(
    gate: Gate, metric: Metric | None, taken: Measurement, found: GateVerdict
) -> str:
    """
    Return what was measured, for an 'Actual' cell.

    A change against a baseline, and what a soak ended with, are told in the judge's own
    words: they are what the verdict was given on.
    """
    if taken.error is not None:
        return f"not measured: {one_line(taken.error)}"
    if found.finding is not None and (gate.condition.relative or found.final):
        return found.verdict.reasons[0].removeprefix(f"{gate.metric}: ")
    if gate.condition.relative is None or not isinstance(taken.value, float | int):
        return value_text(taken.value, unit_of(gate, metric))
    reason = found.verdict.reasons[0].removeprefix(f"{gate.metric} is ")
    for lead in (", has to be ", ", must not be "):
        reason = reason.rpartition(lead)[0] or reason
    return reason


def bound_of(condition: Condition) -> tuple[float, ...]:
    """Return the numbers of a condition: none, one, or low and high."""
    if condition.value is None:
        return ()
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def one_line(text: str, limit: int = _EXCERPT) -> str:
    """Return text with its white space collapsed, cut to a length."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def person_text(person: "Person") -> str:
    """Return who spoke and through what: 'alice (terminal)'."""
    return f"{person.name} ({person.source})" if person.source else person.name


def seen_text(seen: Observation) -> str:
    """Return what an observation gave, in a few words."""
    facts = []
    if seen.error is not None:
        facts.append(one_line(seen.error))
    if seen.exit_status is not None:
        facts.append(f"exit status {seen.exit_status}")
    if seen.http_status is not None:
        facts.append(f"HTTP status {seen.http_status}")
    if seen.rows is not None:
        facts.append(f"{seen.rows} rows")
    if seen.value is not None:
        facts.append(f"value {value_text(seen.value, None)}")
    return ", ".join(facts) or "no error"


def operation_text(operation: Operation) -> str:  # noqa: PLR0911  # one per kind
    """Return what an operation does, as a short phrase."""
    match operation:
        case Shell():
            return f"run '{one_line(operation.run, 80)}'"
        case Sql():
            query = one_line(operation.query, 80)
            return f"run the SQL '{query}' on {operation.connection}"
        case Migrate():
            return f"migrate {operation.connection} with {operation.up}"
        case Http():
            return f"send {operation.method} {operation.url}"
        case SetFlag():
            share = number_text(operation.percentage)
            return f"set the flag {operation.flag} to {share} %"
        case RestoreFlag():
            return f"put the flag {operation.flag} back as it was"
        case KillFlags():
            return f"turn off the flags {', '.join(operation.flags)}"
        case ReadFlag():
            return f"read the flag {operation.flag}"
        case Query():
            against = " and its control" if operation.control else ""
            asked = one_line(operation.canary.events, 80)
            return f"ask {operation.source} for '{asked}'{against}"
        case _:
            assert_never(operation)
