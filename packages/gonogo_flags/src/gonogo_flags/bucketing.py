"""
Which share of keys a percentage reaches: flagd's murmur3 v2 fractional arithmetic.

The flag's name and the key are hashed together to 32 bits; the hash, taken as a
fraction of 2**32, falls into one of the buckets that the cumulative weights cut. All
arithmetic is on integers, so every language that does the same agrees on every key.

Two properties follow, whatever the total of the weights is: a key always falls on the
same place (sticky), and the places that 'on' covers at 5 % are a prefix of those that
it covers at 10 % (monotone). That holds only as long as 'on' stands first.

Source:
    flagd, `fractional` operation, version 2 (integer weights, unsigned hash).
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import accumulate

from mmh3 import hash as murmur3_32

from gonogo_flags.errors import PercentageInvalid

HASH_BITS = 32
# 0.001 % is one part in this many; whole percentages stay readable over 100.
FINE_TOTAL_WEIGHT = 100_000
WHOLE_TOTAL_WEIGHT = 100
_FINEST = Decimal("0.001")


def hash_of(flag: str, key: str) -> int:
    """Return the place of a key, for one flag, in the range from 0 below 2**32."""
    text = flag + key
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, which JSON can carry into a key, has no UTF-8 form. It must
        # not reach mmh3 as text: mmh3 5.3.1 crashes the whole process over it.
        encoded = text.encode(errors="surrogatepass")
    return murmur3_32(encoded, 0, signed=False)


def bucket(flag: str, key: str, total_weight: int) -> int:
    """Return the bucket of a key, in the range from 0 below `total_weight`."""
    return (hash_of(flag, key) * total_weight) >> HASH_BITS


def limits(weights: Sequence[int]) -> tuple[int, ...]:
    """
    Return, for each variant, the first hash that no longer belongs to it.

    `bucket < c` and `hash < ceil(c * 2**32 / total)` are the same statement about
    integers; the second needs no arithmetic when a key is looked up.

    Args:
        weights: Not negative, in the order of the document, their sum positive.
    """
    total = sum(weights)
    return tuple(
        -((-cumulated << HASH_BITS) // total) for cumulated in accumulate(weights)
    )


def weights_of(percentage: float | Decimal) -> tuple[int, int]:
    """
    Return the integer weights of 'on' and 'off' for a percentage.

    Whole percentages weigh out of 100, all others out of 100,000.

    Raises:
        PercentageInvalid: Not from 0 to 100, or finer than 0.001.
    """
    exact = _exact(percentage)
    if exact == exact.to_integral_value():
        return int(exact), WHOLE_TOTAL_WEIGHT - int(exact)
    on = int(exact / _FINEST)
    return on, FINE_TOTAL_WEIGHT - on


def _exact(percentage: float | Decimal) -> Decimal:
    """Return the percentage as written in decimal, or raise."""
    if isinstance(percentage, bool):
        raise PercentageInvalid(percentage)
    try:
        exact = Decimal(str(percentage))
    except InvalidOperation:
        raise PercentageInvalid(percentage) from None
    if not exact.is_finite() or not 0 <= exact <= 100:  # noqa: PLR2004 - per cent
        raise PercentageInvalid(percentage)
    if exact % _FINEST:
        raise PercentageInvalid(percentage)
    return exact
