"""What happens to a rotation's addresses."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfAddress:
    """Happened to one address."""

    address: str

    @property
    def subject(self) -> str:
        """The address."""
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendAdded(_OfAddress):
    """An address is there, and gets calls."""

    event: ClassVar[str] = "grpc_backend_added"
    level: ClassVar[int] = INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendEjected(_OfAddress):
    """
    An address failed too often in a row, and gets no calls for a while.

    Attributes:
        failures: How many in a row.
        span_s: How long it is left out, at least.
    """

    failures: int
    span_s: float
    event: ClassVar[str] = "grpc_backend_ejected"
    level: ClassVar[int] = WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendUnhealthy(_OfAddress):
    """An address says that it is not serving, or does not say."""

    reason: str
    event: ClassVar[str] = "grpc_backend_unhealthy"
    level: ClassVar[int] = WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendReturned(_OfAddress):
    """An address that was left out answers again, and gets calls."""

    event: ClassVar[str] = "grpc_backend_returned"
    level: ClassVar[int] = INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendDraining(_OfAddress):
    """
    An address is no longer listed; it gets no further call.

    Attributes:
        in_flight: Calls that it still has to answer.
    """

    in_flight: int
    event: ClassVar[str] = "grpc_backend_draining"
    level: ClassVar[int] = INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRemoved(_OfAddress):
    """
    An address that drained is gone, its connections closed.

    Attributes:
        cut_off: Calls that took longer than the drain, and were cancelled.
    """

    cut_off: int
    event: ClassVar[str] = "grpc_backend_removed"
    level: ClassVar[int] = INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesNotResolved:
    """
    The addresses could not be looked up, or there were none; those known stay.

    Attributes:
        target: What was looked up.
        reason: Why not.
    """

    target: str
    reason: str
    event: ClassVar[str] = "grpc_addresses_not_resolved"
    level: ClassVar[int] = WARNING

    @property
    def subject(self) -> str:
        """What was looked up."""
        return self.target


RotationEvent = (
    BackendAdded
    | BackendEjected
    | BackendUnhealthy
    | BackendReturned
    | BackendDraining
    | BackendRemoved
    | AddressesNotResolved
)
