"""Find open points: everything that a binding could still settle, in order of asking."""

from collections.abc import Callable, Iterator

from gonogo.document.open_points.blocks import connections, variants
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.metrics import metrics
from gonogo.document.open_points.people import people
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.open_points.steps import steps
from gonogo.document.open_points.values import values
from gonogo.document.open_points.ways import ways

_FINDERS: tuple[Callable[[Looking], Iterator[OpenPoint]], ...] = (
    connections,
    values,
    variants,
    people,
    metrics,
    steps,
    ways,
)
_ORDER = tuple(Kind)


def open_points(looking: Looking) -> tuple[OpenPoint, ...]:
    """
    Return what is open, by kind and line; each thing once.

    A step is not asked for while something else on its line is open: that may be all
    that is missing.
    """
    found: dict[tuple[str, str], OpenPoint] = {}
    for finder in _FINDERS:
        for point in finder(looking):
            found.setdefault(point.key, point)
    others = {n for p in found.values() if not _may_wait(p) for n in _on(looking, p)}
    kept = (p for p in found.values() if not (_may_wait(p) and p.line in others))
    return tuple(sorted(kept, key=lambda p: (_ORDER.index(p.kind), p.line)))


def _may_wait(point: OpenPoint) -> bool:
    return point.kind in {Kind.STEPS, Kind.TRAFFIC}


def _on(looking: Looking, point: OpenPoint) -> Iterator[int]:
    """Yield the lines that a point stands on: its own, and that of its block."""
    yield from (point.line, *point.also)
    for command in looking.reading.commands:
        if command.line <= point.line <= command.end_line:
            yield command.line
