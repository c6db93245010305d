"""Cells: what each kind of column takes, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.csv import Boolean, Column, Date, Email, Integer, Number, Reason, Text
from hardening.csv.cells import reader

KINDS = {
    "text is stripped": (Text(), "  Ada \n", "Ada"),
    "text is composed": (Text(), "Ju\u0308rgen", "Jürgen"),
    "text as it is": (Text(strip=False, nfc=False), " Ju\u0308 ", " Ju\u0308 "),
    "text as long as may be": (Text(longest=3), "abc", "abc"),
    "text too long": (Text(longest=3), "abcd", Reason.TEXT),
    "an escaped formula": (
        Text(unescape=True),
        "'=Equal Rights Org",
        "=Equal Rights Org",
    ),
    "an apostrophe of its own": (Text(unescape=True), "'s Gravenhage", "'s Gravenhage"),
    "an address": (Email(), " Ada.L+x@Example.ORG ", "Ada.L+x@example.org"),
    "an address beyond ASCII": (
        Email(),
        "jürgen@bücher.example",
        "jürgen@bücher.example",
    ),
    "no address": (Email(), "ada at example.org", Reason.EMAIL),
    "an address of a host": (Email(), "root@localhost", Reason.EMAIL),
    "two dots": (Email(), "a..b@example.org", Reason.EMAIL),
    "a dot in front": (Email(), ".a@example.org", Reason.EMAIL),
    "a hyphen at the edge": (Email(), "a@-example.org", Reason.EMAIL),
    "a hyphen at the other": (Email(), "a@example-.org", Reason.EMAIL),
    "two signs": (Email(), "a@b@example.org", Reason.EMAIL),
    "a name of 64": (Email(), "a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    "a name of 65": (Email(), "a" * 65 + "@example.org", Reason.EMAIL),
    "a label of 63": (Email(), f"a@{'b' * 63}.org", f"a@{'b' * 63}.org"),
    "a label of 64": (Email(), f"a@{'b' * 64}.org", Reason.EMAIL),
    "254 in all": (Email(), "a@" + "b." * 124 + "orgx", "a@" + "b." * 124 + "orgx"),
    "255 in all": (Email(), "a@" + "b." * 124 + "orgxy", Reason.EMAIL),
    "a number": (Integer(), " -007 ", "-7"),
    "the lowest": (Integer(low=0, high=9), "0", "0"),
    "below the lowest": (Integer(low=0, high=9), "-1", Reason.INTEGER),
    "the highest": (Integer(low=0, high=9), "9", "9"),
    "above the highest": (Integer(low=0, high=9), "10", Reason.INTEGER),
    "more than PostgreSQL holds": (Integer(), str(2**63), Reason.INTEGER),
    "no number": (Integer(), "1.5", Reason.INTEGER),
    "digits of another script": (Integer(), "\u0661", Reason.INTEGER),
    "an amount": (Number(), "-12.50", "-12.50"),
    "an amount with a comma": (Number(), "12,50", Reason.NUMBER),
    "a day": (Date(), "2026-02-28", "2026-02-28"),
    "no day": (Date(), "2026-02-29", Reason.DATE),
    "a day as said": (Date(("%d.%m.%Y", "%Y-%m-%d")), "3.4.2026", "2026-04-03"),
    "a day otherwise": (Date(("%d.%m.%Y",)), "2026-04-03", Reason.DATE),
    "yes": (Boolean(), "YES", "t"),
    "no": (Boolean(), "0", "f"),
    "perhaps": (Boolean(), "perhaps", Reason.BOOLEAN),
    "oui": (Boolean(yes=("oui",), no=("non",)), "Oui", "t"),
}


def read(kind, cells, *, required=False):
    """Return what becomes of cells, the reason for one at fault."""
    done = reader(Column("c", kind, required=required), {})(cells)
    return [
        done.faults[place].reason if place in done.faults else value
        for place, value in enumerate(done.values)
    ]


@pytest.mark.parametrize(("kind", "cell", "becomes"), KINDS.values(), ids=KINDS)
def test_each_kind_takes_its_own_and_nothing_else(kind, cell, becomes):
    """A cell is made like the others of its column, or its row is rejected."""
    assert ["", becomes, ""] == read(kind, ["", cell, ""])


@pytest.mark.parametrize("kind", [Text(), Email(), Integer(), Date(), Boolean()])
def test_an_empty_cell_is_rejected_only_where_it_is_required(kind):
    """A missing value is NULL, unless the mapping says that there must be one."""
    assert ["", ""] == read(kind, ["", " "])
    assert [Reason.EMPTY, Reason.EMPTY] == read(kind, ["", " "], required=True)


@given(st.lists(st.text("aA.@-=; \u0308'é", max_size=8), min_size=1, max_size=6))
@pytest.mark.parametrize("kind", [Text(unescape=True), Email()])
def test_a_column_is_read_as_its_cells_are(kind, cells):
    """Looking at a column in one pass changes nothing but the time it takes."""
    assert [read(kind, [cell])[0] for cell in cells] == read(kind, cells)


SETTINGS = {
    "Integer.high": lambda: Integer(low=1, high=0),
    "Integer.high (beyond bigint)": lambda: Integer(high=2**63),
    "Integer.low (beyond bigint)": lambda: Integer(low=-(2**63) - 1),
    "Date.formats": lambda: Date(()),
    "Date.formats (no such code)": lambda: Date(("%Q",)),
    "Date.formats (no codes)": lambda: Date(("dd/mm/yyyy",)),
    "Date.formats (no year)": lambda: Date(("%d.%m.",)),
    "Date.formats (no month)": lambda: Date(("%d %Y",)),
    "Date.formats (the second)": lambda: Date(("%Y-%m-%d", "%H:%M")),
    "Boolean.yes (capitals)": lambda: Boolean(yes=("Ja",)),
    "Boolean.yes (letters)": lambda: Boolean(yes="ja"),
    "Boolean.no (white space)": lambda: Boolean(no=("nein ",)),
    "Boolean.no": lambda: Boolean(yes=("x",), no=("x",)),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_kind_fails_where_it_is_made(setting):
    """A wrong configuration never reaches a file, and the message names the field."""
    with pytest.raises(InvalidSetting, match=setting.split(" (", maxsplit=1)[0]):
        SETTINGS[setting]()


@pytest.mark.parametrize("form", ["%d/%m/%y", "%Y-%j", "%d %B %Y", "%Y-%m-%dT%H:%M%z"])
def test_formats_that_tell_a_whole_day_are_taken(form):
    """Other ways to write a day are no mistake."""
    assert (form,) == Date((form,)).formats


def test_the_bounds_of_a_bigint_are_taken():
    """The lowest and the highest number that PostgreSQL has are numbers."""
    kind = Integer(low=-(2**63), high=2**63 - 1)
    cells = [str(-(2**63)), str(2**63 - 1)]
    assert cells == read(kind, cells)


@pytest.mark.parametrize(("length", "becomes"), [(250, "2026-11-22"), (251, "date")])
def test_a_cell_too_long_for_a_date_is_rejected_unread(length, becomes):
    """Long cells are not remembered: thousands of them would fill the memory."""
    cell = "22" + " " * (length - 10) + "11 2026"
    assert length == len(cell) + 1
    assert [becomes] == read(Date(("%d %m x%Y",)), [cell.replace("2026", "x2026")])
