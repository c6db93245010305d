"""The drawing: small, whole, and said in words for those who cannot see it."""

import re
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.model.verdict import Outcome
from gonogo.report.plots import Moment, Stretch, plot_svg
from gonogo.report.plots.frame import LEFT, RIGHT, WIDTH
from gonogo.report.plots.style import PLOT_STYLE

SHAPES = {"svg", "title", "desc", "path", "text", "rect"}
# A day of a look a minute, with everything that can be drawn.
LARGEST = 40_000


def parsed(svg):
    """Return the elements of a drawing, which is XML on its own."""
    return list(ET.fromstring(svg).iter())  # noqa: S314  # our own text


def of_kind(svg, kind):
    """Return the elements with this word in their class."""
    return [e for e in parsed(svg) if kind in e.get("class", "").split()]


def words_of(svg):
    """Return the description for those who cannot see the drawing."""
    return next(e.text for e in parsed(svg) if e.tag == "desc")


@pytest.fixture
def tripped(plotted, noon):
    """Give a gate that failed in a hold, against its control, with a baseline."""
    hour = timedelta(hours=1)
    return plotted(
        [0.5] * 60 + [2.0] * 60,
        control=[0.5] * 120,
        evidence=[n / 32 for n in range(120)],
        limits=(1.0,),
        baseline=0.4,
        holds=(Stretch(start=noon, end=noon + 2 * hour),),
        moment=Moment(at=noon + 2 * hour, outcome=Outcome.FAIL, words="tripped"),
    )


@pytest.mark.parametrize(
    "kind",
    ["canary", "control", "limit", "baseline", "against", "hold", "moment"],
)
def test_all_that_was_decided_on_is_drawn(tripped, kind):
    """Series, control, limit, baseline, evidence, hold and verdict have their marks."""
    assert of_kind(plot_svg(tripped, "p"), kind)


@pytest.mark.parametrize("kind", ["canary", "control", "limit", "baseline", "against"])
def test_no_line_is_told_by_its_colour_alone(tripped, kind):
    """Each line has its name at its end."""
    assert "text" in {e.tag for e in of_kind(plot_svg(tripped, "p"), kind)}


def test_every_class_that_is_drawn_has_a_style(tripped):
    """Nothing is drawn black on black because a class was renamed."""
    used = {name for e in parsed(plot_svg(tripped, "p")) for name in _classes(e)}
    assert used
    assert set() == {name for name in used if f".{name} " not in PLOT_STYLE}


def _classes(element):
    return element.get("class", "").split()


def test_single_looks_are_seen_behind_their_trend(tripped, plotted):
    """Nothing that was measured is hidden by a mean; a plain gate has no mean."""
    assert 2 == len(of_kind(plot_svg(tripped, "p"), "single"))
    assert "(mean of 2 looks)" in plot_svg(tripped, "p")
    assert [] == of_kind(plot_svg(plotted([0.5] * 120), "p"), "single")


def test_a_plain_gate_has_no_panel_of_evidence(plotted):
    """Where chance was not taken into account, none is pretended."""
    svg = plot_svg(plotted([0.5, 0.6]), "p")
    assert [] == of_kind(svg, "against")
    assert "Evidence" not in svg
    assert ["value"] == [e.text for e in of_kind(svg, "canary") if e.tag == "text"]


@pytest.mark.parametrize("values", [[None], [1.0], [1.0, None]], ids=str)
def test_less_than_two_numbers_are_not_drawn(plotted, values):
    """One value is no curve, and no data is certainly none."""
    assert "" == plot_svg(plotted(values), "p")


def test_the_description_says_what_the_drawing_shows(tripped):
    """Who listens to the page learns the same as who looks at it."""
    assert (
        "120 looks from 2030-01-01 12:00:00Z to 2030-01-01 14:00:00Z: 0.5 to 2, last "
        "2 %; control last 0.5 %. Limit < 1 %. Baseline before the change 0.4 %. "
        "Evidence against the change, last 41 of 40 needed. Held for 2 h. "
        "tripped at 2030-01-01 14:00:00Z."
    ) == words_of(plot_svg(tripped, "p"))


