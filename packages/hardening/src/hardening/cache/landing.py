"""Landings: what one caller does and others wait for, on threads and on event loops."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

R = TypeVar("R")
V = TypeVar("V")

Landing: TypeAlias = "Future[R]"
"""A future that belongs to whoever made it: those who wait cannot cancel it."""


@dataclass(frozen=True, slots=True)
class Loaded(Generic[V]):
    """
    What came of a load.

    Attributes:
        value: What was loaded.
        kept: False when the load was overtaken by an invalidation.
    """

    value: V
    kept: bool


def landing() -> "Landing[R]":
    """Return a new one."""
    from concurrent.futures import Future  # noqa: PLC0415 - it loads logging

    made: Landing[R] = Future()
    made.set_running_or_notify_cancel()
    return made


def landed(result: R) -> "Landing[R]":
    """Return one that is over."""
    made: Landing[R] = landing()
    made.set_result(result)
    return made


def wait(awaited: "Landing[R]", within_s: float) -> R | None:
    """Return the result, or None after this many seconds; raises what it failed with."""
    try:
        return awaited.result(within_s)
    except TimeoutError:
        # What is done may have failed with a timeout of its own.
        return awaited.result() if awaited.done() else None


async def wait_async(awaited: "Landing[R]", within_s: float) -> R | None:
    """Return what `wait` does, and let others run meanwhile."""
    import asyncio  # noqa: PLC0415 - takes longer than all the rest; here it is loaded

    try:
        return await asyncio.wait_for(asyncio.wrap_future(awaited), within_s)
    except TimeoutError:
        return awaited.result() if awaited.done() else None


async def in_thread(call: Callable[[], R]) -> R:
    """Return what a blocking call returns, and let others run meanwhile."""
    import asyncio  # noqa: PLC0415

    return await asyncio.to_thread(call)
