"""
Characters: what a reader would not see, and a model would.

Removed is what Unicode calls default-ignorable: zero-width characters, those that turn
the direction of writing, tags, variation selectors, fillers; besides them the controls,
surrogates and noncharacters, the signs that lay out hieroglyphs, and the Braille pattern
without a dot. Text can be smuggled in each of them.

Kept, because a reader sees them: emoji with the joiners and selectors that make them one
picture, in the places where Unicode has them. Flags of regions (England's) are made of
tags and become a black flag; Persian and Indic words lose the joiners within them, which
changes how letters connect and no letter.

Source:
    Unicode, DerivedCoreProperties.txt, Default_Ignorable_Code_Point; UTS #51, ED-16.
"""

import re
import unicodedata

_IGNORABLE = (
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200c\\u200e"
    "\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufff8"
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
)
_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ufff9-\\ufffb"
_NO_CHARACTERS = "\\ud800-\\udfff\\ufdd0-\\ufdef" + "".join(
    f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)
)
# Not among those above: the joiner and two selectors are judged by their neighbours.
_SELECTORS = "\u200d\ufe0e\ufe0f"
# Not default-ignorable, and drawn as nothing by most fonts.
_BLANK = "\\u2800\\U00013430-\\U0001343f"
_UNSEEN = re.compile(f"[{_IGNORABLE}{_CONTROLS}{_BLANK}{_NO_CHARACTERS}]")
# Line and paragraph separators, NEL, and what was typed on other machines.
_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")

_PICTURE = "[©®‼⁉ℹ↔-↪⌚-⏿Ⓜ▪-➿⤴⤵⬀-⭕〰〽㊗㊙\U0001f000-\U0001faff]"  # noqa: RUF001
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_EMOJI = f"{_KEYCAP}|{_PICTURE}[\ufe0e\ufe0f]?(?:\u200d{_PICTURE}[\ufe0e\ufe0f]?)*"
_EMOJI_OR_SELECTOR = re.compile(f"({_EMOJI})|[{_SELECTORS}]")


def normalized(text: str) -> str:
    """
    Return a text in one form (NFKC), its line breaks as newlines.

    Full-width, circled and styled letters become plain ones, so that a word means the
    same in every spelling.
    """
    if text.isascii() and text.isprintable():
        return text
    return _BREAKS.sub("\n", unicodedata.normalize("NFKC", text))


def visible(text: str) -> tuple[str, int]:
    """
    Return a normalized text without what a reader would not see, and how much that was.

    Pure and idempotent: nothing of what it returns would be removed again.
    """
    if text.isascii() and text.isprintable():
        return text, 0
    kept = _UNSEEN.sub("", text)
    if any(selector in kept for selector in _SELECTORS):
        kept = _EMOJI_OR_SELECTOR.sub(_kept, kept)
    # What stood between two characters that belong together is gone.
    return unicodedata.normalize("NFKC", kept), len(text) - len(kept)


def cut(text: str, chars_max: int, mark: str, *, more: bool) -> str:
    """
    Return a text of at most this length, with a mark at its end when some is missing.

    Args:
        text: Visible.
        chars_max: The mark included.
        mark: Begins with a space.
        more: Whether some of it was missing before.
    """
    if len(text) <= chars_max and not more:
        return text
    # No half of a picture: what joined it to the rest goes, too.
    return text[: chars_max - len(mark)].rstrip(_SELECTORS) + mark


def _kept(match: "re.Match[str]") -> str:
    """Return an emoji whole, and nothing for a selector that stands elsewhere."""
    return match[1] or ""
