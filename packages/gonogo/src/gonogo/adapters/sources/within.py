"""Work that cannot look up from what it does, ended when its deadline has passed."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import TypeVar

from gonogo.adapters.sources.asking import Late, answered

T = TypeVar("T")

_NEVER = Event()

GIVE_LONGER = "give the metric a longer `deadline:`"
"""What helps against a source that is slow, in the words of bindings."""


def within(deadline: timedelta, work: Callable[[], T], *, end: Callable[[], None]) -> T:
    """
    Return what work gives.

    Args:
        deadline: How long it may take.
        work: Runs on a thread of its own.
        end: Makes it stop; called from here, once, when its time is over.

    Raises:
        Late: It was ended, or left to itself where it does not stop.
        Exception: What the work raised.
    """
    deadline_s = deadline.total_seconds()
    try:
        return answered([work], deadline_s=deadline_s, cancelled=_NEVER)[0]
    except Late:
        end()
        raise
