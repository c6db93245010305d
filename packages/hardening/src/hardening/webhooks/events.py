"""What the receiver tells its listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, WARNING
from hardening.webhooks.errors import WebhookError


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRefused:
    """A delivery was not processed: refused, or not needed."""

    event: ClassVar[str] = "webhook_refused"
    level: ClassVar[int] = WARNING

    source: str
    error: WebhookError

    @property
    def subject(self) -> str:
        """The source and the reason; each reason is logged by itself."""
        return f"{self.source} {self.error.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFailed:
    """The handler failed; the sender will send the delivery again."""

    event: ClassVar[str] = "webhook_failed"
    level: ClassVar[int] = ERROR

    source: str
    identifier: str
    error: Exception

    @property
    def subject(self) -> str:
        """The source."""
        return self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookUnverified:
    """The switch is off: a delivery was handled without a look at its signature."""

    event: ClassVar[str] = "webhook_unverified"
    level: ClassVar[int] = WARNING

    source: str

    @property
    def subject(self) -> str:
        """The source."""
        return self.source


WebhookEvent = WebhookRefused | WebhookFailed | WebhookUnverified
