"""What the caches tell their listeners. No event carries a value or a key."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInvalidated:
    """
    This process invalidated a cache, and it is confirmed.

    Attributes:
        cache: The cache's name.
        waited_s: How long the confirmation took.
        lapsed: How many members did not answer and were outwaited.
    """

    event: ClassVar[str] = "cache_invalidated"
    level: ClassVar[int] = INFO
    cache: str
    waited_s: float
    lapsed: int = 0

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheLoadOvertaken:
    """A load was overtaken by an invalidation; its value was not kept."""

    event: ClassVar[str] = "cache_load_overtaken"
    level: ClassVar[int] = INFO
    cache: str

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheUnreachable:
    """Redis does not answer: the cache falls back, and loads directly in the end."""

    event: ClassVar[str] = "cache_unreachable"
    level: ClassVar[int] = WARNING
    cache: str
    error: Exception

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheReachable:
    """Redis answers again."""

    event: ClassVar[str] = "cache_reachable"
    level: ClassVar[int] = INFO
    cache: str

    @property
    def subject(self) -> str:
        """The cache's name."""
        return self.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRefused:
    """
    A value was not stored, or a stored one could not be read.

    Attributes:
        cache: The cache's name.
        reason: 'too large', 'unencodable' or 'undecodable'.
    """

    event: ClassVar[str] = "cache_refused"
    level: ClassVar[int] = ERROR
    cache: str
    reason: str

    @property
    def subject(self) -> str:
        """The cache's name and the reason."""
        return f"{self.cache}: {self.reason}"


CacheEvent = (
    CacheInvalidated
    | CacheLoadOvertaken
    | CacheUnreachable
    | CacheReachable
    | CacheRefused
)
