"""Print docs/reference/states.md: the legal moves, drawn from their tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gonogo.decision.transitions import ROLLOUT, STEP, UNDO

HEAD = """# States

Drawn by `make docs` from the tables in `gonogo.decision.transitions`. A move that is not
drawn is an error of the program, which stops before it is journaled. A state without an
arrow out of it is an end.
"""

State = TypeVar("State", bound=StrEnum)


def diagram(title: str, table: Mapping[State, frozenset[State]]) -> str:
    """Return one table as a diagram; the first state is where it begins."""
    pairs = ((before, after) for before in table for after in sorted(table[before]))
    lines = [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {next(iter(table))}",
        *(f"    {before} --> {after}" for before, after in pairs),
        *(f"    {state} --> [*]" for state in table if not table[state]),
        "```",
    ]
    return f"## {title}\n\n" + "\n".join(lines)


if __name__ == "__main__":
    diagrams = (
        diagram("A rollout", ROLLOUT),
        diagram("A step", STEP),
        diagram("An undo", UNDO),
    )
    print(HEAD, "\n\n".join(diagrams), sep="\n")
