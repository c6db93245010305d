"""What is remembered by its text: so many texts, and no more of them than fit."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Remembered(Generic[V]):
    """
    Remembers what was used last; thread-safe.

    Args:
        most: How many at most.
        weight_max: How much all of them may weigh together.
    """

    def __init__(self, most: int, *, weight_max: int) -> None:
        self._most = most
        self._weight_max = weight_max
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def find(self, key: Hashable) -> V | None:
        """Return what is remembered under a key."""
        with self._lock:
            known = self._kept.get(key)
            if known is None:
                return None
            self._kept.move_to_end(key)
            return known[0]

    def keep(self, key: Hashable, value: V, weight: int) -> None:
        """Remember a value; forget what was not used for longest."""
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = (value, weight)
            self._weight += weight - before
            while self._is_full():
                _, (_, gone) = self._kept.popitem(last=False)
                self._weight -= gone

    def _is_full(self) -> bool:
        return len(self._kept) > self._most or self._weight > self._weight_max
