"""The one form of every benchmark: rows that hold or miss, as JSON and on the page."""

import json

import pytest

from benchmarks.form import Bar, Of, Row, cells, write
from benchmarks.page import render
from benchmarks.paired import Timings, timings


def row(**settings):
    """Return a row that stands alone."""
    return Row(**({"figure": "append", "value": 100.0, "unit": "µs"} | settings))


@pytest.mark.parametrize(("ratio", "holds"), [(2.9, True), (3.0, True), (3.1, False)])
def test_a_ratio_holds_up_to_its_bar(ratio, holds):
    """The bar itself still holds."""
    assert holds == row(ratio=ratio, bar=Bar(Of.RATIO, most=3)).holds


@pytest.mark.parametrize(("value", "holds"), [(4.9, False), (5.0, True), (5.1, True)])
def test_a_value_holds_from_its_bar(value, holds):
    """A rate has to reach its bar; the bar itself is enough."""
    assert holds == row(value=value, bar=Bar(Of.VALUE, least=5)).holds


def test_a_figure_without_a_bar_is_not_judged():
    """A figure may be shown and not judged."""
    assert row().holds is None


def test_a_ratio_that_was_not_measured_does_not_hold():
    """No data is never a pass, here neither."""
    assert row(bar=Bar(Of.RATIO, most=3)).holds is False


def test_the_file_has_the_published_keys(tmp_path):
    """Programs read the seven keys, in this form."""
    path = tmp_path / "bench" / "journal.json"
    write(path, [row(against="floor", ratio=1.5, bar=Bar(Of.RATIO, most=3))])
    expected = {
        "figure": "append",
        "value": 100.0,
        "unit": "µs",
        "against": "floor",
        "ratio": 1.5,
        "bar": "ratio <= 3",
        "holds": True,
    }
    assert [expected] == json.loads(path.read_text("utf-8"))


def test_the_page_shows_the_machine_and_what_was_run(tmp_path):
    """The page names the machine, the day, and each benchmark that has results."""
    write(tmp_path / "journal.json", [row(value=1234.0)])
    page = render(
        tmp_path,
        {"journal": "Journal", "flags": "Flags"},
        date="2030-01-01",
        machine="a machine",
    )
    assert "on 2030-01-01: a machine." in page
    assert "## Journal\n\n`make bench-journal`" in page
    assert "| append | 1,234 | µs | - | - | - | - |" in page
    assert "Flags" not in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "0.0123"), (99.94, "99.9"), (100.0, "100"), (0.0, "0.00")],
)
def test_numbers_have_three_digits(value, text):
    """More digits would claim more than was measured."""
    assert text == cells(row(value=value).as_json())[1]


def test_a_ratio_is_taken_within_each_round():
    """A round that was slow for both does not move the ratio."""
    taken = Timings({"ours": (20.0, 2000.0, 22.0), "floor": (10.0, 1000.0, 10.0)})
    assert 2.0 == taken.ratio("ours", "floor")
    assert 22.0 == taken.median_ns("ours")


def test_every_candidate_runs_equally_often():
    """Each is called once to warm up, then the same number of times."""
    calls = []
    timings(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")},
        rounds=3,
        number=4,
    )
    assert (13, 13) == (calls.count("a"), calls.count("b"))
