"""Names that nobody else has, made of chance."""

from hardening.core import Entropy

_BITS = 53  # what a chance holds


def fresh_name(entropy: Entropy) -> str:
    """Return 106 bits of chance as text."""
    first, second = (int(entropy.chance() * 2**_BITS) for _ in range(2))
    return f"{first:014x}{second:014x}"
