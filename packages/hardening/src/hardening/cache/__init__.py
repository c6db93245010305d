"""
Cache: one credential or many results, fresh on every server, loaded once.

    generations = RedisGenerations.connect("redis://localhost:6379/0")
    credential = SingleValue("twilio", read_credential, generations=generations)
    credential.get()         # or: await credential.aget()
    credential.invalidate()  # after the change is committed

    results = ResultCache("lookups", RedisResults.connect("redis://localhost:6379/0"))
    results.fetch("+4930123456", look_up)  # or: await results.afetch(…)

`machine` decides what may be served, and is pure. The adapters for Redis are imported
from `hardening.cache.redis`.
"""

from typing import TYPE_CHECKING

from hardening.cache.confirm import Confirmation
from hardening.cache.errors import (
    InvalidationUnconfirmed,
    NoClient,
    NoLoader,
    RememberedFailure,
)
from hardening.cache.events import (
    CacheEvent,
    CacheInvalidated,
    CacheLoadOvertaken,
    CacheReachable,
    CacheRefused,
    CacheUnreachable,
)
from hardening.cache.generations import Generations, Unreachable
from hardening.cache.single import SingleValue
from hardening.lazily import lazily

if TYPE_CHECKING:
    from hardening.cache.codec import Codec, JsonCodec
    from hardening.cache.payload import Negative
    from hardening.cache.results import ResultCache
    from hardening.cache.store import ResultStore

__all__ = [
    "CacheEvent",
    "CacheInvalidated",
    "CacheLoadOvertaken",
    "CacheReachable",
    "CacheRefused",
    "CacheUnreachable",
    "Codec",
    "Confirmation",
    "Generations",
    "InvalidationUnconfirmed",
    "JsonCodec",
    "Negative",
    "NoClient",
    "NoLoader",
    "RememberedFailure",
    "ResultCache",
    "ResultStore",
    "SingleValue",
    "Unreachable",
]

# Who caches a credential pays for no results: these names are loaded when they are used.
__getattr__, __dir__ = lazily(
    __name__,
    {
        "codec": ("Codec", "JsonCodec"),
        "payload": ("Negative",),
        "results": ("ResultCache",),
        "store": ("ResultStore",),
    },
)
