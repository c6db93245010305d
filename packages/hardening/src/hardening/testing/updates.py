"""
Lost updates: run an update from many workers at once, and see how many are gone.

A read, a change and a write lose what others wrote in between. A team that runs its own
update through `lose_updates` sees how many, and after the repair sees none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

_START_S = 60.0  # workers that are not all there by then will never be


@dataclass(frozen=True, slots=True)
class Losses:
    """
    What became of the updates.

    Attributes:
        made: Updates that returned, each worth one.
        counted: By how much the number grew.
        refused: Updates that raised one of the errors that were named.
    """

    made: int
    counted: int
    refused: int = 0

    @property
    def lost(self) -> int:
        """How many updates returned and are not there."""
        return self.made - self.counted


def lose_updates(
    update: Callable[[int], object],
    count: Callable[[], int],
    *,
    workers: int = 8,
    rounds: int = 50,
    refusals: tuple[type[Exception], ...] = (),
) -> Losses:
    """
    Update from many threads at once.

    Args:
        update: Adds one to the number; takes the worker's, from 0, so that each can
            use a connection of its own. Every error but the refusals ends the run.
        count: Reads the number; called before and after.
        workers: Threads, all started together.
        rounds: Updates by each.
        refusals: Errors that say that nothing was changed, such as `StaleVersion`.
    """
    before = count()
    ready = Barrier(workers)

    def work(worker: int) -> int:
        ready.wait(_START_S)
        return sum(_accepted(update, worker, refusals) for _ in range(rounds))

    with ThreadPoolExecutor(workers) as pool:
        made = sum(pool.map(work, range(workers)))
    return Losses(made, count() - before, workers * rounds - made)


async def lose_updates_async(
    update: Callable[[int], Awaitable[object]],
    count: Callable[[], Awaitable[int]],
    *,
    workers: int = 8,
    rounds: int = 50,
    refusals: tuple[type[Exception], ...] = (),
) -> Losses:
    """Update from many tasks at once, as `lose_updates` does from threads."""
    before = await count()

    async def work(worker: int) -> int:
        made = 0
        for _ in range(rounds):
            try:
                await update(worker)
            except refusals:
                continue
            made += 1
        return made

    made = sum(await asyncio.gather(*map(work, range(workers))))
    return Losses(made, await count() - before, workers * rounds - made)


def _accepted(
    update: Callable[[int], object],
    worker: int,
    refusals: tuple[type[Exception], ...],
) -> bool:
    """Make one update; tell whether it was accepted."""
    try:
        update(worker)
    except refusals:
        return False
    return True
