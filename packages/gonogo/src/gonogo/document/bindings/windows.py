"""Change windows in bindings: a rule, how long, where, and the days that are left out."""

from collections.abc import Iterator
from datetime import date

from gonogo.document.bindings.bound import Place, StageBinding, WindowBinding
from gonogo.document.bindings.fields import Fields, below
from gonogo.document.bindings.grammar import KEYS
from gonogo.document.codes import Code
from gonogo.document.nodes import Items, Node
from gonogo.model.plan import OnFailure
from gonogo.model.window import ANCHOR, ChangeWindow


def windows_in(fields: Fields) -> tuple[WindowBinding, ...] | None:
    """Return the windows of a mapping; one alone counts as a list of one."""
    node, place = fields.node("windows"), fields.place("windows")
    if node is None:
        return None
    items = node.items if isinstance(node, Items) else (node,)
    return tuple(_windows(items, place, fields))


def stage_binding(node: Node | None, at: Place, fields: Fields) -> StageBinding | None:
    """Return what is said of a stage."""
    inner = Fields(node, at, fields.problems, KEYS["stage"])
    inner.needs("windows")
    found = windows_in(inner)
    return StageBinding(windows=found) if found else None


def on_failure_in(fields: Fields) -> OnFailure | None:
    """Return what a failing step leads to; None where nothing is said."""
    said = fields.text("on_failure")
    if said is None:
        return None
    if said not in set(OnFailure):
        fields.out_of_range("on_failure", said, "way on: 'back' or 'ask'")
        return None
    return OnFailure(said)


def _windows(
    items: tuple[Node, ...], place: Place, fields: Fields
) -> Iterator[WindowBinding]:
    for number, item in enumerate(items):
        at = below(place, str(number + 1), item)
        window = _window(Fields(item, at, fields.problems, KEYS["window"]))
        if window is not None:
            yield window


def _window(fields: Fields) -> WindowBinding | None:
    """Return one window; None where a part of it is missing or wrong."""
    fields.needs("for")
    rule, zone = fields.text("rule", required=True), fields.text("zone", required=True)
    span, start = fields.duration("for"), fields.text("from")
    closed = _dates(fields, "except", fields.texts("except") or ())
    started = _dates(fields, "from", (start,) if start else ())
    if rule is None or zone is None or span is None:
        return None
    window = ChangeWindow(
        line=1 if fields.at.file else fields.at.line,
        rule=rule.removeprefix("RRULE:"),
        duration=span,
        zone=zone,
        start=next(iter(started), ANCHOR),
        closed=tuple(sorted(set(closed))),
    )
    holidays = fields.texts("holidays") or ()
    return WindowBinding(window=window, at=fields.at, holidays=holidays)


def _dates(fields: Fields, key: str, texts: tuple[str, ...]) -> tuple[date, ...]:
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            fields.problems.add(
                Code.BAD_VALUE,
                fields.place(key),
                value=text,
                wanted="day of the calendar",
                example="2026-12-24",
            )
    return tuple(found)
