"""Chances that a test wrote down."""

from collections.abc import Iterable
from itertools import chain, repeat

from hardening.core import require


class ScriptedEntropy:
    """
    Implements `hardening.core.Entropy`: gives what it was given.

    Args:
        chances: In order, from 0, included, to 1, excluded; the last is repeated for
            ever.

    Raises:
        InvalidSetting: There is none, or one is no chance.
    """

    def __init__(self, chances: Iterable[float] = (0.5,)) -> None:
        script = tuple(chances)
        rule = "one number or more, from 0, included, to 1, excluded"
        holds = bool(script) and all(0 <= chance < 1 for chance in script)
        require("ScriptedEntropy.chances", script, rule, holds=holds)
        self._chances = chain(script, repeat(script[-1]))

    def chance(self) -> float:
        """Return the next chance of the script."""
        return next(self._chances)
