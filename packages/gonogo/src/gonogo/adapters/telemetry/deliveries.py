"""
The watcher that tells other tools of rollouts, at least once.

What is seen is sent at once. What could not be sent, or was not seen by this process,
is read from the journal and sent later, also after a restart: the journal is the queue,
and `Delivered` says how far others were told.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Protocol

from gonogo.adapters.telemetry.cdevents import CloudEvent, cdevent_of, concerns
from gonogo.adapters.telemetry.continuity import Continuity
from gonogo.adapters.telemetry.delivered import Delivered, Told
from gonogo.adapters.telemetry.outbox import Outbox
from gonogo.adapters.telemetry.receiver import NotReceived, Receiver, Refused
from gonogo.decision.evolve import replay
from gonogo.decision.state import RolloutState
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.model.standing import Standing
from gonogo.ports.telemetry import EngineMetrics

History = Callable[[RolloutId], Sequence[Record]]
Standings = Callable[[], Iterable[Standing]]

FILE = "cdevents.db"
_NAME = "cdevents"
AGAIN_S = 15.0
_log = logging.getLogger("gonogo.telemetry")


@contextmanager
def delivering(
    url: str,
    *,
    source: str,
    folder: Path,
    history: History,
    standings: Standings,
    metrics: EngineMetrics,
    now: datetime,
) -> Iterator["Deliveries"]:
    """
    Yield a watcher that tells an address, beginning with what it was not told yet.

    Args:
        url: Takes an event a request.
        source: Names this gonogo among others, as a URI reference.
        folder: Where it is kept how far others were told; made when needed.
        history: Reads a rollout's records from the first on; from another thread.
        standings: Reads where every rollout stands; from another thread.
        metrics: Is told what was dropped.
        now: The wall clock: what was recorded before the first time is not told.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = Event()
    with (
        closing(Delivered(folder / FILE, now)) as delivered,
        closing(Receiver(url, ending)) as receiver,
        closing(
            Deliveries(
                receiver,
                history=history,
                standings=standings,
                delivered=delivered,
                source=source,
                metrics=metrics,
                ending=ending,
            )
        ) as deliveries,
    ):
        yield deliveries


class Poster(Protocol):
    """Whoever takes events away; for one thread."""

    def post(self, event: CloudEvent) -> None:
        """Send an event; raise `NotReceived` or `Refused`."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """Records to tell of; `whole` when none were missed before them."""

    state: RolloutState
    records: tuple[Record, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """Look through all rollouts for what others were not told."""


class Deliveries:
    """
    Implements `runner.watching.Watcher`.

    Args:
        poster: Takes the events.
        history: Reads a rollout's records from the first on; from another thread.
        standings: Reads where every rollout stands; from another thread.
        delivered: How far others were told.
        source: Names this gonogo among others, as a URI reference.
        metrics: Is told what was dropped.
        ending: Set when it is closed, to end what its poster waits for.
        again_s: How long after a failure the rest is tried.
    """

    def __init__(
        self,
        poster: Poster,
        *,
        history: History,
        standings: Standings,
        delivered: Delivered,
        source: str,
        metrics: EngineMetrics,
        ending: Event,
        again_s: float = AGAIN_S,
    ) -> None:
        self._poster, self._history, self._standings = poster, history, standings
        self._delivered, self._source, self._metrics = delivered, source, metrics
        self._continuity = Continuity()
        # Something was not taken in: the journal has to be looked through.
        self._missed, self._failing = Event(), False
        # Rollouts of which others were not told all, the longest behind first.
        self._behind: dict[RolloutId, None] = {}
        self._outbox: Outbox[_Seen | _Look] = Outbox(
            _NAME,
            self._deliver,
            metrics=metrics,
            closing=ending,
            pause_s=again_s,
            rest=self._rest,
        )
        self.look()

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Hand on what others may be told, without waiting."""
        if not records:
            return
        kept = tuple(record for record in records if concerns(record.event))
        self._continuity.seen(
            records,
            ended=state.ended,
            offer=lambda whole: self._offer(_Seen(state, kept, whole)),
            wanted=bool(kept),
        )

    def _offer(self, seen: _Seen) -> bool:
        taken = self._outbox.offer(seen)
        if not taken:
            self._missed.set()
        return taken

    def look(self) -> None:
        """Look through all rollouts for what others were not told, and tell it."""
        self._outbox.offer(_Look())

    def close(self) -> None:
        """Send what is left, for a few seconds at most; the rest is for later."""
        self._outbox.close()

    # -- on the outbox's thread ------------------------------------------------

    def _deliver(self, batch: Sequence[_Seen | _Look]) -> None:
        with self._missing_nothing():
            for item in batch:
                match item:
                    case _Look():
                        self._look_through()
                    case _Seen(state, records, whole):
                        self._tell_or_keep(state, records, whole=whole)
            self._catch_up()

    def _rest(self) -> None:
        with self._missing_nothing():
            if self._missed.is_set():
                self._missed.clear()
                self._look_through()
            self._catch_up()

    @contextmanager
    def _missing_nothing(self) -> Iterator[None]:
        """Have the journal looked through again, should anything fail here."""
        try:
            yield
        except Exception:
            self._missed.set()
            raise

    def _look_through(self) -> None:
        self._behind |= dict.fromkeys(self._delivered.behind(self._standings()))

    def _tell_or_keep(
        self, state: RolloutState, records: Sequence[Record], *, whole: bool
    ) -> None:
        """Tell of records at once, when nothing earlier is left to tell."""
        if self._behind or not whole or not self._told(state, records):
            self._behind[state.rollout] = None

    def _catch_up(self) -> None:
        """Tell what is left of each rollout that is behind, until that fails."""
        while self._behind:
            rollout = next(iter(self._behind))
            records = self._history(rollout)
            state = replay(record.event for record in records)
            if state is not None and not self._told(state, records):
                return
            del self._behind[rollout]

    def _told(self, state: RolloutState, records: Sequence[Record]) -> bool:
        """Tell of records what was not told yet; return whether all of it was."""
        told = self._delivered.told(state.rollout) or Told(0)
        try:
            for record in records:
                if (
                    record.seq > told.seq
                    and record.recorded_at >= self._delivered.since
                ):
                    self._tell(record, state)
        except NotReceived as error:
            self._failed(error)
            return False
        self._delivered.note(state.rollout, Told(records[-1].seq, state.phase.value))
        self._failing = False
        return True

    def _tell(self, record: Record, state: RolloutState) -> None:
        event = cdevent_of(record, state, self._source)
        if event is None:
            return
        try:
            self._poster.post(event)
        except Refused as error:
            self._metrics.dropped(_NAME, 1)
            _log.warning("%s", error)
        self._delivered.note(state.rollout, Told(record.seq))

    def _failed(self, error: NotReceived) -> None:
        """Say it once, until it goes well again."""
        if not self._failing:
            _log.warning("%s It is sent later, from the journal.", error)
        self._failing = True
