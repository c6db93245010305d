"""
Markup: a line of Markdown as the words that a reader sees.

Emphasis, code ticks, links, escapes and decoration go; the words stay as written.
Each pattern is a single pass without nested repetition, so time is linear.
"""

import re
from functools import lru_cache

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_STRONG = re.compile(r"\*\*|__(?=[^\s_])|(?<=[^\s_])__(?!_)|~~")
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=[^\s*])|(?<=[^\s*\\])\*(?![\w*])")
_CODE = re.compile(r"`+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(
    r"</?(?:br|b|i|em|strong|code|details|summary|sub|sup|kbd|p|div|span|u|a)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY_SPACE = re.compile(r"&(?:nbsp|#x20|#32);", re.IGNORECASE)
# What goes, what stands in its place, and the signs without which there is none.
_PASSES = (
    (("<!--",), _COMMENT, " "),
    (("](",), _IMAGE_OR_LINK, r"\1"),
    (("&",), _ENTITY_SPACE, " "),
    (("<",), _TAG, " "),
    (("**", "__", "~~"), _STRONG, ""),
    (("*",), _EMPHASIS, ""),
    (("`",), _CODE, ""),
    (("\\",), _ESCAPE, r"\1"),
)
# Pictographs, arrows-as-bullets and what mojibake leaves of them, at either end.
_DECORATION = r"\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
_LEADING = re.compile(rf"^(?:[{_DECORATION}]|\s)+")
_TRAILING = re.compile(rf"(?:[{_DECORATION}/]|\s)+$")
_BOLD_LABEL = re.compile(
    r"^[^\w*\[\]]{0,12}(?:\*\*|__)(?P<label>[^*]{1,160}?)(?:\*\*|__)"
    r"(?P<colon>\s*:)?\s*(?P<rest>.*)$",
    re.DOTALL,
)
_PLAIN_LABEL = re.compile(r"^(?P<label>[^:.|`]{1,60}):(?:\s+(?P<rest>.*))?$", re.DOTALL)


@lru_cache(maxsize=_REMEMBERED)
def plain(text: str) -> str:
    """Return the words of `text` without mark-up, spaces collapsed."""
    for signs, pattern, instead in _PASSES:
        if any(sign in text for sign in signs):
            text = pattern.sub(instead, text)
    return " ".join(text.split())


def undecorated(text: str) -> str:
    """Return `text` without pictographs at its ends."""
    bare = _TRAILING.sub("", _LEADING.sub("", text))
    return bare or text


@lru_cache(maxsize=_REMEMBERED)
def split_label(raw: str) -> tuple[str, str] | None:
    """
    Return label and rest of a `**Label:** rest` line; None where there is no label.

    Returns:
        Both as plain words; the rest is '' where the label stands alone.
    """
    bold = _BOLD_LABEL.match(raw)
    if bold:
        label = plain(bold["label"])
        if bold["colon"] or label.endswith(":") or not bold["rest"].strip():
            return label.rstrip(" :"), plain(bold["rest"])
        return None
    bare = _PLAIN_LABEL.match(plain(raw))
    return (bare["label"], bare["rest"] or "") if bare else None


def bold_start(raw: str) -> str | None:
    """Return the words that a line sets bold at its start; None where it does not."""
    bold = _BOLD_LABEL.match(raw)
    return plain(bold["label"]).rstrip(" :") if bold else None
