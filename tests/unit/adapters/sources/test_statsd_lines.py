"""Lines of StatsD."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.adapters.sources.statsd_lines import Line, NoLine, Type, parsed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:1|c", Line(name="a", type=Type.COUNTER, values=("1",))),
        ("a.b-c:1.5|g", Line(name="a.b-c", type=Type.GAUGE, values=("1.5",))),
        ("a:-2|g", Line(name="a", type=Type.GAUGE, values=("-2",))),
        ("a:12|ms|@0.1", Line(name="a", type=Type.TIMER, values=("12",), rate=0.1)),
        ("a:1:2:3|d", Line(name="a", type=Type.DISTRIBUTION, values=("1", "2", "3"))),
        ("a:ada|s", Line(name="a", type=Type.SET, values=("ada",))),
        (
            "a:1|c|#version:2,canary,url:http://x|c:abc|T1656581400",
            Line(
                name="a",
                type=Type.COUNTER,
                values=("1",),
                tags=(("canary", ""), ("url", "http://x"), ("version", "2")),
            ),
        ),
    ],
)
def test_lines_are_read(text, line):
    """Counters, gauges, timers, sets, rates and tags are understood."""
    assert line == parsed(text)


@pytest.mark.parametrize("text", ["_e{5,4}:title|text", "_sc|name|0"])
def test_events_are_no_numbers(text):
    """Events and service checks of DogStatsD are left out, and are no mistake."""
    assert parsed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a:1",
        "a|c",
        ":1|c",
        "a:1|x",
        "a:one|c",
        "a:nan|g",
        "a:inf|ms",
        "a:1_0|c",
        "a:1|c|@0",
        "a:1|c|@1.5",
        "a:1|c|@x",
        "a b:1|c",
        "a:1|c" + "x" * 9_000,
    ],
)
def test_what_is_no_line_is_refused(text):
    """Text that is no line is an error, never a number."""
    with pytest.raises(NoLine):
        parsed(text)


@given(st.text())
def test_no_text_does_more_than_be_refused(text):
    """Whatever is sent, it is read or refused."""
    with suppress(NoLine):
        parsed(text)
