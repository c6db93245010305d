"""Lines: what a panel draws of each look, one curve for each number that it has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gonogo.report.plots.frame import Name, Panel, Point, Span, curve
from gonogo.report.plots.plot import Look, Plot, last_of
from gonogo.report.plots.thinning import thinned

# More points than this only blur: a panel is about as many pixels wide.
MOST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve: its class in the style sheet, its name, and its number of a look."""

    kind: str
    name: str
    of: Callable[[Look], float | None]


def drawn_lines(
    plot: Plot, span: Span, panel: Panel, lines: Sequence[Line]
) -> Iterator[str]:
    """Yield the curves, the first below; nothing for one without a number."""
    for line in lines:
        yield curve(line.kind, _points(plot, span, panel, line))


def ends_of(plot: Plot, panel: Panel, lines: Sequence[Line]) -> Iterator[Name]:
    """Yield the name of each curve that has a number, where its last one is."""
    for line in lines:
        last = last_of([line.of(look) for look in plot.looks])
        if last is not None:
            yield Name(text=line.name, kind=line.kind, y=panel.y(last))


def _points(plot: Plot, span: Span, panel: Panel, line: Line) -> Iterator[Point | None]:
    values = [line.of(look) for look in plot.looks]
    for place in thinned(values, MOST):
        value = values[place]
        at = plot.looks[place].at
        yield None if value is None else (span.x(at), panel.y(value))
