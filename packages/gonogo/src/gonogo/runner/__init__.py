"""The engine: read, decide, journal, perform, recover. It names no adapter."""

from gonogo.runner.alone import Alone
from gonogo.runner.crew import ThreadedCrew
from gonogo.runner.engine import Engine
from gonogo.runner.watching import Alarms, Watcher

__all__ = ["Alarms", "Alone", "Engine", "ThreadedCrew", "Watcher"]
