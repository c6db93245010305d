"""
The forms of a threshold: which tokens, in which order, state a condition.

The forms are regular, so each is an expression over the kinds of the tokens, one letter
a kind; no text is stated by two of them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gonogo.document.reader.limits.tokens import Token

_LETTERS = {
    "COMPARATOR": "c",
    "NUMBER": "n",
    "UNIT": "u",
    "RANGE": "r",
    "BETWEEN": "b",
    "PLUS": "p",
    "ABOUT": "a",
    "WITHIN": "w",
    "OF": "o",
    "SIGN": "s",
}
# 'q' is a quantity, '(q)' one that counts.
_FORMS = {
    "compared": ("c(q)", "ca(q)", "c(q)pu?", "(q)c"),
    "within": ("cw(q)", "w(q)"),
    "between": ("[cba]?(q)r(q)",),
    "at_least": ("(q)pu?",),
    "about": ("a(q)",),
    "all_of": ("no(n)",),
    "exact": ("(q)",),
}
_EXPRESSIONS = [
    (form, re.compile(text.replace("q", "s?nu?")))
    for form, texts in _FORMS.items()
    for text in texts
]
# Documents state their limits in few ways; this many are remembered.
_REMEMBERED = 1024


class Stated(NamedTuple):
    """Tokens that state a condition: the form, and the quantities among them."""

    form: str
    tokens: Sequence[Token]
    quantities: tuple[Sequence[Token], ...]

    def of_kind(self, kind: str) -> Iterator[Token]:
        """Yield the tokens of a kind."""
        return (token for token in self.tokens if token.kind == kind)


def longest(phrase: Sequence[Token]) -> Stated | None:
    """Return the longest condition that `phrase` begins with; None without one."""
    found = _longest("".join(_LETTERS[token.kind] for token in phrase))
    if found is None:
        return None
    form, used, spans = found
    parts = tuple(phrase[start:end] for start, end in spans)
    return Stated(form, phrase[:used], parts)


@lru_cache(maxsize=_REMEMBERED)
def _longest(letters: str) -> tuple[str, int, tuple[tuple[int, int], ...]] | None:
    matches = ((form, e.match(letters)) for form, e in _EXPRESSIONS)
    known = [(form, match) for form, match in matches if match]
    if not known:
        return None
    form, match = max(known, key=lambda pair: pair[1].end())
    return form, match.end(), match.regs[1:]
