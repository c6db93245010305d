"""Events: a call that came to nothing, and a store of answers that does not answer."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCallFailed:
    """
    A call came to nothing, after all its attempts.

    Attributes:
        provider: Whom it was for.
        outcome: The error's word: 'timeout', 'circuit_open', 'invalid_json', …
        method: Of HTTP. The path is left out: it may hold a customer's number.
        status: What the provider answered; None when it did not.
        attempts: How many were sent.
        elapsed_s: How long all of it took, in seconds.
    """

    event: ClassVar[str] = "http_call_failed"
    level: ClassVar[int] = 30

    provider: str
    outcome: str
    method: str
    status: int | None
    attempts: int
    elapsed_s: float

    @property
    def subject(self) -> str:
        """The provider and the outcome."""
        return f"{self.provider}: {self.outcome}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCacheFailed:
    """
    The store of answers raised; the provider was asked instead.

    Attributes:
        provider: Whose answer it was.
        doing: 'get' or 'set'.
        error: What it raised.
    """

    event: ClassVar[str] = "http_cache_failed"
    level: ClassVar[int] = 30

    provider: str
    doing: str
    error: Exception

    @property
    def subject(self) -> str:
        """The provider."""
        return self.provider


HttpEvent = HttpCallFailed | HttpCacheFailed
