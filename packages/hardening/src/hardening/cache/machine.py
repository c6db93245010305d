"""
The view: what one process knows of the shared generation, and the value it may serve.

Pure: every function takes a view and returns the next. A view lives through eras; each
change of the generation, known or suspected, starts a new one, in which nothing of the
old one counts: neither its value, nor its loads, nor the answers to its questions.

Invariant: a value is served only in the era in which its load began, and only for a
limited time after the last question that Redis answered with the era's generation. The
time runs from when the question was sent: Redis answered later, so that whoever raises
the generation and then waits as long has outwaited every reader.

Source:
    Gray and Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for Distributed
    File Cache Consistency (SOSP 1989).
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    How long things are good for.

    Attributes:
        stale_s: A value is served for this long after the generation was last verified.
        grace_s: An expired value is served for this long while another caller loads.
    """

    stale_s: float
    grace_s: float


@dataclass(frozen=True, slots=True)
class Held(Generic[V]):
    """A value, and when it expires on the monotonic clock. It is not in its repr."""

    value: V
    expires_s: float

    def __repr__(self) -> str:
        """Return the expiry alone: the value may be a secret."""
        return f"Held(expires_s={self.expires_s})"


@dataclass(frozen=True, slots=True)
class View(Generic[V]):
    """
    What a process knows.

    Attributes:
        era: Grows with every change of the generation.
        generation: Verified in this era; None before the first answer.
        asked_s: When the question was sent that verified it last.
        held: The value that was loaded in this era, if there is one.
    """

    era: int = 0
    generation: str | None = None
    asked_s: float = float("-inf")
    held: Held[V] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A look at the generation: the era in which it was sent, and when."""

    era: int
    sent_s: float


@dataclass(frozen=True, slots=True)
class Ready(Generic[V]):
    """A value to serve without another thought until then."""

    value: V
    until_s: float


@dataclass(frozen=True, slots=True)
class Expired(Generic[V]):
    """A value past its time, good enough while somebody loads a new one."""

    value: V


class Nothing(Enum):
    """Why there is nothing to serve."""

    ABSENT = "absent"
    """A load that begins now belongs to the view's era."""
    UNVERIFIED = "unverified"
    """Nothing may be served or kept before Redis answers."""


Reading = Ready[V] | Expired[V] | Nothing


def dropped(view: View[V]) -> View[V]:
    """Return the view in a new era, in which nothing is known."""
    return View(view.era + 1)


def told(view: View[V], generation: str) -> View[V]:
    """Return the view after somebody announced a generation."""
    return view if generation == view.generation else dropped(view)


def looked(view: View[V], question: Question, generation: str) -> View[V]:
    """
    Return the view after Redis answered a question with a generation.

    An answer of another era is no news. A generation that differs from the era's ends
    the era and verifies nothing: Redis was told that the old one is still in use, and
    must hear that it is not before this process counts as up to date.
    """
    if question.era != view.era:
        return view
    if view.generation not in {None, generation}:
        return dropped(view)
    return replace(view, generation=generation, asked_s=question.sent_s)


def loaded(view: View[V], *, era: int, held: Held[V]) -> View[V]:
    """Return the view after a load; unchanged when it began in another era."""
    return replace(view, held=held) if era == view.era else view


def read(view: View[V], terms: Terms, now_s: float) -> Reading[V]:
    """Decide what a reader gets now."""
    if not _is_verified(view, terms, now_s):
        return Nothing.UNVERIFIED
    if view.held is None or now_s >= view.held.expires_s + terms.grace_s:
        return Nothing.ABSENT
    if now_s >= view.held.expires_s:
        return Expired(view.held.value)
    return Ready(view.held.value, _until_s(view, view.held, terms))


def ready(view: View[V], terms: Terms) -> Ready[V] | None:
    """Return what may be served, and until when, if there is a value at all."""
    if view.generation is None or view.held is None:
        return None
    return Ready(view.held.value, _until_s(view, view.held, terms))


def _is_verified(view: View[V], terms: Terms, now_s: float) -> bool:
    """Tell whether the generation was verified, and lately enough."""
    return view.generation is not None and now_s < view.asked_s + terms.stale_s


def _until_s(view: View[V], held: Held[V], terms: Terms) -> float:
    """Return when the value has to be looked at again."""
    return min(held.expires_s, view.asked_s + terms.stale_s)
