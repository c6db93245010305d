"""The layout: encoding, delimiter and header, recognised by the first bytes."""

import codecs

import pytest

from hardening.core import InvalidSetting
from hardening.csv import (
    Column,
    EncodingUnsupported,
    HeaderAmbiguous,
    HeaderIncomplete,
    HeaderUnreadable,
    Mapping,
    Text,
)
from hardening.csv.encoding import chosen, detect
from hardening.csv.layout import lay_out

NAMES = Mapping(
    "contacts",
    (
        Column("phone", required=True),
        Column("email", aliases=("E-Mail Address", "mail")),
    ),
)

ENCODINGS = {
    "ASCII is UTF-8": (b"phone\n1\n", "utf-8", 0),
    "UTF-8": ("phone\nJürgen\n".encode(), "utf-8", 0),
    "UTF-8 with a mark": (codecs.BOM_UTF8 + b"phone\n", "utf-8", 3),
    "UTF-8 cut within a letter": ("phone\nJü".encode()[:-1], "utf-8", 0),
    "UTF-8 with one bad byte": ("phone\nJürgen,Zoë\n".encode() + b"\xff", "utf-8", 0),
    "Windows-1252": ("phone\nJürgen\n".encode("cp1252"), "cp1252", 0),
    "Latin-1": ("phone\nJürgen\x81\n".encode("latin-1"), "latin-1", 0),
    "Windows-1252 with a stray byte": (b"phone\n5 \x80\n5 \x81\n", "cp1252", 0),
    "UTF-16 with a mark": ("\ufeffphone\n".encode("utf-16-le"), "utf-16-le", 2),
    "UTF-16 of the other order": ("\ufeffphone\n".encode("utf-16-be"), "utf-16-be", 2),
    "UTF-16 without a mark": ("phone,email\n".encode("utf-16-le"), "utf-16-le", 0),
    "UTF-16, the other, without": ("phone,email\n".encode("utf-16-be"), "utf-16-be", 0),
    "a NUL in ASCII": (b"phone\n" + b"a" * 20 + b"\0\n", "utf-8", 0),
    "nothing": (b"", "utf-8", 0),
}


@pytest.mark.parametrize(("head", "codec", "mark"), ENCODINGS.values(), ids=ENCODINGS)
def test_the_encoding_is_decided_by_the_first_bytes(head, codec, mark):
    """A person does not have to know what encoding a file is in."""
    found = detect(head, whole=False)
    assert (codec, mark) == (found.codec, found.mark)


def test_utf_32_is_refused():
    """An encoding in which nothing could be resumed is refused before anything is read."""
    with pytest.raises(EncodingUnsupported):
        detect("phone\n".encode("utf-32"), whole=True)


@pytest.mark.parametrize("name", ["klingon", "utf-7", "shift_jis", "base64", ""])
def test_encodings_that_lose_bytes_are_refused(name):
    """A setting that could not give the position in the file fails where it is made."""
    with pytest.raises(InvalidSetting, match=r"Importer\.encoding"):
        chosen(name)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "cp1252", "cp437", "koi8-r"])
def test_decoding_loses_no_byte(codec):
    """Whatever the bytes are, the text knows how many they were."""
    encoding, raw = chosen(codec), bytes(range(256)) * 2
    text = encoding.decoder().decode(raw)
    assert len(raw) == encoding.size(text)[0]


HEADERS = {
    "a comma": (b"phone,email,note\n", ","),
    "a semicolon": (b"phone;email\n", ";"),
    "a tab": (b"phone\temail\n", "\t"),
    "a bar": (b"phone|email\n", "|"),
    "most columns found": (b"phone;email;a,b,c,d\n", ";"),
    "a tie is a comma": (b"phone\n", ","),
    "said by Excel": (b"sep=;\nphone;email\n", ";"),
    "inside quotes does not count": (b'"phone";"email";"a,b,c"\n', ";"),
}


