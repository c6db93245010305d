"""
Logs: structured lines from every logger of the process, without secrets.

    from hardening.logs import configure, context, get_logger

    logs = configure(fields={"service": "shop"})
    logs.redactor.learn(database_password)

    log = get_logger("shop.orders")
    with context(request_id="r-17"):
        log.info("order_placed", amount=12, headers={"Authorization": "Bearer …"})

Secrets are known by their field's name, by their shape, or because they were learned.
`python -m hardening.logs audit FILE…` finds those in logs that exist already.
"""

from typing import TYPE_CHECKING

from hardening.lazily import lazily
from hardening.logs.context import RequestContext, context
from hardening.logs.names import is_secret_name
from hardening.logs.plain import Limits
from hardening.logs.redactor import Redactor
from hardening.logs.sightings import KINDS, Found

if TYPE_CHECKING:
    from hardening.logs.configuration import Logs, configure, get_logger
    from hardening.logs.handler import LineHandler, RedactingFilter
    from hardening.logs.sinks import QueuedSink, Sink, StreamSink

__all__ = [
    "KINDS",
    "Found",
    "Limits",
    "LineHandler",
    "Logs",
    "QueuedSink",
    "RedactingFilter",
    "Redactor",
    "RequestContext",
    "Sink",
    "StreamSink",
    "configure",
    "context",
    "get_logger",
    "is_secret_name",
]

# Who only redacts pays for no logging.
__getattr__, __dir__ = lazily(
    __name__,
    {
        "configuration": ("Logs", "configure", "get_logger"),
        "handler": ("LineHandler", "RedactingFilter"),
        "sinks": ("QueuedSink", "Sink", "StreamSink"),
    },
)
