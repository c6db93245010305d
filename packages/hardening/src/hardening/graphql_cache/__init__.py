"""
GraphQL answers, cached by policy: nobody is ever given another user's.

    cache = QueryCache(
        user_of=lambda context: context["user_id"],
        rules=Rules(fields={"Query.feed": Policy.PUBLIC, "Query.me": Policy.USER_DATA}),
    )
    schema = strawberry.Schema(Query, extensions=[cache.extension])
    cache.invalidate(OfType("Article"))

What has no policy is not cached. Answers are kept in the process, or in Redis by
`hardening.graphql_cache.redis.RedisStore`; policies may also stand in the schema, by
`hardening.graphql_cache.directive.Cached`.
"""

from hardening.graphql_cache.cache import QueryCache
from hardening.graphql_cache.counts import Bypass, Unkept
from hardening.graphql_cache.events import (
    GraphqlCacheConfused,
    GraphqlCacheEvent,
    GraphqlCacheInvalidated,
    GraphqlCacheReachable,
    GraphqlCacheUnreachable,
)
from hardening.graphql_cache.key import User
from hardening.graphql_cache.memory import MemoryStore
from hardening.graphql_cache.policy import Lifetimes, Policy
from hardening.graphql_cache.rules import Rules
from hardening.graphql_cache.store import Store, Unreachable
from hardening.graphql_cache.target import (
    Everything,
    OfOperations,
    OfType,
    OfUser,
    Target,
)

__all__ = [
    "Bypass",
    "Everything",
    "GraphqlCacheConfused",
    "GraphqlCacheEvent",
    "GraphqlCacheInvalidated",
    "GraphqlCacheReachable",
    "GraphqlCacheUnreachable",
    "Lifetimes",
    "MemoryStore",
    "OfOperations",
    "OfType",
    "OfUser",
    "Policy",
    "QueryCache",
    "Rules",
    "Store",
    "Target",
    "Unkept",
    "Unreachable",
    "User",
]
