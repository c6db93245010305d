"""
The chart of a gate in a terminal: eight lines at most, legible without colours.

The values are a curve with the limit across it; below stand the control on the same
scale, the evidence on its way to a proof, and the time. Where a terminal knows ASCII
alone, or somebody wants plain text, the same is drawn with other letters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gonogo.report.plots.canvas import ASCII_PEN, BRAILLE_PEN, Pen, canvas, row_of
from gonogo.report.plots.plot import Look, Plot, last_of
from gonogo.report.plots.sparkline import ASCII, BLOCKS, Column, Letters, sparkline
from gonogo.report.plots.ticks import Axis, axis_of
from gonogo.report.plots.trend import looks_together, trend_of
from gonogo.report.plots.words import clock_text, evidence_text
from gonogo.report.wording import one_line, value_text

LINES = 8
"""A chart is never higher."""
_ROWS = 4
# Beside the drawing: what a row is, and what its last value was.
_GUTTER, _MARGIN = 10, 14
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Hand:
    """The letters that a chart is drawn with."""

    pen: Pen
    letters: Letters
    corner: str
    rule: str
    mark: str


UNICODE_HAND = Hand(BRAILLE_PEN, BLOCKS, "└", "─", "▲")
ASCII_HAND = Hand(ASCII_PEN, ASCII, "+", "-", "^")


def chart(plot: Plot, width: int = 80, *, unicode: bool = True) -> tuple[str, ...]:
    """
    Return the lines of a chart, none wider than asked; none without two numbers.

    Args:
        plot: What is drawn.
        width: In columns of the terminal; below 40 there is no room for a chart.
        unicode: False where the terminal shows ASCII alone.
    """
    if not plot.is_drawable or width < _NARROWEST:
        return ()
    hand = UNICODE_HAND if unicode else ASCII_HAND
    room, trend = width - _GUTTER - _MARGIN, trend_of(plot)
    axis = axis_of(trend.numbers())
    lines = (
        _head(plot),
        *_curve(trend, axis, hand, room),
        *_control(trend, axis, hand, room),
        *_evidence(plot, hand, room),
        _time(plot, hand, room),
    )
    return tuple(_fitted(line, width, unicode=unicode) for line in lines)


def columns_of(
    plot: Plot, values: Sequence[float | None], width: int
) -> tuple[Column, ...]:
    """
    Return each look's number in the column of its instant.

    What was seen stands until the next look; no column is empty.
    """
    found: list[list[float | None]] = [[] for _ in range(width)]
    span = plot.end - plot.start
    for look, value in zip(plot.looks, values, strict=True):
        share = (look.at - plot.start) / span if span else 0.0
        found[min(int(share * width), width - 1)].append(value)
    columns: list[Column] = []
    for seen in found:
        columns.append(tuple(seen) or columns[-1][-1:])
    return tuple(columns)


def _fitted(line: str, width: int, *, unicode: bool) -> str:
    """Return a line that fits, without blanks at its end."""
    if not unicode:
        line = line.encode("ascii", "replace").decode()
    return line[:width].rstrip()


def _row(label: str, drawing: str, words: str = "") -> str:
    return f"{label:>{_GUTTER - 1}} {drawing} {words}"


def _head(plot: Plot) -> str:
    value = last_of([look.value for look in trend_of(plot).looks])
    parts = [f"{one_line(plot.title, 40)}  {value_text(value, plot.unit)}"]
    count = looks_together(plot)
    if count > 1:
        parts[0] += f", mean of {count} looks"
    if plot.baseline is not None:
        parts.append(f"baseline {value_text(plot.baseline, plot.unit)}")
    parts.append(f"limit {plot.limit_text}")
    return "  ".join(parts)


def _curve(plot: Plot, axis: Axis, hand: Hand, room: int) -> Iterator[str]:
    values = [look.value for look in plot.looks]
    columns = columns_of(plot, values, room * hand.pen.across)
    moving = last_of([look.limit for look in plot.looks])
    limits = (*plot.limits, *(() if moving is None else (moving,)))
    lined = {row_of(axis.share(limit), _ROWS) for limit in limits}
    rows = canvas(columns, axis, lined, rows=_ROWS, pen=hand.pen)
    labels = (f"{axis.high:.3g}", *[""] * (_ROWS - 2), f"{axis.low:.3g}")
    for place, (label, row) in enumerate(zip(labels, rows, strict=True)):
        yield _row(label, row, "limit" if place in lined else "")


def _control(plot: Plot, axis: Axis, hand: Hand, room: int) -> Iterator[str]:
    if plot.has_control:
        values = [look.control for look in plot.looks]
        line = sparkline(columns_of(plot, values, room), axis, hand.letters)
        yield _row("control", line, value_text(last_of(values), plot.unit))


def _evidence(plot: Plot, hand: Hand, room: int) -> Iterator[str]:
    """Yield the evidence against the change: full only where it is a proof."""
    judged = [look for look in plot.looks if look.against is not None]
    if judged:
        columns = columns_of(plot, [_share_of_proof(k) for k in plot.looks], room)
        line = sparkline(columns, Axis(0.0, 1.0), hand.letters)
        yield _row("against", line, evidence_text(judged[-1]))


def _share_of_proof(look: Look) -> float | None:
    if look.against is None or not look.bar:
        return None
    return look.against / look.bar


def _time(plot: Plot, hand: Hand, room: int) -> str:
    """Return the axis: when it began, when it decided, when it was last looked at."""
    line = [hand.rule] * room
    _write(line, 1, clock_text(plot.start))
    _write(line, room, clock_text(plot.end))
    if plot.moment is not None:
        span = plot.end - plot.start
        share = (plot.moment.at - plot.start) / span if span else 1.0
        words = f"{hand.mark} {plot.moment.words} {clock_text(plot.moment.at)}"
        _write(line, min(int(share * room), room), words)
    return f"{' ' * (_GUTTER - 1)}{hand.corner}{''.join(line)}"


def _write(line: list[str], place: int, words: str) -> None:
    """Write words into a line from a place on, or so that they end with the line."""
    start = max(min(place, len(line) - len(words)), 0)
    line[start : start + len(words)] = words[: len(line) - start]
