"""
Forks: what a child copies while a thread of its parent holds it.

A lock that somebody held at the fork stays held in the child: nobody is there to let it
go. Whoever owns one makes a new one in each child.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Owner = TypeVar("Owner")

_OWNERS: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()


def renew_in_child(owner: Owner, renew: Callable[[Owner], None]) -> None:
    """
    Have an object made usable in every forked child, as long as it lives.

    Args:
        owner: Of the lock; is not kept alive.
        renew: Called with it in the child, before anything else is: `type(self)._renew`.
            A bound method would keep the owner alive.
    """
    _OWNERS[owner] = renew


def _after_fork() -> None:
    """Renew what the child copied."""
    for owner, renew in list(_OWNERS.items()):
        renew(owner)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
