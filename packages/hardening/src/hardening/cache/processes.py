"""A process that ends says so: the next invalidation does not wait for its caches."""

import atexit
from typing import Protocol
from weakref import WeakSet


class Local(Protocol):
    """Something that belongs to one process."""

    def close(self) -> None:
        """End whatever runs."""
        ...


_LIVE: WeakSet[Local] = WeakSet()


def register(cache: Local) -> None:
    """Close a cache when its process ends."""
    _LIVE.add(cache)


def _ended() -> None:
    """Close every cache."""
    for cache in list(_LIVE):
        cache.close()


atexit.register(_ended)
