"""The upper panel: what was measured, beside what it is held against."""

from collections.abc import Iterator

from gonogo.model.verdict import Outcome
from gonogo.report.html_escaping import drawn
from gonogo.report.plots.frame import (
    RIGHT,
    WIDTH,
    Name,
    Panel,
    Span,
    grid,
    level,
    names,
)
from gonogo.report.plots.lines import Line, drawn_lines, ends_of
from gonogo.report.plots.plot import Plot
from gonogo.report.plots.ticks import number_ticks
from gonogo.report.plots.trend import looks_together, trend_of
from gonogo.report.wording import number_text, one_line

# So many crosses show where it failed, and so many holds; more would hide the curve.
_MARKS = 50
_RUG = 4


def values_panel(plot: Plot, span: Span, panel: Panel) -> Iterator[str]:
    """Yield the parts of the panel, those below first."""
    trend, lines = trend_of(plot), _lines(plot)
    levels = tuple(_levels(plot, panel))
    ticks = ((tick, number_text(tick)) for tick in number_ticks(panel.axis))
    yield from _holds(plot, span, panel)
    yield from grid(drawn(_title(plot)), panel, ticks)
    yield from (level(each.kind, each.y) for each in levels)
    if trend is not plot:
        yield from drawn_lines(plot, span, panel, _SINGLE)
    yield from drawn_lines(trend, span, panel, lines)
    yield from _crosses(plot, span, panel)
    yield _rug(plot, span, panel)
    yield from names((*levels, *ends_of(trend, panel, lines)), panel)


# The single looks, faint behind their trend; they need no names of their own.
_SINGLE = (
    Line(kind="single control", name="", of=lambda look: look.control),
    Line(kind="single canary", name="", of=lambda look: look.value),
)


def _lines(plot: Plot) -> tuple[Line, ...]:
    value = "canary" if plot.has_control else "value"
    return (
        Line(kind="limit", name="limit", of=lambda look: look.limit),
        Line(kind="control", name="control", of=lambda look: look.control),
        Line(kind="canary", name=value, of=lambda look: look.value),
    )


def _title(plot: Plot) -> str:
    unit = f", {plot.unit}" if plot.unit and plot.unit != "count" else ""
    count = looks_together(plot)
    mean = f" (mean of {count} looks)" if count > 1 else ""
    return f"{one_line(plot.title, 24)}{unit}{mean}"


def _levels(plot: Plot, panel: Panel) -> Iterator[Name]:
    """Yield what is the same at every look: the baseline and a fixed limit."""
    if plot.baseline is not None:
        yield Name(text="baseline", kind="baseline", y=panel.y(plot.baseline))
    for limit in plot.limits:
        yield Name(text="limit", kind="limit", y=panel.y(limit))


def _holds(plot: Plot, span: Span, panel: Panel) -> Iterator[str]:
    for hold in plot.holds[-_MARKS:]:
        x, end = span.x(hold.start), span.x(hold.end)
        width = max(end - x, 1.0)
        yield (
            f'<rect class="hold" x="{x:.1f}" y="{panel.top:.1f}" '
            f'width="{width:.1f}" height="{panel.height:.1f}"/>'
            f'<path class="edge" d="M{x:.1f} {panel.top:.1f}h{width:.1f}"/>'
        )
    if plot.holds:
        x = span.x(plot.holds[-1].start)
        yield f'<text x="{x + 4:.1f}" y="{panel.top + 12:.1f}">hold</text>'


def _crosses(plot: Plot, span: Span, panel: Panel) -> Iterator[str]:
    failed = [look for look in plot.looks if look.outcome is Outcome.FAIL]
    for look in failed[:_MARKS]:
        if look.value is not None:
            x, y = span.x(look.at), panel.y(look.value)
            yield f'<path class="cross" d="M{x - 3:.1f} {y - 3:.1f}l6 6m0-6l-6 6"/>'


def _rug(plot: Plot, span: Span, panel: Panel) -> str:
    """Mark below, column by column, where a look gave no number."""
    missing = (look for look in plot.looks if look.value is None)
    columns = sorted({int(span.x(look.at)) for look in missing})
    if not columns:
        return ""
    y, x = panel.bottom - _RUG, WIDTH - RIGHT + 5
    marks = "".join(f"M{column} {y:.0f}h2v{_RUG}h-2z" for column in columns)
    return (
        f'<path class="unread" d="{marks}"/>'
        f'<text x="{x}" y="{panel.bottom + 13:.1f}">▪ no data</text>'
    )
