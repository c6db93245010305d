r"""
Patterns: which part of a text is a secret, told by its shape.

Nearly no text holds one, so the way there is short: a text without any of some forty
literals ('token', 'eyj', '://', thirteen digits) is done after a few looks for them,
which cost a third of one regular expression. Where a literal stands, an expression is
matched at that place alone. Every repetition is bounded, or reads on without turning
back, so that no text, however made, takes more than linear time.

Source:
    The published forms of the keys of AWS, GitHub, GitLab, Google, OpenAI, SendGrid,
    Slack, Stripe and Twilio; RFC 6750 (bearer), 7519 (JWT), 7468 (PEM); ISO/IEC 7812
    (card numbers).
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from hardening.logs.names import counts_tokens, is_secret_name

_BEGIN = "-----begin "
_KEY = r"(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----"

_MASKS = "redacted|filtered|masked|hidden|removed|secret"

# Kind; the literals, in lower case and digits as 0, with where they stand in the
# secret; and the secret.
_SHAPES = (
    (
        "private-key",
        {_BEGIN: 0},
        rf"-----BEGIN {_KEY}[\s\S]*?(?:-----END {_KEY}|\Z)",
    ),
    (
        "stripe",
        {"_live_": 2, "_test_": 2, "whsec_": 0},
        r"[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,}",
    ),
    ("aws", {"akia": 0, "asia": 0}, r"A[KS]IA[A-Z0-9]{16}"),
    (
        "github",
        dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), 0),
        r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}",
    ),
    ("gitlab", {"glpat-": 0}, r"glpat-[A-Za-z0-9_-]{20,}"),
    (
        "slack",
        {"xox": 0, "xapp-": 0, "hooks.slack.com/": 0},
        (
            r"xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}"
            r"|hooks\.slack\.com/services/[A-Za-z0-9/_-]{8,}"
        ),
    ),
    ("sendgrid", {"sg.": 0}, r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}"),
    (
        "google",
        {"aiza": 0, "ya00.": 0},
        r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}",
    ),
    ("openai", {"sk-": 0}, r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}"),
    (
        "package-index",
        {"npm_": 0, "pypi-": 0},
        r"npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}",
    ),
    (
        "jwt",
        {"eyj": 0},
        r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}",
    ),
    (
        "userinfo",
        {"://": 0, "netloc=": 0},
        r"""(?:://|netloc=b?["'])(?P<inner>[^\s/"'<>?#]{1,256})@""",
    ),
    (
        # To the end of the line: a cookie's own quotes end nothing, but one that ends a
        # text in a structure does. What somebody masked is not read to the end again.
        "cookie",
        {"cookie": 0},
        (
            r"""(?i:cookie)["']?[ \t]{0,16}[:=][ \t]{0,16}"""
            rf"""(?P<inner>(?![<(*]{{1,4}}(?i:{_MASKS})\b)[^\s"'\[]"""
            r"""(?:[^\r\n"']|["'](?![ ]{0,2}(?:[\]})]|,[ ]{0,2}["'b{\[(]|[\r\n]|\Z)))*+)"""
        ),
    ),
    (
        "bearer",
        {"bearer ": 0},
        r"(?<![A-Za-z0-9])(?i:bearer)[ ]{1,2}(?P<inner>[A-Za-z0-9._~+/=-]{8,})",
    ),
    (
        "basic",
        {"basic ": 0},
        r"(?<![A-Za-z0-9])(?i:basic)[ ]{1,2}(?P<inner>[A-Za-z0-9+/=]{8,})",
    ),
)
_INNER = "inner"
_GATES = ("gh", "_", "-", "://", ".", " ")


class _Anchor(NamedTuple):
    """Where to match which expression; made once a literal."""

    literal: str
    offset: int
    kind: int
    match: Callable[[str, int], re.Match[str] | None]
    group: str | int


def _anchors() -> Iterator[_Anchor]:
    """Yield an anchor for each literal of each shape."""
    for kind, (_, literals, shape) in enumerate(_SHAPES):
        compiled = re.compile(shape)
        group = _INNER if _INNER in compiled.groupindex else 0
        for literal, offset in literals.items():
            yield _Anchor(literal, offset, kind, compiled.match, group)


def _gate(anchor: _Anchor) -> str:
    """Return a rare part of the literal: without it, none of its kind is tried."""
    return next((part for part in _GATES if part in anchor.literal), "")


