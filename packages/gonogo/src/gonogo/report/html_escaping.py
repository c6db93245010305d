"""
Escaping: text from the world as HTML that shows it, and does nothing else.

What cannot be seen is written out, too: a control that turns the direction of text, or
a space without width, can make a command look like another one.
"""

import re
from html import escape

# C0 and C1 controls, bidirectional controls, invisible marks, line separators, tags.
# The joiners U+200C and U+200D stay: scripts and emoji are written with them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def shown(text: str) -> str:
    """Return text as HTML; each character that cannot be seen is named: 'U+202E'."""
    return _UNSEEN.sub(_named, escape(text))


def drawn(text: str) -> str:
    """Return text for a drawing or an attribute, where no element may stand."""
    return _UNSEEN.sub(lambda found: f"U+{ord(found[0]):04X}", escape(text))


def _named(found: re.Match[str]) -> str:
    return f'<span class="unseen">U+{ord(found[0]):04X}</span>'
