"""Reading: whatever a file holds, each good row is read and each bad one is named."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.csv import Column, Integer, Limits, Mapping, Reason, Text
from hardening.csv.layout import lay_out, lines_of
from hardening.csv.reading import Position, Reading
from hardening.csv.records import Form
from hardening.csv.rows import RowReader, readers

AS_IS = Text(strip=False, nfc=False)
TWO = Mapping("t", (Column("a", AS_IS), Column("b", AS_IS)))
ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}


class Import:
    """What reading a source gave: rows as COPY would store them, rejects, position."""

    def __init__(self, raw, mapping=TWO, *, piece=1 << 18, limits=None, at=None):
        self.layout = layout = lay_out(
            raw[: 1 << 18], mapping, whole=len(raw) < 1 << 18
        )
        rows = RowReader(readers(mapping, {}), layout.binding, mapping.rest)
        form = Form(layout.delimiter, layout.binding.width, limits or Limits())
        position = at or Position(layout.offset, layout.line)
        reading = Reading(layout.encoding, form, rows, position)
        self.stored, self.rejects, self.places = [], [], []
        rest = raw[position.offset :]
        for start in (*range(0, len(rest), piece), len(rest)):
            block = reading.take(rest[start : start + piece], last=start == len(rest))
            self.stored += map(stored, block.copy.decode().split("\n")[:-1])
            self.rejects += block.rejects
            self.look(reading)
            if reading.between_lines:
                self.places.append((block.position, len(self.stored)))
        self.position = reading.position

    def look(self, reading):
        """Look at what reads, after each piece."""

    @property
    def reasons(self):
        """Where rows were rejected, and why."""
        return [(r.line, r.row, r.reason) for r in self.rejects]


def stored(line):
    """Return a line of COPY as PostgreSQL stores it."""
    cells = [None if cell == "\\N" else cell for cell in line.split("\t")]
    return [cell and _unescaped(cell) for cell in cells]


def _unescaped(cell):
    """Return a cell without COPY's escapes."""
    parts, place = [], 0
    while place < len(cell):
        pair = cell[place : place + 2]
        parts.append(ESCAPES.get(pair, cell[place]))
        place += 2 if pair in ESCAPES else 1
    return "".join(parts)


GOOD = {
    "line feeds": b"a,b\n1,x\n2,y\n",
    "returns and line feeds": b"a,b\r\n1,x\r\n2,y\r\n",
    "returns": b"a,b\r1,x\r2,y\r",
    "no end at the end": b"a,b\n1,x\n2,y",
    "quotes": b'"a","b"\n"1","x"\n"2","y"\n',
    "semicolons": b"a;b\n1;x\n2;y\n",
    "another order": b"b,a\nx,1\ny,2\n",
    "an unknown column": b"a,?,b\n1,-,x\n2,-,y\n",
    "UTF-16": "a,b\n1,x\n2,y\n".encode("utf-16"),
}


@pytest.mark.parametrize("raw", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1 << 18])
def test_every_form_of_csv_is_read(raw, piece):
    """Rows are the same whatever program wrote them, however they arrive."""
    done = Import(raw, piece=piece)
    assert ([["1", "x"], ["2", "y"]], []) == (done.stored, done.rejects)
    assert len(raw) == done.position.offset


BAD = {
    "a blank line": (b"a,b\n1,x\n\n2,y\n", [(3, 2, Reason.BLANK)]),
    "too few cells": (b"a,b\n1,x\n1\n2,y\n", [(3, 2, Reason.COLUMNS)]),
    "too many cells": (b"a,b\n1,x\n1,2,3\n2,y\n", [(3, 2, Reason.COLUMNS)]),
    "a million cells": (
        b"a,b\n1,x\n" + b"," * 1_000_000 + b"\n2,y\n",
        [(3, 2, Reason.COLUMNS)],
    ),
    "a NUL": (b"a,b\n1,x\n1,\0\n2,y\n", [(3, 2, Reason.NUL)]),
    "a byte that is no UTF-8": (
        "a,b\n1,x\nü,ö,ä\n".encode() + b"1,\xff\n2,y\n",
        [(3, 2, Reason.COLUMNS), (4, 3, Reason.UNDECODABLE)],
    ),
    "half a pair of UTF-16": (
        "\ufeffa,b\n1,x\n1,\ud800\n2,y\n".encode("utf-16-le", "surrogatepass"),
        [(3, 2, Reason.UNDECODABLE)],
    ),
    "half a character at the end": (
        "\ufeffa,b\n1,x\n2,y\n3,z".encode("utf-16-le") + b"\0",
        [(4, 3, Reason.UNDECODABLE)],
    ),
    "a quote that is not closed": (b'a,b\n1,x\n1,"z\n2,y\n', [(3, 2, Reason.QUOTE)]),
    "a quote that is not closed, last": (b'a,b\n1,x\n2,y\n3,"', [(4, 3, Reason.QUOTE)]),
    "text behind a quote": (b'a,b\n1,x\n1,"z"z\n2,y\n', [(3, 2, Reason.QUOTE)]),
    "a quote closed by the next row": (
        b'a,b\n1,x\n1,"z\n2",y\n2,y\n',
        [(3, 2, Reason.QUOTE)],
    ),
    "a megabyte in a cell": (
        b"a,b\n1,x\n1," + b"z" * 1_000_000 + b"\n2,y\n",
        [(3, 2, Reason.TOO_LONG)],
    ),
    "two megabytes in a line": (
        b"a,b\n1,x\n1," + b"z" * 2_000_000 + b"\n2,y\n",
        [(3, 2, Reason.TOO_LONG)],
    ),
    "two megabytes behind a quote": (
        b'a,b\n1,x\n1,"' + b"z" * 2_000_000 + b"\n2,y\n",
        [(3, 2, Reason.TOO_LONG)],
    ),
    "two megabytes without an end": (
        b"a,b\n1,x\n2,y\n" + b"z" * 2_000_000,
        [(4, 3, Reason.TOO_LONG)],
    ),
}


