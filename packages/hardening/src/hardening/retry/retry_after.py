"""
Retry-After: when a server says to come back, read from its error.

    policy = Policy(on=worth, retry_after=RetryAfter())
"""

from hardening.core import SystemClock, WallClock, retry_after_s

_CLOCK = SystemClock()


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
