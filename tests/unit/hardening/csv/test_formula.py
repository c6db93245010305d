"""Formulas: no spreadsheet runs what an export wrote, and an import can take it back."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.csv import escape, unescape
from hardening.csv.formula import _ANY, _BEFORE, TRIGGERS, escape_all

CASES = {
    "an equals sign": ("=1+1", "'=1+1"),
    "a plus": ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
    "a minus": ("-2+3", "'-2+3"),
    "an at": ("@SUM(A1)", "'@SUM(A1)"),
    "a tab": ("\t=1", "'\t'=1"),
    "a tab before text": ("\tabc", "'\tabc"),
    "a return": ("\r=1", "'\r'=1"),
    "a line feed": ("\n=1", "'\n'=1"),
    "a space": (" =1", "' =1"),
    "a space that does not break": ("\xa0=1", "'\xa0=1"),
    "nothing one can see": ("\u200b=1", "'\u200b=1"),
    "a byte order mark": ("\ufeff=1", "'\ufeff=1"),
    "a NUL": ("\0=1", "'\0=1"),
    "a full-width equals sign": ("\uff1d1", "'\uff1d1"),
    "a full-width plus": ("\uff0b1", "'\uff0b1"),
    "a full-width minus": ("\uff0d1", "'\uff0d1"),
    "a full-width at": ("\uff20A1", "'\uff20A1"),
    "a small equals sign": ("\ufe661", "'\ufe661"),
    "a quote": ('"=1', "'\"=1"),
    "an apostrophe": ("'=1", "''=1"),
    "a semicolon inside": ("a;=1", "a;'=1"),
    "a comma inside": ("a, =1", "a,' =1"),
    "a bar inside": ("a|=1", "a|'=1"),
    "a line inside": ("a\n=1", "a\n'=1"),
    "a business by that name": ("=Equal Rights Org", "'=Equal Rights Org"),
    "nothing": ("", ""),
    "a name": ("Jürgen O'Neil", "Jürgen O'Neil"),
    "a sign in the middle": ("a=b - c", "a=b - c"),
    "an address": ("ada@example.org", "ada@example.org"),
    "an apostrophe before a name": ("'s Gravenhage", "'s Gravenhage"),
}


@pytest.mark.parametrize(("text", "safe"), CASES.values(), ids=CASES)
def test_beginnings_of_formulas_are_escaped(text, safe):
    """Whatever a spreadsheet could run begins with an apostrophe; other text is as it was."""
    assert (safe, text) == (escape(text), unescape(safe))


@given(st.text(alphabet="=\uff1d+'\",;|\t\r\n \u200b\0ab-", max_size=12))
def test_escaping_marks_each_beginning_and_can_be_undone(text):
    """
    'An apostrophe goes before each of these beginnings', and unescape takes it off.

    The model looks at each place of the text by itself; the pattern goes through once.
    """
    model = "".join(_marked(text, place) for place in range(len(text) + 1))
    assert model == escape(text)
    assert text == unescape(escape(text))


@given(st.lists(st.text(alphabet="=a,\t '", max_size=5), min_size=1, max_size=6))
def test_a_column_is_escaped_as_its_cells_are(cells):
    """Looking at a column in one pass changes nothing but the time it takes."""
    assert [*map(escape, cells)] == list(escape_all(cells))


def test_signs_are_all_that_unicode_folds_to_them():
    """A sign in another form of Unicode is a sign to a program that folds it."""
    signs = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.normalize("NFKC", character).startswith(("=", "+", "-", "@"))
    }
    assert signs == set(TRIGGERS)


@pytest.mark.parametrize("text", ["\n", " ", ", ", "'", "\n'", "\u200b\t"])
def test_megabytes_of_white_space_take_a_moment(text):
    """Nobody stops an export with a cell that is slow to look at."""
    long = text * 300_000
    assert long == unescape(escape(long))


def _marked(text, place):
    """Return the character at a place, with an apostrophe where a formula begins."""
    begins = place == 0 or text[place - 1] in ",;|\t\r\n"
    sign = re.compile(f"{_ANY}*[{re.escape(TRIGGERS)}]").match(text, place)
    end = place == 0 and re.match(rf"[{_BEFORE}]*[\t\r\n]", text)
    return ("'" if begins and (sign or end) else "") + text[place : place + 1]
