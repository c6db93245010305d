"""Sightings: where in a text a secret stands, and of what kind it is."""

from dataclasses import dataclass

KINDS = (
    "private-key",
    "stripe",
    "aws",
    "github",
    "gitlab",
    "slack",
    "sendgrid",
    "google",
    "openai",
    "package-index",
    "jwt",
    "userinfo",
    "cookie",
    "bearer",
    "basic",
    "card",
    "twilio",
    "learned",
    "field",
)
"""What a secret may be; 'field' is told by a name before it, 'learned' by its value."""


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
