"""Advise: every rule that looks at a rollout as a whole, in one call."""

from collections.abc import Callable, Iterator

from gonogo.document.advice.boxes import boxes
from gonogo.document.advice.commands import commands
from gonogo.document.advice.exposure import exposure
from gonogo.document.advice.limits import limits
from gonogo.document.advice.people import people
from gonogo.document.advice.power import NOT_ASKED, Usual, power
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


def advise(
    reading: Reading, plan: Plan, usual: Usual = NOT_ASKED
) -> tuple[Diagnostic, ...]:
    """
    Return what a careful release engineer would remark on a reading and its plan.

    Args:
        reading: As read.
        plan: As compiled from it.
        usual: What the sources say is usual, where they were asked.
    """
    found = (each for look in _LOOKS for each in look(reading, plan))
    return (*found, *power(plan, usual))
