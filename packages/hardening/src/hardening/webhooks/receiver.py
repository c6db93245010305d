"""The receiver: verifies a delivery, claims it, has it handled, once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from hardening.core import (
    Clock,
    Histogram,
    Kind,
    Listener,
    Measure,
    Sample,
    Switch,
    SystemClock,
    always_on,
    ignore,
    require,
)
from hardening.webhooks.delivery import Delivery, Headers, read_unverified
from hardening.webhooks.errors import BodyTooLarge, WebhookError
from hardening.webhooks.events import (
    WebhookEvent,
    WebhookFailed,
    WebhookRefused,
    WebhookUnverified,
)
from hardening.webhooks.signature import Verifier
from hardening.webhooks.store import AsyncStore, Store

W = TypeVar("W")
R = TypeVar("R")

_CLOCK = SystemClock()


class Receiver:
    """
    Takes the deliveries of one sender.

    Args:
        verifier: Knows the sender's secrets.
        source: The sender's name, in events and metrics.
        bytes_max: Of a body; 1 MiB.
        listener: Told of refused, failed and unverified deliveries.
        switch: Off handles every delivery without verification and as often as it
            comes, as before there was a receiver. Anybody can send one then.
        clock: Measures the handler.
    """

    __slots__ = (
        "_clock",
        "_listener",
        "_outcomes",
        "_source",
        "_spans",
        "_switch",
        "_verifier",
        "bytes_max",
    )

    def __init__(
        self,
        verifier: Verifier,
        *,
        source: str,
        bytes_max: int = 2**20,
        listener: Listener[WebhookEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        require("Receiver.source", source, "a name", holds=bool(source))
        require("Receiver.bytes_max", bytes_max, "1 or more", holds=bytes_max >= 1)
        self.bytes_max = bytes_max
        self._verifier = verifier
        self._source = source
        self._listener = listener
        self._switch = switch
        self._clock = clock
        self._outcomes: Counter[str] = Counter()
        self._spans = Histogram()

    def receive(
        self,
        headers: Headers,
        body: bytes,
        store: Store[W],
        handler: Callable[[Delivery, W], R],
    ) -> R:
        """
        Return what the handler returns for a delivery that is new and genuine.

        Args:
            headers: Of the request.
            body: As it came, byte for byte.
            store: Remembers what was processed.
            handler: Gets the delivery, and the store's connection to write through.
                What it raises reaches the caller, and the delivery may come again.

        Raises:
            WebhookError: One of its kinds; `status` is what to answer.
            InvalidSetting: The store forgets what could still be replayed.
        """
        self.require_memory(store)
        with self._noting():
            delivery = self._opened(headers, body)
            claim = store.claimed(delivery.identifier) if delivery.verified else None
            # The commit belongs to the handling: what was not kept was not processed.
            with self._handling(delivery), claim or store.unclaimed() as work:
                return handler(delivery, work)

    async def receive_async(
        self,
        headers: Headers,
        body: bytes,
        store: AsyncStore[W],
        handler: Callable[[Delivery, W], Awaitable[R]],
    ) -> R:
        """Return what the handler's awaitable gives, as `receive` does."""
        self.require_memory(store)
        with self._noting():
            delivery = self._opened(headers, body)
            verified = delivery.verified
            claim = store.claimed_async(delivery.identifier) if verified else None
            with self._handling(delivery):
                async with claim or store.unclaimed_async() as work:
                    return await handler(delivery, work)

    def require_memory(self, store: object) -> None:
        """
        Refuse a store that forgets too soon; one that does not say for how long may pass.

        A delivery may be signed for as far ahead as the window is long, and is then good
        for two windows.

        Raises:
            InvalidSetting: It keeps less than twice the verifier's window.
        """
        keep_s = getattr(store, "keep_s", None)
        if keep_s is not None:
            least_s = 2 * self._verifier.window_s
            rule = f"{least_s:g} or more, twice the verifier's window"
            setting = f"{type(store).__name__}.keep_s"
            require(setting, keep_s, rule, holds=keep_s >= least_s)

    def refuse(self, error: WebhookError) -> None:
        """Count a delivery that was refused before it was read, and tell."""
        self._outcomes[error.reason] += 1
        self._listener(WebhookRefused(source=self._source, error=error))

    def measures(self) -> Iterator[Measure]:
        """Yield what became of the deliveries, and how long the handler took."""
        source = ("source", self._source)
        yield Measure(
            "hardening_webhooks_deliveries",
            "Deliveries by outcome: processed, unverified, failed, failed_unverified, or "
            "why refused.",
            Kind.COUNTER,
            tuple(
                Sample(count, (source, ("outcome", outcome)))
                for outcome, count in tuple(self._outcomes.items())
            ),
        )
        yield Measure(
            "hardening_webhooks_handling_seconds",
            "How long deliveries took to handle, the commit included.",
            Kind.HISTOGRAM,
            (Sample(self._spans.distribution(), (source,)),),
        )

    def _opened(self, headers: Headers, body: bytes) -> Delivery:
        """Return the delivery, verified if the switch is on."""
        if not self._switch():
            self._listener(WebhookUnverified(source=self._source))
            return read_unverified(headers, body, prefix=self._verifier.prefix)
        if len(body) > self.bytes_max:
            raise BodyTooLarge(self.bytes_max)
        return self._verifier.verify(headers, body)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Count and tell what was refused."""
        try:
            yield
        except WebhookError as error:
            self.refuse(error)
            raise

    @contextmanager
    def _handling(self, delivery: Delivery) -> Iterator[None]:
        """Time the handling, count how it ended, and tell of a failure."""
        started_s = self._clock.monotonic_s()
        try:
            yield
        except WebhookError:
            raise  # claimed by another, or refused by the handler itself
        except Exception as error:
            self._outcomes["failed" if delivery.verified else "failed_unverified"] += 1
            self._listener(
                WebhookFailed(
                    source=self._source, identifier=delivery.identifier, error=error
                )
            )
            raise
        self._spans.observe(self._clock.monotonic_s() - started_s)
        self._outcomes["processed" if delivery.verified else "unverified"] += 1
