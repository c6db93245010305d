"""The work itself: checking one clip, step by step, and how that can go wrong."""

import threading
from dataclasses import dataclass, field
from typing import Final

from .faults import Faults
from .jobs import TEST_FAILURE, TEST_HANG, Attempt

_STEPS: Final = 3
_STEP_S: Final = 0.01


class ClipRejected(Exception):
    """The check of a clip failed; another attempt may succeed."""


class Abandoned(Exception):
    """The attempt no longer holds its job; nothing that it does counts."""


@dataclass(slots=True, eq=False)
class Work:
    """
    One attempt at work in this process.

    Attributes:
        attempt: Which.
        progress: Grows with every step; the heartbeat is written only when it does.
        watched: True when the heartbeat feature was on as the attempt began.
        abandoned: Set when the attempt has lost its job.
    """

    attempt: Attempt
    progress: int = 0
    watched: bool = False
    abandoned: threading.Event = field(default_factory=threading.Event)


def check_clip(work: Work, faults: Faults, stall_s: float) -> None:
    """
    Check a clip; return when it is good.

    Raises:
        ClipRejected: The check failed.
        Abandoned: The check hung until the job was taken away.
    """
    attempt = work.attempt
    if attempt.clip == TEST_FAILURE or _hit("fail_rate", attempt, faults):
        message = f"clip '{attempt.clip}' cannot be decoded"
        raise ClipRejected(message)
    if attempt.clip == TEST_HANG or _hit("hang_rate", attempt, faults):
        work.abandoned.wait()
        raise Abandoned
    if _hit("stall_rate", attempt, faults):
        threading.Event().wait(stall_s)
    for _ in range(_STEPS):
        threading.Event().wait(_STEP_S)
        work.progress += 1


def _hit(kind: str, attempt: Attempt, faults: Faults) -> bool:
    """Tell whether a fault is injected into this job."""
    return faults.job_misbehaves(kind, attempt.tenant, attempt.job_id)
