"""
Dedup: skip events that come again, remembered by what was processed.

    dedup = Deduplicator(MemoryStore(window_s=3600, size=100_000), key=by_header("id"))
    outcome = dedup.process(message, handle)  # or: await dedup.process_async(…)

An event is marked after its handler returned, never before: a crash between the two
runs the handler again, and loses nothing. `RedisStore` (`hardening.dedup.redis`) is one
memory for many processes; `hardening.dedup.confluent` and `.aiokafka` are the loops of
Kafka consumers, from the poll to the commit.
"""

from hardening.dedup.deduplicator import Deduplicator
from hardening.dedup.errors import StoreUnavailable
from hardening.dedup.events import (
    CommitFailed,
    ConsumerEvent,
    ConsumerTroubled,
    DedupEvent,
    DuplicateSkipped,
    KeyMissing,
    StoreFailed,
    StoreRecovered,
)
from hardening.dedup.key import Key, packed
from hardening.dedup.memory import MemoryStore
from hardening.dedup.messages import by_header, by_json_field, by_message_key
from hardening.dedup.settling import OnFailure, Outcome, Settled
from hardening.dedup.store import AsyncStore, Claim, Sight, Store

__all__ = [
    "AsyncStore",
    "Claim",
    "CommitFailed",
    "ConsumerEvent",
    "ConsumerTroubled",
    "DedupEvent",
    "Deduplicator",
    "DuplicateSkipped",
    "Key",
    "KeyMissing",
    "MemoryStore",
    "OnFailure",
    "Outcome",
    "Settled",
    "Sight",
    "Store",
    "StoreFailed",
    "StoreRecovered",
    "StoreUnavailable",
    "by_header",
    "by_json_field",
    "by_message_key",
    "packed",
]
