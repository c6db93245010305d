"""Webhooks: a sender delivers payments, one in fifty of them twice."""

import itertools
from collections.abc import Mapping

from psycopg_pool import ConnectionPool

from hardening.testing.webhooks import Sender
from hardening.webhooks import Delivery, PostgresStore, Receiver, Replayed, Verifier

from .piece import Piece, pct, quantile_ms, total
from .place import Place

SECRET, OTHER = b"a secret of this demonstration", b"and one that is not the sender's"
_GENUINE = ("processed", "failed", "replayed")


class Service(Piece):
    """Receives payments; broken, it verifies them with another secret."""

    def __init__(self, place: Place) -> None:
        pool = ConnectionPool(place.postgres(), min_size=1, open=False)
        self._pool = place.keep(pool)
        self._store = PostgresStore(self._pool.connection, source="payments")
        self._sender = Sender(SECRET)
        verifier = Verifier([OTHER if place.is_broken else SECRET])
        self._receiver = Receiver(verifier, source="payments", switch=place.switch)
        self._numbers = itertools.count(1)

    def serve(self, user: str) -> None:
        """Receive a payment of a user."""
        number = next(self._numbers)
        body = f'{{"user": "{user}"}}'.encode()
        headers = self._sender.headers(body, identifier=f"evt_{number}")
        for _ in range(2 if number % 50 == 0 else 1):
            try:
                self._receiver.receive(headers, body, self._store, self._paid)
            except Replayed:
                continue

    def readings(self) -> Mapping[str, float]:
        """Return how many deliveries were refused or failed, and their time."""
        measures = tuple(self._receiver.measures())
        name = "hardening_webhooks_deliveries"
        came = total(measures, name) - total(measures, name, outcome="unverified")
        genuine = sum(total(measures, name, outcome=outcome) for outcome in _GENUINE)
        failed = total(measures, name, outcome="failed")
        spans = "hardening_webhooks_handling_seconds"
        return {
            "webhooks_refused_pct": pct(came - genuine, came),
            "webhooks_failed_pct": pct(failed, came),
            "webhooks_handling_p95_ms": quantile_ms(measures, spans, 0.95),
        }

    def _paid(self, delivery: Delivery, connection: object) -> None:
        """Take note of a payment."""
