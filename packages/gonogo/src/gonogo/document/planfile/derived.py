"""What a plan file may leave out, because it follows from the rest of its mapping."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gonogo.document.soak_limit import soak_limit
from gonogo.model.plan import Gate, Question, Soak


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """
    What is meant where a key is left out.

    Attributes:
        said: In words, for the schema.
        of: Returns it, given the other values of the mapping by their keys.
    """

    said: str
    of: Callable[[Mapping[str, Any]], Any]


DERIVED: Mapping[tuple[type[Any], str], Derived] = {
    (Gate, "title"): Derived(
        said="the metric's name", of=lambda values: values.get("metric")
    ),
    (Question, "why"): Derived(
        said="that the plan asks a person", of=lambda _: "The plan asks a person."
    ),
    (Soak, "limit"): Derived(
        said="twice the duration, ten minutes at least",
        of=lambda values: soak_limit(values.get("duration") or timedelta()),
    ),
}
"""By type and key."""
