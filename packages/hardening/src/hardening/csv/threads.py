"""Threads: what takes long runs on one, so that the loop stays free for others."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(
    function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """
    Return what a function returns on another thread.

    When the caller is cancelled, the function ends before the cancellation goes on: it
    reads or writes a file that is closed next.
    """
    # Not at the top: most imports are made by code that has no loop, and it is slow.
    import asyncio  # noqa: PLC0415

    task = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        if not task.cancelled():
            task.exception()  # looked at, so that nobody is told it never was
        raise
