"""The frame of a drawing: where its panels stand, and how instants become columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.report.plots.ticks import Axis

WIDTH, LEFT, RIGHT = 560, 50, 66
# Names at the ends of lines are not closer than a line of text.
_APART = 13.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time that a drawing shows."""

    start: datetime
    length: timedelta

    def x(self, at: datetime) -> float:
        """Return the column of an instant; what is beyond stands at the edge."""
        share = (at - self.start) / self.length if self.length else 1.0
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One of the stacked parts of a drawing, with its own axis upwards."""

    top: float
    height: float
    axis: Axis

    def y(self, value: float) -> float:
        """Return the row of a value."""
        return self.top + self.height * (1 - self.axis.share(value))

    @property
    def bottom(self) -> float:
        """Return its last row."""
        return self.top + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The name of a line, at the row where it ends; `kind` is its class."""

    text: str
    kind: str
    y: float


def grid(title: str, panel: Panel, ticks: Iterable[tuple[float, str]]) -> Iterator[str]:
    """Yield a panel's title (escaped), and a line with its label at each tick."""
    yield f'<text x="{LEFT}" y="{panel.top - 8:.1f}">{title}</text>'
    for tick, label in ticks:
        y = panel.y(tick)
        yield level("frame", y)
        yield f'<text class="end" x="{LEFT - 6}" y="{y + 4:.1f}">{label}</text>'


def curve(kind: str, points: Iterable[Point | None]) -> str:
    """Return a curve that breaks where a point is missing; '' without a point."""
    parts: list[str] = []
    pen = "M"
    for point in points:
        if point is not None:
            parts.append(f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "M" if point is None else "L"
    drawn = "".join(_alone(parts))
    return f'<path class="curve {kind}" d="{drawn}"/>' if drawn else ""


def level(kind: str, y: float) -> str:
    """Return a line from side to side."""
    return f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'


def names(found: Sequence[Name], panel: Panel) -> Iterator[str]:
    """Yield names beside the panel, moved apart where they would touch."""
    ordered = sorted(found, key=lambda each: each.y)
    lowest = panel.bottom - _APART * (len(ordered) - 1)
    y = panel.top - _APART
    for place, name in enumerate(ordered):
        y = max(y + _APART, min(name.y, lowest + _APART * place))
        x = WIDTH - RIGHT + 5
        yield f'<text class="{name.kind}" x="{x}" y="{y + 4:.1f}">{name.text}</text>'


def _alone(parts: Sequence[str]) -> Iterator[str]:
    """Yield the parts; a point without neighbours gets a stroke of its own."""
    for place, part in enumerate(parts):
        yield part
        last = place + 1 == len(parts) or parts[place + 1].startswith("M")
        if part.startswith("M") and last:
            yield "h.1"
