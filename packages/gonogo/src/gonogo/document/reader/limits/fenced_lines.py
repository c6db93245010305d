"""Fenced lines: a limit that stands on a line of a fence, and how it is meant."""

from dataclasses import dataclass

from gonogo.document.kinds import GateContext
from gonogo.document.reader.limits.judging import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """A limit on a line of a fence; `sets_off` where a rollback or alert hangs on it."""

    line: int
    text: str
    judged: Judged
    context: GateContext
    sets_off: bool = False
    response: str | None = None
