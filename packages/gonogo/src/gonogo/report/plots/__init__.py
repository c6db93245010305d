"""
Plots: what a gate was judged by, made to be looked at.

Values in, text out: an SVG for a page, lines for a terminal, one line for a table.
"""

from gonogo.report.plots.chart import chart
from gonogo.report.plots.course import look_of, plot_of
from gonogo.report.plots.plot import Look, Moment, Plot, Stretch
from gonogo.report.plots.svg import plot_svg

__all__ = [
    "Look",
    "Moment",
    "Plot",
    "Stretch",
    "chart",
    "look_of",
    "plot_of",
    "plot_svg",
]
