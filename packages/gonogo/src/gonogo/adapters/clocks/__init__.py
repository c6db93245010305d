"""Clocks: the machine's own, and one that runs at another pace."""

from gonogo.adapters.clocks.paced import PacedClock, PaceInvalid
from gonogo.adapters.clocks.system import SystemClock

__all__ = ["PaceInvalid", "PacedClock", "SystemClock"]
