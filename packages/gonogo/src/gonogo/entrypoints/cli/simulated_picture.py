"""A small picture of a simulation on a terminal: stages over time, and the exposure."""

from collections.abc import Iterator
from datetime import datetime

from gonogo.entrypoints.cli.columns import column
from gonogo.entrypoints.cli.console import ConsolePage
from gonogo.entrypoints.cli.page import Page
from gonogo.report.wording import number_text, span_text
from gonogo.simulation.result import Simulation, peak

BLOCKS = " ▁▂▃▄▅▆▇█"
TITLE = 26
FEWEST, MOST = 20, 72


def picture_of(page: Page, found: Simulation) -> Iterator[str]:
    """Yield the lines of the picture; none in a pipe, nor where nothing takes time."""
    if not isinstance(page, ConsolePage) or not found.lasted:
        return
    width = min(page.console.width - TITLE - 3, MOST)
    if width >= FEWEST:
        yield from drawn(found, width)


def drawn(found: Simulation, width: int) -> Iterator[str]:
    """Yield the picture: a row for each stage, one for the exposure, and the scale."""
    yield ""
    for stage in found.stages:
        first = _place(found, stage.entered, width)
        last = _place(found, stage.left or found.ended_at, width)
        bar = " " * first + "━" * max(last - first, 1)
        yield f"{column(stage.title, TITLE)} {bar[:width]}"
    top = peak(found.levels)
    share = column(f"exposure, up to {number_text(top)} %", TITLE)
    yield f"{share} {''.join(_heights(found, width))}"
    end = span_text(found.lasted)
    yield f"{' ' * TITLE} 0{' ' * max(width - 1 - len(end), 1)}{end}"


def _place(found: Simulation, at: datetime, width: int) -> int:
    share = (at - found.started_at) / found.lasted
    return min(int(share * width), width - 1)


def _heights(found: Simulation, width: int) -> Iterator[str]:
    """Yield a block for each column: the highest exposure in its time."""
    for place in range(width):
        begin = found.started_at + found.lasted * (place / width)
        end = found.started_at + found.lasted * ((place + 1) / width)
        inside = [each.pct for each in found.levels if begin < each.at < end]
        before = [each.pct for each in found.levels if each.at <= begin]
        level = max([*inside, *before[-1:]], default=0.0)
        height = -(-level * (len(BLOCKS) - 1) // 100)
        yield BLOCKS[int(height)]
