"""
A worker that takes shards and does nothing there: run as a process by the tests.

It says so for each shard that it takes, refuses to leave and leaves, and obeys words:
`busy` (an action is under way everywhere), `free`, `fenced` (an append at shard 0 was
refused), `close`.
"""

import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread

from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.adapters.journals.sqlite import SqliteJournal
from gonogo.adapters.shards.dbos import DbosShards, Pace
from gonogo.adapters.shards.errors import ShardsUnusable, WorkspaceBusy
from gonogo.adapters.shards.locked import LockedShards
from gonogo.model.shard import Fence, Shard
from gonogo.ports.shards import Shards


class Speaking:
    """Takes whatever it is given, and says so."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self.busy = False
        self.fences: dict[Shard, Fence] = {}
        self._lock = Lock()

    def taken(self, fence: Fence, *, clean: bool) -> None:
        """Say that a shard was taken."""
        self.fences[fence.shard] = fence
        self.say(event="taken", shard=fence.shard, epoch=fence.epoch, clean=clean)

    def leave(self, shard: Shard) -> bool:
        """Say that a shard was left, unless an action is under way."""
        if self.busy:
            self.say(event="refused", shard=shard)
            return False
        self.fences.pop(shard, None)
        self.say(event="left", shard=shard)
        return True

    def say(self, **what: object) -> None:
        """Say one thing; many threads may."""
        with self._lock:
            self._line.send({"at": time.monotonic(), **what})


def main(kind: str, place: str, turn_s: float, line: Connection) -> None:
    """Run until told to close, or until nobody listens any more."""
    taker, shards = Speaking(line), _shards(kind, place, turn_s)
    try:
        shards.open(taker)
    except (WorkspaceBusy, ShardsUnusable) as error:
        taker.say(event="failed", error=type(error).__name__, message=str(error))
        return
    taker.say(event="open")
    with suppress(EOFError):
        while True:
            word = line.recv()
            _obey(word, taker, shards)
            taker.say(event="obeyed", word=word, alive=shards.alive())


def _obey(word: str, taker: Speaking, shards: Shards) -> None:
    if word == "close":
        Thread(target=_close, args=(taker, shards)).start()
    elif word == "fenced":
        shards.fenced_off(taker.fences.pop(Shard(0)))
    else:
        taker.busy = word == "busy"


def _close(taker: Speaking, shards: Shards) -> None:
    shards.close()
    taker.say(event="closed", alive=shards.alive())


def _shards(kind: str, place: str, turn_s: float) -> Shards:
    if kind == "locked":
        folder = Path(place)
        return LockedShards(folder, SqliteJournal(folder / "gonogo.db"))
    return DbosShards(place, PostgresJournal(place), pace=Pace(turn_s=turn_s))
