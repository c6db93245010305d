"""The gates: how often each was measured, what was seen, and which one tripped."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.analysis.threshold import limit_text
from gonogo.model import event as events
from gonogo.model.plan import Gate, Holds, Metric
from gonogo.model.verdict import Measurement, Outcome
from gonogo.report.blocks import (
    Line,
    Mark,
    Paragraph,
    Section,
    Spark,
    Strong,
    Table,
    Text,
    refs,
    text,
)
from gonogo.report.filling import Taken, deciding, every_gate
from gonogo.report.found import found_text
from gonogo.report.history import History
from gonogo.report.plots.sparkline import by_place, sparkline
from gonogo.report.plots.ticks import axis_of
from gonogo.report.wording import NONE, actual_text, instant_text, unit_of, value_text

_HEAD = (
    "Gate",
    "Line",
    "Limit",
    "Looks",
    "Min / median / max",
    "Course",
    "Last",
    "Last verdict",
    "Not passing",
    "Tripped",
)

# A line of so many characters fits into its cell.
_COURSE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Everything that one gate was judged by, oldest first."""

    gate: Gate
    metric: Metric | None
    taken: tuple[Taken, ...]

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the measured numbers, oldest first."""
        values = (entry.event.measurement.value for entry, _ in self.taken)
        return tuple(v for v in values if isinstance(v, int | float))


def series_of(history: History) -> tuple[Series, ...]:
    """Return the series of every gate of the plan, those never judged too."""
    found: dict[str, list[Taken]] = {}
    for entry in history.of(events.MeasurementTaken):
        for verdict in entry.event.verdicts:
            found.setdefault(verdict.gate, []).append((entry, verdict))
    metrics = {metric.name: metric for metric in history.plan.metrics}
    return tuple(
        Series(
            gate=gate,
            metric=metrics.get(gate.metric),
            taken=tuple(found.get(gate.id, ())),
        )
        for gate in every_gate(history)
    )


def gates_section(history: History) -> Section:
    """Return one row for each gate that was judged, and name those that were not."""
    every = series_of(history)
    judged = tuple(series for series in every if series.taken)
    rows = tuple(_row(history, series) for series in judged)
    never = [series.gate for series in every if not series.taken]
    blocks = [Table(head=_HEAD, rows=rows)] if rows else []
    return Section(
        id="gates",
        title="Gates",
        blocks=(*blocks, *_baselines(history), *_never(never)),
    )


def median_of(numbers: Sequence[float]) -> float:
    """Return the median of one number or more."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def last_text(series: Series) -> str:
    """
    Return what the last look gave.

    Of a gate by evidence it is the value alone: its reasons are of all the looks.
    """
    last, found = series.taken[-1]
    taken, gate = last.event.measurement, series.gate
    if found.finding is None or taken.error is not None:
        return actual_text(gate, series.metric, taken, found)
    return value_text(taken.value, unit_of(gate, series.metric))


def _row(history: History, series: Series) -> tuple[Text, ...]:
    gate = series.gate
    last, _ = series.taken[-1]
    value = last_text(series)
    holds = "" if gate.holds is Holds.MUST else "must not be "
    return (
        (gate.title,),
        (Line(gate.line),),
        (f"{holds}{limit_text(gate.condition)}",),
        (str(len(series.taken)),),
        (_spread(series),),
        _course(series),
        text(f"{value} ", refs(last.seq)),
        _verdict(series),
        _not_passing(series),
        _tripped(history, gate),
    )


def _verdict(series: Series) -> Text:
    """Return the last verdict, and what the soak ended with, if one did."""
    _, last = series.taken[-1]
    entry, found = deciding(series.taken)
    mark = Mark(last.verdict.outcome)
    said = found_text(series.metric, found) if found.final else ""
    return text(mark, f"; in the end {said} ", refs(entry.seq)) if said else (mark,)


def _spread(series: Series) -> str:
    numbers, unit = series.numbers, unit_of(series.gate, series.metric)
    if not numbers:
        return "no numbers"
    three = (min(numbers), median_of(numbers), max(numbers))
    *first, last = (value_text(value, None) for value in three)
    tail = value_text(three[2], unit).removeprefix(last)
    return f"{' / '.join(first)} / {last}{tail}"


def _course(series: Series) -> Text:
    """Return the values in a line from the lowest to the highest; '?' is no data."""
    values = tuple(_number(entry.event.measurement) for entry, _ in series.taken)
    numbers = series.numbers
    if len(numbers) < 2:  # noqa: PLR2004  # one value has no course
        return (NONE,)
    line = sparkline(by_place(values, _COURSE), axis_of(iter(numbers), air=0))
    return (Spark(line, f"{len(values)} looks, {_spread(series)}"),)


def _number(taken: Measurement) -> float | None:
    return None if isinstance(taken.value, str) else taken.value


def _not_passing(series: Series) -> Text:
    """Count the looks that were no pass, by outcome, with the first of each."""
    parts: list[Text] = []
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE):
        of_it = [e for e, found in series.taken if found.verdict.outcome is outcome]
        if of_it:
            words = f"{len(of_it)} {outcome.value}, first "
            parts.append(text("; " if parts else "", words, refs(of_it[0].seq)))
    return text(*parts) or ("none",)


def _tripped(history: History, gate: Gate) -> Text:
    for entry in history.of(events.RolloutAborted):
        if entry.event.gate == gate.id:
            return text(Strong(instant_text(entry.at)), " ", refs(entry.seq))
    return ("no",)


def _baselines(history: History) -> tuple[Table, ...]:
    metrics = {metric.name: metric for metric in history.plan.metrics}
    rows: list[tuple[Text, ...]] = []
    for entry in history.of(events.BaselineCaptured):
        metric = metrics.get(entry.event.metric)
        unit = metric.unit if metric else None
        value = value_text(entry.event.value, unit)
        when = text(f"{instant_text(entry.at)} ", refs(entry.seq))
        rows.append(((entry.event.metric,), (value,), when))
    head = ("Baseline of", "Value before the change", "Taken")
    return (Table(head=head, rows=tuple(rows)),) if rows else ()


def _never(gates: Sequence[Gate]) -> tuple[Paragraph, ...]:
    if not gates:
        return ()
    names = "; ".join(f"{gate.title} (line {gate.line})" for gate in gates)
    return (Paragraph(text=text(f"Never judged in this rollout: {names}.")),)
