"""What the cache of GraphQL answers tells its listener. No event carries a value."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, INFO, WARNING
from hardening.graphql_cache.target import Everything, OfOperations, OfType, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlCacheInvalidated:
    """
    Answers were invalidated.

    Attributes:
        cache: The cache's name.
        what: 'everything', 'type Article', 'operations Feed…', or 'a user'.
    """

    event: ClassVar[str] = "graphql_cache_invalidated"
    level: ClassVar[int] = INFO
    cache: str
    what: str

    @property
    def subject(self) -> str:
        """The cache's name and what was invalidated."""
        return f"{self.cache}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlCacheUnreachable:
    """The store does not answer: every query is executed."""

    event: ClassVar[str] = "graphql_cache_unreachable"
    level: ClassVar[int] = WARNING
    cache: str
    error: Exception

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlCacheReachable:
    """The store answers again."""

    event: ClassVar[str] = "graphql_cache_reachable"
    level: ClassVar[int] = INFO
    cache: str

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlCacheConfused:
    """
    A function of the service's own failed or gave no sense: the query is executed.

    Attributes:
        cache: The cache's name.
        setting: Which: 'user_of', 'vary' or 'rules.decide'.
        error: What it raised, or what is wrong with what it gave.
    """

    event: ClassVar[str] = "graphql_cache_confused"
    level: ClassVar[int] = ERROR
    cache: str
    setting: str
    error: Exception

    @property
    def subject(self) -> str:
        """The cache's name and the setting."""
        return f"{self.cache}: {self.setting}"


GraphqlCacheEvent = (
    GraphqlCacheInvalidated
    | GraphqlCacheUnreachable
    | GraphqlCacheReachable
    | GraphqlCacheConfused
)


def described(target: Target) -> str:
    """Return what an invalidation aims at, without saying who a user is."""
    match target:
        case Everything():
            return "everything"
        case OfType(name):
            return f"type {name}"
        case OfOperations(prefix):
            return f"operations {prefix}…"
        case _:
            return "a user"