def test_looks_without_data_are_marked_and_counted(plotted):
    """A hole in the curve is named below it and in words, never drawn as a zero."""
    svg = plot_svg(plotted([0.5, 0.5, None, None, 0.5, 0.5]), "p")
    (path,) = [e for e in of_kind(svg, "canary") if e.tag == "path"]
    assert 2 == path.get("d").count("M")
    (marks,) = of_kind(svg, "unread")
    assert 2 == marks.get("d").count("M")
    assert "Not passing: 2 inconclusive." in words_of(svg)


def test_a_single_value_between_gaps_is_seen(plotted):
    """A path of one point would draw nothing at all."""
    svg = plot_svg(plotted([None, 0.5, None, 0.5, 0.5]), "p")
    (path,) = [e for e in of_kind(svg, "canary") if e.tag == "path"]
    assert 1 == path.get("d").count("h.1")


def test_hostile_titles_are_words(plotted):
    """A document's words cannot become marks of the drawing, nor turn it around."""
    svg = plot_svg(plotted([1.0, 2.0], title="</svg><script>x</script>\u202e"), "p")
    assert set() == {e.tag for e in parsed(svg)} - SHAPES
    assert "U+202E" in svg
    assert "\u202e" not in svg


def test_a_day_of_looks_stays_small(plotted):
    """Ten thousand looks make no larger drawing than a thousand."""
    values = [(-1) ** n * n / 7 if n % 5 else None for n in range(10_000)]
    evidence = [n % 17 / 3 for n in range(10_000)]
    svg = plot_svg(plotted(values, control=values, evidence=evidence), "p")
    assert len(svg) < LARGEST


@given(
    values=st.lists(st.none() | st.floats(-1e15, 1e15), min_size=2, max_size=30),
    limit=st.floats(-1e15, 1e15),
    evidence=st.floats(-50, 700),
)
def test_nothing_is_drawn_outside_of_the_frame(plotted, values, limit, evidence):
    """Whatever was measured, it is XML without NaN, within its columns."""
    plot = plotted(values, limits=(limit,), evidence=[evidence] * len(values))
    svg = plot_svg(plot, "p")
    if not svg:
        return
    assert "nan" not in svg
    for path in (e.get("d") for e in parsed(svg) if e.tag == "path"):
        columns = [float(x) for x in re.findall(r"[ML](-?[\d.]+)", path)]
        assert [] == [x for x in columns if not LEFT - 4 <= x <= WIDTH - RIGHT + 1]


def test_names_do_not_cover_each_other(plotted):
    """Where lines end at the same height their names still stand apart."""
    svg = plot_svg(
        plotted([1.0, 1.0], control=[1.0, 1.0], limits=(1.0,), baseline=1.0), "p"
    )
    rows = sorted(
        float(e.get("y"))
        for e in parsed(svg)
        if e.tag == "text"
        and e.get("class") in {"canary", "control", "limit", "baseline"}
    )
    assert 4 == len(rows)
    assert [] == [(a, b) for a, b in pairwise(rows) if b - a < 12.9]


@pytest.mark.parametrize(("minutes", "turned"), [(1, False), (58, True)])
def test_the_moment_of_the_verdict_is_labelled_within_the_drawing(
    plotted, noon, minutes, turned
):
    """Near the right edge the label stands left of its line."""
    at = noon + timedelta(minutes=minutes)
    moment = Moment(at=at, outcome=Outcome.PASS, words="held")
    svg = plot_svg(plotted([1.0] * 60, moment=moment), "p")
    (label,) = of_kind(svg, "when")
    assert turned == ("end" in label.get("class").split())
    assert f"✓ held {at:%H:%M:%S}Z" == label.text
