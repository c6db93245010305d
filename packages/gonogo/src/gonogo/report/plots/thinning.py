"""
Thinning: so many points of a long series that a drawing stays small, no peak lost.

Of each bucket of neighbours the lowest and the highest stay, and one gap if there was
one: a curve through them has the same outline, and no missing value is drawn over.
"""

from collections.abc import Sequence

# Of a bucket stay the lowest, the highest and a gap.
_KEPT = 3


def thinned(values: Sequence[float | None], most: int) -> tuple[int, ...]:
    """
    Return which points to keep, by their places, ascending.

    Args:
        values: In order of time; None where there was no number.
        most: At least 3; so many at most are returned.
    """
    if len(values) <= most:
        return tuple(range(len(values)))
    size = -(-len(values) // (most // _KEPT))
    kept: list[int] = []
    for start in range(0, len(values), size):
        kept.extend(sorted(_ends(values, start, start + size)))
    return tuple(kept)


def _ends(values: Sequence[float | None], start: int, stop: int) -> set[int]:
    places = range(start, min(stop, len(values)))
    numbers = [(v, p) for p in places if (v := values[p]) is not None]
    gaps = [p for p in places if values[p] is None][:1]
    ends = {min(numbers)[1], max(numbers)[1]} if numbers else set()
    return ends.union(gaps)
