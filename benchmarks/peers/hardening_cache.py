"""Count cashews' stale reads after an invalidation, with its lock, in the same rounds."""

import asyncio
import json
import logging
import sys
import time

from cashews import Cache
from cashews.backends.redis import Redis
from cashews.picklers import PicklerType
from cashews.wrapper.backend_settings import register_backend

from benchmarks.peers.stale_rounds import LOAD_S, PAUSE_S, Board, Report, readers

TASKS, WARM_UP = 4, 5

# It takes redis:// addresses only, of its own accord; the client below knows sockets.
register_backend("unix", Redis, pass_uri=True, pickler=PicklerType.DEFAULT)


def main() -> None:
    """Print what the readers saw, and the milliseconds of each invalidation."""
    url, rounds, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with readers(read, url, processes=processes) as (board, report):
        took_ms = asyncio.run(change(url, board, rounds))
    json.dump(
        {
            "reads": report.reads,
            "stale": report.stale,
            "loads": report.loads,
            "ms": took_ms,
        },
        sys.stdout,
    )


async def change(url: str, board: Board, rounds: int) -> list[float]:
    """Change the value, round after round; return what each invalidation took."""
    cache = await connected(url)
    took_ms = []
    for _ in range(rounds):
        board.truth.value += 1
        began = time.perf_counter()
        await cache.delete("credential")
        took_ms.append((time.perf_counter() - began) * 1e3)
        board.confirmed.value = board.truth.value
        await asyncio.sleep(LOAD_S)
    await cache.close()
    return took_ms


def read(url: str, board: Board) -> None:
    """Read in this process until it is over."""
    logging.disable(logging.CRITICAL)
    asyncio.run(read_async(url, board))


async def read_async(url: str, board: Board) -> None:
    """Read in a few tasks until it is over."""
    cache, report = await connected(url), Report()

    async def load() -> int:
        value = int(board.truth.value)
        report.loads += 1
        await asyncio.sleep(LOAD_S)
        return value

    credential = cache(ttl="1h", key="credential", lock=True)(load)

    async def go_on() -> None:
        while board.going.value:
            floor = board.confirmed.value
            report.note(floor=floor, got=await credential())
            await asyncio.sleep(PAUSE_S)

    for _ in range(WARM_UP):
        await credential()
    board.ready.release()
    await asyncio.gather(*(go_on() for _ in range(TASKS)))
    await cache.close()
    board.reports.put(report)


async def connected(url: str) -> Cache:
    """Return a cache on this Redis."""
    cache = Cache()
    cache.setup(url)
    await cache.init()
    return cache


if __name__ == "__main__":
    main()
