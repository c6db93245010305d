"""Shards: the parts in which many runners share the rollouts out among themselves."""

from dataclasses import dataclass
from typing import NewType
from zlib import crc32

from gonogo.model.identifiers import RolloutId

Shard = NewType("Shard", int)

# Enough that two or ten runners get about equal parts, and few enough that a runner
# can hold a turn of each.
SHARDS = 64


def shard_of(rollout: RolloutId) -> Shard:
    """Return the shard that a rollout is of; every version and machine agrees."""
    return Shard(crc32(rollout.encode()) % SHARDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """
    The right to append to the rollouts of one shard, while the epoch is its last.

    Source: fencing tokens (Chubby's sequencers): the store itself refuses a holder
    that was passed over while it stood still, so that no clock has to be trusted.
    """

    shard: Shard
    epoch: int
