"""What reading the sources tells."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSourceFailed:
    """
    A source raised, or gave a measure that cannot be shown beside the others.

    Attributes:
        source: Its class.
        error: What was wrong.
    """

    event: ClassVar[str] = "metrics_source_failed"
    level: ClassVar[int] = ERROR
    source: str
    error: Exception

    @property
    def subject(self) -> str:
        """The source's class."""
        return self.source
