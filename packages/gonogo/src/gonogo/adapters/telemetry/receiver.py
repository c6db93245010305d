"""The receiver of CDEvents: an HTTP address that takes one event a request."""

import json
from dataclasses import dataclass
from threading import Event

import httpx2

from gonogo.adapters.telemetry.cdevents import CONTENT_TYPE, CloudEvent
from hardening.core import SystemClock
from hardening.retry import Decorrelated, Policy, Retrier

_TIMEOUT_S = 10.0
# Enough for a receiver that restarts. What takes longer is tried again later, from the
# journal.
_ATTEMPTS = 5
_DEADLINE_S = 30.0
# The receiver has read the event and will not take it, however often it is sent.
_REFUSED = frozenset({400, 413, 415, 422})


class NotReceived(Exception):
    """The receiver did not take an event now; it may later."""

    def __init__(self, url: str, why: str) -> None:
        """Compose the message from the address and the reason."""
        super().__init__(f"{url} did not take an event: {why}.")


class Refused(Exception):
    """The receiver will never take this event."""

    def __init__(self, url: str, event: CloudEvent, status: int) -> None:
        """Compose the message from the event and the answer."""
        super().__init__(
            f"{url} refused the event {event['id']} ({event['type']}) with HTTP "
            f"status {status}; it is not sent again."
        )


@dataclass(frozen=True, slots=True)
class _Hurried(SystemClock):
    """A clock whose waits end when the process does."""

    closing: Event

    def wait(self, span_s: float) -> None:
        self.closing.wait(span_s)


class Receiver:
    """
    Sends events, one after another.

    Args:
        url: Where to.
        closing: When set, nothing is tried again.
        retrier: Instead of the own one.
    """

    def __init__(
        self, url: str, closing: Event, retrier: Retrier | None = None
    ) -> None:
        self._url, self._closing = _without_secrets(url), closing
        self._target = url
        self._client = httpx2.Client(timeout=_TIMEOUT_S)
        self._retrier = retrier or Retrier(
            Policy(
                on=(NotReceived,),
                attempts=_ATTEMPTS,
                deadline_s=_DEADLINE_S,
                schedule=Decorrelated(base_s=0.5, cap_s=10),
            ),
            clock=_Hurried(closing),
        )

    def post(self, event: CloudEvent) -> None:
        """
        Send an event, again and again for a while.

        Raises:
            NotReceived: It was not taken in that time.
            Refused: It never will be.
        """
        body = json.dumps(event, ensure_ascii=False).encode()
        status = self._retrier.call(self._send, body)
        if status in _REFUSED:
            raise Refused(self._url, event, status)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _send(self, body: bytes) -> int:
        headers = {"Content-Type": f"{CONTENT_TYPE}; charset=utf-8"}
        try:
            answer = self._client.post(self._target, content=body, headers=headers)
        except (httpx2.HTTPError, OSError) as error:
            raise NotReceived(self._url, str(error) or type(error).__name__) from error
        if answer.is_success or answer.status_code in _REFUSED:
            return int(answer.status_code)
        raise NotReceived(self._url, f"HTTP status {answer.status_code}")


def _without_secrets(url: str) -> str:
    """Return an address to name in messages, without its user or its query."""
    parsed = httpx2.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode()}{parsed.path}"
