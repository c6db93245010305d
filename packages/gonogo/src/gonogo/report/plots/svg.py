"""
The drawing of a gate: its values above, the evidence below, one axis of time.

One SVG, of which the page's style sheet gives the colours (`style`). It loads and runs
nothing, says everything in its title and description too, and stays small: a curve has
at most `MOST` points, however long the rollout was.
"""

from collections.abc import Iterator

from gonogo.model.verdict import Outcome
from gonogo.report.html_escaping import drawn
from gonogo.report.plots.evidence_panel import evidence_panel
from gonogo.report.plots.frame import LEFT, RIGHT, WIDTH, Panel, Span
from gonogo.report.plots.plot import Moment, Plot
from gonogo.report.plots.ticks import Axis, axis_of, time_ticks
from gonogo.report.plots.values_panel import values_panel
from gonogo.report.plots.words import clock_text, description

_TOP, _VALUES, _BETWEEN, _EVIDENCE, _FOOT = 22, 140, 26, 76, 24
_SIGNS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.ERROR: "!",
    Outcome.INCONCLUSIVE: "?",
}
# Of a test whose bar is not known: ln(2 / 0.05), that of a soak with one such gate.
_USUAL_BAR, _BEYOND = 3.7, 2.0
# From here on a label stands left of its line, or it would leave the drawing.
_TURNED = 0.6


def plot_svg(plot: Plot, name: str) -> str:
    """
    Return the drawing as an element of a page; '' without two numbers.

    Args:
        plot: What is drawn.
        name: Begins the ids of its title and description; unique on the page.
    """
    if not plot.is_drawable:
        return ""
    span = Span(start=plot.start, length=plot.end - plot.start)
    values = Panel(top=_TOP, height=_VALUES, axis=axis_of(plot.numbers()))
    parts = [*values_panel(plot, span, values)]
    last = values
    if plot.has_evidence:
        last = Panel(
            top=values.bottom + _BETWEEN, height=_EVIDENCE, axis=_evidence_axis(plot)
        )
        parts += evidence_panel(plot, span, last)
    parts += _times(plot, span, last)
    parts += _moment(plot.moment, span, last) if plot.moment else ()
    height = last.bottom + _FOOT
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-words">'
        f'<title id="{name}-title">{drawn(plot.title)}</title>'
        f'<desc id="{name}-words">{drawn(description(plot))}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _evidence_axis(plot: Plot) -> Axis:
    """
    Return an axis from 1 (ln 0) to beyond the bar; what is below speaks for nothing.

    Evidence far beyond its bar stands at the edge: drawn to scale, it would press the
    way there into one line.
    """
    bar = max((look.bar for look in plot.looks if look.bar), default=_USUAL_BAR)
    seen = (x for look in plot.looks for x in (look.against, look.cleared) if x)
    return Axis(0.0, min(max(bar, *seen, 0.0), _BEYOND * bar) * 1.12)


def _times(plot: Plot, span: Span, last: Panel) -> Iterator[str]:
    y = last.bottom
    yield f'<path class="frame" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
    for at, label in time_ticks(plot.start, plot.end):
        x = span.x(at)
        yield f'<path class="frame" d="M{x:.1f} {y:.1f}v5"/>'
        yield f'<text class="middle" x="{x:.1f}" y="{y + 17:.1f}">{label}</text>'
    yield f'<text x="{WIDTH - RIGHT + 5}" y="{y + 17:.1f}">UTC</text>'


def _moment(moment: Moment, span: Span, last: Panel) -> Iterator[str]:
    x = span.x(moment.at)
    turned = x > LEFT + (WIDTH - LEFT - RIGHT) * _TURNED
    kind, place = ("when end", x - 5) if turned else ("when", x + 5)
    words = f"{_SIGNS[moment.outcome]} {moment.words} {clock_text(moment.at)}"
    yield f'<path class="moment" d="M{x:.1f} {_TOP - 12}V{last.bottom:.1f}"/>'
    yield f'<text class="{kind}" x="{place:.1f}" y="{_TOP - 8}">{drawn(words)}</text>'
