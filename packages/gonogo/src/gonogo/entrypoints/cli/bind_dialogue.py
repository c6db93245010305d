"""The dialogue of `gonogo bind`: one open point after another, until the end."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

from gonogo.document.open_points.additions import NoPlaceForIt
from gonogo.document.open_points.answer import AnswerRefused
from gonogo.document.open_points.draft import Draft, answered
from gonogo.document.open_points.point import FORMS, Kind, OpenPoint
from gonogo.entrypoints.cli.output import safe
from gonogo.entrypoints.cli.page import Page

_SINGULAR = {
    Kind.CONNECTIONS: "connection",
    Kind.VALUES: "value",
    Kind.VARIANTS: "variant",
    Kind.PEOPLE: "role",
    Kind.METRICS: "metric",
    Kind.WAITS: "wait",
    Kind.TRAFFIC: "share of traffic",
    Kind.STEPS: "step",
    Kind.ROLLBACKS: "way back",
}
_PLURAL = {
    Kind.PEOPLE: "roles",
    Kind.TRAFFIC: "shares of traffic",
    Kind.ROLLBACKS: "ways back",
}


def by_kind(points: Iterable[OpenPoint]) -> str:
    """Return how much is open: 'open: 3 metrics, 1 role', or that nothing is."""
    counts = Counter(point.kind for point in points)
    said = [_counted(kind, counts[kind]) for kind in Kind if counts[kind]]
    return f"open: {', '.join(said)}" if said else "nothing is open"


def _counted(kind: Kind, count: int) -> str:
    many = _PLURAL.get(kind, kind.value)
    return f"{count} {_SINGULAR[kind] if count == 1 else many}"


@dataclass(slots=True)
class Dialogue:
    """
    Asks on a page, and reads from standard input.

    Attributes:
        skipped: The keys of the points that stay open.
    """

    page: Page
    file: Path
    kinds: Sequence[Kind]
    skipped: set[tuple[str, str]] = field(default_factory=set)

    def hold(self, draft: Draft) -> Draft:
        """Ask until nothing is left, or the person stops; return what was answered."""
        # Ctrl-C may come at any time: what was answered by then is kept.
        with suppress(KeyboardInterrupt, EOFError):
            while (point := self._next(draft)) is not None:
                self._show(point, draft)
                reply = self._reply(point)
                if reply == "q":
                    break
                draft = self._taken(draft, point, reply)
        return draft

    def _next(self, draft: Draft) -> OpenPoint | None:
        return next(iter(self._left(draft)), None)

    def _left(self, draft: Draft) -> list[OpenPoint]:
        return [
            point
            for point in draft.points
            if point.kind in self.kinds and point.key not in self.skipped
        ]

    def _show(self, point: OpenPoint, draft: Draft) -> None:
        left = len(self._left(draft))
        self.page.heading(f"{self.file}:{point.line}  {point.kind}, {left} to go")
        self.page.row("    ", point.text, style="cyan")
        self.page.row("", point.question)
        for number, choice in enumerate(point.choices, start=1):
            self.page.row(f"    {number}  ", choice)

    def _reply(self, point: OpenPoint) -> str:
        """Return what the person says; '?' is answered here."""
        while (reply := self._line(point)) == "?":
            for form in FORMS[point.kind]:
                self.page.row("    ", form)
            self.page.row("", "Enter  takes what stands in [brackets]")
            self.page.row("", "s      skips it: it stays open, and a person's")
            self.page.row("", "S      skips all that is left of its kind")
            self.page.row("", "q      stops, and keeps what was answered")
        return reply

    def _line(self, point: OpenPoint) -> str:
        """Return the next line; an empty one is the suggestion, or asks for help."""
        suggestion = f" [{point.suggestion}]" if point.suggestion else ""
        stream = self.page.stream
        click.echo(safe(f"(?, s, q){suggestion} > "), nl=False, file=stream)
        try:
            line = input().strip()
        finally:
            if not sys.stdin.isatty():
                click.echo(file=stream)
        return line or point.suggestion or "?"

    def _taken(self, draft: Draft, point: OpenPoint, reply: str) -> Draft:
        if reply in {"s", "S"}:
            same = [p for p in draft.points if p.kind is point.kind]
            self.skipped |= {p.key for p in (same if reply == "S" else [point])}
            return draft
        try:
            after = answered(draft, point, reply)
        except (AnswerRefused, NoPlaceForIt) as refused:
            self.page.row("  ✗ ", str(refused), style="yellow")
            return draft
        for addition in after.additions[len(draft.additions) :]:
            text = f"{addition.section}: {addition.name}: {addition.value}"
            self.page.row("  ✓ ", text, style="green")
        return after
