"""
The heart: a thread that writes the beats of all attempts in this process.

The beats come from the work; the writing is a thread's, so that a job which blocks the
event loop is still seen to move on, and a slow database never slows a job. All attempts
are written in one statement, once a second at most.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Protocol, Self

from hardening.core import (
    Clock,
    Kind,
    Listener,
    Measure,
    Sample,
    SystemClock,
    ignore,
    is_number,
    require,
)
from hardening.jobs.events import HeartbeatsNotWritten
from hardening.jobs.outlived import outlived
from hardening.jobs.pulse import Attempt, Beat, Pulse

_CLOCK = SystemClock()
_STOP_S = 5.0  # long enough for one statement; the thread is a daemon and ends anyway
_EVERY_MOST_S = 3_600.0  # a beat that is written later than this helps nobody
_SLOWER_MOST = 5  # times the interval, between tries while the database is gone


class Beats(Protocol):
    """Where beats are written. Called by one thread, which may wait."""

    def write(
        self, beats: Sequence[tuple[Attempt, Beat]], now_s: float
    ) -> frozenset[Attempt]:
        """
        Write the newest beat of each attempt.

        Args:
            beats: Each attempt once.
            now_s: On the clock of the beats; a beat's age is counted from it.

        Returns:
            Those that still own their jobs. A repeat changes nothing.
        """
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


class Heart:
    """
    Writes beats for one process; thread-safe.

    The thread starts with the first attempt and ends with `stop`, or with the process.
    After a failure the beats are kept and tried again, every second at first.

    Args:
        beats: Where they are written: `PostgresBeats(connecting(url))`.
        every_s: At most one writing in this many seconds; an hour at most.
        listener: Told when beats could not be written; what it raises is logged.
        clock: Measures how old a beat is when it is written.
    """

    def __init__(
        self,
        beats: Beats,
        *,
        every_s: float = 1.0,
        listener: Listener[HeartbeatsNotWritten] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        rule, holds = "more than 0 and 3600 at most", is_number(every_s)
        holds = holds and 0 < every_s <= _EVERY_MOST_S
        require("Heart.every_s", every_s, rule, holds=holds)
        self._beats = beats
        self._every_s = every_s
        self._listener = outlived(listener)
        self._clock = clock
        self._pulses: set[Pulse] = set()
        self._lock = Lock()
        self._wake = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._beaten = self._written = self._failures = 0

    @contextmanager
    def attempt(self, attempt: Attempt) -> Iterator[Pulse]:
        """Give the pulse of an attempt, for as long as it runs."""
        pulse = Pulse(attempt, self._clock.monotonic_s, self._wake)
        with self._lock:
            self._pulses.add(pulse)
            self._start()
        self._wake.set()
        try:
            yield pulse
        finally:
            with self._lock:
                self._pulses.discard(pulse)
                self._beaten += pulse.beats

    def write(self) -> None:
        """Write what is unwritten, now; the thread does this by itself."""
        with self._lock:
            pulses = tuple(self._pulses)
        due = [(pulse, beat) for pulse in pulses if (beat := pulse.unwritten())]
        if not due:
            return
        beats = [(pulse.attempt, beat) for pulse, beat in due]
        current = self._beats.write(beats, self._clock.monotonic_s())
        for pulse, beat in due:
            pulse.wrote(beat)
            # An attempt that has ended meanwhile is not current either, and not told.
            pulse.fenced = pulse.attempt not in current
        self._written += len(current)

    def stop(self) -> None:
        """Write what is left, and end the thread; waits 5 s for it at most."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            self._wake.set()
            thread.join(_STOP_S)

    def __enter__(self) -> Self:
        """Return the heart."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def measures(self) -> Iterable[Measure]:
        """Return what this process counted."""
        with self._lock:
            running = tuple(self._pulses)
        beaten = self._beaten + sum(pulse.beats for pulse in running)
        for name, meaning, kind, count in (
            ("beats", "Beats of running jobs.", Kind.COUNTER, beaten),
            ("beats_written", "Beats written.", Kind.COUNTER, self._written),
            ("beat_failures", "Failed writings.", Kind.COUNTER, self._failures),
            ("beating", "Attempts under watch now.", Kind.GAUGE, len(running)),
        ):
            yield Measure(f"hardening_jobs_{name}", meaning, kind, (Sample(count),))

    def _start(self) -> None:
        """Start the thread, if there is none."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            name = "hardening-heart"
            self._thread = Thread(target=self._run, name=name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        """Write whenever there is something, once in an interval, until stopped."""
        slower = 1
        try:
            while not self._stopping.is_set():
                self._wake.wait()
                self._wake.clear()
                slower = 1 if self._wrote() else min(slower + 1, _SLOWER_MOST)
                self._stopping.wait(self._every_s * slower)
            self._wrote()
        finally:
            self._beats.close()

    def _wrote(self) -> bool:
        """Write; on failure tell, and come back by itself."""
        try:
            self.write()
        except Exception as error:  # noqa: BLE001 - whatever it is, jobs go on
            self._failures += 1
            self._wake.set()
            self._listener(HeartbeatsNotWritten(beats=len(self._pulses), error=error))
            return False
        return True
