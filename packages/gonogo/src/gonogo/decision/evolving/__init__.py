"""
One function for each event type, by subject; together they are the whole fold.

`fold` knows a type once its subject is imported: whoever imports this package has all.
"""

from gonogo.decision.evolving import (
    actions,
    amending,
    control,
    measuring,
    people,
    steps,
    undoing,
)
from gonogo.decision.evolving.dispatch import fold

__all__ = [
    "actions",
    "amending",
    "control",
    "fold",
    "measuring",
    "people",
    "steps",
    "undoing",
]
