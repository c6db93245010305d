"""Forks: what a thread of the parent holds is free in the child."""

import gc
import os
import threading
import weakref

import pytest

from hardening.breaker import Circuits
from hardening.core import OncePer, renew_in_child
from hardening.http import Allowance, MemoryStore
from hardening.http import Budget as Money
from hardening.retry import Budget

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks")


def money():
    """Return a budget of which a part was spent."""
    budget = Money(Allowance(10, 60))
    budget.spend(4)
    return budget


def store():
    """Return a store with one answer."""
    kept = MemoryStore()
    kept.set("key", b"x", 60)
    return kept


def gate():
    """Return a gate, and the place of a pool that is used up."""
    psycopg_pool = pytest.importorskip("psycopg_pool")
    from hardening.pool import Gate  # noqa: PLC0415 - needs a pool's library

    pool = psycopg_pool.ConnectionPool("", min_size=0, max_size=10, open=False)
    return Gate(pool)


OWNERS = {
    "circuits": (Circuits, lambda it: it.get("twilio").name == "twilio"),
    "once": (lambda: OncePer(60), lambda it: it.passes("key", 0.0) == 0),
    "retries": (Budget, lambda it: it.failed() is None),
    "money": (money, lambda it: it.left == 6),
    "store": (store, lambda it: (it.get("key"), len(it)) == (b"x", 1)),
    "gate": (gate, lambda it: it._rejected().status == 503),
}


def in_child(works):
    """Return whether this came true in a forked child, within a few seconds."""
    child = os.fork()
    if child == 0:
        found = []
        try:
            thread = threading.Thread(target=lambda: found.append(works()), daemon=True)
            thread.start()
            thread.join(10)
        finally:
            os._exit(0 if found == [True] else 1)  # no second test run goes on here
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(("make", "works"), OWNERS.values(), ids=OWNERS)
def test_a_lock_that_was_held_at_the_fork_is_free_in_the_child(make, works):
    """A server that forks its workers while it works serves in all of them."""
    owner = make()
    with owner._lock:
        assert in_child(lambda: works(owner))
    assert works(owner)


def test_a_sum_that_was_half_done_at_the_fork_is_right_in_the_child():
    """The entry was dropped, and its size was not yet taken off."""
    kept = store()
    kept._bytes += 1_000
    right = store().size_bytes
    assert in_child(lambda: kept.size_bytes == right)


def test_what_is_renewed_is_not_kept_alive():
    """A registry of everything that was ever made would be a leak."""
    owner = OncePer(60)
    reference = weakref.ref(owner)
    del owner
    gc.collect()
    assert reference() is None


def test_each_owner_is_renewed_in_its_own_way():
    """By the function that was handed over, with the owner."""

    class Owner:
        renewed = False

        def renew(self):
            self.renewed = True

    owner = Owner()
    renew_in_child(owner, Owner.renew)
    assert in_child(lambda: owner.renewed)
    assert not owner.renewed
