"""Chance, as something a test can script."""

from typing import Protocol


class Entropy(Protocol):
    """Gives chances. An adapter guarantees that they are independent and uniform."""

    def chance(self) -> float:
        """Return a number from 0, included, to 1, excluded."""
        ...
