"""
Shapes: secrets that are known by how they look, wherever they stand.

Where a literal of a shape stands, its expression is matched at that place alone. Every
repetition is bounded, or reads on without turning back, so that no text, however made,
takes more than linear time.

Source:
    The published forms of the keys of AWS, GitHub, GitLab, Google, OpenAI, SendGrid,
    Slack, Stripe and Twilio; RFC 6750 (bearer), 7519 (JWT), 7468 (PEM).
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from hardening.logs.masks import MASKS, is_masked
from hardening.logs.sightings import KINDS, Sighting

_BEGIN = "-----begin "
_KEY = r"(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----"

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
            rf"""(?P<inner>(?![<(*]{{1,4}}(?i:{MASKS})\b)[^\s"'\[]"""
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
    for name, literals, shape in _SHAPES:
        compiled = re.compile(shape)
        group = _INNER if _INNER in compiled.groupindex else 0
        kind = KINDS.index(name)
        for literal, offset in literals.items():
            yield _Anchor(literal, offset, kind, compiled.match, group)


def _gate(anchor: _Anchor) -> str:
    """Return a rare part of the literal: without it, none of its kind is tried."""
    return next((part for part in _GATES if part in anchor.literal), "")


_ANCHORS = tuple(
    (gate, tuple(anchors))
    for gate, anchors in groupby(sorted(_anchors(), key=_gate), key=_gate)
)

_TWILIO = re.compile(r"(?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])")
_TWILIO_KIND = KINDS.index("twilio")
_USER_ONLY_MAX = 15
_BEARER_PLAIN = 16
_TWILIO_LENGTH = 34


def shaped(text: str, low: str) -> list[Sighting]:
    """Return the secrets of all shapes, by a text and its outline."""
    found: list[Sighting] = []
    for gate, anchors in _ANCHORS:
        if gate in low:
            for anchor in anchors:
                if anchor[0] in low:
                    _anchored(text, low, anchor, found)
    if ("AC" in text or "SK" in text) and len(text) >= _TWILIO_LENGTH:
        found += [(m.start(), -m.end(), _TWILIO_KIND) for m in _TWILIO.finditer(text)]
    return found


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


def _is_one(kind: str, secret: str) -> bool:
    """Tell a secret from what only has its shape."""
    if is_masked(secret):
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


def _has_password(userinfo: str) -> bool:
    """Tell a password, or a token alone, from a user's name: git@example.org."""
    _, colon, password = userinfo.partition(":")
    if is_masked(password):
        return False
    return bool(password) if colon else len(userinfo) > _USER_ONLY_MAX


def _holds_a_colon(token: str) -> bool:
    """Tell whether this is a user and a password, as HTTP's basic scheme has them."""
    try:
        return b":" in b64decode(token + "=" * (-len(token) % 4), validate=True)
    except ValueError:
        return False
