"""Fakes for services that use the kit: time that a test moves, chance that it scripts."""

from hardening.testing.clock import FakeClock
from hardening.testing.entropy import ScriptedEntropy

__all__ = ["FakeClock", "ScriptedEntropy"]
