"""Switches: each piece sits behind one, so that it can be rolled out and killed."""

from collections.abc import Callable

Switch = Callable[[], bool]
"""Tells whether a piece is on, at each call: any callable, or a flag's look-up."""


def always_on() -> bool:
    """Return True: the switch of those who have none."""
    return True
