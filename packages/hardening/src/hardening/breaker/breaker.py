"""
The breaker: what users call.

The plain case, a closed circuit without a recent failure, takes no lock: one comparison
says that nothing is due, and that holds until the time it was made for. Behind a switch
there are two of them. Everything else is watched: it goes through the keeper.

The plain way is written out for functions, decorated ones, those behind a switch, and
once more for coroutines: one shared function would cost as much as all it does.

An addition to an attribute is not interrupted by another thread of a CPython that has
its global lock, as long as nothing is called between the reading and the writing: what
is added is worked out before. So the plain way counts exactly there; elsewhere a count
may be lost to another thread. A call that is cancelled is counted likewise: the lock
could be held by the very thread that the collector ends a coroutine on.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import (
    isasyncgenfunction,
    iscoroutine,
    iscoroutinefunction,
    isgeneratorfunction,
)
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from hardening.breaker.errors import AsyncFunctionCalled
from hardening.breaker.keeper import Keeper
from hardening.breaker.machine import Permit, State, Trigger
from hardening.breaker.policy import Outcome
from hardening.core import require

P = ParamSpec("P")
R = TypeVar("R")


class Breaker(Keeper):
    """
    Stops calls to a service that keeps failing, and asks again with a trial call.

    Thread-safe, and for coroutines as well as for plain functions; both share the
    circuit. An error of the call reaches the caller unchanged. A call that is cancelled
    shows nothing about the service.

    Args:
        name: Of the circuit; after the service that is called.
        policy: When it opens and closes.
        listener: Told of each move, outside of the lock.
        switch: Off makes every call as if there were no breaker; asked at each call.
        clock: Measures the cool-off; never the wall clock.
        shared: The store, where processes share the circuit.

    Attributes:
        name: Of the circuit.
        policy: When it opens and closes.
    """

    __slots__ = ()

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """
        Return what the function returns.

        Raises:
            CircuitOpen: The function was not called.
            AsyncFunctionCalled: It is for `call_async`.
        """
        now = self._now
        started_s = now()
        if started_s >= self._plain_until_s:
            return self._call_carefully(function, args, kwargs)
        try:
            # Without keywords no dictionary of them is made, a tenth of the cost.
            result = function(*args, **kwargs) if kwargs else function(*args)  # type: ignore[call-arg]
        except Exception as error:
            self._leave(Permit(started_s), error)
            raise
        except BaseException:
            self._ignored += 1
            raise
        spent_s = now() - started_s
        self._succeeded_s += spent_s
        self._succeeded += 1
        return result

    async def call_async(
        self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """
        Return what the function's awaitable gives, as `call` does.

        Raises:
            CircuitOpen: The function was not called.
        """
        now = self._now
        started_s = now()
        if started_s >= self._plain_until_s:
            return await self._call_carefully_async(function, args, kwargs)
        try:
            result = await (function(*args, **kwargs) if kwargs else function(*args))  # type: ignore[call-arg]
        except Exception as error:
            self._leave(Permit(started_s), error)
            raise
        except BaseException:
            self._ignored += 1
            raise
        spent_s = now() - started_s
        self._succeeded_s += spent_s
        self._succeeded += 1
        return result

    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]:
        """
        Return the function, guarded: the breaker is a decorator, of async ones as well.

        Raises:
            InvalidSetting: It is a generator, which is not called but iterated over.
        """
        lazy = isgeneratorfunction(function) or isasyncgenfunction(function)
        rule = "a function that is called, not a generator"
        require("Breaker's function", function, rule, holds=not lazy)
        if iscoroutinefunction(function):
            return cast("Callable[P, R]", self._guarded_async(function))

        now = self._now

        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            started_s = now()
            if started_s >= self._plain_until_s:
                return self._call_carefully(function, args, kwargs)
            try:
                result = function(*args, **kwargs) if kwargs else function(*args)  # type: ignore[call-arg]
            except Exception as error:
                self._leave(Permit(started_s), error)
                raise
            except BaseException:
                self._ignored += 1
                raise
            spent_s = now() - started_s
            self._succeeded_s += spent_s
            self._succeeded += 1
            return result

        return guarded

    def guard(self) -> "Guard":
        """Return a context manager, for `with` or `async with`, of one block of code."""
        return Guard(self)

    @property
    def state(self) -> State:
        """What the circuit does with calls now."""
        return self._circuit.state

    def reset(self) -> None:
        """Close the circuit, whatever state it is in, and forget its failures."""
        self._order(State.CLOSED, Trigger.RESET)

    def force_open(self) -> None:
        """Refuse every call until `reset`."""
        self._order(State.FORCED_OPEN, Trigger.FORCED)

    def disable(self) -> None:
        """Let every call through and draw no conclusions, until `reset`."""
        self._order(State.DISABLED, Trigger.DISABLED)

    def _call_carefully(
        self, function: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> R:
        """Do what `call` does, and ask the switch first."""
        if not self._switch():
            return function(*args, **kwargs)
        now = self._now
        started_s = now()
        if started_s >= self._calm_until_s:
            return self._call_watched(function, args, kwargs)
        try:
            result = function(*args, **kwargs) if kwargs else function(*args)
        except Exception as error:
            self._leave(Permit(started_s), error)
            raise
        except BaseException:
            self._ignored += 1
            raise
        spent_s = now() - started_s
        self._succeeded_s += spent_s
        self._succeeded += 1
        return result

    def _call_watched(
        self, function: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> R:
        """Do what `call` does, in every state."""
        permit = self._permitted()
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            self._leave(permit, error)
            raise
        if iscoroutine(result):
            result.close()
            self._settle(permit, Outcome.IGNORED)
            raise AsyncFunctionCalled(self.name)
        self._leave(permit, None)
        return result

    async def _call_carefully_async(
        self,
        function: Callable[..., Awaitable[R]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> R:
        """Do what `call_async` does, and ask the switch first."""
        if not self._switch():
            return await function(*args, **kwargs)
        now = self._now
        started_s = now()
        if started_s >= self._calm_until_s:
            return await self._call_watched_async(function, args, kwargs)
        try:
            result = await (function(*args, **kwargs) if kwargs else function(*args))
        except Exception as error:
            self._leave(Permit(started_s), error)
            raise
        except BaseException:
            self._ignored += 1
            raise
        spent_s = now() - started_s
        self._succeeded_s += spent_s
        self._succeeded += 1
        return result

    async def _call_watched_async(
        self,
        function: Callable[..., Awaitable[R]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> R:
        """Do what `call_async` does, in every state."""
        permit = await self._permitted_async()
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            self._leave(permit, error)
            raise
        self._leave(permit, None)
        return result

    def _guarded_async(
        self, function: Callable[P, Awaitable[R]]
    ) -> Callable[P, Awaitable[R]]:
        """Return the coroutine function, guarded."""
        now = self._now

        @wraps(function)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            started_s = now()
            if started_s >= self._plain_until_s:
                return await self._call_carefully_async(function, args, kwargs)
            try:
                result = await (
                    function(*args, **kwargs) if kwargs else function(*args)  # type: ignore[call-arg]
                )
            except Exception as error:
                self._leave(Permit(started_s), error)
                raise
            except BaseException:
                self._ignored += 1
                raise
            spent_s = now() - started_s
            self._succeeded_s += spent_s
            self._succeeded += 1
            return result

        return guarded


class Guard:
    """
    Guards one block of code, once: made by `Breaker.guard`.

    Entering raises `CircuitOpen` where the breaker would not make a call.
    """

    __slots__ = ("_keeper", "_permit")

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._permit: Permit | None = None

    def __enter__(self) -> None:
        self._permit = self._keeper._enter()  # noqa: SLF001 - of this module's own base

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        permit, self._permit = self._permit, None
        if permit is not None:
            self._keeper._leave(permit, error)  # noqa: SLF001 - likewise

    async def __aenter__(self) -> None:
        self._permit = await self._keeper._enter_async()  # noqa: SLF001 - likewise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)
