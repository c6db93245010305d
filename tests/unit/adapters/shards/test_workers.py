"""When a worker counts as dead, and what part of the shards one may hold."""

import pytest

from gonogo.adapters.shards.care import share
from gonogo.adapters.shards.connection import place
from gonogo.adapters.shards.workers import Worker
from gonogo.model.shard import SHARDS


@pytest.mark.parametrize(
    ("silent_s", "connected", "settled", "dead"),
    [
        pytest.param(3.49, True, True, False, id="just-below-the-limit"),
        pytest.param(3.5, True, True, False, id="at-the-limit"),
        pytest.param(3.51, True, True, True, id="just-above-the-limit"),
        pytest.param(1.99, False, True, False, id="gone-just-below-its-limit"),
        pytest.param(2.0, False, True, False, id="gone-at-its-limit"),
        pytest.param(2.01, False, True, True, id="gone-just-above-its-limit"),
        pytest.param(60.0, False, False, False, id="server-just-restarted"),
    ],
)
def test_a_worker_is_dead_after_some_missed_beats(silent_s, connected, settled, dead):
    """Silence means death sooner when the session ended, never after a restart."""
    worker = Worker(
        "w", closing=False, silent_s=silent_s, connected=connected, settled=settled
    )
    assert dead is worker.dead


@pytest.mark.parametrize(
    ("takers", "most"), [(0, 64), (1, 64), (2, 32), (3, 22), (63, 2), (64, 1), (65, 1)]
)
def test_equal_parts_cover_every_shard(takers, most):
    """However many workers there are, together they may hold every shard."""
    assert most == share(takers)
    assert share(takers) * max(1, takers) >= SHARDS


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://me:s3cret@db:6543/rollouts", "PostgreSQL db:6543/rollouts"),
        ("host=db dbname=x password=s3cret", "PostgreSQL db:5432/x"),
        ("dbname=x", "PostgreSQL the local socket:5432/x"),
        ("postgresql://me:s3cret@[db", "the PostgreSQL address"),
    ],
)
def test_a_place_is_named_without_its_password(url, named):
    """An error says where, and keeps the secret."""
    assert named == place(url)
