"""Fleets of workers that the suite of the shards drives, in processes or in memory."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from threading import Condition, Thread
from typing import Any

from gonogo.model.shard import Fence, Shard
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.shards import EVERY_SHARD, Turns
from tests.conformance import shard_worker

_PATIENCE_S = 40.0  # of a machine that is busy with other tests

# Workers are forked from a process that has imported all they need, which takes a
# second or two; a fork of this one would share its threads' locks.
_NURSERY = get_context("forkserver")
_NURSERY.set_forkserver_preload([shard_worker.__name__])


@dataclass(eq=False)
class Seen:
    """
    What one worker said, in order; each is a mapping with `event` and `at`.

    Attributes:
        held: By shard, what was said when it was taken.
    """

    log: list[dict[str, Any]] = field(default_factory=list)
    held: dict[Shard, dict[str, Any]] = field(default_factory=dict)
    changed: Condition = field(default_factory=Condition)

    def add(self, said: dict[str, Any]) -> None:
        """Note one thing said."""
        with self.changed:
            self.log.append(said)
            if said["event"] == "taken":
                self.held[Shard(said["shard"])] = said
            if said["event"] == "left":
                self.held.pop(Shard(said["shard"]), None)
            self.changed.notify_all()

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until something is true of what was said."""
        with self.changed:
            assert self.changed.wait_for(true, _PATIENCE_S), f"never saw: {what}"

    def until_said(self, event: str) -> dict[str, Any]:
        """Return the first thing of a kind that was said, once there is one."""
        self.until(lambda: any(e["event"] == event for e in self.log), event)
        return next(e for e in self.log if e["event"] == event)

    def all(self, event: str) -> list[dict[str, Any]]:
        """Return everything of a kind that was said until now."""
        with self.changed:
            return [e for e in self.log if e["event"] == event]


class ProcessWorker:
    """A worker in a process of its own."""

    def __init__(self, kind: str, place: str, turn_s: float) -> None:
        self.seen = Seen()
        self._line, theirs = _NURSERY.Pipe()
        arguments = kind, place, turn_s, theirs
        self.process = _NURSERY.Process(target=shard_worker.main, args=arguments)
        self.process.start()
        theirs.close()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self.process.pid is not None
        return self.process.pid

    def say(self, word: str) -> None:
        """Tell the worker one word."""
        self._line.send(word)

    def close(self) -> None:
        """Let the worker end as it should, and wait for it."""
        self.say("close")
        self.seen.until_said("closed")

    def kill(self) -> None:
        """End the process on the spot."""
        self.process.kill()
        self.process.join()

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        os.kill(self.pid, number)

    def clear(self) -> None:
        """Leave nothing behind, however the test ended."""
        self.kill()
        self._reader.join()
        self._line.close()
        self.process.close()

    def _read(self) -> None:
        with suppress(EOFError, ConnectionResetError):
            while True:
                self.seen.add(self._line.recv())


class MemoryWorker:
    """A worker in this process, over `testing.shards`."""

    def __init__(self, turns: Turns) -> None:
        self.seen = Seen()
        self.busy = False
        self._turns, self.shards = turns, turns.shards()
        self.shards.open(self)

    def taken(self, fence: Fence, *, clean: bool) -> None:
        """Note a turn."""
        self._note("taken", shard=fence.shard, epoch=fence.epoch, clean=clean)

    def leave(self, shard: Shard) -> bool:
        """Note the end of a turn, unless an action is under way."""
        self._note("refused" if self.busy else "left", shard=shard)
        return not self.busy

    def close(self) -> None:
        """Let every turn end."""
        self.shards.close()

    def kill(self) -> None:
        """End on the spot."""
        self._turns.crash(self.shards)

    def clear(self) -> None:
        """Nothing stays behind."""

    def _note(self, event: str, **what: object) -> None:
        self.seen.add({"event": event, "at": time.monotonic(), **what})


Worker = ProcessWorker | MemoryWorker


@dataclass
class Fleet:
    """
    Starts workers of one kind at one place, and ends what is left of them.

    Attributes:
        kind: `memory`, `locked` or `dbos`.
        place: A folder or the address of a database.
    """

    kind: str
    place: str = ""
    turns: Turns = field(default_factory=lambda: Turns(MemoryJournal()))
    started: list[Worker] = field(default_factory=list)

    def start(self, *, turn_s: float = 60.0) -> Worker:
        """Return a worker that has begun, which need not hold anything yet."""
        if self.kind == "memory":
            worker: Worker = MemoryWorker(self.turns)
        else:
            worker = ProcessWorker(self.kind, self.place, turn_s)
        self.started.append(worker)
        return worker

    def start_whole(self, *, turn_s: float = 60.0) -> Worker:
        """Return a worker that holds every shard."""
        worker = self.start(turn_s=turn_s)
        until_held(worker, len(EVERY_SHARD))
        return worker

    def clear(self) -> None:
        """End every worker."""
        for worker in self.started:
            worker.clear()


def until_held(worker: Worker, least: int) -> None:
    """Wait until a worker holds so many shards."""
    held = worker.seen.held
    worker.seen.until(lambda: len(held) >= least, f"{least} shards held")