_ANCHORS = tuple(
    (gate, tuple(anchors))
    for gate, anchors in groupby(sorted(_anchors(), key=_gate), key=_gate)
)

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
    rf"""(?:[\[(](?!(?i:{_MASKS})\b)"""
    r"""((?:[^\[\]()"'\\\r\n]|\\.|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?)++)"""
    r"""|\\"([^"\\]*)"""
    r"""|[bu]?"([^"\\]*(?:\\.[^"\\]*)*)"""
    r"""|[bu]?'([^'\\]*(?:\\.[^'\\]*)*)"""
    r"|((?:(?i:bearer|basic|digest|negotiate|token)[ ]{1,2})?"
    r"""[^\s"'&,;(){}\[\]<>\\]+))""",
    re.DOTALL,
)
_CARD = re.compile(
    r"(?<![\d.+])(?:[3-6]\d{12,18}|2\d{15}"
    r"|[2-6]\d{3}(?P<by>[ -])\d{4}(?P=by)\d{4}(?P=by)\d{4}"
    r"|3\d{3}(?P<bx>[ -])\d{6}(?P=bx)\d{5})(?!\d)"
)
_TWILIO = re.compile(r"(?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])")
_MASKED = re.compile(
    r"(?i)none|null|nil|true|false|undefined|[*•.…-]+|x{3,}"
    rf"|[\[<(*]*(?:{_MASKS})\b.*"
)
# Behind 'Authorization:' stands the name of some scheme, and then the secret.
_SCHEME = re.compile(r"""[A-Za-z][\w-]{1,19}[ \t]{1,4}[^\s"'&,;(){}\[\]<>\\]+""")
_SCHEMED = "authorization"
# What parts numbers in a list: a list of counts is no secret either.
_BETWEEN_COUNTS = str.maketrans("", "", " ,")

KINDS = (*(kind for kind, _, _ in _SHAPES), "card", "twilio", "learned", "field")
"""What a secret may be; 'field' is told by a name before it, 'learned' by its value."""

CARD, TWILIO, LEARNED, FIELD = range(len(_SHAPES), len(KINDS))

# Lower case, digits as 0, so that one look finds a run of digits.
_OUTLINE = bytes.maketrans(
    (ascii_uppercase + digits).encode(), (ascii_lowercase + "0" * 10).encode()
)
_SHORTEST = 8
_MASKED_MAX = 12
_NAME_MAX = 64
_NAME_CHARS = ascii_letters + digits + "_-."
_CARD_DIGITS = 13
_USER_ONLY_MAX = 15
_BEARER_PLAIN = 16
_AWS_LENGTH = 20
_TWILIO_LENGTH = 34
_TEN = 10


IsSecret = Callable[[str], bool]
"""Tells whether a name as it stands in a text, with what owns it, is a secret's."""


@lru_cache(4_096)
def _is_secret_name(name: str) -> bool:
    """Tell it by the names that everybody knows."""
    return is_secret_name(name.rsplit(".", 1)[-1])


@dataclass(frozen=True, slots=True)
class Found:
    """
    A secret in a text.

    Attributes:
        kind: One of `KINDS`.
        start: Of the secret itself, in characters, without what it belongs to.
        end: After its last character.
    """

    kind: str
    start: int
    end: int


Sighting = tuple[int, int, int]
"""
Start, end times minus one, number of the kind.

Sorted, the longest of those at one place is first, and the one that tells most.
"""


def outline(text: str) -> str | None:
    """
    Return a text's outline, of the same length, when it may hold secrets; else None.

    It is the text in lower case with each digit as 0. One long condition, without a
    loop or a call: that takes three times as long, and this runs for every text logged.
    """
    if len(text) < _SHORTEST:
        return None
    # A search in a `str` is several times as quick as one in `bytes`.
    low = text.encode("utf-8", "replace").translate(_OUTLINE).decode()
    if (
        (
            ("=" in low or ":" in low or "--" in low)
            and (
                "key" in low
                or "token" in low
                or "secret" in low
                or "pass" in low
                or "pwd" in low
                or "auth" in low
                or "cred" in low
                or "cookie" in low
                or "sess" in low
                or "sig" in low
                or "jwt" in low
                or ("@" in low and ("://" in low or "netloc=" in low))
            )
        )
        or (
            "_" in low
            and (
                "_live_" in low
                or "_test_" in low
                or "whsec_" in low
                or "gh" in low
                or "github_" in low
                or "npm_" in low
            )
        )
        or (
            "-" in low
            and (
                "sk-" in low
                or "xox" in low
                or "xapp-" in low
                or "glpat-" in low
                or "pypi-" in low
            )
        )
        or ("." in low and ("sg." in low or "ya00." in low or "hooks.sl" in low))
        or (" " in low and ("earer " in low or "asic " in low))
        or "eyj" in low
        or (
            "0000" in low
            and ("0000000000000" in low or "0000 000" in low or "0000-000" in low)
        )
        or (
            len(low) >= _AWS_LENGTH
            and (
                ("A" in text and ("AC" in text or "IA" in text or "AIza" in text))
                or ("K" in text and ("SK" in text or "PRIVATE KEY" in text))
            )
        )
    ):
        return low
    return None


