"""The course of a gate, from the whole journal of a rollout."""

from gonogo.model.event import BaselineCaptured
from gonogo.report.evidence_gates import Series
from gonogo.report.history import History
from gonogo.report.plots.bars import bars_of
from gonogo.report.plots.course import look_of, plot_of
from gonogo.report.plots.holding import MARKS, Mark, holds_of, moment_of, soaks_of
from gonogo.report.plots.plot import Plot


def course_of(history: History, series: Series) -> Plot:
    """Return the plot of a gate that was judged at least once."""
    gate, metric = series.gate, series.metric
    soaks, marks = soaks_of(history.plan, gate), _marks(history)
    bars = bars_of(history.state, gate)
    looks = [
        look_of(gate, metric, entry.event.measurement, found, bars)
        for entry, found in series.taken
    ]
    captured = history.of(BaselineCaptured)
    baselines = {entry.event.metric: entry.event.value for entry in captured}
    return plot_of(
        gate,
        metric,
        looks,
        baseline=baselines.get(gate.metric),
        holds=tuple(holds_of(marks, soaks, until=history.last_at)),
        moment=moment_of(marks, gate.id, soaks),
    )


def _marks(history: History) -> tuple[Mark, ...]:
    told = (record.event for record in history.records)
    return tuple(event for event in told if isinstance(event, MARKS))
