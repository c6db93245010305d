"""
Retry-After: when a server says to come back.

    policy = Policy(on=worth, retry_after=RetryAfter())

Source:
    RFC 9110, 10.2.3 and 5.6.7: a whole number of seconds, or one of three dates.
"""

from datetime import UTC

from hardening.core import SystemClock, WallClock

_CLOCK = SystemClock()

# Ten digits of seconds are three centuries; more is no wait, and costs time to read.
_DIGITS_MAX = 10


def retry_after_s(text: str, now_unix_s: float) -> float | None:
    """
    Return how many seconds a Retry-After header asks to wait.

    Args:
        text: The header's content.
        now_unix_s: Since the start of 1970, to compare a date with.

    Returns:
        0 or more; None for what the standard does not know, which is to be ignored.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text) if len(text) <= _DIGITS_MAX else float("inf")
    at_unix_s = _date_unix_s(text)
    return None if at_unix_s is None else max(0.0, at_unix_s - now_unix_s)


class RetryAfter:
    """
    Reads Retry-After from any error that has `.response.headers`, for a `Policy`.

    httpx2's and requests' status errors have it. An error without a response, or a
    response without the header, asks for nothing.

    Args:
        clock: Tells what a date is compared with.
    """

    __slots__ = ("_clock",)

    def __init__(self, clock: WallClock = _CLOCK) -> None:
        self._clock = clock

    def __call__(self, error: Exception, /) -> float | None:
        """Return the seconds that the error's response asks to wait."""
        headers = getattr(getattr(error, "response", None), "headers", None)
        if headers is None:
            return None
        text = headers.get("Retry-After") or headers.get("retry-after")
        return retry_after_s(text, self._clock.unix_s()) if text else None


def _date_unix_s(text: str) -> float | None:
    """Return the instant of an HTTP date; all three forms are in GMT."""
    # Its import takes longer than that of this whole piece, and few errors need it.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
