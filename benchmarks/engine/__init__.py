"""
Engine: how late it is under load, how soon it acts, and how long a command takes.

Lateness is that of a tick: from its due time to the turn that takes it. 'Acted on' is
from the command of another process, and 'turned back' from the look that breaks a
trigger, to the first undo begun. The world answers at once: it is the engine's own part.

    python -m benchmarks.engine --help    parts of it, larger loads, a profile
"""

from benchmarks.engine.rows import measure

__all__ = ["measure"]