@pytest.mark.parametrize(("head", "delimiter"), HEADERS.values(), ids=HEADERS)
def test_the_delimiter_is_the_one_that_finds_the_columns(head, delimiter):
    """A person does not have to know what the cells are parted by."""
    assert delimiter == lay_out(head, NAMES, whole=True).delimiter


@pytest.mark.parametrize(
    "heading", ["E-Mail Address", "e_mail address", "EMAILADDRESS", " Mail ", "email"]
)
def test_headings_are_found_whatever_their_capitals_and_spaces(heading):
    """A heading is known by its letters alone."""
    layout = lay_out(f"PHONE,{heading}\n".encode(), NAMES, whole=True)
    assert [(0, "phone"), (1, "email")] == [
        (place, column.name) for place, column in layout.binding.columns
    ]


def test_the_rows_begin_after_the_header():
    """Blank lines, a mark, a line for Excel and a header of two lines are passed over."""
    head = codecs.BOM_UTF8 + b'\r\nsep=,\r\n"phone\n",email\r\n1,2\r\n'
    layout = lay_out(head, NAMES, whole=True)
    assert (len(head) - len(b"1,2\r\n"), 4) == (layout.offset, layout.line)


def test_a_missing_column_is_named():
    """Nobody has to guess which heading is wrong, or what the file has instead."""
    with pytest.raises(HeaderIncomplete, match=r"no column for phone.*Telephone") as e:
        lay_out(b"Telephone,email\n", NAMES, whole=True)
    assert (("phone",), ("Telephone", "email")) == (e.value.missing, e.value.found)


def test_a_header_without_any_column_is_refused():
    """A file that is something else altogether does not import empty rows."""
    with pytest.raises(HeaderIncomplete):
        lay_out(b"a,b\n", Mapping("t", (Column("phone"),)), whole=True)


def test_headings_for_the_same_column_are_named():
    """Which of two e-mail columns counts is a person's decision."""
    with pytest.raises(HeaderAmbiguous, match="'MAIL', in columns 2, 4"):
        lay_out(b"phone,E-Mail Address,x,MAIL\n", NAMES, whole=True)


def test_unknown_headings_that_repeat_matter_only_when_they_are_kept():
    """What is thrown away may be called the same; what is kept under its name may not."""
    columns = (Column("phone"),)
    ignoring = lay_out(b"phone,x,x\n", Mapping("t", columns), whole=True)
    assert ("x", "x") == ignoring.ignored
    with pytest.raises(HeaderAmbiguous, match="stand for x"):
        lay_out(b"phone,x,x\n", Mapping("t", columns, rest="extra"), whole=True)


UNREADABLE = {
    "nothing": (b"", True, "is empty"),
    "blank lines": (b"\n\n  \n", True, "is empty"),
    "a quote that stays open": (b'"phone,email\n1,2\n', True, "quotes do not match"),
    "a million columns": (b"phone," * 200_000, False, "does not end within"),
}


@pytest.mark.parametrize(("head", "whole", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_header_that_cannot_be_read_is_refused(head, whole, said):
    """Without a header nothing is imported, and the reason is said."""
    with pytest.raises(HeaderUnreadable, match=said):
        lay_out(head, NAMES, whole=whole)


SETTINGS = {
    "Column.name": lambda: Column("-"),
    "Column.aliases": lambda: Column("a", aliases="phone"),
    "Mapping.table": lambda: Mapping("", (Column("a"),)),
    "Mapping.columns": lambda: Mapping("t", ()),
    "Mapping.columns (one name)": lambda: Mapping("t", (Column("a"), Column("a"))),
    "Mapping.columns (one alias)": lambda: Mapping(
        "t", (Column("a", aliases=("x",)), Column("b", aliases=("X",)))
    ),
    "Mapping.rest": lambda: Mapping("t", (Column("a"),), rest="a"),
    "Text.longest": lambda: Text(longest=0),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_mapping_fails_where_it_is_made(setting):
    """A wrong configuration never reaches a file, and the message names the field."""
    with pytest.raises(InvalidSetting, match=setting.split(" (", maxsplit=1)[0]):
        SETTINGS[setting]()
