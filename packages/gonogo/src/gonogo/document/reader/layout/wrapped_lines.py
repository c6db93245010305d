"""
Wrapped lines: the lines of a block put together to what is read in one go.

A line that begins with a sign, a bold word or a label of its own begins anew; so does
the line behind one that ends in a hard break. All others go on.
"""

import re

_BREAKS = ("  ", "\\")
_STARTS_ANEW = re.compile(
    r"^(?:[^\w\s\"'(\[<&$`*_]|\*\*|__[^_]|\w{1,3}[:.)]\s|\[[ xX]?\]\s|_{3,})"
)
_LABEL_START = re.compile(r"^[\w /&'()-]{2,40}:(?:\s|$)")

Part = tuple[int, int, str]
"""First line, last line and text of what is read in one go."""


def wrapped(text: str, first: int) -> list[Part]:
    """Split a block's text, whose first line is `first`, where something begins anew."""
    found: list[tuple[int, int, list[str]]] = []
    broken = True
    for number, line in enumerate(text.split("\n"), first):
        bare = line.strip()
        labelled = bool(found) and _LABEL_START.match(found[-1][2][0])
        anew = _STARTS_ANEW.match(bare) or (labelled and _LABEL_START.match(bare))
        if broken or anew or not found:
            found.append((number, number, [bare]))
        else:
            start, _, words = found[-1]
            words.append(bare)
            found[-1] = (start, number, words)
        broken = line.endswith(_BREAKS)
    return [(a, b, " ".join(words)) for a, b, words in found]
