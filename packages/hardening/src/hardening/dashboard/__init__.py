"""
Dashboard: circuits, queues, dead letters, pools and lock waits on one page, and as JSON.

    from hardening.dashboard import Sources, dashboard

    app = dashboard(
        Sources(circuits=circuits, pools=[gate], locks=locks),
        read_token=settings.read_token,
        write_token=settings.write_token,
    )

It is an ASGI application: run it alone, or mount it. Nothing is shown without a token; a
source that fails or hangs costs its panel and nothing else.
"""

from typing import TYPE_CHECKING

from hardening.dashboard.sources import (
    CircuitSource,
    LetterSource,
    PoolSource,
    QueueSource,
    Sources,
    Thresholds,
)

if TYPE_CHECKING:
    from hardening.dashboard.app import dashboard

__all__ = [
    "CircuitSource",
    "LetterSource",
    "PoolSource",
    "QueueSource",
    "Sources",
    "Thresholds",
    "dashboard",
]


def __getattr__(name: str) -> object:
    """Load the application, and asyncio with it, when it is used; that takes a while."""
    if name != "dashboard":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from hardening.dashboard.app import dashboard  # noqa: PLC0415 - loaded when used

    return dashboard
