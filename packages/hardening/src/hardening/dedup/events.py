"""What a de-duplication tells its listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, INFO, WARNING
from hardening.dedup.errors import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateSkipped:
    """An event came again, and its handler was not called."""

    event: ClassVar[str] = "dedup_duplicate_skipped"
    level: ClassVar[int] = INFO

    name: str
    key: bytes

    @property
    def subject(self) -> str:
        """The de-duplication's name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMissing:
    """An event had no key; it was handled, as every copy of it will be."""

    event: ClassVar[str] = "dedup_key_missing"
    level: ClassVar[int] = WARNING

    name: str

    @property
    def subject(self) -> str:
        """The de-duplication's name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFailed:
    """The store did not answer; duplicates may be handled until it does."""

    event: ClassVar[str] = "dedup_store_failed"
    level: ClassVar[int] = ERROR

    name: str
    error: StoreUnavailable

    @property
    def subject(self) -> str:
        """The de-duplication's name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRecovered:
    """
    The store answers again.

    Attributes:
        name: The de-duplication's.
        owed: Events handled meanwhile that are marked now.
    """

    event: ClassVar[str] = "dedup_store_recovered"
    level: ClassVar[int] = INFO

    name: str
    owed: int

    @property
    def subject(self) -> str:
        """The de-duplication's name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFailed:
    """
    Offsets of settled messages were not committed; they are delivered again.

    Attributes:
        group: The consumer group.
        error: What the broker or the client said; mostly, the group has rebalanced.
    """

    event: ClassVar[str] = "dedup_commit_failed"
    level: ClassVar[int] = WARNING

    group: str
    error: Exception

    @property
    def subject(self) -> str:
        """The consumer group."""
        return self.group


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerTroubled:
    """
    The Kafka client reported trouble that it recovers from by itself.

    Attributes:
        group: The consumer group.
        error: What the client said.
    """

    event: ClassVar[str] = "dedup_consumer_troubled"
    level: ClassVar[int] = WARNING

    group: str
    error: Exception

    @property
    def subject(self) -> str:
        """The consumer group."""
        return self.group


DedupEvent = DuplicateSkipped | KeyMissing | StoreFailed | StoreRecovered
ConsumerEvent = CommitFailed | ConsumerTroubled
