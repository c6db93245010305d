"""The rows of the engine's benchmark: what is judged, and against what."""

import math

import pytest

from benchmarks.engine import rows
from benchmarks.engine.beside import Beside
from benchmarks.engine.figures import Load
from benchmarks.engine.soaking import Soaking
from benchmarks.engine.wakeups import Wakeups


def load(**changes):
    """Return what workers saw that were always on time."""
    known = {
        "ticks_per_s": 333.0,
        "late_ms": (1.0,),
        "acted_ms": (1.0,),
        "turned_ms": (1.0,),
        "beside": Beside([0.1], [1.0]),
        "cpu_pct": 10.0,
        "memory_mib": 100.0,
    }
    return Load(**(known | changes))


def missed(seen, bar=rows.ALONE):
    """Return the figures of the rows that miss their bar."""
    found = rows._rows("SQLite, some", seen, bar)
    return [row.figure for row in found if row.holds is False]


@pytest.mark.parametrize(("worst", "misses"), [(49.9, 0), (50.0, 0), (50.1, 1)])
@pytest.mark.parametrize("what", ["late_ms", "acted_ms"])
def test_a_worker_alone_is_late_and_acts_within_50_ms(what, worst, misses):
    """The bar itself still holds."""
    assert misses == len(missed(load(**{what: (worst,)})))


@pytest.mark.parametrize(("worst", "misses"), [(199.9, 0), (200.0, 0), (200.1, 1)])
@pytest.mark.parametrize("what", ["late_ms", "acted_ms"])
def test_workers_that_share_a_database_have_200_ms(what, worst, misses):
    """The bar itself still holds."""
    assert misses == len(missed(load(**{what: (worst,)}), rows.SHARED))


@pytest.mark.parametrize("bar", [rows.ALONE, rows.SHARED])
@pytest.mark.parametrize(("worst", "misses"), [(99.9, 0), (100.0, 0), (100.1, 1)])
def test_a_breach_is_turned_back_within_100_ms_wherever(bar, worst, misses):
    """The bar itself still holds."""
    assert misses == len(missed(load(turned_ms=(worst,)), bar))


@pytest.mark.parametrize(("most", "misses"), [(511.9, 0), (512.0, 0), (512.1, 1)])
def test_a_process_takes_at_most_512_mib(most, misses):
    """The bar itself still holds."""
    assert misses == len(missed(load(memory_mib=most)))


@pytest.mark.parametrize("what", ["late_ms", "acted_ms", "turned_ms"])
@pytest.mark.parametrize("seen", [(), (math.inf,)], ids=["none seen", "never came"])
def test_what_was_not_seen_does_not_hold(what, seen):
    """No data is never a pass, here neither."""
    assert 1 == len(missed(load(**{what: seen})))


def test_a_peer_is_held_against_the_floor_of_the_same_run():
    """The ratio is that of the worst latenesses."""
    floor = Wakeups(ticks_per_s=333.0, late_ms_p50=5.0, late_ms_p99=20.0)
    peer = Wakeups(ticks_per_s=300.0, late_ms_p50=50.0, late_ms_p99=100.0)
    *_, worst = rows._wakeups("a peer", peer, floor)
    assert (rows.FLOOR, 5.0) == (worst.against, worst.ratio)


def test_a_load_says_what_it_is():
    """The row's name has the number and the cadence."""
    assert "10,000 soaking, each looked at every 30 s" == str(Soaking())
