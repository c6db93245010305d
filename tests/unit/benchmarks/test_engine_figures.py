"""What is made of the figures of workers under load: nothing missing counts as good."""

import math

import pytest

from benchmarks.engine.beside import Beside
from benchmarks.engine.figures import Figures, percentile, together


def figures(**changes):
    """Return what a worker saw that had nothing to do."""
    known = {
        "late_s": (),
        "broke": {},
        "undone": {},
        "cpu_pct": 10.0,
        "memory_mib": 100.0,
        "set_aside": 0,
    }
    return Figures(**(known | changes))


def seen_by(*found, aborted=None, seconds=10.0):
    """Return what some workers saw together."""
    return together(found, aborted or {}, seconds=seconds, beside=Beside())


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (49, 49), (50, 50), (99, 99), (99.1, 100)]
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    percent, expected
):
    """Of a hundred values the 99th percentile is the 99th, not the largest."""
    assert expected == percentile(range(100, 0, -1), percent)


def test_no_values_have_no_percentile():
    """No data is neither 0 nor a pass."""
    assert math.isnan(percentile([], 99))


def test_the_ticks_of_all_workers_count_together():
    """Two workers share the ticks out between them."""
    load = seen_by(figures(late_s=(0.001, 0.002)), figures(late_s=(0.003,)))
    assert (0.3, [1.0, 2.0, 3.0]) == (load.ticks_per_s, list(load.late_ms))


def test_memory_is_that_of_the_largest_worker_and_cpu_that_of_all():
    """The bar on memory is for each process."""
    load = seen_by(figures(memory_mib=70.0), figures(memory_mib=90.0, cpu_pct=5.0))
    assert (90.0, 15.0) == (load.memory_mib, load.cpu_pct)


def test_an_abort_counts_whichever_worker_acts_on_it():
    """A rollout may have changed hands meanwhile."""
    load = seen_by(figures(), figures(undone={"r": 5.25}), aborted={"r": 5.0})
    assert [250.0] == load.acted_ms


def test_a_breach_counts_whichever_worker_turns_it_back():
    """A rollout may have changed hands meanwhile."""
    load = seen_by(figures(broke={"r": 5.0}), figures(undone={"r": 5.5}))
    assert [500.0] == load.turned_ms


def test_an_abort_that_nobody_acted_on_took_for_ever():
    """What never came must not be left out of the figure."""
    load = seen_by(figures(), aborted={"r": 5.0})
    assert [math.inf] == load.acted_ms


def test_rollouts_that_were_set_aside_spoil_the_figures():
    """A worker is quick that runs nothing."""
    with pytest.raises(RuntimeError, match="set aside"):
        seen_by(figures(set_aside=1))


def test_figures_are_read_back_as_they_were_printed():
    """They come from another process, in one line."""
    saw = figures(late_s=[0.5], broke={"r": 1.0})
    assert "\n" not in saw.line()
    assert saw == Figures.parsed(saw.line())
