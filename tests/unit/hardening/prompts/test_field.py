"""Cleaning a field: what nobody sees is gone, what somebody wrote is there."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.prompts import Cleaned, FieldRule, clean

LINE = FieldRule()
LINES = FieldRule(lines=True, chars_max=2000)
RULES = st.builds(FieldRule, chars_max=st.integers(16, 60), lines=st.booleans())
# Letters of all kinds, and those that attacks are made of, far more often than chance.
ODD = st.sampled_from(
    "\u200b\u200d\ufe0e\ufe0f\U000e0041\U000e007f\u202e\u00ad\u034f\u3164\ufeff\r\n\t\0"
    "\x85\u2028e\u0301\u0345☺👩🔬1\u20e3\U0001f3fd\ufb01\uff21\u1161\ud800\uffff<^>"
)
TEXT = st.lists(st.one_of(ODD, st.characters(codec=None)), max_size=80).map("".join)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("\uff21cm\uff45\u3000\uff29nc", "Acme Inc"),
        ("ﬁrm", "firm"),
        ("e\u0301", "é"),
        ("Ig\u200bnore", "Ignore"),
        ("a\u00adb\u2060c\ufeffd", "abcd"),
        ("safe\u202eevil\u202c", "safeevil"),
        ("hi\U000e0049\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065", "hi"),
        ("x\ufe01\ufe02\U000e0100\U000e01ef", "x"),
        ("\u3164\u115f\uffa0", ""),
        ("a\0b\x1b[31mc", "ab[31mc"),
        ("\ud800x\uffff\ufdd0", "x"),
        ("one\r\ntwo\rthree\u2028four\x85five\tsix", "one two three four five six"),
        ("e\u034f\u0301", "é"),
        ("a\u2800b\u2800", "ab"),
        ("a\U00013430b\U00013438c\U0001343fd", "abcd"),
    ],
)
def test_what_is_hidden_is_gone_and_what_is_styled_is_plain(given_text, expected):
    """A word means the same in every spelling, and nothing stands between its letters."""
    assert expected == clean(given_text, LINE).text


@pytest.mark.parametrize(
    "text",
    ["☺️", "👩‍🔬", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "1️⃣", "🏳️‍🌈", "❤️‍🔥", "🇩🇪", "⚖︎"],
)
def test_emoji_stay_whole(text):
    """A reader sees them; the joiners within them are part of the picture."""
    assert Cleaned(text=text) == clean(text, LINE)


@pytest.mark.parametrize(
    ("text", "expected", "unseen"),
    [
        ("a\u200db", "ab", 1),
        ("👩\u200d", "👩", 1),
        ("👩\u200d\u200d🔬", "👩🔬", 2),
        ("☺\ufe0f\ufe0f", "☺\ufe0f", 1),
        ("a\ufe0f", "a", 1),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e", 1),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴", 3),
    ],
)
def test_joiners_anywhere_else_are_gone(text, expected, unseen):
    """They carry a message that nobody sees, one bit each."""
    cleaned = clean(text, LINE)
    assert (expected, unseen) == (cleaned.text, cleaned.unseen)


@pytest.mark.parametrize("size", [499, 500])
def test_a_text_up_to_the_limit_is_whole(size):
    """The limit belongs to what is allowed."""
    assert Cleaned(text="x" * size) == clean("x" * size, LINE)


def test_a_longer_text_is_cut_and_says_so():
    """A model sees that something is missing, and so does the report."""
    cleaned = clean("x" * 501, LINE)
    assert ("x" * 494 + " [cut]", 1) == (cleaned.text, cleaned.cut)
    assert ("cut",) == cleaned.changes


def test_a_picture_is_not_cut_in_halves():
    """A joiner at the cut joins nothing, and goes."""
    rule = FieldRule(chars_max=16)
    text = "x" * 8 + "👩\u200d🔬" * 4
    assert "x" * 8 + "👩 [cut]" == clean(text, rule).text


def test_a_flood_of_unseen_characters_costs_little_and_says_so():
    """What would take the whole machine to clean is cut before."""
    cleaned = clean("\u200b" * 1_000_000 + "hidden", LINE)
    assert " [cut]" == cleaned.text
    assert (10_000, 990_006) == (cleaned.unseen, cleaned.cut)


def test_lines_stay_where_they_are_allowed():
    """Notes may have several lines; names may not."""
    assert "a\nb\tc\nd" == clean("a\nb\tc\r\nd", LINES).text
    assert "a b c d" == clean("a\nb\tc\r\nd", LINE).text


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ""), (17, "17"), (True, "True")]
)
def test_values_that_are_no_text_become_one(value, expected):
    """A missing value is an empty text."""
    assert expected == clean(value, LINE).text


@given(TEXT, RULES)
def test_cleaning_twice_changes_nothing(text, rule):
    """Idempotent: clean text is clean."""
    once = clean(text, rule).text
    assert Cleaned(text=once) == clean(once, rule)


@given(TEXT, RULES)
def test_a_clean_text_is_short_normal_and_visible(text, rule):
    """Whatever came in, what goes out keeps the rule."""
    cleaned = clean(text, rule).text
    assert len(cleaned) <= rule.chars_max
    assert unicodedata.is_normalized("NFKC", cleaned)
    allowed = {"\n", "\t"} if rule.lines else set()
    controls = {c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs"}}
    assert controls <= allowed
    joiners = {"\u200d"}
    assert {c for c in cleaned if unicodedata.category(c) == "Cf"} - joiners <= VISIBLE


# Format characters that are seen: signs that stand over or before numbers and words.
VISIBLE = {
    chr(point)
    for point in range(0x110000)
    if unicodedata.category(chr(point)) == "Cf"
    and not 0xE0000 <= point <= 0xE0FFF
    and (
        0x600 <= point <= 0x605
        or point in {0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    )
}


@given(
    st.text(
        alphabet=st.characters(
            exclude_categories=("C", "Zl", "Zp", "M"),
            exclude_characters="\u115f\u1160\u2800",
        ),
        max_size=500,
    )
)
def test_nothing_that_is_seen_is_lost(text):
    """No loss: a text of visible characters keeps all of them, in their plain form."""
    plain = unicodedata.normalize("NFKC", text)
    expected = "".join(c for c in plain if c not in "\u3164\uffa0\u115f\u1160")
    cleaned = clean(text, FieldRule(chars_max=10_000))
    assert unicodedata.normalize("NFKC", expected) == cleaned.text


@given(
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=500)
)
def test_plain_text_comes_back_as_it_was(text):
    """Most fields are plain, and nothing happens to them."""
    assert Cleaned(text=text) == clean(text, LINE)


@pytest.mark.parametrize("chars_max", [15, 0, -1, 1_000_001])
def test_a_limit_that_leaves_nothing_is_refused(chars_max):
    """Wrong configuration fails where it is made."""
    with pytest.raises(InvalidSetting, match=r"FieldRule\.chars_max"):
        FieldRule(chars_max=chars_max)


@pytest.mark.parametrize("chars_max", [16, 1_000_000])
def test_the_smallest_and_largest_limit_are_taken(chars_max):
    """The limits belong to what is allowed."""
    assert chars_max == FieldRule(chars_max=chars_max).chars_max
