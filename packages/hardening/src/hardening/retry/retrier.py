"""The retrier: calls a function under a policy, waits, and tells what happened."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

from hardening.core import (
    Clock,
    Entropy,
    Listener,
    Measure,
    Switch,
    SystemClock,
    SystemEntropy,
    always_on,
    ignore,
    require,
)
from hardening.retry.attempts import Attempts
from hardening.retry.budget import Budget
from hardening.retry.events import RetryEvent
from hardening.retry.judge import Counts, Judge
from hardening.retry.policy import Failure, Policy

P = ParamSpec("P")
R = TypeVar("R")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()


@dataclass(frozen=True, slots=True)
class Retrier:
    """
    Calls functions under one policy; its settings never change, share it freely.

    An error that ends the attempts is the function's own, with a note that says how
    often it was tried. Errors that the policy does not name, and whatever ends the
    program or the task, pass at once.

    Three manners, each for plain functions and coroutines alike: `call`, the retrier as
    a decorator, and `attempts` for a block of code.

    Attributes:
        policy: What to try again, how often and for how long.
        budget: Shared with the other callers of the same service; None spends freely.
        name: Of what is retried, for events and measures; without one, events have
            the function's name.
        listener: Told of each scheduled retry and each giving up.
        switch: Off calls the function once, as if there were no retrier.
        clock: Measures and waits.
        entropy: Spreads the waits.
    """

    policy: Policy
    budget: Budget | None = None
    name: str = ""
    listener: Listener[RetryEvent] = ignore
    switch: Switch = always_on
    clock: Clock = _CLOCK
    entropy: Entropy = _ENTROPY
    _counts: Counts = field(init=False, repr=False, compare=False)
    _judge: Judge = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = Counts()
        judge = Judge(self.policy, self.budget, self.listener, self.entropy, counts)
        object.__setattr__(self, "_counts", counts)
        object.__setattr__(self, "_judge", judge)

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns, from the first attempt that succeeds."""
        if not self.switch():
            return function(*args, **kwargs)
        self._counts.first += 1
        started_s = self.clock.monotonic_s()
        try:
            result = function(*args, **kwargs)
        except self.policy.caught as error:
            wait_s = self._wait_s(function, error, started_s)
            if wait_s is None:
                raise
        else:
            if self.budget is not None:
                self.budget.succeeded()
            return result
        return self._again(partial(function, *args, **kwargs), started_s, wait_s)

    async def call_async(
        self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what the function's awaitable gives, as `call` does."""
        if not self.switch():
            return await function(*args, **kwargs)
        self._counts.first += 1
        started_s = self.clock.monotonic_s()
        try:
            result = await function(*args, **kwargs)
        except self.policy.caught as error:
            wait_s = self._wait_s(function, error, started_s)
            if wait_s is None:
                raise
        else:
            if self.budget is not None:
                self.budget.succeeded()
            return result
        again = partial(function, *args, **kwargs)
        return await self._again_async(again, started_s, wait_s)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """
        Decorate a function or a coroutine function.

        Raises:
            InvalidSetting: It is a generator, whose errors come after the call.
        """
        rule = "a function or a coroutine function, no generator"
        require("Retrier's function", function, rule, holds=not _is_lazy(function))
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, R]", self._wrapped_async(function))
        return self._wrapped(function)

    def attempts(self, name: str = "a block") -> Attempts:
        """
        Return the attempts at a block of code, to be walked by `for` or `async for`.

            for attempt in retrier.attempts():
                with attempt:
                    answer = fetch("orders/17")

        Args:
            name: Of the block, in events, where the retrier has none.
        """
        on = self.switch()
        if on:
            self._counts.first += 1
        return Attempts(self._judge, self.clock, self.name or name, on=on)

    def measures(self) -> Iterable[Measure]:
        """Return attempts, retries, givings-up and waits, as they stand."""
        return self._counts.measures(self.name)

    def _wrapped(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return a function that does what `call` does, without its frame."""
        switch, counts, budget = self.switch, self._counts, self.budget
        now_s, caught = self.clock.monotonic_s, self.policy.caught

        @wraps(function)
        def retried(*args: P.args, **kwargs: P.kwargs) -> R:
            if not switch():
                return function(*args, **kwargs)
            counts.first += 1
            started_s = now_s()
            try:
                result = function(*args, **kwargs)
            except caught as error:
                wait_s = self._wait_s(function, error, started_s)
                if wait_s is None:
                    raise
            else:
                if budget is not None:
                    budget.succeeded()
                return result
            return self._again(partial(function, *args, **kwargs), started_s, wait_s)

        return retried

    def _wrapped_async(
        self, function: Callable[P, Awaitable[Any]]
    ) -> Callable[P, Awaitable[Any]]:
        """Return a coroutine function that does what `call_async` does."""
        switch, counts, budget = self.switch, self._counts, self.budget
        now_s, caught = self.clock.monotonic_s, self.policy.caught

        @wraps(function)
        async def retried(*args: P.args, **kwargs: P.kwargs) -> object:
            if not switch():
                return await function(*args, **kwargs)
            counts.first += 1
            started_s = now_s()
            try:
                result = await function(*args, **kwargs)
            except caught as error:
                wait_s = self._wait_s(function, error, started_s)
                if wait_s is None:
                    raise
            else:
                if budget is not None:
                    budget.succeeded()
                return result
            again = partial(function, *args, **kwargs)
            return await self._again_async(again, started_s, wait_s)

        return retried

    def _again(self, function: "partial[R]", started_s: float, wait_s: float) -> R:
        """Wait and call, from the second attempt on; it is not on the success path."""
        attempt = 1
        while True:
            attempt += 1
            self.clock.wait(wait_s)
            try:
                result = function()
            except self.policy.caught as error:
                next_s = self._wait_s(function.func, error, started_s, attempt, wait_s)
                if next_s is None:
                    raise
                wait_s = next_s
            else:
                if self.budget is not None:
                    self.budget.succeeded()
                return result

    async def _again_async(
        self, function: "partial[Awaitable[R]]", started_s: float, wait_s: float
    ) -> R:
        """Do as `_again` does."""
        attempt = 1
        while True:
            attempt += 1
            await self.clock.wait_async(wait_s)
            try:
                result = await function()
            except self.policy.caught as error:
                next_s = self._wait_s(function.func, error, started_s, attempt, wait_s)
                if next_s is None:
                    raise
                wait_s = next_s
            else:
                if self.budget is not None:
                    self.budget.succeeded()
                return result

    def _wait_s(
        self,
        function: object,
        error: Exception,
        started_s: float,
        attempt: int = 1,
        previous_s: float = 0.0,
    ) -> float | None:
        """Return the wait after an attempt that just failed, None after the last."""
        failure = Failure(
            error=error,
            attempt=attempt,
            elapsed_s=self.clock.monotonic_s() - started_s,
            previous_s=previous_s,
        )
        return self._judge.delay_after(failure, self.name or name_of(function))


def name_of(function: object) -> str:
    """Return a function's qualified name; an object's is that of its class."""
    while isinstance(function, partial):
        function = function.func
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


def _is_lazy(function: object) -> bool:
    """Tell generator functions: calling one runs nothing of it yet."""
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
