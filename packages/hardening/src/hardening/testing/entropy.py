"""Chances that a test wrote down."""

from collections.abc import Iterable
from itertools import chain, repeat


class ScriptedEntropy:
    """
    Implements `hardening.core.Entropy`: gives what it was given.

    Args:
        chances: In order; the last is repeated for ever.
    """

    def __init__(self, chances: Iterable[float] = (0.5,)) -> None:
        script = tuple(chances)
        self._chances = chain(script, repeat(script[-1]))

    def chance(self) -> float:
        """Return the next chance of the script."""
        return next(self._chances)
