"""Asked: how long a provider wants to be left alone, as a call can use it."""

from hardening.core import retry_after_s

ASKED_MAX_S = 86_400.0
"""A day; a provider that asks for more is asked again tomorrow."""


def asked_s(text: str, now_unix_s: float) -> float | None:
    """
    Return the seconds from now, from 0 to a day; None for what Retry-After cannot be.

    Args:
        text: The header's content.
        now_unix_s: What a date is compared with; a provider's clock may differ.
    """
    asked = retry_after_s(text, now_unix_s)
    return None if asked is None else min(asked, ASKED_MAX_S)
