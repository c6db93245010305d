"""
Settling: look, handle, mark, in that order, as steps that somebody else takes.

A generator, so that plain code and coroutines share one logic: it yields what is to be
done next and is sent the answer, or thrown the error. It knows no store and no clock.

Invariants: no key is marked before its handler returned. Events are settled in their
order, so that what is settled is always the first so many.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from hardening.dedup.errors import StoreUnavailable
from hardening.dedup.store import Claim, Sight

E = TypeVar("E")


class Outcome(StrEnum):
    """What became of an event."""

    PROCESSED = "processed"
    """Its handler returned, for the first time within the window."""
    DUPLICATE = "duplicate"
    """It was processed before; its handler was not called."""
    UNCHECKED = "unchecked"
    """Its handler returned; it has no key, or the store is away."""
    OFF = "off"
    """Its handler returned; the switch is off."""
    BUSY = "busy"
    """Somebody else is at it; nothing was done. Ask again, and acknowledge nothing."""


class OnFailure(StrEnum):
    """What a store that does not answer means for the events."""

    PROCESS = "process"
    """Handle them unchecked: duplicates may be handled, nothing waits."""
    RAISE = "raise"
    """Handle none: the error reaches the caller, who asks again later."""


@dataclass(frozen=True, slots=True)
class Settled:
    """
    How far a batch came.

    Attributes:
        outcomes: Of the first so many events, in their order; only the last may be
            `BUSY`.
        error: What ended the batch early: the handler's own error, or
            `StoreUnavailable`; None when nothing did.
    """

    outcomes: tuple[Outcome, ...]
    error: BaseException | None = None

    @property
    def count(self) -> int:
        """How many of the events, from the first on, may be acknowledged."""
        busy = bool(self.outcomes) and self.outcomes[-1] is Outcome.BUSY
        return len(self.outcomes) - busy


@dataclass(slots=True)
class Look:
    """Ask the store about keys; the answer is a sight for each, None if not asked."""

    keys: Sequence[bytes]
    claim: Claim | None


@dataclass(slots=True)
class Handle(Generic[E]):
    """Call the handler; the answer is whether the claim has still time left."""

    event: E


@dataclass(slots=True)
class Mark:
    """Tell the store what was processed."""

    keys: Sequence[bytes]
    claim: Claim | None


@dataclass(slots=True)
class Release:
    """Let go of what was claimed and not processed."""

    keys: Sequence[bytes]
    claim: Claim


Step = Look | Handle[E] | Mark | Release
Answer = Sequence[Sight] | bool | None
Steps = Generator[Step[E], Answer, Settled]


@dataclass(slots=True)
class _Round:
    """The events between two marks, and how far they came."""

    outcomes: list[Outcome] = field(default_factory=list)
    fresh: dict[bytes, None] = field(default_factory=dict)
    error: BaseException | None = None


def settle(
    events: Sequence[tuple[E, bytes | None]],
    *,
    batch: int,
    on_failure: OnFailure,
    claims: Callable[[], Claim | None],
) -> Steps[E]:
    """
    Settle events in their order; end at the first that cannot be.

    Args:
        events: Each with its packed key; None has no key.
        batch: How many at most between two marks: a crash repeats no more than these.
        on_failure: What a store that does not answer means.
        claims: Gives each round its claim; None claims nothing.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(events):
        part = events[len(outcomes) : len(outcomes) + batch]
        done = yield from _round(part, on_failure, claims())
        outcomes += done.outcomes
        ended = bool(done.outcomes) and done.outcomes[-1] is Outcome.BUSY
        if done.error is not None or ended:
            return Settled(tuple(outcomes), done.error)
    return Settled(tuple(outcomes))


def _round(
    events: Sequence[tuple[E, bytes | None]], on_failure: OnFailure, claim: Claim | None
) -> Generator[Step[E], Answer, _Round]:
    """Look once, handle what is new, and mark it at once."""
    keys = tuple(dict.fromkeys(key for _, key in events if key is not None))
    done = _Round()
    try:
        answer = (yield Look(keys, claim)) if keys else None
    except StoreUnavailable as error:
        if on_failure is OnFailure.RAISE:
            done.error = error
            return done
        answer = None
    sights = (
        None
        if not isinstance(answer, Sequence)
        else dict(zip(keys, answer, strict=True))
    )
    yield from _handled(events, sights, done)
    yield from _marked(done, on_failure, claim)
    if claim is not None and sights is not None:
        left = _left(sights, done.fresh)
        if left:
            yield from _released(Release(left, claim))
    return done


def _handled(
    events: Iterable[tuple[E, bytes | None]],
    sights: dict[bytes, Sight] | None,
    done: _Round,
) -> Generator[Step[E], Answer, None]:
    """Handle what is new, until an event is held, an error, or the claim's end."""
    outcomes, fresh = done.outcomes, done.fresh
    try:
        for event, key in events:
            sight = sights[key] if sights and key is not None else Sight.NEW
            if sight is Sight.SEEN or key in fresh:
                outcomes.append(Outcome.DUPLICATE)
                continue
            if sight is Sight.HELD:
                outcomes.append(Outcome.BUSY)
                return
            in_time = yield Handle(event)
            checked = sights is not None and key is not None
            outcomes.append(Outcome.PROCESSED if checked else Outcome.UNCHECKED)
            if key is not None:
                fresh[key] = None
            if not in_time:
                return
    except GeneratorExit:
        raise  # nobody takes the steps any more
    except BaseException as error:  # noqa: BLE001 - kept, and raised after the mark
        done.error = error


def _marked(
    done: _Round, on_failure: OnFailure, claim: Claim | None
) -> Generator[Step[E], Answer, None]:
    """Mark what was handled; what could not be marked counts as not settled."""
    if not done.fresh:
        return
    try:
        yield Mark(tuple(done.fresh), claim)
    except StoreUnavailable as error:
        if on_failure is OnFailure.RAISE:
            done.outcomes.clear()
            done.error = done.error or error


def _released(step: Release) -> Generator[Step[E], Answer, None]:
    """Let go of claims; where that fails, their lease runs out."""
    try:
        yield step
    except StoreUnavailable:
        return


def _left(sights: dict[bytes, Sight], fresh: dict[bytes, None]) -> tuple[bytes, ...]:
    """Return the keys that were claimed and not handled."""
    return tuple(
        key for key, sight in sights.items() if sight is Sight.NEW and key not in fresh
    )
