"""Columns and bars: text made to fit a width, in the cells of a terminal."""

from rich.cells import cell_len, set_cell_size

from gonogo.entrypoints.cli.output import safe
from gonogo.report.wording import one_line

BAR = 20


def column(text: str, width: int, *, right: bool = False) -> str:
    """Return text cut or padded to a width in cells, a cut one with an ellipsis."""
    flat = one_line(safe(text), 10_000)
    if cell_len(flat) > width:
        return f"{set_cell_size(flat, max(width - 1, 0))}…"
    if right:
        return f"{' ' * (width - cell_len(flat))}{flat}"
    return set_cell_size(flat, width)


def bar(share: float, width: int = BAR) -> str:
    """Return a progress bar; full only when it is."""
    filled = int(max(0.0, min(share, 1.0)) * width)
    return "█" * filled + "░" * (width - filled)
