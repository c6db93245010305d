"""The cache of GraphQL answers: what a schema's extension asks, and tells."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    require,
)
from hardening.graphql_cache.counts import measures_of
from hardening.graphql_cache.events import (
    GraphqlCacheEvent,
    GraphqlCacheInvalidated,
    described,
)
from hardening.graphql_cache.lookups import Lookups
from hardening.graphql_cache.memory import MemoryStore
from hardening.graphql_cache.policy import Lifetimes
from hardening.graphql_cache.rules import Rules
from hardening.graphql_cache.store import Store
from hardening.graphql_cache.target import Target

if TYPE_CHECKING:
    from strawberry.extensions import SchemaExtension


_CLOCK = SystemClock()
_LIFETIMES = Lifetimes()
_RULES = Rules()


def nothing_else(_context: object, /) -> Sequence[str]:
    """Return nothing: answers depend on nothing but the query and the user."""
    return ()


class QueryCache:
    """
    Answers queries again without executing them, if their policy allows it.

        cache = QueryCache(user_of=lambda context: context["user_id"])
        schema = strawberry.Schema(Query, extensions=[cache.extension])

    Never cached are mutations, subscriptions, answers with errors, and whatever has no
    policy. Parsing and validation are remembered for every document. List it last among
    the extensions: those after it act on what is kept.

    Args:
        user_of: Takes the context of a request and returns who asks, by an id that no
            other user has; None for nobody.
        rules: The policies, beside those that the schema states.
        store: Where answers are kept; None keeps them in this process.
        vary: Takes the context and returns what else answers depend on, always as many
            texts, in the same order: the language, the tenant.
        version: Changed by a deployment that answers differently by the same schema.
        lifetimes: For how long answers are kept.
        name: In events and metrics.
        bytes_max: A larger answer is not kept.
        variables_max: A query with more characters of variables is not cached.
        texts_max: How many documents are remembered.
        switch: Off executes everything, as if there were no cache.
        listener: Told of invalidations, of an absent store, and of confusion.
        clock: Measures.
    """

    def __init__(
        self,
        *,
        user_of: Callable[[Any], str | None],
        rules: Rules = _RULES,
        store: Store | None = None,
        vary: Callable[[Any], Sequence[str]] = nothing_else,
        version: str = "",
        lifetimes: Lifetimes = _LIFETIMES,
        name: str = "schema",
        bytes_max: int = 262_144,
        variables_max: int = 8_192,
        texts_max: int = 500,
        switch: Switch = always_on,
        listener: Listener[GraphqlCacheEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        limits = {
            "bytes_max": bytes_max,
            "variables_max": variables_max,
            "texts_max": texts_max,
        }
        for setting, limit in limits.items():
            require(f"QueryCache.{setting}", limit, "1 or more", holds=limit >= 1)
        require("QueryCache.user_of", user_of, "a function", holds=callable(user_of))
        self.name = name
        self._store: Store = MemoryStore(clock=clock) if store is None else store
        self._listener = listener
        self._lookups = Lookups(
            name=name,
            user_of=user_of,
            rules=rules,
            store=self._store,
            vary=vary,
            version=version,
            lifetimes=lifetimes,
            bytes_max=bytes_max,
            variables_max=variables_max,
            texts_max=texts_max,
            switch=switch,
            listener=listener,
            clock=clock,
        )

    @property
    def extension(self) -> "Callable[[], SchemaExtension]":
        """
        For `strawberry.Schema`: makes the extension of each request.

        It serves `execute` and `execute_sync`. With a store over the network, `execute`
        wants `extension_async`: this one would hold up the event loop.
        """
        from hardening.graphql_cache.extension import CacheExtension  # noqa: PLC0415

        return partial(CacheExtension, self._lookups)

    @property
    def extension_async(self) -> "Callable[[], SchemaExtension]":
        """For `strawberry.Schema`: the same for `execute`, with a store that waits."""
        from hardening.graphql_cache.extension import (  # noqa: PLC0415
            AsyncCacheExtension,
        )

        return partial(AsyncCacheExtension, self._lookups)

    def invalidate(self, target: Target) -> None:
        """
        Forget answers, also those that are being computed.

        Raises:
            Unreachable: The store does not answer; nothing may have been forgotten.
        """
        self._store.invalidate(target)
        self._listener(GraphqlCacheInvalidated(cache=self.name, what=described(target)))

    async def ainvalidate(self, target: Target) -> None:
        """Forget what `invalidate` does."""
        await self._store.ainvalidate(target)
        self._listener(GraphqlCacheInvalidated(cache=self.name, what=described(target)))

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, as it stands."""
        return measures_of(self.name, self._lookups.counts)