def look(text: str, low: str, is_secret: IsSecret = _is_secret_name) -> list[Sighting]:
    """
    Return the secrets in a text; they may overlap, and come in no order.

    Args:
        text: Any length; the time taken is linear in it.
        low: Its outline.
        is_secret: Judges the names.
    """
    found: list[Sighting] = []
    for gate, anchors in _ANCHORS:
        if gate in low:
            for anchor in anchors:
                if anchor[0] in low:
                    _anchored(text, low, anchor, found)
    if "=" in low or ":" in low or "--" in low:
        for word in _FIELDS:
            if word in low:
                _assigned(text, low, word, is_secret, found)
    if "0000" in low and _has_digits(low):
        found += _cards(text)
    if ("AC" in text or "SK" in text) and len(text) >= _TWILIO_LENGTH:
        found += [(m.start(), -m.end(), TWILIO) for m in _TWILIO.finditer(text)]
    return found


def _has_digits(low: str) -> bool:
    return "0000000000000" in low or "0000 000" in low or "0000-000" in low


def _anchored(text: str, low: str, anchor: _Anchor, found: list[Sighting]) -> None:
    """Add the secrets of one shape, looked for where one of its literals stands."""
    literal, offset, kind, match_at, group = anchor
    place = low.find(literal)
    while place >= 0:
        end = place + len(literal)
        match = match_at(text, place - offset if place > offset else 0)
        if match is not None and (
            not group or _is_one(KINDS[kind], match.group(group))
        ):
            start, end = match.span(group)
            found.append((start, -end, kind))
        place = low.find(literal, end)


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
    return start, -end, FIELD


def _after_scheme(text: str, start: int, end: int) -> int:
    """Return where the secret behind a scheme ends; the same end where there is none."""
    scheme = _SCHEME.match(text, start)
    return max(end, scheme.end()) if scheme else end


def _tells(value: str, name: str) -> bool:
    """Tell whether a secret's value is there: not masked before, and no mere count."""
    if not value or _is_masked(value):
        return False
    counts = counts_tokens(name) and value.translate(_BETWEEN_COUNTS).isdigit()
    return not counts


def _before(text: str, place: int) -> str:
    """Return the part of a name that stands before a place."""
    before = text[max(0, place - _NAME_MAX) : place]
    return before[len(before.rstrip(_NAME_CHARS)) :]


def _cards(text: str) -> list[Sighting]:
    """Return the card numbers."""
    return [
        (match.start(), -match.end(), CARD)
        for match in _CARD.finditer(text)
        if _is_card(match.group())
    ]


def _is_one(kind: str, secret: str) -> bool:
    """Tell a secret from what only has its shape."""
    if _is_masked(secret):
        return False
    match kind:
        case "userinfo":
            return _has_password(secret)
        case "bearer":
            return len(secret) >= _BEARER_PLAIN or any(map(str.isdigit, secret))
        case "basic":
            return _holds_a_colon(secret)
        case _:
            return True


def _is_masked(secret: str) -> bool:
    """Tell a value that somebody has masked before, and one that is empty."""
    short = len(secret) <= _MASKED_MAX or secret[0] in "[<(*"
    return short and _MASKED.fullmatch(secret) is not None


def _has_password(userinfo: str) -> bool:
    """Tell a password, or a token alone, from a user's name: git@example.org."""
    _, colon, password = userinfo.partition(":")
    if _is_masked(password):
        return False
    return bool(password) if colon else len(userinfo) > _USER_ONLY_MAX


def _holds_a_colon(token: str) -> bool:
    """Tell whether this is a user and a password, as HTTP's basic scheme has them."""
    try:
        return b":" in b64decode(token + "=" * (-len(token) % 4), validate=True)
    except ValueError:
        return False


def _is_card(text: str) -> bool:
    """Tell whether the digits are those of a card: length, and ISO/IEC 7812's check."""
    places = [int(char) for char in reversed(text) if char.isdigit()]
    if len(places) < _CARD_DIGITS or len(set(places)) == 1:
        return False
    doubled = [sum(divmod(2 * place, _TEN)) for place in places[1::2]]
    return (sum(places[::2]) + sum(doubled)) % _TEN == 0
