"""The fallback: results in this process, few and not for long, while Redis is away."""

from collections import OrderedDict
from threading import Lock


class Memory:
    """
    Keeps payloads until they expire; the oldest goes when there are too many.

    Args:
        entries_max: How many there are at most.
    """

    __slots__ = ("_entries", "_entries_max", "_lock")

    def __init__(self, entries_max: int) -> None:
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._entries_max = entries_max
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: str, now_s: float) -> bytes | None:
        """Return what is kept under a key and has not expired."""
        payload, expires_s = self._entries.get(key, (None, 0.0))
        return payload if now_s < expires_s else None

    def keep(self, key: str, payload: bytes, *, expires_s: float) -> None:
        """Keep a payload until then."""
        with self._lock:
            self._entries[key] = (payload, expires_s)
            self._entries.move_to_end(key)
            while len(self._entries) > self._entries_max:
                self._entries.popitem(last=False)

    def drop(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._entries.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()

    def forked(self) -> None:
        """Forget all, also where another thread of the parent was at it."""
        self._lock = Lock()
        self._entries = OrderedDict()
