"""The chart in a terminal: eight lines at most, and no colour needed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.model.verdict import Outcome
from gonogo.report.plots import Moment, chart
from gonogo.report.plots.chart import LINES


@pytest.fixture
def risen(plotted, noon):
    """Give a gate whose canary rose after an hour until the evidence was a proof."""
    values = [0.5] * 60 + [2.0] * 20
    evidence = [0.1] * 60 + [0.18 * (n + 1) for n in range(19)] + [3.7]
    tripped = Moment(
        at=noon + timedelta(minutes=79), outcome=Outcome.FAIL, words="tripped"
    )
    return plotted(
        values, control=[0.5] * 80, evidence=evidence, limits=(1.0,), moment=tripped
    )


def test_chart_shows_value_limit_control_evidence_and_moment(risen):
    """Everything that was decided on is on eight lines."""
    lines = chart(risen)
    assert LINES == len(lines)
    assert "Error rate  2 %  limit < 1 %" == lines[0]
    assert any(line.endswith("╌ limit") for line in lines)
    assert lines[5].startswith("  control ▁")
    assert lines[5].endswith(" 0.5 %")
    assert lines[6].startswith("  against ▁")
    assert lines[6].endswith("█ 40 of 40")
    assert lines[7].endswith("▲ tripped 13:19:00Z")


def test_a_plain_gate_has_no_line_for_what_it_has_not(plotted):
    """Without a control and without evidence the chart is lower."""
    lines = chart(plotted([0.5, 0.6]))
    assert 6 == len(lines)
    assert [] == [
        line for line in lines if line.split()[:1] in (["control"], ["against"])
    ]


def test_evidence_looks_like_a_proof_only_when_it_is_one(plotted):
    """Just below its bar the last block is not full; at the bar it is."""
    for evidence, full in ((3.69, False), (3.7, True), (3.71, True)):
        line = chart(plotted([0.5, 0.6], evidence=[0.0, evidence]))[5]
        assert full == ("█" in line)


def test_looks_without_data_are_marked(plotted):
    """A gap is a question mark, in the curve and in the control."""
    values = [0.5] * 40 + [None] * 20 + [0.5] * 40
    lines = chart(plotted(values, control=values))
    assert "?????" in lines[4]
    assert "?????" in lines[5]


@pytest.mark.parametrize("values", [[], [None, None], [1.0], [1.0, None]], ids=str)
def test_one_number_is_no_curve(plotted, values):
    """There is nothing to draw before there are two numbers."""
    looks = values or [None]
    assert () == chart(plotted(looks))


def test_plain_letters_are_all_ascii(risen):
    """A terminal without Unicode shows no broken characters."""
    text = "\n".join(chart(risen, unicode=False))
    assert text.isascii()
    assert "^ tripped" in text
    assert "#" in text


@pytest.mark.parametrize(
    ("width", "count"), [(39, 0), (40, LINES), (80, LINES), (200, LINES)]
)
def test_chart_fits_its_width_or_is_left_out(risen, width, count):
    """No line is wider than the terminal; a very narrow one gets no chart."""
    lines = chart(risen, width)
    assert count == len(lines)
    assert [] == [line for line in lines if len(line) > width]


@given(
    values=st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=60),
    width=st.integers(1, 120),
    unicode=st.booleans(),
)
def test_any_series_is_drawn_within_bounds(plotted, values, width, unicode):
    """Whatever was measured, the chart keeps its size."""
    lines = chart(plotted(values, control=values[::-1]), width, unicode=unicode)
    assert len(lines) <= LINES
    assert [] == [line for line in lines if len(line) > width]
