"""
gRPC: calls go round all addresses that serve, and survive a killed server.

    from hardening.grpc import Rotation, Settings

    settings = Settings(idempotent=lambda method: method.endswith("/Get"))
    with Rotation(["10.0.0.1:50051", "10.0.0.2:50051"], settings=settings) as channel:
        orders = OrdersStub(channel)
        order = orders.Get(OrderId(id=17), timeout=2)

For asyncio, `hardening.grpc.aio.AsyncRotation` does the same.
"""

from typing import TYPE_CHECKING

from hardening.grpc.dns import Dns
from hardening.grpc.errors import RotationClosed
from hardening.grpc.events import (
    AddressesNotResolved,
    BackendAdded,
    BackendDraining,
    BackendEjected,
    BackendRemoved,
    BackendReturned,
    BackendUnhealthy,
    RotationEvent,
)
from hardening.grpc.machine import State
from hardening.grpc.settings import Settings

if TYPE_CHECKING:
    from hardening.grpc.rotation import Rotation

__all__ = [
    "AddressesNotResolved",
    "BackendAdded",
    "BackendDraining",
    "BackendEjected",
    "BackendRemoved",
    "BackendReturned",
    "BackendUnhealthy",
    "Dns",
    "Rotation",
    "RotationClosed",
    "RotationEvent",
    "Settings",
    "State",
]


def __getattr__(name: str) -> object:
    """Load the rotation, and gRPC with it, when it is used; that takes a while."""
    if name != "Rotation":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from hardening.grpc.rotation import Rotation  # noqa: PLC0415 - loaded when used

    return Rotation
