"""Variants: which of the blocks that the reading calls alternatives is run here."""

from collections.abc import Collection, Sequence

from gonogo.document.bindings.bound import Bindings
from gonogo.document.bindings.names import folded
from gonogo.document.reading import Command


def chosen(commands: Sequence[Command], bindings: Bindings) -> tuple[Command, ...]:
    """
    Return the blocks of the one variant that the bindings name, in order.

    A variant is named by its whole label or by what stands before the colon: 'Option A'
    names 'Option A: by hand'. Where none or several are named, nothing is chosen.
    """
    wanted = {folded(one.value) for one in bindings.variants}
    hits = tuple(c for c in commands if _names(c) & wanted)
    return hits if len({c.label for c in hits}) == 1 else ()


def decided(commands: Sequence[Command], bindings: Bindings) -> tuple[Command, ...]:
    """Return blocks without the variants that another was chosen over."""
    sets: dict[int, list[Command]] = {}
    for command in commands:
        if command.alternatives is not None:
            sets.setdefault(command.alternatives, []).append(command)
    left: set[int] = set()
    for members in sets.values():
        left |= {c.line for c in chosen(members, bindings) or members}
    return tuple(c for c in commands if c.alternatives is None or c.line in left)


def is_open(commands: Collection[Command]) -> bool:
    """Tell whether some of these blocks still are variants of one another."""
    named = {(c.alternatives, c.label) for c in commands if c.alternatives is not None}
    return len(named) > len({first for first, _ in named})


def _names(command: Command) -> set[str]:
    label = command.label or ""
    return {folded(label), folded(label.split(":")[0])} - {""}
