"""Lanes: threads that many kinds of work share, so that none holds up another."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gonogo.ports.telemetry import UNMEASURED, EngineMetrics

Job = Callable[[], None]


@dataclass(slots=True)
class _Lane:
    """Jobs that wait; how many of them may be begun now; how many are at work."""

    jobs: deque[Job] = field(default_factory=deque)
    turns: int = 0
    at_work: int = 0


class Lanes:
    """
    Does jobs on threads, each in its lane; the lanes take turns.

    A lane has so many of its jobs done at once, and the rest wait behind them: a source
    that hangs fills its own lane and no other. A job must not raise.

    Args:
        name: Of the threads, and before the lanes' names in the figures.
        most: Threads at once, over all lanes. They are started as they are needed, and
            are daemons: work that hangs must not keep the process alive.
        most_each: Jobs at once in one lane.
    """

    def __init__(
        self,
        name: str,
        *,
        most: int,
        most_each: int,
        metrics: EngineMetrics = UNMEASURED,
    ) -> None:
        self._name, self._most, self._most_each = name, most, most_each
        self._metrics = metrics
        self._lanes: dict[str, _Lane] = {}
        # The lanes with a job that may be begun, in the order of their turns.
        self._ready: deque[str] = deque()
        self._changed = threading.Condition()
        self._threads = self._idle = 0

    def submit(self, lane: str, job: Job) -> None:
        """Do a job as soon as its lane and the threads allow."""
        with self._changed:
            found = self._lanes.setdefault(lane, _Lane())
            found.jobs.append(job)
            self._metrics.waiting(f"{self._name} {lane}", len(found.jobs))
            self._give_turns(lane, found)

    def _give_turns(self, name: str, lane: _Lane) -> None:
        """Let a job of a lane be begun, when one waits and the lane is not full."""
        full = lane.turns + lane.at_work >= self._most_each
        if full or len(lane.jobs) <= lane.turns:
            return
        lane.turns += 1
        self._ready.append(name)
        if self._idle < len(self._ready) and self._threads < self._most:
            self._threads += 1
            title = f"gonogo {self._name} {self._threads}"
            threading.Thread(target=self._work, name=title, daemon=True).start()
        else:
            self._changed.notify()

    def _work(self) -> None:
        while True:
            name, lane, job = self._next()
            job()
            del job  # A thread that waits must not keep what it worked for alive.
            with self._changed:
                lane.at_work -= 1
                self._metrics.busy(f"{self._name} {name}", lane.at_work)
                self._give_turns(name, lane)
                if not (lane.jobs or lane.at_work):
                    self._lanes.pop(name, None)

    def _next(self) -> tuple[str, _Lane, Job]:
        with self._changed:
            self._idle += 1
            while not self._ready:
                self._changed.wait()
            self._idle -= 1
            name = self._ready.popleft()
            lane = self._lanes[name]
            lane.turns -= 1
            lane.at_work += 1
            self._metrics.busy(f"{self._name} {name}", lane.at_work)
            job = lane.jobs.popleft()
            self._metrics.waiting(f"{self._name} {name}", len(lane.jobs))
            return name, lane, job
