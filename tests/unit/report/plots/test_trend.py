"""The trend: means where chance was taken into account, single values elsewhere."""

import pytest

from gonogo.report.plots.trend import looks_together, trend_of


@pytest.mark.parametrize(
    ("looks", "count"), [(95, 1), (96, 2), (143, 2), (144, 3), (1440, 30)]
)
def test_a_longer_soak_is_drawn_in_longer_means(plotted, looks, count):
    """A day of a look a minute is drawn as means of half an hour."""
    plot = plotted([0.5] * looks, evidence=[0.0] * looks)
    assert count == looks_together(plot)


def test_a_plain_gate_is_drawn_by_its_single_values(plotted):
    """What one value decided must not be smoothed away."""
    plot = plotted([0.5] * 500 + [9.0])
    assert plot is trend_of(plot)


def test_a_mean_is_of_what_was_seen_by_then(plotted):
    """No look knows the values behind it; a fault is not drawn before it began."""
    values = [0.0] * 95 + [1.0] * 5
    means = [
        look.value for look in trend_of(plotted(values, evidence=[0.0] * 100)).looks
    ]
    assert [0.0, 0.5, 1.0, 1.0] == means[94:98]


def test_a_gap_stays_a_gap_in_the_trend(plotted):
    """A look without data has no mean; the next one is a mean of as many as ever."""
    values = [1.0] * 50 + [None] + [3.0] * 49
    means = [
        look.value for look in trend_of(plotted(values, evidence=[0.0] * 100)).looks
    ]
    assert [1.0, None, 2.0, 3.0] == means[49:53]


def test_control_and_limit_have_the_trend_of_the_canary(plotted):
    """Lines that are compared by eye are means of the same looks."""
    plot = plotted([0.5] * 100, control=[0.0, 1.0] * 50, evidence=[0.0] * 100)
    assert 0.5 == trend_of(plot).looks[-1].control
