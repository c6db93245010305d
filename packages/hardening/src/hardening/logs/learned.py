"""
Learned secrets: exact values that this process knows, in every guise they travel in.

A secret that has no shape of its own, such as a database's password, is recognised
because the process that was given it says so. Whatever carries it, be it a URL, a
header in base64 or a piece of JSON, spells it differently; all spellings are looked for.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from hardening.core import require

SHORTEST = 6
"""Characters; what is shorter stands in too many texts that hold no secret."""

MOST = 1_000
"""Secrets; a process that knows more should look for them elsewhere."""


def spellings(secret: str) -> tuple[str, ...]:
    """
    Return how a secret may be spelled, longest first.

    Itself; as in a URL, in JSON and in Python's repr; in hexadecimal; and in base64,
    also when something stands before or after it, as the user does in HTTP's basic
    scheme.

    Raises:
        InvalidSetting: It has fewer than six characters; the message does not hold it.
    """
    rule = f"of {SHORTEST} characters or more"
    shown = f"{len(secret)} characters"
    require("Redactor.learn secret", shown, rule, holds=len(secret) >= SHORTEST)
    return tuple(sorted(set(_spellings(secret)), key=len, reverse=True))


def _spellings(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield from _in_urls(raw)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield raw.hex()
    yield raw.hex().upper()
    for before in range(3):
        yield _in_base64(raw, before)
        yield _in_base64(raw, before).translate(str.maketrans("+/", "-_"))
    yield b64encode(raw).decode()
    yield urlsafe_b64encode(raw).decode()


def _in_urls(raw: bytes) -> Iterator[str]:
    """Yield the secret as paths and forms have it, with %2F and with %2f."""
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield quoted
        yield _lower_escapes(quoted)


def _lower_escapes(quoted: str) -> str:
    """Return the same URL with its escapes in lower case: '%2F' is '%2f'."""
    head, *escaped = quoted.split("%")
    return "".join((head, *(f"%{part[:2].lower()}{part[2:]}" for part in escaped)))


def _in_base64(raw: bytes, before: int) -> str:
    """
    Return the characters of base64 that depend on the secret alone.

    Args:
        raw: The secret.
        before: How many bytes, modulo three, stand before it.
    """
    whole = b64encode(b"\0" * before + raw).decode().rstrip("=")
    first = -(-before * 8 // 6)
    last = (before + len(raw)) * 8 // 6
    return whole[first:last]
