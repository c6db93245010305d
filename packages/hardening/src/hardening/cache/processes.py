"""
What happens to caches when a process forks or ends.

A child of a fork inherits the values, but not the threads that keep them fresh, and
nobody would wait for it: it starts empty. A process that ends says so, so that the next
invalidation does not wait for it.
"""

import atexit
import os
from typing import Protocol
from weakref import WeakSet


class Local(Protocol):
    """Something that belongs to one process."""

    def forked(self) -> None:
        """Start empty: this is a child of the process that it was made in."""
        ...

    def close(self) -> None:
        """End whatever runs."""
        ...


_LIVE: WeakSet[Local] = WeakSet()


def register(cache: Local) -> None:
    """Tell a cache when its process forks or ends."""
    _LIVE.add(cache)


def _forked() -> None:
    """Empty every cache, in the child."""
    for cache in list(_LIVE):
        cache.forked()


def _ended() -> None:
    """Close every cache."""
    for cache in list(_LIVE):
        cache.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
atexit.register(_ended)
