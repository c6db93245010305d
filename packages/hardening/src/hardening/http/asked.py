"""
Retry-After: how long a provider asks to be left alone.

Source:
    RFC 9110, 10.2.3: a whole number of seconds, or an HTTP date.
"""

from datetime import UTC

ASKED_MAX_S = 86_400.0
"""A day; a provider that asks for more is asked again tomorrow."""

_DIGITS_MAX = 9


def asked_s(text: str, now_unix_s: float) -> float | None:
    """
    Return the seconds from now, from 0 to a day; None for what is neither form.

    Args:
        text: The header's content.
        now_unix_s: What a date is compared with; a provider's clock may differ.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        asked = float(text) if len(text) <= _DIGITS_MAX else ASKED_MAX_S
    else:
        at_unix_s = _date_unix_s(text)
        if at_unix_s is None:
            return None
        asked = at_unix_s - now_unix_s
    return min(max(asked, 0.0), ASKED_MAX_S)


def _date_unix_s(text: str) -> float | None:
    """Return an HTTP date's instant; one without a zone is in GMT."""
    # Its import takes as long as the rest of this piece, and few answers need it.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
