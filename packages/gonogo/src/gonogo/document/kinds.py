"""The kinds that a reading tells apart: what a box, a command, a line … is for."""

from enum import StrEnum


class BoxKind(StrEnum):
    """What ticking a checklist item means."""

    DO = "do"
    VERIFY = "verify"
    WAIT = "wait"
    CHOICE = "choice"
    TRIGGER = "trigger"
    APPROVE = "approve"
    FILL_IN = "fill_in"
    GROUP = "group"


class CommandRole(StrEnum):
    """What a fenced block is there for."""

    DO = "do"
    VERIFY = "verify"
    ROLLBACK = "rollback"
    MONITOR = "monitor"
    REFERENCE = "reference"
    SAMPLE_OUTPUT = "sample_output"
    CONFIG = "config"


class GateContext(StrEnum):
    """Whether a condition must hold, must not, or is told for information."""

    MUST_HOLD = "must_hold"
    MUST_NOT = "must_not"
    INFO = "info"


class WaitKind(StrEnum):
    """What a stated span means; `WAIT` and `SOAK` hold the procedure."""

    WAIT = "wait"
    SOAK = "soak"
    CADENCE = "cadence"
    ESTIMATE = "estimate"
    DEADLINE = "deadline"


HOLDING = frozenset({WaitKind.WAIT, WaitKind.SOAK})
"""The kinds of wait that hold the procedure."""


class RollbackScope(StrEnum):
    """How far a rollback reaches."""

    GLOBAL = "global"
    STAGE = "stage"
    SCENARIO = "scenario"


class ApprovalTime(StrEnum):
    """Whether an approval is due before the work or signs it off."""

    BEFORE = "before"
    SIGN_OFF = "sign_off"


class Use(StrEnum):
    """What becomes of a line of the document."""

    RUN = "run"
    ASKED = "asked"
    JUDGED = "judged"
    STRUCTURE = "structure"
    SHOWN = "shown"
