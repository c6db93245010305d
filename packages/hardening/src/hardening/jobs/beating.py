"""`beat`: the work of a job says that it has moved on, from wherever it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hardening.jobs.heart import Heart
from hardening.jobs.pulse import Attempt, Pulse

_CURRENT: ContextVar[Pulse | None] = ContextVar("hardening_jobs_pulse", default=None)


def beat(progress: float | None = None, note: str | None = None) -> None:
    """
    Say that the running job has moved on; nothing outside of a watched job.

    Call it after each step of the work: a row, a page, a request. Never call it from a
    timer, which would beat for a job that hangs. Threads that the job starts by itself
    need `copy_context`, or the pulse of `current_pulse`.

    Args:
        progress: From 0 to 1, or any number that grows.
        note: What was done, in a few words; no secrets, it is shown to operators.

    Raises:
        Fenced: The job was taken from this attempt; stop.
        TypeError, ValueError: The progress is no number.
    """
    pulse = _CURRENT.get()
    if pulse is not None:
        pulse(progress, note)


def current_pulse() -> Pulse | None:
    """Return the pulse of the running job, to hand to a thread; None without one."""
    return _CURRENT.get()


@contextmanager
def watched(heart: Heart, attempt: Attempt) -> Iterator[Pulse]:
    """Let `beat` within the block speak for an attempt."""
    with heart.attempt(attempt) as pulse:
        token = _CURRENT.set(pulse)
        try:
            yield pulse
        finally:
            _CURRENT.reset(token)
