"""
The watch: a thread that keeps one cell up to date with the shared generation.

It listens for announcements, which arrive within milliseconds, and looks for itself
every second, because an announcement can be lost. It is the only place where a cache
waits for Redis on behalf of readers; they never do, unless nothing was verified yet.
"""

from contextlib import suppress
from threading import Event, Thread
from typing import Any

from hardening.cache.cell import Cell
from hardening.cache.counts import Counts
from hardening.cache.events import CacheEvent, CacheReachable, CacheUnreachable
from hardening.cache.generations import Generations, Subscription, Unreachable
from hardening.cache.landing import Landing, landing
from hardening.core import Clock, Listener

_LISTEN_S = 0.1  # how soon the thread notices that it is to end
_LOOKS_MAX = 8  # in a row; a generation that is raised faster is caught up with later


class Watch:
    """
    Looks after one cell; started once, ended once.

    Args:
        cell: What is kept up to date.
        generations: The shared generation.
        name: What it is of.
        member: Who this process is.
        poll_s: How often to look without an announcement.
        term_s: For how long the cell serves after a look.
        clock: Measures.
        counts: Where failures are counted.
        listener: Told when Redis is out of reach, and back; what it raises here is lost.
    """

    def __init__(
        self,
        cell: Cell[Any],
        generations: Generations,
        *,
        name: str,
        member: str,
        poll_s: float,
        term_s: float,
        clock: Clock,
        counts: Counts,
        listener: Listener[CacheEvent],
    ) -> None:
        self._cell = cell
        self._generations = generations
        self._name = name
        self._member = member
        self._poll_s = poll_s
        self._term_s = term_s
        self._clock = clock
        self._counts = counts
        self._listener = listener
        self._ending = Event()
        self._turn: Landing[None] = landing()
        self._next_look_s = 0.0
        self._asked_s: float | None = clock.monotonic_s()
        self._thread = Thread(target=self._run, name=f"cache {name}", daemon=True)
        self.failing = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, within_s: float) -> None:
        """End the thread, and stop counting as a reader."""
        self._ending.set()
        self._thread.join(within_s)
        self._cell.drop()
        try:
            self._generations.leave(self._name, self._member)
        except Unreachable:
            return  # whoever invalidates next outwaits this member

    def turn(self) -> "Landing[None]":
        """Return what is done when the look that is under way, or the next, ends."""
        return self._turn

    def hurry(self) -> None:
        """Look within a tenth of a second."""
        self._next_look_s = 0.0

    def waits_s(self) -> float:
        """Return for how long Redis has owed an answer; 0 when nothing is asked."""
        asked_s = self._asked_s
        return 0.0 if asked_s is None else self._clock.monotonic_s() - asked_s

    def _run(self) -> None:
        while not self._ending.is_set():
            self._asked_s = self._clock.monotonic_s()
            try:
                with self._generations.subscribe(self._name) as announced:
                    self._look()
                    self._follow(announced)
            except Exception as error:  # noqa: BLE001 - whatever it is, the watch goes on
                self._failed(error)

    def _follow(self, announced: Subscription) -> None:
        """Listen and look until the thread is ended."""
        while not self._ending.is_set():
            left_s = self._next_look_s - self._clock.monotonic_s()
            generation = announced.next(max(0.0, min(left_s, _LISTEN_S)))
            if generation is None:
                if left_s <= 0:
                    self._look()
            elif not generation or self._cell.told(generation):
                self._look()

    def _look(self) -> None:
        """Look until the cell is up to date."""
        for _ in range(_LOOKS_MAX):
            question, seen = self._cell.question()
            self._asked_s = question.sent_s
            generation = self._generations.look(
                self._name, member=self._member, seen=seen, term_s=self._term_s
            )
            if not self._cell.looked(question, generation):
                break
        self._next_look_s = self._clock.monotonic_s() + self._poll_s
        self._answered()

    def _answered(self) -> None:
        """Let those go on who waited, and tell that Redis is back if it was away."""
        was_failing, self.failing = self.failing, False
        self._next_turn()
        if was_failing:
            self._tell(CacheReachable(cache=self._name))

    def _failed(self, error: Exception) -> None:
        """Let those go on who waited, tell it once, and wait before trying again."""
        was_failing, self.failing = self.failing, True
        self._counts.unreachable += 1
        self._next_turn()
        if not was_failing:
            self._tell(CacheUnreachable(cache=self._name, error=error))
        self._ending.wait(self._poll_s)

    def _tell(self, event: CacheEvent) -> None:
        """Tell the listener; what it raises must not end the watch."""
        with suppress(Exception):  # there is nobody left to tell
            self._listener(event)

    def _next_turn(self) -> None:
        """End a turn and begin the next."""
        self._asked_s = None
        turn, self._turn = self._turn, landing()
        turn.set_result(None)
