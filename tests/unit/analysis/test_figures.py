"""Figures: numbers that are read at two in the morning."""

import math

import pytest

from gonogo.analysis.figures import (
    change_text,
    count_text,
    figures,
    odds_text,
    share_text,
)


@pytest.mark.parametrize(
    ("odds", "text"),
    [(0.04, "0.0"), (0.05, "0.05"), (0.4, "0.4"), (1.44, "1.4"), (40.0, "40"),
     (99.4, "99"), (99.6, "100"), (101, "100"), (1234, "1,200"),
     (999_000, "1,000,000"), (1.01e6, "over 1,000,000"), (1e300, "over 1,000,000")],
    ids=str,
)  # fmt: skip
def test_evidence_is_told_with_two_figures_and_without_powers(odds, text):
    """'40' and '1,200' are read at two in the morning; '1.2e+03' is not."""
    assert text == odds_text(math.log(odds))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.234, "1.23"), (-1.236, "-1.24"), (999.4, "999"),
     (999.6, "1,000"), (1234.0, "1,230"), (-45678.0, "-45,700"), (1e12, "1,000,000,000,000"),
     (0.0001234, "0.000123"), (0.00001234, "0.0000123"), (1e-5, "0.00001")],
    ids=str,
)  # fmt: skip
def test_a_number_is_written_out_with_three_figures(value, text):
    """No power of ten, however large or small it is."""
    assert text == figures(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (4310.0, "4,310"), (4309.9999999, "4,310"), (4310.5, "4,310.5")],
    ids=str,
)
def test_counts_are_whole_unless_they_are_estimates(value, text):
    """A sum of rounded parts is the number that it stands for."""
    assert text == count_text(value)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.1, "+10 %"), (1.0, "+0 %"), (0.9, "-10 %"), (1.025, "+2.5 %"), (13.0, "+1,200 %")],
    ids=str,
)  # fmt: skip
def test_a_ratio_is_told_as_the_change_that_it_is(ratio, text):
    """A limit of p99 reads as its author wrote it."""
    assert text == change_text(ratio)


def test_a_share_is_told_in_percent():
    """Half a percent is not 0.005."""
    assert ("0.5 %", "0.0012 %") == (share_text(0.005), share_text(0.000012))
