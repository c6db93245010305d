"""A card for each gate: its last value, its limit and verdict, and a small curve."""

from collections.abc import Iterator, Sequence
from html import escape

from gonogo.analysis.threshold import limit_text
from gonogo.model import event as events
from gonogo.model.condition import Relative
from gonogo.model.plan import Holds
from gonogo.model.verdict import Outcome
from gonogo.report.evidence_gates import Series, series_of
from gonogo.report.history import History
from gonogo.report.html_blocks import mark_html, ref_html
from gonogo.report.wording import actual_text, bound_of, number_text

_WIDTH, _HEIGHT, _PAD = 240, 56, 6
# More points than the curve has columns would only blur it.
_POINTS = 240


def gates_html(history: History) -> str:
    """Return the cards of the gates that were judged; '' when none was."""
    cards = [_card(history, series) for series in series_of(history) if series.taken]
    return f'<div class="gates">{"".join(cards)}</div>' if cards else ""


def limits_of(history: History, series: Series) -> tuple[float, ...]:
    """Return where a gate's limit lies, in its metric's own unit, for the drawing."""
    gate, bounds = series.gate, bound_of(series.gate.condition)
    if gate.condition.relative is None:
        return bounds
    baseline = history.state.baselines.get(gate.metric)
    if baseline is None or gate.condition.relative is not Relative.BASELINE:
        return ()
    base = max(baseline, gate.floor)
    if gate.condition.unit == "%":
        return tuple(base * (1 + bound / 100) for bound in bounds)
    if gate.condition.unit == "x":
        return tuple(base * bound for bound in bounds)
    return tuple(baseline + bound for bound in bounds)


def _card(history: History, series: Series) -> str:
    gate = series.gate
    last, found = series.taken[-1]
    value = actual_text(gate, series.metric, last.event.measurement, found)
    holds = "limit" if gate.holds is Holds.MUST else "must not be"
    tripped = any(e.event.gate == gate.id for e in history.of(events.RolloutAborted))
    badge = ' <strong class="trip">tripped</strong>' if tripped else ""
    return (
        f'<article class="gate {found.verdict.outcome.value}">'
        f"<h3>{escape(gate.title)}</h3>"
        f'<p class="value">{escape(value)} {mark_html(found.verdict.outcome)}{badge}</p>'
        f"{sparkline_svg(history, series)}"
        f'<p class="limit">{holds} {escape(limit_text(gate.condition))} · '
        f'<a class="line" href="#L{gate.line}">line {gate.line}</a> · '
        f"{len(series.taken)} looks, last {ref_html(last.seq)}</p></article>"
    )


def sparkline_svg(history: History, series: Series) -> str:
    """Return the curve of a gate's numbers with its limit; '' without two numbers."""
    numbers = series.numbers
    if len(numbers) < 2:  # noqa: PLR2004  # one point is no curve
        return ""
    limits = limits_of(history, series)
    low, high = min(*numbers, *limits), max(*numbers, *limits)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    scale = (low - room, high + room)
    points = [(i / (len(numbers) - 1), v) for i, v in enumerate(numbers)]
    line = " ".join(_at(x, v, scale) for x, v in _thinned(points))
    last = _at(1.0, numbers[-1], scale).split(",")
    words = (
        f"{series.gate.title}: {len(numbers)} values from {number_text(min(numbers))} "
        f"to {number_text(max(numbers))}, last {number_text(numbers[-1])}; limit "
        f"{limit_text(series.gate.condition)}"
    )
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(words)}">{"".join(_limit_lines(limits, scale))}'
        f'<polyline class="curve" points="{line}"/>'
        f"{''.join(_fails(series, scale))}"
        f'<circle class="last" cx="{last[0]}" cy="{last[1]}" r="3"/></svg>'
    )


def _limit_lines(limits: Sequence[float], scale: tuple[float, float]) -> Iterator[str]:
    for limit in limits:
        y = _at(0.0, limit, scale).split(",")[1]
        yield f'<line class="bound" x1="0" x2="{_WIDTH}" y1="{y}" y2="{y}"/>'


def _fails(series: Series, scale: tuple[float, float]) -> Iterator[str]:
    """Mark measurements that failed with a cross; the first fifty are enough."""
    numbers = [
        (entry.event.measurement.value, found.verdict.outcome)
        for entry, found in series.taken
        if isinstance(entry.event.measurement.value, int | float)
    ]
    count = max(len(numbers) - 1, 1)
    failed = [
        (index / count, value)
        for index, (value, outcome) in enumerate(numbers)
        if outcome is Outcome.FAIL and isinstance(value, int | float)
    ]
    for share, value in failed[:50]:
        x, y = (float(each) for each in _at(share, value, scale).split(","))
        yield (f'<path class="cross" d="M{x - 3:.1f} {y - 3:.1f} l6 6 m0 -6 l-6 6"/>')


def _at(share: float, value: float, scale: tuple[float, float]) -> str:
    low, high = scale
    x = _PAD + share * (_WIDTH - 2 * _PAD)
    y = _HEIGHT - _PAD - (value - low) / (high - low) * (_HEIGHT - 2 * _PAD)
    return f"{x:.1f},{y:.1f}"


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the lowest and the highest of each bucket: no peak is lost."""
    if len(points) <= _POINTS:
        return points
    size = -(-len(points) * 2 // _POINTS)
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), size):
        bucket = points[start : start + size]
        ends = {min(bucket, key=_value), max(bucket, key=_value)}
        kept.extend(sorted(ends))
    return kept


def _value(point: tuple[float, float]) -> float:
    return point[1]
