"""Durations: spans of time as people write them."""

import pytest

from gonogo.document.reader.time.durations import numbered_hours, spans


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("24h", 86_400),
        ("48+ hours", 172_800),
        ("30-60 minutes", (1800, 3600)),
        ("1\u20132h", (3600, 7200)),
        ("5-minute window", 300),
        ("first hour", 3600),
        ("7 days", 604_800),
        ("90 min", 5400),
        ("2 Stunden", 7200),
        ("1h30m", 5400),
        ("1 hour 30 minutes", 5400),
        ("PT1H30M", 5400),
        ("P7D", 604_800),
        ("24時間監視", 86_400),
        ("5分ごと", 300),
        ("half an hour", 1800),
        ("3 business days", 259_200),
        ("2 or 3 days", (172_800, 259_200)),
        ("cada 2 semanas", 1_209_600),
        ("une heure", 3600),
    ],
)
def test_a_span_is_read_in_seconds(text, seconds):
    """A span is read in its usual spellings, a range as its two ends."""
    assert [seconds] == [s.seconds for s in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "5M rows",
        "P99",
        "P0",
        "v2.1",
        "3 dogs",
        "100%",
        "12/12",
        "2026年3月5日",
        "first weeks",
    ],
)
def test_numbers_that_are_no_spans_are_left_alone(text):
    """Magnitudes, percentiles and versions are not taken for time."""
    assert () == spans(text)


def test_hours_can_be_numbered():
    """'Hours 2-4' names the hours, not a length."""
    assert (2, 4) == numbered_hours("Hours 2-4: checks")
    assert (1, 1) == numbered_hours("Hour 1: active")
    assert numbered_hours("24 hours") is None
