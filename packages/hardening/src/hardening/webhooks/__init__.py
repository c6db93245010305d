"""
Webhooks: each delivery is genuine, recent, and processed once.

    receiver = Receiver(Verifier(["whsec_…"]), source="payments")
    store = PostgresStore(pool.connection, source="payments")

    def paid(delivery, connection):
        connection.execute("insert into payments …", delivery.json())

    receiver.receive(request.headers, request.body, store, paid)

What is wrong with a delivery is a `WebhookError`, whose `status` is the answer; no input
of a sender ends in a 500. `hardening.webhooks.asgi.WebhookEndpoint` answers by itself.
"""

from hardening.core.migration import Migration, read_migrations
from hardening.webhooks.delivery import Delivery
from hardening.webhooks.errors import (
    BodyTooLarge,
    Expired,
    InProgress,
    InvalidBody,
    InvalidSignature,
    MalformedHeader,
    MissingHeader,
    Replayed,
    StoreFull,
    WebhookError,
)
from hardening.webhooks.events import (
    WebhookEvent,
    WebhookFailed,
    WebhookRefused,
    WebhookUnverified,
)
from hardening.webhooks.postgres import AsyncPostgresStore, PostgresStore
from hardening.webhooks.receiver import Receiver
from hardening.webhooks.signature import Verifier
from hardening.webhooks.store import AsyncStore, MemoryStore, Store

__all__ = [
    "AsyncPostgresStore",
    "AsyncStore",
    "BodyTooLarge",
    "Delivery",
    "Expired",
    "InProgress",
    "InvalidBody",
    "InvalidSignature",
    "MalformedHeader",
    "MemoryStore",
    "MissingHeader",
    "PostgresStore",
    "Receiver",
    "Replayed",
    "Store",
    "StoreFull",
    "Verifier",
    "WebhookError",
    "WebhookEvent",
    "WebhookFailed",
    "WebhookRefused",
    "WebhookUnverified",
    "migrations",
]


def migrations() -> tuple[Migration, ...]:
    """Return what the PostgreSQL stores need: the table `webhook_events`."""
    return read_migrations(__name__)
