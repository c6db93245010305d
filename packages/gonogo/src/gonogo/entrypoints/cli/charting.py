"""
Charting: the one gate that most needs to be seen, as a chart below the picture.

It is the gate that tripped; else one that does not pass, then the one whose evidence
has come closest to a proof against the change, then the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from rich.console import Console

from gonogo.decision import RolloutState
from gonogo.decision.plan_index import index_of
from gonogo.model import event as events
from gonogo.model.plan import Gate
from gonogo.model.verdict import GateVerdict, Measurement, Outcome
from gonogo.report.plots import Look, Plot, chart, look_of, plot_of
from gonogo.report.plots.bars import bars_of
from gonogo.report.plots.holding import MARKS, Mark, holds_of, moment_of, soaks_of
from gonogo.report.status_gates import gates_of

# Two days of looks, one a minute: a chart of eighty columns shows no more.
MOST = 3000

T = TypeVar("T")


class Charts:
    """Remembers the last looks of each gate, and draws one of the gates."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._looks: dict[str, list[Look]] = {}
        self._bars: dict[str, Mapping[str, float]] = {}
        self._marks: list[Mark] = []
        self._seen = 0
        self._drawn: tuple[tuple[int, int], tuple[str, ...]] | None = None

    def saw(self, state: RolloutState, event: events.Event) -> None:
        """Take notice of an event, and of a state after it; most are none of ours."""
        if isinstance(event, events.MeasurementTaken):
            for found in event.verdicts:
                self._judged(state, event.measurement, found)
            self._seen += 1
        elif isinstance(event, MARKS):
            _add(self._marks, event)
            self._seen += 1

    def lines(self, state: RolloutState, console: Console) -> tuple[str, ...]:
        """Return the chart of a gate; none before there is a curve to draw."""
        width = console.width if console.is_terminal else 80
        key, drawn = (self._seen, width), self._drawn
        # A picture is drawn four times a second; between two looks nothing moves.
        if drawn is not None and drawn[0] == key:
            return drawn[1]
        unicode = (console.encoding or "").lower().startswith("utf")
        plots = [plot for plot in self._plots(state) if plot.is_drawable]
        most = max(plots, key=_urgency, default=None)
        lines = chart(most, width, unicode=unicode) if most else ()
        self._drawn = key, lines
        return lines

    def _judged(
        self, state: RolloutState, taken: Measurement, found: GateVerdict
    ) -> None:
        gate = index_of(state.plan).gates.get(found.gate)
        if gate is None:  # an amendment took it out of the plan
            return
        test = found.evidence.test if found.evidence else ""
        if test and test not in self._bars.get(gate.id, {}):
            self._bars[gate.id] = bars_of(state, gate)
        bars = self._bars.get(gate.id, {})
        look = look_of(gate, state.metric(gate.metric), taken, found, bars)
        _add(self._looks.setdefault(gate.id, []), look)

    def _plots(self, state: RolloutState) -> Iterator[Plot]:
        """Yield what there is to draw of the gates that matter now."""
        for status in gates_of(state):
            looks = self._looks.get(status.id)
            if looks:
                yield self._plot(state, state.gate(status.id), looks)

    def _plot(self, state: RolloutState, gate: Gate, looks: Sequence[Look]) -> Plot:
        soaks, marks = soaks_of(state.plan, gate), tuple(self._marks)
        return plot_of(
            gate,
            state.metric(gate.metric),
            looks,
            baseline=state.baselines.get(gate.metric),
            holds=tuple(holds_of(marks, soaks, until=state.at)),
            moment=moment_of(marks, gate.id, soaks),
        )


def _urgency(plot: Plot) -> tuple[bool, bool, float]:
    """Return what is larger for a gate that needs to be seen more."""
    last = plot.looks[-1]
    tripped = plot.moment is not None and plot.moment.outcome is Outcome.FAIL
    near = (last.against or 0.0) / last.bar if last.bar else 0.0
    return tripped, last.outcome is not Outcome.PASS, near


def _add(kept: list[T], new: T) -> None:
    """Add one, and drop the oldest half when there are many."""
    if len(kept) >= MOST:
        del kept[: MOST // 2]
    kept.append(new)
