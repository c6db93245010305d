"""
Assignments: values that stand behind the name of a secret: `password=…`, `--token …`.

Every expression reads on without turning back, so that no text takes more than linear
time.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from string import ascii_letters, digits

from hardening.logs.masks import MASKS, is_masked
from hardening.logs.names import counts_tokens
from hardening.logs.sightings import KINDS, Sighting

_FIELDS = (
    "key",
    "token",
    "secret",
    "pass",
    "pwd",
    "auth",
    "cookie",
    "cred",
    "sess",
    "sig",
    "jwt",
)
# The rest of a name, and what assigns, or mere spaces.
_ASSIGNS = re.compile(
    r"""([\w-]{0,48})(?:(?:\\?["'])?\]?[ \t]{0,16}(?:=>|[:=])[ \t]{0,16}|([ \t]{1,4}))"""
)
# What stands in a bracket, in quotes, or up to a space. Matched only behind the name of a
# secret, and never twice over the same text, which it may read to the end.
_VALUE = re.compile(
    rf"""(?:[\[(](?!(?i:{MASKS})\b)"""
    r"""((?:[^\[\]()"'\\\r\n]|\\.|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?)++)"""
    r"""|\\"([^"\\]*)"""
    r"""|[bu]?"([^"\\]*(?:\\.[^"\\]*)*)"""
    r"""|[bu]?'([^'\\]*(?:\\.[^'\\]*)*)"""
    r"|((?:(?i:bearer|basic|digest|negotiate|token)[ ]{1,2})?"
    r"""[^\s"'&,;(){}\[\]<>\\]+))""",
    re.DOTALL,
)
# Behind 'Authorization:' stands the name of some scheme, and then the secret.
_SCHEME = re.compile(r"""[A-Za-z][\w-]{1,19}[ \t]{1,4}[^\s"'&,;(){}\[\]<>\\]+""")
_SCHEMED = "authorization"
# What parts numbers in a list: a list of counts is no secret either.
_BETWEEN_COUNTS = str.maketrans("", "", " ,")
_NAME_MAX = 64
_NAME_CHARS = ascii_letters + digits + "_-."
_FIELD_KIND = KINDS.index("field")

IsSecret = Callable[[str], bool]
"""Tells whether a name as it stands in a text, with what owns it, is a secret's."""


def assigned(text: str, low: str, is_secret: IsSecret) -> list[Sighting]:
    """Return what is assigned to names of secrets, by a text and its outline."""
    found: list[Sighting] = []
    if "=" in low or ":" in low or "--" in low:
        for word in _FIELDS:
            if word in low:
                _assigned(text, low, word, is_secret, found)
    return found


def spellings_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """
    Return what finds these names in a text, in any spelling; None without any.

    Args:
        names: In lower case, letters and digits alone.
    """
    each = ("[-_]?".join(map(re.escape, name)) for name in sorted(names))
    pattern = "|".join(each)
    return re.compile(pattern, re.IGNORECASE) if pattern else None


def look_for(
    names: re.Pattern[str], text: str, is_secret: IsSecret
) -> Iterator[Sighting]:
    """Yield what is assigned to further names, which `spellings_of` made a pattern of."""
    hit = names.search(text)
    while hit is not None:
        sighting, end = _assigned_at(text, hit.start(), is_secret), hit.end()
        if sighting is not None:
            yield sighting
            end = -sighting[1]
        hit = names.search(text, end)


def _assigned(
    text: str, low: str, word: str, is_secret: IsSecret, found: list[Sighting]
) -> None:
    """Add what is assigned to a secret name that holds this word."""
    place = low.find(word)
    while place >= 0:
        sighting, end = _assigned_at(text, place, is_secret), place + len(word)
        if sighting is not None:
            found.append(sighting)
            end = -sighting[1]
        place = low.find(word, end)


def _assigned_at(text: str, place: int, is_secret: IsSecret) -> Sighting | None:
    """Return the value that is assigned to the secret name around a place, or None."""
    match = _ASSIGNS.match(text, place)
    if match is None:
        return None
    rest, spaces = match.groups()
    name = _before(text, place) + rest
    # With mere spaces behind it, only an option of a command has a value.
    if not is_secret(name) or (spaces is not None and name[:2] != "--"):
        return None
    match = _VALUE.match(text, match.end())
    if match is None or not _tells(match[match.lastindex or 0], name):
        return None
    start, end = match.span(match.lastindex or 0)
    if name[-1] in "nN" and name[-len(_SCHEMED) :].lower() == _SCHEMED:
        end = _after_scheme(text, start, end)
    return start, -end, _FIELD_KIND


def _after_scheme(text: str, start: int, end: int) -> int:
    """Return where the secret behind a scheme ends; the same end where there is none."""
    scheme = _SCHEME.match(text, start)
    return max(end, scheme.end()) if scheme else end


def _tells(value: str, name: str) -> bool:
    """Tell whether a secret's value is there: not masked before, and no mere count."""
    if not value or is_masked(value):
        return False
    counts = counts_tokens(name) and value.translate(_BETWEEN_COUNTS).isdigit()
    return not counts


def _before(text: str, place: int) -> str:
    """Return the part of a name that stands before a place."""
    before = text[max(0, place - _NAME_MAX) : place]
    return before[len(before.rstrip(_NAME_CHARS)) :]
