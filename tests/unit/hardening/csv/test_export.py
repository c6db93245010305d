"""Exports: what a spreadsheet shows, what an import takes back."""

import asyncio
import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.csv import (
    Column,
    Email,
    Exporter,
    Integer,
    Mapping,
    Number,
    Phone,
    Text,
    export_csv,
    export_csv_async,
)
from tests.unit.hardening.csv.test_reading import Import

COLUMNS = {"Phone": Phone("US"), "Name": Text(), "Balance": Number(), "Born": Text()}


def exported(rows, columns, **settings):
    """Return the rows of an export, as a program reads them."""
    out = io.BytesIO()
    assert len(rows) == export_csv(rows, out, columns, **settings)
    text = out.getvalue().decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text, newline=""))]


def test_cells_are_exempt_by_their_kind():
    """A phone number and an amount stay as they are; the same text as a name does not."""
    rows = [("+14155552671", "+14155552671", "-5", None), (None, "", -2.5, date.min)]
    assert [
        [*COLUMNS],
        ["+14155552671", "'+14155552671", "-5", ""],
        ["", "", "-2.5", "0001-01-01"],
    ] == exported(rows, COLUMNS)


IMPOSTORS = {
    "a formula among phones": (Phone(), "+1+cmd|' /C calc'!A0"),
    "too long for a phone": (Phone(), "+1234567890123456"),
    "a country code of zero": (Phone(), "+0123456789"),
    "digits of another script": (
        Phone(),
        "+\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
    ),
    "a line end behind a phone": (Phone(), "+14155552671\n"),
    "a formula among numbers": (Integer(), "-1+2"),
    "a name among amounts": (Number(), "@SUM(A1)"),
    "a formula with an address": (Email(), "=1+1@example.org"),
}


@pytest.mark.parametrize(("kind", "text"), IMPOSTORS.values(), ids=IMPOSTORS)
def test_a_cell_that_is_not_of_its_kind_is_escaped(kind, text):
    """The kind of a column is looked at in each of its cells."""
    assert [["c"], [f"'{text}"]] == exported([(text,)], {"c": kind})


def test_headings_are_escaped():
    """A column that a person named is a text like any other."""
    assert [["'=1"], ["x"]] == exported([("x",)], {"=1": Text()})


def test_other_values_are_written_as_they_are():
    """Numbers, days and truth are written as Python writes them; objects as text."""

    class Evil:
        def __str__(self):
            return "=1"

    row = (Decimal("-1.50"), True, date(2026, 11, 22), Evil())
    columns = dict.fromkeys("abcd", Text())
    assert ["-1.50", "True", "2026-11-22", "'=1"] == exported([row], columns)[1]


def test_a_mark_is_written_for_excel():
    """Excel reads UTF-8 only when it is told so at the beginning."""
    for mark in (True, False):
        (head,) = Exporter({"Größe": Text()}, mark=mark).pieces([])
        assert (mark, "Größe\r\n") == (
            head.startswith(b"\xef\xbb\xbf"),
            head.decode("utf-8-sig"),
        )


def test_switched_off_the_cells_are_written_as_they_stand():
    """Off is as if the piece were not there."""
    out = io.BytesIO()
    Exporter({"c": Text()}, switch=lambda: False).run([("=1",)], out)
    assert b"c\r\n=1\r\n" == out.getvalue()


def test_rows_of_another_width_are_refused():
    """A cell in the wrong column is worse than no file."""
    with pytest.raises(ValueError, match="4 cells"):
        exported([("x",)], COLUMNS)


def test_text_that_is_no_unicode_is_refused():
    """Half of a pair cannot be written to a file, and is not dropped in silence."""
    with pytest.raises(ValueError, match="UTF-16"):
        exported([("\udfff",)], {"c": Text()})


def test_exports_run_beside_others(tmp_path):
    """With await an export is the same."""
    path, rows = tmp_path / "out.csv", [(f"={i}",) for i in range(2_500)]

    async def awaited():
        for row in rows:
            yield row

    count = asyncio.run(export_csv_async(awaited(), path, {"c": Text()}))
    out = io.BytesIO()
    export_csv(rows, out, {"c": Text()})
    assert (2_500, out.getvalue()) == (count, path.read_bytes())


def test_what_was_escaped_is_counted():
    """A graph shows whether anybody tries, as the founding plans ask."""
    exporter = Exporter({"c": Text(), "n": Phone()})
    exporter.run([("=1", "+14155552671"), ("x", "=2")], io.BytesIO())
    counted = {
        measure.name: measure.samples[0].value for measure in exporter.measures()
    }
    assert {
        "hardening_csv_rows_exported": 2,
        "hardening_csv_cells_escaped": 2,
    } == counted


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
SIGNS = st.text("=+-@\t\r\n ',;\"a\uff1d", max_size=6)


@given(st.lists(st.tuples(CELL | SIGNS, CELL | SIGNS), max_size=6))
def test_an_import_takes_back_what_an_export_wrote(rows):
    """'Taking the apostrophes off again gives the very text, whatever it was.'."""
    out = io.BytesIO()
    export_csv(rows, out, {"a": Text(), "b": Text()})
    kind = Text(strip=False, nfc=False, unescape=True)
    mapping = Mapping("t", (Column("a", kind), Column("b", kind)))
    done = Import(out.getvalue(), mapping)
    assert [[cell or None for cell in row] for row in rows] == done.stored
    assert [] == done.rejects


SETTINGS = {
    "Exporter.columns": ({}, {}),
    "Exporter.delimiter": ({"a": Text()}, {"delimiter": "a"}),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_exporter_fails_where_it_is_made(setting):
    """A wrong configuration never reaches a file, and the message names the field."""
    columns, others = SETTINGS[setting]
    with pytest.raises(InvalidSetting, match=setting):
        Exporter(columns, **others)
