"""Masks: what somebody put in a secret's place before, which is no secret itself."""

import re

MASKS = "redacted|filtered|masked|hidden|removed|secret"
"""Words that stand for a secret, as alternatives of an expression."""

_MASKED = re.compile(
    r"(?i)none|null|nil|true|false|undefined|[*•.…-]+|x{3,}"
    rf"|[\[<(*]*(?:{MASKS})\b.*"
)
_LONGEST = 12


def is_masked(secret: str) -> bool:
    """Tell a value that somebody has masked before, and one that is empty."""
    short = len(secret) <= _LONGEST or secret[0] in "[<(*"
    return short and _MASKED.fullmatch(secret) is not None
