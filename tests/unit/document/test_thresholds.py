"""Thresholds: one grammar for the ways in which people write a limit."""

from datetime import timedelta

import pytest

from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.model.condition import Comparator, Relative


@pytest.mark.parametrize(
    ("text", "comparator", "value", "unit"),
    [
        ("< 1%", Comparator.LESS, 1, "%"),
        ("≤ 2", Comparator.AT_MOST, 2, "count"),
        ("P95 under 1,500 ms", Comparator.LESS, 1500, "ms"),
        ("exceeds 10k req/s", Comparator.MORE, 10_000, "rps"),
        ("at least 3 replicas", Comparator.AT_LEAST, 3, "count"),
        ("between 40 and 60%", Comparator.BETWEEN, (40, 60), "%"),
        ("200-300ms", Comparator.BETWEEN, (200, 300), "ms"),
        ("99.9%+", Comparator.AT_LEAST, 99.9, "%"),
        ("26/26", Comparator.EQUAL, 26, "count"),
        ("~45ms", Comparator.EQUAL, 45, "ms"),
        ("±20%", Comparator.BETWEEN, (-20, 20), "%"),
        ("5 or more errors", Comparator.AT_LEAST, 5, "count"),
        ("40+", Comparator.AT_LEAST, 40, "count"),
        ("10+ min", Comparator.AT_LEAST, 10, "min"),
        ("min 3 pods", Comparator.AT_LEAST, 3, "count"),
        ("within 10 s", Comparator.AT_MOST, 10, "s"),
        ("within +50%", Comparator.AT_MOST, 50, "%"),
        ("not lower than 90%", Comparator.AT_LEAST, 90, "%"),
        ("> baseline * 1.5", Comparator.MORE, 1.5, "x"),
        ("500ms-1s", Comparator.BETWEEN, (0.5, 1), "s"),
    ],
)
def test_a_limit_is_read_with_comparator_value_and_unit(text, comparator, value, unit):
    """A limit keeps its comparator, number and unit in every spelling."""
    condition = find_threshold(text, bare=True).condition
    assert (comparator, value, unit) == (
        condition.comparator,
        condition.value,
        condition.unit,
    )


@pytest.mark.parametrize(
    "text",
    [
        "healthy",
        "",
        "v1.2.3 deployed",
        "Migration 024 deployed to production",
        "Day 1-2: look at it",
        "All parts done (1-12)",
        "MODE=1",
        "about 5pm",
        "Look at it for 15 min",
        "Monitor for at least 30 min",
        "Sum it up over 48 hours",
        "Roll back within 10 minutes",
        "10% -> 25%",
    ],
)
def test_words_and_versions_are_no_limits(text):
    """A version, a name with digits or a word is not taken for a limit."""
    assert find_threshold(text) is None


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("< +5%", Relative.BASELINE),
        ("> 10% from baseline", Relative.BASELINE),
        ("2x baseline", Relative.BASELINE),
        ("error rate > stable * 2x", Relative.CONTROL),
        ("failures increase > 10%", Relative.BASELINE),
        ("error rate < 5%", None),
    ],
)
def test_a_change_is_relative_and_a_level_is_not(text, relative):
    """A signed or compared share is relative to its series; a level stands alone."""
    assert relative == find_threshold(text, bare=True).condition.relative


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("> 1% for 5 minutes", 300), ("< 5/hour", 3600), (">1% in first hour", 3600)],
)
def test_a_window_is_read_with_the_limit(text, seconds):
    """The span that a limit looks back over is kept with it."""
    window = find_threshold(text).condition.window
    assert timedelta(seconds=seconds) == window


def test_a_limit_without_a_span_has_no_window():
    """Nothing is made up where the document names no span."""
    assert find_threshold("< 500ms").condition.window is None
