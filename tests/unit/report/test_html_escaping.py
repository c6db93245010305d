"""Escaping for HTML: hostile text is shown, and does nothing."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.report.html_escaping import shown

MARK = '<span class="unseen">U+'


@given(st.text())
def test_nothing_but_its_own_marks_is_markup(text):
    """Text never opens an element or ends an attribute."""
    rest = shown(text).replace(MARK, "").replace("</span>", "")
    assert [] == [each for each in "<>\"'" if each in rest]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_what_can_be_seen_is_shown_as_it_is(text):
    """A reader of the page sees every character of the text."""
    assert text == unescape(shown(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rm \u202e gpj.x", "U+202E"),
        ("\u2066a\u2069", "U+2066"),
        ("a\u200bb", "U+200B"),
        ("\x1b[31m", "U+001B"),
        ("a\u2028b", "U+2028"),
        ("\U000e0041", "U+E0041"),
    ],
    ids=["override", "isolate", "zero width", "escape", "line separator", "tag"],
)
def test_what_cannot_be_seen_is_named(text, name):
    """A command that looks like another one is found out."""
    assert f'<span class="unseen">{name}</span>' in shown(text)


@pytest.mark.parametrize(
    "text", ["👩\u200d💻", "\u0645\u06cc\u200c\u062e", "a\tb", "é✅️"]
)
def test_what_people_write_with_is_left_alone(text):
    """Joiners in emoji and in Persian, and tabs, are no trick."""
    assert text == shown(text)
