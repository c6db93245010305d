"""
The lower panel: how the evidence grew, and the bar that makes it a proof.

It is told as the reasons tell it: so many times likelier than by chance, on a scale of
powers of ten, where evidence that grows evenly is a straight line.
"""

from collections.abc import Iterator

from gonogo.report.plots.frame import Panel, Span, grid, names
from gonogo.report.plots.lines import Line, drawn_lines, ends_of
from gonogo.report.plots.plot import Plot
from gonogo.report.plots.ticks import odds_ticks

_LINES = (
    Line(kind="limit", name="proof", of=lambda look: look.bar),
    Line(kind="cleared", name="in limit", of=lambda look: look.cleared),
    Line(kind="against", name="against", of=lambda look: look.against),
)
_TITLE = "Evidence against the change, and that it keeps its limit"


def evidence_panel(plot: Plot, span: Span, panel: Panel) -> Iterator[str]:
    """Yield the parts of the panel, those below first."""
    yield from grid(_TITLE, panel, odds_ticks(panel.axis))
    yield from drawn_lines(plot, span, panel, _LINES)
    yield from names(tuple(ends_of(plot, panel, _LINES)), panel)
