"""Reading: a source gets a bounded time, is asked once at a time, and may fail."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from hardening.core import Clock
from hardening.dashboard.panels import Panel

FRESH_S = 1.0
"""How long an answer serves everybody who looks: ten viewers ask as much as one."""


class Reading:
    """
    Asks one source; one question at a time.

    A source that hangs is not asked again before it answered, so that no threads pile
    up, and the panel says so meanwhile.

    Args:
        read: Returns the panel; plain or a coroutine function.
        timeout_s: How long a viewer waits for it.
        clock: Measures how fresh an answer is.
    """

    def __init__(
        self, read: Callable[..., Any], *, timeout_s: float, clock: Clock
    ) -> None:
        self._read = read
        self._timeout_s = timeout_s
        self._clock = clock
        self._running: asyncio.Task[None] | None = None
        self._answer: tuple[tuple[object, ...], Panel] = ((), {})
        self._until_s = float("-inf")
        self._changes = 0

    async def panel(self, *question: object) -> Panel:
        """Return what the source said, or why it did not, as `error`."""
        try:
            async with asyncio.timeout(self._timeout_s):
                while not self._knows(question):
                    if self._running is None or self._running.done():
                        self._running = asyncio.create_task(self._ask(question))
                    # Waits without cancelling: the question belongs to all viewers.
                    await asyncio.wait((self._running,))
        except TimeoutError:
            return _failed(f"no answer within {self._timeout_s:g} s")
        return self._answer[1]

    def forget(self) -> None:
        """Ask anew the next time: something was changed, also since it was asked."""
        self._changes += 1
        self._until_s = float("-inf")

    def _knows(self, question: tuple[object, ...]) -> bool:
        asked, _ = self._answer
        return asked == question and self._clock.monotonic_s() < self._until_s

    async def _ask(self, question: tuple[object, ...]) -> None:
        changes = self._changes
        try:
            panel = await call(self._read, *question)
        except Exception as error:  # noqa: BLE001 - one source's failure is one panel's
            panel = _failed(f"{type(error).__name__}: {error}")
        self._answer = (question, panel)
        if changes == self._changes:
            self._until_s = self._clock.monotonic_s() + FRESH_S


async def call(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - a source's answer
    """Return what a plain function, run in a thread, or a coroutine function says."""
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    answer = await asyncio.to_thread(function, *arguments)
    return await answer if inspect.isawaitable(answer) else answer


def _failed(reason: str) -> Panel:
    """Return the panel of a source that did not answer."""
    return {"level": "error", "error": reason[:300]}
