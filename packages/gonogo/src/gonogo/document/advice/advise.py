"""Advise: every rule that looks at a rollout as a whole, in one call."""

from collections.abc import Callable, Iterator

from gonogo.document.advice.boxes import boxes
from gonogo.document.advice.commands import commands
from gonogo.document.advice.exposure import exposure
from gonogo.document.advice.limits import limits
from gonogo.document.advice.people import people
from gonogo.document.advice.soaks import soaks
from gonogo.document.advice.spans import spans
from gonogo.document.advice.variables import variables
from gonogo.document.advice.wayback import way_back
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan

_Look = Callable[[Reading, Plan], Iterator[Diagnostic]]
_LOOKS: tuple[_Look, ...] = (
    exposure,
    limits,
    soaks,
    spans,
    way_back,
    people,
    commands,
    variables,
    boxes,
)


def advise(reading: Reading, plan: Plan) -> tuple[Diagnostic, ...]:
    """Return what a careful release engineer would remark on a reading and its plan."""
    return tuple(found for look in _LOOKS for found in look(reading, plan))
