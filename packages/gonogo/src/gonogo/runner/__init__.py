"""The loop: read, decide, journal, perform, recover. It names no adapter."""

from gonogo.runner.loop import Runner, Watcher

__all__ = ["Runner", "Watcher"]
