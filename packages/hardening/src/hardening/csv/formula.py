"""
Formulas: what a spreadsheet would run instead of show, and how it is kept from that.

A cell that begins with one of `= + - @`, a tab or a line end is a formula to some
program; so is one that has white space, quotes or invisible characters before them, and
one with their full-width and small forms, which some programs read as the plain ones. A
program that splits lines at another character than the file was written with makes
cells out of the middle of one: so what follows `, ; |`, a tab or a line end counts as a
beginning too. An apostrophe goes before each of these beginnings.

Taking the apostrophes off again gives the very text, whatever it was: the apostrophe
itself is among what may stand before a formula, so that a text that already looks
escaped is escaped once more.

Source:
    OWASP, CSV Injection: the characters, their full-width forms, and the warning about
    separators and quotes inside a cell.
"""

import re
from collections.abc import Sequence

TRIGGERS = "=\uff1d\ufe66\u207c\u208c\u2a75\u2a76+\uff0b\ufe62\u207a\u208a\ufb29-\uff0d\ufe63@\uff20\ufe6b"
"""The signs, and what Unicode's compatibility forms fold to them."""

# Stands between cells while a column is looked at as one text. Half of a pair: no text
# that can be written to a file holds it.
BETWEEN = "\udfff"

_MARK = "'"
_QUOTES = "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\uff02\uff07"
# Controls, spaces and what is drawn as nothing: joiners, directions, marks of byte
# order, fillers, selectors of variants, tags. Tabs and line ends are in `_ENDS`.
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BEFORE = re.escape(_QUOTES) + _UNSEEN
_ENDS = r"\t\r\n"
_ANY = rf"[{_BEFORE}{_ENDS}]"
_SIGN = f"[{re.escape(TRIGGERS)}]"
# Where a cell begins, or would for another program, and the run up to a sign. Each run
# is gone through once, also when no sign follows: it starts only behind something that
# is not part of a run, so that a megabyte of line ends takes a moment and no hours.
_RUN = re.compile(
    rf"([{BETWEEN},;|]|(?<!{_ANY})(?=[{_BEFORE}]*+[{_ENDS}]))({_ANY}*+)(?={_SIGN})"
    rf"|({BETWEEN}'?)(?=[{_BEFORE}]*+[{_ENDS}])"
)
_AFTER_END = re.compile(rf"(?<=[{_ENDS}])")
_ESCAPED_END = re.compile(rf"(?<=[{_ENDS}])'")
# A sign or an end behind something that makes it dangerous, or behind nothing: quick to
# look for, because it begins with the rare character. What it finds is looked at closely.
_SUSPECT = re.compile(
    rf"[{re.escape(TRIGGERS)}{_ENDS}](?<![^{_BEFORE}{_ENDS},;|{BETWEEN}].)", re.DOTALL
)


def escape(text: str) -> str:
    """Return a text that no spreadsheet runs; most texts are returned as they are."""
    return _RUN.sub(_guarded, BETWEEN + text)[1:] if _SUSPECT.search(text) else text


def unescape(text: str) -> str:
    """Return what `escape` was given."""
    return _RUN.sub(_bared, BETWEEN + text)[1:] if _MARK in text else text


def escape_all(cells: Sequence[str]) -> Sequence[str]:
    """Return texts that no spreadsheet runs; a column at a time, which is quicker."""
    if not _SUSPECT.search(BETWEEN.join(cells)):
        return cells
    suspect = _SUSPECT.search
    return [escape(cell) if suspect(cell) else cell for cell in cells]


def _guarded(found: re.Match[str]) -> str:
    """Return a run with an apostrophe at each of its beginnings."""
    head, run, alone = found.groups()
    if alone:
        return f"{BETWEEN}'{alone[1:]}"
    lead = "'" if head else ""
    return f"{head}{lead}{_AFTER_END.sub(_MARK, run)}"


def _bared(found: re.Match[str]) -> str:
    """Return a run without the apostrophes of its beginnings."""
    head, run, alone = found.groups()
    if alone:
        return BETWEEN
    bare = run.removeprefix(_MARK) if head else run
    return f"{head}{_ESCAPED_END.sub('', bare)}"
