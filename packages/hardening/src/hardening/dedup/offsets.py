"""Offsets: what a consumer commits after a batch, and where it reads on."""

from collections.abc import Iterable
from typing import NamedTuple


class Partition(NamedTuple):
    """A topic's partition."""

    topic: str
    number: int


class Place(NamedTuple):
    """Where a message stands."""

    partition: Partition
    offset: int


def commits(settled: Iterable[Place]) -> dict[Partition, int]:
    """Return each partition's next offset: the one after the last settled message."""
    following: dict[Partition, int] = {}
    for partition, offset in settled:
        following[partition] = max(offset + 1, following.get(partition, 0))
    return following


def rewinds(unsettled: Iterable[Place]) -> dict[Partition, int]:
    """Return where each partition is read again: at the first unsettled message."""
    first: dict[Partition, int] = {}
    for partition, offset in unsettled:
        first[partition] = min(offset, first.get(partition, offset))
    return first
