"""An outage of the store: ask it seldom, and remember what it was not told."""

from collections import deque
from collections.abc import Sequence

# About two megabytes. What is older was handled unmarked: its copies are handled again.
_OWED_MAX = 10_000


class Outage:
    """
    Whether the store is left alone for now, and the keys to mark when it is back.

    A store that does not answer costs its time limit with each question; a consumer
    that asked for each batch would stand still. So it is asked once in a while.

    Args:
        rest_s: How long to leave the store alone after a failure.
    """

    __slots__ = ("_owed", "_rest_s", "_until_s", "failed")

    def __init__(self, rest_s: float) -> None:
        self._rest_s = rest_s
        self._until_s = float("-inf")
        self._owed: deque[bytes] = deque(maxlen=_OWED_MAX)
        self.failed = False

    @property
    def owed(self) -> int:
        """How many keys wait to be marked."""
        return len(self._owed)

    def rests(self, now_s: float) -> bool:
        """Tell whether to leave the store alone."""
        return now_s < self._until_s

    def began(self, now_s: float) -> None:
        """Note that the store has just failed."""
        self.failed = True
        self._until_s = now_s + self._rest_s

    def owe(self, keys: Sequence[bytes]) -> None:
        """Remember keys that were processed and not marked."""
        self._owed.extend(keys)

    def take_owed(self) -> tuple[bytes, ...]:
        """Return what is owed, and owe nothing; for whoever marks it now."""
        owed, self._owed = self._owed, deque(maxlen=_OWED_MAX)
        return tuple(owed)
