"""
Retry-After: how long a server asks to be left alone.

Source:
    RFC 9110, 10.2.3 and 5.6.7: a whole number of seconds, or one of three dates.
"""

# Ten digits of seconds are three centuries; more is no wait, and costs time to read.
_DIGITS_MAX = 10


def retry_after_s(text: str, now_unix_s: float) -> float | None:
    """
    Return how many seconds a Retry-After header asks to wait.

    Args:
        text: The header's content.
        now_unix_s: Since the start of 1970, to compare a date with; the server's clock
            may differ.

    Returns:
        0 or more; None for what the standard does not know, which is to be ignored.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text) if len(text) <= _DIGITS_MAX else float("inf")
    at_unix_s = _date_unix_s(text)
    return None if at_unix_s is None else max(0.0, at_unix_s - now_unix_s)


def _date_unix_s(text: str) -> float | None:
    """Return the instant of an HTTP date; one without a zone is in GMT."""
    # Their import takes longer than that of a whole piece, and few answers need it.
    from datetime import UTC  # noqa: PLC0415
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # the second for a year or zone without end
        return None
