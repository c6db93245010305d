"""What the cache's tests share: caches as several processes would have them."""

import time

import pytest

from hardening.cache import SingleValue
from hardening.cache.redis import RedisGenerations

# What is outwaited takes 0.2 s instead of 10, the poll 0.05 instead of 1.
QUICK = {"stale_s": 0.2, "poll_s": 0.05, "wait_s": 1.0}


@pytest.fixture
def make():
    """Make caches with a connection of their own each; all are closed at the end."""
    made = []

    def make(url, load=None, name="credential", **settings):
        generations = RedisGenerations.connect(url, timeout_s=0.3)
        cache = SingleValue(name, load, generations=generations, **QUICK | settings)
        made.append((cache, generations))
        return cache

    yield make
    for cache, generations in made:
        cache.close()
        generations.close()


@pytest.fixture
def until():
    """Wait until something holds, for ten seconds at most."""

    def until(holds):
        deadline_s = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline_s, "it did not come to hold"
            time.sleep(0.005)

    return until
