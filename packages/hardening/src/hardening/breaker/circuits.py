"""The registry: all circuits of a service by name, for its code and its dashboard."""

from collections.abc import Mapping
from threading import Lock

from hardening.breaker.breaker import Breaker
from hardening.breaker.errors import CircuitNotFound, TooManyCircuits
from hardening.breaker.events import CircuitBreakerEvent
from hardening.breaker.keeper import measures_of_all
from hardening.breaker.policy import Policy
from hardening.breaker.shared import Store
from hardening.breaker.standing import Standing
from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    renew_in_child,
    require_count,
)

_CLOCK = SystemClock()
_POLICY = Policy()


class Circuits:
    """
    Makes each circuit when it is first asked for, and keeps it; thread-safe.

    Args:
        policy: Of circuits that have none of their own.
        policies: By name, of those that have.
        listener: Told of each move of any circuit.
        switch: Of all of them.
        clock: Of all of them.
        shared: The store, where processes share the circuits.
        most: Circuits are named after services; more than this are named after data.
    """

    __slots__ = (
        "__weakref__",
        "_breakers",
        "_clock",
        "_listener",
        "_lock",
        "_most",
        "_policies",
        "_policy",
        "_shared",
        "_switch",
    )

    def __init__(
        self,
        *,
        policy: Policy = _POLICY,
        policies: Mapping[str, Policy] | None = None,
        listener: Listener[CircuitBreakerEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
        shared: Store | None = None,
        most: int = 1_000,
    ) -> None:
        require_count("Circuits.most", most)
        self._policy = policy
        self._policies = dict(policies or {})
        self._listener = listener
        self._switch = switch
        self._clock = clock
        self._shared = shared
        self._most = most
        self._breakers: dict[str, Breaker] = {}
        self._renew()
        renew_in_child(self, Circuits._renew)

    def _renew(self) -> None:
        """Have a lock that nobody holds."""
        self._lock = Lock()

    def get(self, name: str) -> Breaker:
        """
        Return the circuit's breaker, always the same one.

        Raises:
            TooManyCircuits: It would be one more than there may be.
        """
        found = self._breakers.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._breakers:
                self._breakers[name] = self._made(name)
            return self._breakers[name]

    def _made(self, name: str) -> Breaker:
        """Return a new breaker; under the lock."""
        if len(self._breakers) >= self._most:
            raise TooManyCircuits(name, self._most)
        return Breaker(
            name,
            policy=self._policies.get(name, self._policy),
            listener=self._listener,
            switch=self._switch,
            clock=self._clock,
            shared=self._shared,
        )

    def standings(self) -> tuple[Standing, ...]:
        """Return how the circuits stand, by name."""
        return tuple(breaker.standing() for breaker in self._in_order())

    def reset(self, name: str) -> None:
        """
        Close a circuit and forget its failures.

        Raises:
            CircuitNotFound: There is none of this name.
        """
        self._existing(name).reset()

    def force_open(self, name: str) -> None:
        """
        Refuse every call of a circuit until it is reset.

        Raises:
            CircuitNotFound: There is none of this name.
        """
        self._existing(name).force_open()

    def disable(self, name: str) -> None:
        """
        Let every call of a circuit through until it is reset.

        Raises:
            CircuitNotFound: There is none of this name.
        """
        self._existing(name).disable()

    def measures(self) -> tuple[Measure, ...]:
        """Return what all circuits counted, as it stands."""
        return measures_of_all(self._in_order())

    def _existing(self, name: str) -> Breaker:
        """Return a circuit that was used already."""
        found = self._breakers.get(name)
        if found is None:
            raise CircuitNotFound(name)
        return found

    def _in_order(self) -> tuple[Breaker, ...]:
        """Return the breakers by name; a copy, as others may be made meanwhile."""
        with self._lock:
            return tuple(breaker for _, breaker in sorted(self._breakers.items()))
