"""Quiet: of many things that repeat, let one through in a while, and count the rest."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

from hardening.core.forks import renew_in_child

# A service has far fewer circuits and queues; what is more is a name made from data.
_KEYS_MAX = 10_000


@dataclass(slots=True)
class _Silence:
    """When a key was last let through, and how often it was held back since."""

    since_s: float
    held_back: int = 0


class OncePer:
    """
    Lets each key through once in a span; thread-safe.

    Remembers the keys used last, 10,000 of them, so that keys made from data cannot
    fill the memory.

    Args:
        span_s: Nothing of the same key passes sooner than this many seconds after.
    """

    __slots__ = ("__weakref__", "_lock", "_silences", "_span_s")

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._silences: OrderedDict[Hashable, _Silence] = OrderedDict()
        self._renew()
        renew_in_child(self, OncePer._renew)

    def _renew(self) -> None:
        """Have a lock that nobody holds."""
        self._lock = Lock()

    def passes(self, key: Hashable, now_s: float) -> int | None:
        """
        Tell whether the key may pass now.

        Returns:
            How many were held back since it last passed; None holds this one back.
        """
        with self._lock:
            silence = self._silences.get(key)
            if silence is not None and now_s - silence.since_s < self._span_s:
                silence.held_back += 1
                return None
            self._silences[key] = _Silence(now_s)
            self._silences.move_to_end(key)
            if len(self._silences) > _KEYS_MAX:
                self._silences.popitem(last=False)
            return 0 if silence is None else silence.held_back
