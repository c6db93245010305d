"""Hypothesis strategies for what `gonogo.testing` can draw; they shrink."""

from collections.abc import Callable

from hypothesis import strategies as st

from gonogo.model.plan import Plan
from gonogo.testing.plans import draw_plan


class Drawn:
    """Implements `plans.Choices` by hypothesis."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        """Take what a composite strategy is given to draw with."""
        self._draw = draw

    def number(self, highest: int) -> int:
        """Return a number from 0 to `highest`, both included."""
        return self._draw(st.integers(0, highest))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return random valid plans."""
    return draw_plan(Drawn(draw))
