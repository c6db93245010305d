"""
What a circuit tells: one event for each move, none for a call.

The names are those of the founding plans: `circuit_breaker_opened`,
`circuit_breaker_auto_closed` after a trial call, `circuit_breaker_closed` by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from hardening.breaker.machine import Circuit, State, Trigger
from hardening.core import ERROR, INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfCircuit:
    """
    An event about one circuit.

    One with no other fact is a plain subclass: making a dataclass of it would tell it
    nothing, and costs each start of a service half a millisecond.
    """

    circuit_name: str

    @property
    def subject(self) -> str:
        """The circuit's name."""
        return self.circuit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreakerOpened(_OfCircuit):
    """
    The circuit opened, or opened again after a trial call failed.

    Attributes:
        why: Which of the policy's limits was reached.
        openings: In a row, this one included.
        cool_off_s: Until the next trial call.
    """

    event: ClassVar[str] = "circuit_breaker_opened"
    level: ClassVar[int] = ERROR
    why: Trigger
    openings: int
    cool_off_s: float


class CircuitBreakerHalfOpened(_OfCircuit):
    """The cool-off is over: a trial call is under way."""

    __slots__ = ()
    event: ClassVar[str] = "circuit_breaker_half_opened"
    level: ClassVar[int] = INFO


class CircuitBreakerAutoClosed(_OfCircuit):
    """A trial call succeeded; the circuit closed by itself."""

    __slots__ = ()
    event: ClassVar[str] = "circuit_breaker_auto_closed"
    level: ClassVar[int] = WARNING


class CircuitBreakerClosed(_OfCircuit):
    """An operator reset the circuit."""

    __slots__ = ()
    event: ClassVar[str] = "circuit_breaker_closed"
    level: ClassVar[int] = WARNING


class CircuitBreakerForcedOpen(_OfCircuit):
    """An operator opened the circuit until further notice."""

    __slots__ = ()
    event: ClassVar[str] = "circuit_breaker_forced_open"
    level: ClassVar[int] = WARNING


class CircuitBreakerDisabled(_OfCircuit):
    """An operator told the circuit to draw no conclusions until further notice."""

    __slots__ = ()
    event: ClassVar[str] = "circuit_breaker_disabled"
    level: ClassVar[int] = WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreakerFollowed(_OfCircuit):
    """The circuit moved because another process decided so, and told the event."""

    event: ClassVar[str] = "circuit_breaker_followed"
    level: ClassVar[int] = INFO
    state: State


CircuitBreakerEvent = (
    CircuitBreakerOpened
    | CircuitBreakerHalfOpened
    | CircuitBreakerAutoClosed
    | CircuitBreakerClosed
    | CircuitBreakerForcedOpen
    | CircuitBreakerDisabled
    | CircuitBreakerFollowed
)


def _opened(name: str, circuit: Circuit) -> CircuitBreakerOpened:
    """Return the event of an opening; an opening always has its cause."""
    assert circuit.cause is not None  # noqa: S101 - only a move leads here
    return CircuitBreakerOpened(
        circuit_name=name,
        why=circuit.cause,
        openings=circuit.openings,
        cool_off_s=circuit.retry_at_s - circuit.since_s,
    )


def _followed(name: str, circuit: Circuit) -> CircuitBreakerFollowed:
    """Return the event of a move that others decided."""
    return CircuitBreakerFollowed(circuit_name=name, state=circuit.state)


_Teller = Callable[[str, Circuit], CircuitBreakerEvent]

_TELLERS: Mapping[Trigger, _Teller] = MappingProxyType(
    {
        Trigger.FAILED_IN_A_ROW: _opened,
        Trigger.FAILED_TOO_OFTEN: _opened,
        Trigger.DISPROVED: _opened,
        Trigger.COOLED: lambda name, _: CircuitBreakerHalfOpened(circuit_name=name),
        Trigger.LAPSED: lambda name, _: CircuitBreakerHalfOpened(circuit_name=name),
        Trigger.PROVED: lambda name, _: CircuitBreakerAutoClosed(circuit_name=name),
        Trigger.RESET: lambda name, _: CircuitBreakerClosed(circuit_name=name),
        Trigger.FORCED: lambda name, _: CircuitBreakerForcedOpen(circuit_name=name),
        Trigger.DISABLED: lambda name, _: CircuitBreakerDisabled(circuit_name=name),
        Trigger.TOLD_CLOSED: _followed,
        Trigger.TOLD_OPEN: _followed,
        Trigger.TOLD_FORCED: _followed,
        Trigger.TOLD_DISABLED: _followed,
    }
)


def event_of(name: str, before: Circuit, after: Circuit) -> CircuitBreakerEvent | None:
    """Return what to tell about a circuit that changed; None when it did not move."""
    if after.cause is None or after.moves == before.moves:
        return None
    return _TELLERS[after.cause](name, after)
