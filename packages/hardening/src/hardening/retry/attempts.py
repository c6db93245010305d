"""
Attempts: retries of a block of code, where there is no function to call.

Each step of the loop gives one attempt, a context manager. It keeps the block's error
to itself while another attempt follows; the loop waits, and gives that one.
"""

from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Self

from hardening.core import Clock
from hardening.retry.judge import Judge
from hardening.retry.policy import Failure


class Attempt:
    """
    One attempt; made by `Attempts`.

    Attributes:
        number: Counted from 1.
        next_s: How long to wait before the next; None once it is sure there is none,
            and before the block has run.
    """

    __slots__ = ("_attempts", "_previous_s", "next_s", "number")

    def __init__(self, attempts: "Attempts", number: int, previous_s: float) -> None:
        self._attempts = attempts
        self._previous_s = previous_s
        self.number = number
        self.next_s: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Keep an error that another attempt follows; let every other one pass."""
        self.next_s = self._attempts.ended(error, self.number, self._previous_s)
        return self.next_s is not None


class Attempts:
    """
    The attempts at one block; walked once, by one task or thread.

    A loop whose block never entered its attempt ends after the first: nothing failed.
    """

    __slots__ = ("_clock", "_judge", "_last", "_name", "_on", "_started_s")

    def __init__(self, judge: Judge, clock: Clock, name: str, *, on: bool) -> None:
        self._judge = judge
        self._clock = clock
        self._name = name
        self._on = on
        self._started_s = clock.monotonic_s()
        self._last: Attempt | None = None

    def __iter__(self) -> Iterator[Attempt]:
        return self

    def __aiter__(self) -> AsyncIterator[Attempt]:
        return self

    def __next__(self) -> Attempt:
        """Wait as the last attempt asks, and return the next."""
        wait_s = self._wait_s()
        if wait_s is None:
            raise StopIteration
        if wait_s:
            self._clock.wait(wait_s)
        return self._next(wait_s)

    async def __anext__(self) -> Attempt:
        """Wait as the last attempt asks, and return the next."""
        wait_s = self._wait_s()
        if wait_s is None:
            raise StopAsyncIteration
        if wait_s:
            await self._clock.wait_async(wait_s)
        return self._next(wait_s)

    def ended(
        self, error: BaseException | None, number: int, previous_s: float
    ) -> float | None:
        """Return the wait before the next attempt, None when this was the last."""
        if not self._on:
            return None
        if error is None:
            if self._judge.budget is not None:
                self._judge.budget.succeeded()
            return None
        if not isinstance(error, Exception):
            return None
        failure = Failure(
            error=error,
            attempt=number,
            elapsed_s=self._clock.monotonic_s() - self._started_s,
            previous_s=previous_s,
        )
        return self._judge.delay_after(failure, self._name)

    def _wait_s(self) -> float | None:
        """Return the wait before the next attempt: 0 before the first, None at the end."""
        return 0.0 if self._last is None else self._last.next_s

    def _next(self, waited_s: float) -> Attempt:
        """Return the next attempt, and remember it."""
        number = 1 if self._last is None else self._last.number + 1
        self._last = Attempt(self, number, waited_s)
        return self._last
