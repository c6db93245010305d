"""The cell: the view of one process, changed by one thread at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from hardening.cache import machine
from hardening.cache.landing import Landing, Loaded, landing
from hardening.cache.machine import (
    Expired,
    Held,
    Nothing,
    Question,
    Ready,
    Terms,
    View,
)
from hardening.core import Clock

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Flight(Generic[V]):
    """A load under way, for whoever asks in the same era."""

    era: int
    began_s: float
    landing: "Landing[Loaded[V] | None]"


@dataclass(frozen=True, slots=True)
class Lead(Generic[V]):
    """Load, and let the others know through this flight."""

    flight: Flight[V]


@dataclass(frozen=True, slots=True)
class Join(Generic[V]):
    """Wait for the load of another caller."""

    flight: Flight[V]


Step = Ready[V] | Expired[V] | Lead[V] | Join[V] | None


class Cell(Generic[V]):
    """
    Holds a view and at most one load; thread-safe, and never locked during a load.

    Attributes:
        ready: What may be served without another thought; None if nothing may.

    Args:
        terms: How long things are good for.
        flight_s: A load that takes longer than this is waited for no more: the next
            caller begins another.
        clock: Measures.
    """

    __slots__ = ("_clock", "_flight", "_flight_s", "_lock", "_terms", "_view", "ready")

    def __init__(self, terms: Terms, *, flight_s: float, clock: Clock) -> None:
        self._terms = terms
        self._flight_s = flight_s
        self._clock = clock
        self._lock = Lock()
        self._view: View[V] = View()
        self._flight: Flight[V] | None = None
        self.ready: Ready[V] | None = None

    @property
    def seen(self) -> str:
        """The generation that values are served of; empty when none is."""
        return self._view.generation or ""

    def question(self) -> tuple[Question, str]:
        """Return what to ask now, and the generation that values are served of."""
        with self._lock:
            asked = Question(self._view.era, self._clock.monotonic_s())
            return asked, self._view.generation or ""

    def drop(self) -> None:
        """Serve nothing that was loaded, or is being loaded, before now."""
        self._change(machine.dropped)

    def told(self, generation: str) -> bool:
        """Take in an announcement; return whether it was news."""
        return self._change(lambda view: machine.told(view, generation))

    def looked(self, question: Question, generation: str) -> bool:
        """Take in an answer; return whether a new era began."""
        return self._change(lambda view: machine.looked(view, question, generation))

    def step(self) -> Step[V]:
        """
        Decide what a reader does now; registers the load that it is told to lead.

        Returns:
            An expired value is to be served: somebody else loads. None is to wait until
            Redis has answered.
        """
        with self._lock:
            now_s = self._clock.monotonic_s()
            reading = machine.read(self._view, self._terms, now_s)
            if reading is Nothing.UNVERIFIED:
                return None
            if isinstance(reading, Ready):
                return reading
            flight = self._under_way(now_s)
            if flight is None:
                return self._lead(now_s)
            return reading if isinstance(reading, Expired) else Join(flight)

    def land(self, flight: Flight[V], value: V, *, ttl_s: float) -> bool:
        """Keep what a flight loaded, unless it was overtaken; return whether it was kept."""
        held = Held(value, flight.began_s + ttl_s)
        with self._lock:
            kept = flight.era == self._view.era
            self._set(machine.loaded(self._view, era=flight.era, held=held))
            self._clear(flight)
        flight.landing.set_result(Loaded(value, kept))
        return kept

    def crash(self, flight: Flight[V], error: BaseException) -> None:
        """
        End a flight whose load failed.

        An error is shared by all who wait; after what ends a thread or a task, one of
        them loads in its place.
        """
        with self._lock:
            self._clear(flight)
        if isinstance(error, Exception):
            flight.landing.set_exception(error)
        else:
            flight.landing.set_result(None)

    def _lead(self, now_s: float) -> Lead[V]:
        """Register a new flight."""
        flight: Flight[V] = Flight(self._view.era, now_s, landing())
        self._flight = flight
        return Lead(flight)

    def _under_way(self, now_s: float) -> Flight[V] | None:
        """Return the load that a reader of this era may wait for."""
        flight = self._flight
        if flight is None or flight.era != self._view.era:
            return None
        return flight if now_s < flight.began_s + self._flight_s else None

    def _clear(self, flight: Flight[V]) -> None:
        """Forget a flight, unless another took its place."""
        if self._flight is flight:
            self._flight = None

    def _change(self, transition: Callable[[View[V]], View[V]]) -> bool:
        """Put the view through a transition; return whether a new era began."""
        with self._lock:
            before = self._view.era
            self._set(transition(self._view))
            return self._view.era != before

    def _set(self, view: View[V]) -> None:
        """Replace the view, and with it what is ready."""
        self._view = view
        self.ready = machine.ready(view, self._terms)
