"""The cache of GraphQL answers: users ask for the news of three sections."""

from collections.abc import Mapping

import strawberry

from hardening.graphql_cache import (
    GraphqlCacheConfused,
    GraphqlCacheEvent,
    Policy,
    QueryCache,
    Rules,
)

from .piece import Piece, UpstreamFailed, hit_rate_pct, total
from .place import Place

_QUERY = "query News($section: Int!) { news(section: $section) }"


@strawberry.type
class Query:
    """What may be asked for."""

    @strawberry.field
    def news(self, section: int) -> list[str]:
        """Return the news of a section."""
        return [f"news {number} of section {section}" for number in range(10)]


class Service(Piece):
    """Answers queries; broken, who asks is looked up where it does not stand."""

    def __init__(self, place: Place) -> None:
        self._confused = 0
        name = "user" if place.is_broken else "user_id"
        cache = QueryCache(
            user_of=lambda context: context[name],
            rules=Rules(fields={"Query.news": Policy.PUBLIC}),
            listener=self._note,
            switch=place.switch,
        )
        self._cache = cache
        self._schema = strawberry.Schema(Query, extensions=[cache.extension])

    def serve(self, user: str) -> None:
        """Answer a user's query."""
        section = int(user.removeprefix("user-")) % 3
        answer = self._schema.execute_sync(
            _QUERY,
            variable_values={"section": section},
            context_value={"user_id": user},
        )
        if answer.errors:
            raise UpstreamFailed

    def readings(self) -> Mapping[str, float]:
        """Return how often an answer was at hand, and how often nobody knew whose."""
        measures = tuple(self._cache.measures())
        hits = total(measures, "hardening_graphql_cache_hits")
        misses = total(measures, "hardening_graphql_cache_misses")
        return {
            "graphql_cache_hit_rate_pct": hit_rate_pct(hits, misses),
            "graphql_cache_confused": self._confused,
        }

    def _note(self, event: GraphqlCacheEvent) -> None:
        """Count look-ups that a function of ours has spoiled."""
        self._confused += isinstance(event, GraphqlCacheConfused)
