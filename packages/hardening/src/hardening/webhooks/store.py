"""Stores: which deliveries were processed, and which are being processed."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from hardening.core import Clock, SystemClock, require
from hardening.webhooks.errors import InProgress, Replayed, StoreFull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

W_co = TypeVar("W_co", covariant=True)

_CLOCK = SystemClock()


class Store(Protocol[W_co]):
    """
    Lets each delivery be processed once.

    An adapter guarantees: of callers that claim one identifier at once, exactly one
    enters the block; when the block ends well, every later one is told `Replayed`; when
    it fails, or its process dies, the next one enters again.
    """

    def claimed(self, identifier: str) -> AbstractContextManager[W_co]:
        """
        Process a delivery in a block; gives what the handler works with.

        Raises:
            Replayed: It was processed before.
            InProgress: Somebody is in the block right now.
        """
        ...

    def unclaimed(self) -> AbstractContextManager[W_co]:
        """Give what the handler works with, and remember nothing."""
        ...


class AsyncStore(Protocol[W_co]):
    """Lets each delivery be processed once, as `Store` does."""

    def claimed_async(self, identifier: str) -> AbstractAsyncContextManager[W_co]:
        """Process a delivery in a block; see `Store.claimed`."""
        ...

    def unclaimed_async(self) -> AbstractAsyncContextManager[W_co]:
        """Give what the handler works with, and remember nothing."""
        ...


class MemoryStore:
    """
    Implements `Store` and `AsyncStore` in this process alone.

    For one process, and for tests. A restart forgets everything; what the sender sends
    again within the window is processed again. Handlers get None to work with.

    Invariant: nothing is forgotten sooner than `keep_s` after it was processed.

    Args:
        capacity: How many deliveries are remembered.
        keep_s: For how long; no less than twice the verifier's window, in which a
            delivery could be replayed. A receiver refuses a store that keeps less.
        clock: Measures the age.
    """

    __slots__ = ("_active", "_capacity", "_clock", "_done", "_lock", "keep_s")

    def __init__(
        self,
        *,
        capacity: int = 100_000,
        keep_s: float = 86_400.0,
        clock: Clock = _CLOCK,
    ) -> None:
        require("MemoryStore.capacity", capacity, "1 or more", holds=capacity >= 1)
        require("MemoryStore.keep_s", keep_s, "more than 0", holds=keep_s > 0)
        self._capacity = capacity
        self.keep_s = keep_s
        self._clock = clock
        self._lock = Lock()
        self._active: set[str] = set()
        self._done: OrderedDict[str, float] = OrderedDict()

    @contextmanager
    def claimed(self, identifier: str) -> Iterator[None]:
        """Process a delivery in a block; see `Store.claimed`."""
        self._claim(identifier)
        done = False
        try:
            yield
            done = True
        finally:
            self._release(identifier, done=done)

    @contextmanager
    def unclaimed(self) -> Iterator[None]:
        """Remember nothing."""
        yield

    @asynccontextmanager
    async def claimed_async(self, identifier: str) -> "AsyncIterator[None]":
        """Process a delivery in a block; see `Store.claimed`."""
        with self.claimed(identifier):
            yield

    @asynccontextmanager
    async def unclaimed_async(self) -> "AsyncIterator[None]":
        """Remember nothing."""
        yield

    def _claim(self, identifier: str) -> None:
        """Enter, or say why not."""
        with self._lock:
            self._forget(self._clock.monotonic_s() - self.keep_s)
            if identifier in self._done:
                raise Replayed(identifier)
            if identifier in self._active:
                raise InProgress(identifier)
            if len(self._done) + len(self._active) >= self._capacity:
                raise StoreFull(self._capacity)
            self._active.add(identifier)

    def _release(self, identifier: str, *, done: bool) -> None:
        """Leave; what was done is remembered."""
        with self._lock:
            self._active.discard(identifier)
            if done:
                self._done[identifier] = self._clock.monotonic_s()

    def _forget(self, before_s: float) -> None:
        """Drop what was done before an instant; the oldest stand first."""
        while self._done and next(iter(self._done.values())) < before_s:
            self._done.popitem(last=False)
