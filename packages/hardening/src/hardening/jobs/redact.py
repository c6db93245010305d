"""Redaction: an error's text often holds what it was called with."""

import re
from collections.abc import Callable

Redact = Callable[[str], str]
"""Takes the secrets out of an error's text."""

TEXT_MOST = 10_000
"""Characters kept of an error's text; a traceback of a hundred frames fits."""

_MASK = "[redacted]"
# Every repetition before a literal has a limit: an error's text may be hostile.
_NAMED = re.compile(
    r"""(?ix)
    \b([\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key|authorization|credential)s?)
    (["']?\s*[:=]\s*)
    (?:bearer\s+|basic\s+)?
    ("[^"]*"|'[^']*'|[^\s,;&)}\]]+)
    """
)
_IN_ADDRESS = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]{0,200}:)[^\s/@]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")


def redact_secrets(text: str) -> str:
    """
    Mask values that stand next to a secret's name, and passwords within addresses.

    It knows the usual forms, not yours: pass your own to the pieces if errors show
    customers' data.
    """
    text = _IN_ADDRESS.sub(rf"\1{_MASK}@", text)
    text = _NAMED.sub(rf"\1\2{_MASK}", text)
    return _BEARER.sub(rf"\1 {_MASK}", text)


def error_of(error: BaseException, redact: Redact) -> tuple[str, str]:
    """Return an error's class and its redacted text, as PostgreSQL can hold them."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in {"builtins", "__main__"}:
        name = f"{kind.__module__}.{name}"
    # Redact before cutting: half a secret at the cut would not be recognised.
    return name, storable(redact(_said(error)[: 4 * TEXT_MOST]))


def storable(text: str) -> str:
    """Return text that PostgreSQL can hold: without NUL and lone surrogates, cut."""
    plain = text[:TEXT_MOST].replace("\0", "\ufffd")
    return plain.encode("utf-8", "replace").decode("utf-8")


def _said(error: BaseException) -> str:
    """Return an error's text, also when it cannot be had."""
    try:
        return str(error)
    except Exception as failed:  # noqa: BLE001 - an error's __str__ is anybody's code
        return f"(its text could not be read: {type(failed).__name__})"
