"""A sender of webhooks for tests: signs what a receiver is to take."""

from datetime import UTC, datetime

from hardening.core import SystemClock, WallClock

_CLOCK = SystemClock()


class Sender:
    """
    Signs deliveries as Standard Webhooks has it.

    Args:
        secret: 'whsec_' with base64, or bytes; the receiver knows it.
        prefix: Of the three headers.
        clock: Tells the time of deliveries that do not say theirs.
    """

    def __init__(
        self,
        secret: str | bytes,
        *,
        prefix: str = "webhook",
        clock: WallClock = _CLOCK,
    ) -> None:
        from standardwebhooks import Webhook  # noqa: PLC0415 - loaded by its first use

        self._key = Webhook(secret)
        self._prefix = prefix
        self._clock = clock

    def headers(
        self, body: bytes, *, identifier: str, sent_s: int | None = None
    ) -> dict[str, str]:
        """
        Return the headers of a delivery.

        Args:
            body: UTF-8.
            identifier: Of the event; the same for every attempt to deliver it.
            sent_s: Seconds since 1970; None is now.
        """
        sent = int(self._clock.unix_s()) if sent_s is None else sent_s
        at = datetime.fromtimestamp(sent, UTC)
        return {
            f"{self._prefix}-id": identifier,
            f"{self._prefix}-timestamp": str(sent),
            f"{self._prefix}-signature": self._key.sign(identifier, at, body.decode()),
        }
