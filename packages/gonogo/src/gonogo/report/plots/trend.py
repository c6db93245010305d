"""
The trend: what a noisy series comes to, where chance was taken into account.

With few events a minute each value is mostly chance; a verdict by evidence rests on
their sum. So the mean of some looks is drawn over the single ones. A plain gate is
judged by single values: of it only these are drawn.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from gonogo.report.plots.plot import Plot

# A day of a look a minute is drawn as the means of half an hour.
_PARTS = 48


def looks_together(plot: Plot) -> int:
    """Return of how many looks a trend is the mean; 1 where there is none."""
    return max(1, len(plot.looks) // _PARTS) if plot.has_evidence else 1


def trend_of(plot: Plot) -> Plot:
    """
    Return a plot of means: of each look and those just before it.

    A look without a number keeps its gap; the means behind it reach over it.
    """
    count = looks_together(plot)
    if count == 1:
        return plot
    values = _means([look.value for look in plot.looks], count)
    controls = _means([look.control for look in plot.looks], count)
    limits = _means([look.limit for look in plot.looks], count)
    found = zip(plot.looks, values, controls, limits, strict=True)
    looks = tuple(
        replace(look, value=value, control=control, limit=limit)
        for look, value, control, limit in found
    )
    return replace(plot, looks=looks)


def _means(values: Sequence[float | None], count: int) -> list[float | None]:
    means: list[float | None] = []
    known: deque[float] = deque(maxlen=count)
    for value in values:
        if value is not None:
            known.append(value)
        means.append(None if value is None else sum(known) / len(known))
    return means