@pytest.mark.parametrize(("raw", "reasons"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("piece", [1000, 1 << 18])
def test_a_bad_row_costs_no_good_one(raw, reasons, piece):
    """What cannot be read is named with its line, row and reason; the others are read."""
    done = Import(raw, piece=piece if len(raw) < 1 << 18 or piece > 1000 else 99_991)
    good = [row for row in done.stored if row in (["1", "x"], ["2", "y"])]
    assert ([["1", "x"], ["2", "y"]], reasons) == (good, done.reasons)
    assert done.position.row == len(done.stored) + len(done.rejects)


def test_an_unclosed_quote_does_not_swallow_the_file():
    """Of ten thousand rows with one bad quote, all but that row are imported."""
    rows = [f"{i},x\n" for i in range(10_000)]
    rows[5_000] = '5000,"x\n'
    done = Import(("a,b\n" + "".join(rows)).encode())
    assert [(5_002, 5_001, Reason.QUOTE)] == done.reasons
    assert 9_999 == len(done.stored)


@pytest.mark.parametrize(("lines", "kept"), [(9, 1), (10, 1), (11, 0)])
def test_a_record_of_many_lines_is_taken_up_to_its_limit(lines, kept):
    """A quoted text may have line ends; one without an end is given up at the limit."""
    text = "x\n" * (lines - 1)
    raw = f'a,b\n"{text}",1\n2,y\n'.encode()
    done = Import(raw, limits=Limits(lines=10))
    whole = [row for row in done.stored if row != ["2", "y"]]
    assert (kept, ["2", "y"]) == (len(whole), done.stored[-1])


@pytest.mark.parametrize(("length", "kept"), [(29, 1), (30, 1), (31, 0)])
def test_a_line_is_taken_up_to_its_limit(length, kept):
    """A line of just the limit is read, and one more character is not."""
    line = "1," + "x" * (length - 3) + "\n"
    raw = f"a,b\n{line}2,y\n".encode()
    done = Import(raw, limits=Limits(characters=30))
    assert kept + 1 == len(done.stored)


def test_a_long_line_behind_an_open_quote_is_given_up():
    """What is held in memory stays within the limit, whatever an open quote waits for."""
    held = []

    class Watched(Import):
        def look(self, reading):
            held.append(len(reading._pending))

    raw = b'a,b\n1,"open\n' + b"x" * 5_000 + b"\n2,y\n"
    done = Watched(raw, limits=Limits(characters=100), piece=50)
    assert [["2", "y"]] == done.stored
    assert [(2, 1, Reason.QUOTE), (3, 2, Reason.TOO_LONG)] == done.reasons
    assert max(held) <= 150


@pytest.mark.parametrize(("length", "kept"), [(30, 1), (31, 0)])
def test_a_line_behind_an_open_quote_is_waited_for_up_to_the_limit(length, kept):
    """A record that may still end within its limit is read whole, and no longer one."""
    line = "x" * (length - 7)
    raw = f'a,b\n1,"o\n{line}"\n2,y\n'.encode()
    done = Import(raw, limits=Limits(characters=30), piece=7)
    assert kept == sum(row[0] == "1" for row in done.stored)


def test_one_stray_byte_costs_one_row():
    """Among euro signs, a byte that Windows-1252 does not know rejects its row alone."""
    done = Import(b"a,b\n1,5 \x80\n2,5 \x81\n3,6 \x80\n")
    assert [["1", "5 €"], ["3", "6 €"]] == done.stored
    assert [(3, 2, Reason.UNDECODABLE)] == done.reasons


def test_quoted_line_ends_do_not_shift_the_lines():
    """The line in the rejects file is the one that an editor shows."""
    raw = b'a,b\r\n"x\r\ny",1\r\n1\r\n"p\rq\nr",2\r\n\r\n'
    done = Import(raw)
    assert [(4, 2, Reason.COLUMNS), (8, 4, Reason.BLANK)] == done.reasons
    assert [["x\r\ny", "1"], ["p\rq\nr", "2"]] == done.stored


def test_the_raw_row_is_kept_and_can_be_shown():
    """A person sees the row as it stands, bytes that are no text spelt out."""
    done = Import("a,b\nü,é\n".encode() + b'"\xffx\n\0",y\n' + b"z" * 11_000 + b"\n")
    assert ['"\\xffx\n\\x00",y', "z" * 10_000 + "…"] == [r.raw for r in done.rejects]


def test_cells_at_fault_are_all_named():
    """A person mends a row once, not once for each of its cells."""
    mapping = Mapping("t", (Column("a", Integer()), Column("b", required=True)))
    done = Import(b"a,b\nx,\n1,y\n", mapping)
    (reject,) = done.rejects
    assert ("a; b", Reason.INTEGER) == (reject.columns, reject.reason)
    assert reject.words.endswith("; empty, but required")


def test_other_columns_are_kept_as_json():
    """What has no column is not lost where the mapping has a place for it."""
    mapping = Mapping("t", (Column("a"),), rest="extra")
    done = Import('a,Größe,b\n1,"x\ty",\n'.encode(), mapping)
    ((number, extra),) = done.stored
    assert ("1", {"Größe": "x\ty"}) == (number, json.loads(extra))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.integers(1, 40))
def test_what_a_csv_writer_writes_is_read_back(rows, piece):
    """'Never a lost good row': what the standard library writes is what is stored."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    done = Import(text.getvalue().encode(), piece=piece)
    assert [[cell or None for cell in row] for row in rows] == done.stored


PLAIN = st.text("xyz;'", min_size=1, max_size=4)
OPENED = ['"{},{}', '{},"{}', '{},"']
DAMAGE = ['"{}"z,{}', "{}", "{},{},z", "", "{}\0,{}"]


@given(
    st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(DAMAGE)), max_size=4),
    st.tuples(st.integers(0, 11), st.sampled_from(OPENED)),
    st.integers(1, 60),
)
def test_damaged_lines_cost_no_other_line(rows, damage, opened, piece):
    """
    'Each ends in a reject row, never in a lost good row': one bad line costs one.

    The model strikes the damaged lines out; the reader finds them by itself. One quote
    stays open: where two do, what is between them may be a cell, to anybody.
    """
    spoilt = {place: how for place, how in (*damage, opened) if place < len(rows)}
    lines = [spoilt.get(i, "{},{}").format(*row) for i, row in enumerate(rows)]
    done = Import("\n".join(("a,b", *lines, "")).encode(), piece=piece)
    good = [list(row) for i, row in enumerate(rows) if i not in spoilt]
    assert [i + 2 for i in sorted(spoilt)] == [reject.line for reject in done.rejects]
    assert good == done.stored


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_end_in_rows_or_rejects(noise, piece):
    """Nothing in a file makes the import fail, and every byte of it is accounted for."""
    raw = b"a,b\n1,x\n" + noise + b"\n"
    done = Import(raw, piece=piece)
    assert done.position.row == len(done.stored) + len(done.rejects)
    assert len(raw) == done.position.offset
    assert Import(raw).stored == done.stored


@given(st.data())
def test_reading_goes_on_from_any_block(data):
    """'A resumed import neither loses nor doubles a row': any position will do."""
    row = st.sampled_from(["1,x\n", '"p\nq",ü\n', "2\n", '3,"z\n', "\n", "é,\0\n"])
    raw = b"a,b\n" + "".join(data.draw(st.lists(row, max_size=20))).encode()
    whole = Import(raw, piece=data.draw(st.integers(1, 30)))
    position, count = data.draw(st.sampled_from(whole.places))
    rest = Import(raw, at=position, piece=data.draw(st.integers(1, 30)))
    assert whole.stored == whole.stored[:count] + rest.stored
    assert whole.reasons == whole.reasons[: position.rejected] + rest.reasons
    assert whole.position == rest.position


def test_lines_are_those_of_an_editor():
    """Unicode's other line ends are text: a name with one is still one line."""
    assert ["a\u2028b\x0b\x85c\n", "d\r", "e\r\n"] == lines_of(
        "a\u2028b\x0b\x85c\nd\re\r\n"
    )
