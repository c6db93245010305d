"""Sinks: where lines go, at once or by a thread of its own, with a bound and a count."""

import atexit
from collections import deque
from threading import Condition, Lock, Thread, current_thread
from typing import BinaryIO, Protocol

from hardening.core import Kind, Measure, Sample, renew_in_child, require

_END = b"\n"
_CLOSE_S = 5.0


class Sink(Protocol):
    """Takes lines; what cannot be written is counted, and never raised to a log call."""

    def write(self, line: bytes) -> None:
        """Take one line, without its end."""
        ...

    def close(self) -> None:
        """Write what is waiting, for a bounded time; the stream stays open."""
        ...

    def measures(self) -> tuple[Measure, ...]:
        """Return how many lines were written and lost."""
        ...


class StreamSink:
    """
    Writes each line at once, on the caller's thread; thread-safe.

    Args:
        stream: Opened for bytes.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = Lock()
        self._written = self._lost = 0
        renew_in_child(self, StreamSink.renew)

    def write(self, line: bytes) -> None:
        """Write a line; a stream that takes none counts it as lost."""
        with self._lock:
            try:
                self._stream.write(line + _END)
                self._stream.flush()
                self._written += 1
            except (OSError, ValueError):  # a closed pipe, a full disk, a closed file
                self._lost += 1

    def close(self) -> None:
        """Do nothing: nothing waits."""

    def measures(self) -> tuple[Measure, ...]:
        """Return how many lines were written and lost."""
        return _measures(self._written, self._lost)

    def renew(self) -> None:
        """Take a new lock in a forked child: the parent may have held the old one."""
        self._lock = Lock()


class QueuedSink:
    """
    Hands lines to a thread, so that a slow disk or pipe delays no caller.

    At most `capacity` lines wait; what comes then is dropped and counted, and once
    there is room again a line says how many. A forked child has a thread of its own.

    Args:
        sink: Where the thread writes.
        capacity: Lines that may wait.
    """

    def __init__(self, sink: Sink, *, capacity: int = 10_000) -> None:
        require("QueuedSink.capacity", capacity, "1 or more", holds=capacity >= 1)
        self._sink = sink
        self._capacity = capacity
        self._dropped = self._untold = 0
        self._closed = False
        self._thread: Thread | None = None
        self._waiting: deque[bytes] = deque()
        self._changed = Condition()
        renew_in_child(self, QueuedSink.renew)
        # A thread that is a daemon ends with the process; what waits must not.
        atexit.register(self.close)

    def write(self, line: bytes) -> None:
        """Queue a line, or drop it when too many wait; after `close`, write it."""
        with self._changed:
            if not self._closed:
                self._queue(line)
                return
        self._sink.write(line)

    def close(self) -> None:
        """Write what waits, for five seconds at most, and end the thread."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        atexit.unregister(self.close)
        if thread is not None and thread is not current_thread():
            thread.join(_CLOSE_S)

    def measures(self) -> tuple[Measure, ...]:
        """Return how many lines were written, lost and dropped, and how many wait."""
        return (
            *self._sink.measures(),
            Measure(
                "hardening_logs_dropped",
                "Log lines dropped because too many were waiting.",
                Kind.COUNTER,
                (Sample(self._dropped),),
            ),
            Measure(
                "hardening_logs_waiting",
                "Log lines that wait to be written.",
                Kind.GAUGE,
                (Sample(len(self._waiting)),),
            ),
        )

    def renew(self) -> None:
        """Start anew in a forked child: the parent writes what waited."""
        self._changed = Condition()
        self._waiting = deque()
        self._thread = None

    def _queue(self, line: bytes) -> None:
        """Add a line to those that wait; the lock is held."""
        if len(self._waiting) >= self._capacity:
            self._dropped += 1
            self._untold += 1
            return
        self._waiting.append(line)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="hardening-logs", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        """Write lines until the sink is closed and none waits."""
        while lines := self._take():
            for line in lines:
                self._sink.write(line)

    def _take(self) -> tuple[bytes, ...]:
        """Wait for lines and take them all; none is left once the sink is closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            told = (_tell_dropped(self._untold),) if self._untold else ()
            lines = (*self._waiting, *told)
            self._waiting.clear()
            self._untold = 0
            return lines


def _tell_dropped(count: int) -> bytes:
    """Return the line that says how many there should have been."""
    return b'{"level":"warning","event":"log_lines_dropped","count":%d}' % count


def _measures(written: int, lost: int) -> tuple[Measure, ...]:
    return (
        Measure(
            "hardening_logs_lines",
            "Log lines written.",
            Kind.COUNTER,
            (Sample(written),),
        ),
        Measure(
            "hardening_logs_lost",
            "Log lines that their stream did not take.",
            Kind.COUNTER,
            (Sample(lost),),
        ),
    )
