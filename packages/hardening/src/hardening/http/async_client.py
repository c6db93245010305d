"""The client for asyncio."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self, Unpack

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    WallClock,
    always_on,
    ignore,
)
from hardening.http.call import Call, Ended, Outcome
from hardening.http.desk import Desk
from hardening.http.events import HttpEvent
from hardening.http.provider import Provider
from hardening.http.provider_error import ProviderError
from hardening.http.request import Options
from hardening.http.response import Response

if TYPE_CHECKING:
    import ssl

    from hardening.http.wire import AsyncTransport

_CLOCK = SystemClock()

# An attempt that is given all the time that is left ends itself, and its circuit hears
# of it; the waits of a retrier are ended this much later.
_GRACE_S = 0.05


class AsyncClient:
    """
    Calls providers from asyncio, as `Client` does.

    A call that is cancelled gives its connection back, or closes it: no slot is lost.
    Use it in one event loop, and close it there.

    Args:
        providers: Each with a name of its own.
        listener: Told of each call that came to nothing.
        switch: Off takes away circuit, retrier, budget and cache; what is left sends
            the call once, within its time.
        tls: Whom to trust; None trusts whom the system does.
        transports: By provider's name, in place of its own connections: for a proxy, or
            a test's `httpx2.MockTransport`.
        clock: Measures deadlines and durations.
        wall_clock: Tells what a date in Retry-After is compared with.

    Raises:
        InvalidSetting: There is no provider, two have one name, or a transport is for
            nobody.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        *,
        listener: Listener[HttpEvent] = ignore,
        switch: Switch = always_on,
        tls: "ssl.SSLContext | None" = None,
        transports: "Mapping[str, AsyncTransport] | None" = None,
        clock: Clock = _CLOCK,
        wall_clock: WallClock = _CLOCK,
    ) -> None:
        # httpx2 takes a fifth of a second to import, asyncio a tenth of that.
        from hardening.http import async_wire, wire  # noqa: PLC0415

        given = transports or {}
        self._desk = Desk(
            providers,
            listener=listener,
            switch=switch,
            clock=clock,
            wall_clock=wall_clock,
            transports=given,
        )
        trust: Callable[[], ssl.SSLContext] = cache(lambda: tls or wire.tls())
        self._prepared, self._limited = wire.prepared, async_wire.limited
        self._wires = {
            name: async_wire.AsyncWire(
                given.get(name) or async_wire.transport_of(provider, trust), wall_clock
            )
            for name, provider in self._desk.providers.items()
        }

    # -- calls ------------------------------------------------------------------------

    async def request(
        self, provider: str, method: str, path: str, **options: Unpack[Options]
    ) -> Response:
        """Call a provider, and return its answer, as `Client.request` does."""
        call = self._desk.call(provider, method, path, options)
        if call.ttl_s is None:
            return await self._asked(call)
        key = self._desk.key(call)
        found = self._desk.found(call, await self._get(call, key))
        if found is not None:
            return found
        response = await self._asked(call)
        await self._set(call, key, self._desk.kept(response))
        return response

    async def get(
        self, provider: str, path: str, **options: Unpack[Options]
    ) -> Response:
        """Call a provider by GET: see `Client.request`."""
        return await self.request(provider, "GET", path, **options)

    async def post(
        self, provider: str, path: str, **options: Unpack[Options]
    ) -> Response:
        """Call a provider by POST: see `Client.request`."""
        return await self.request(provider, "POST", path, **options)

    def measures(self) -> tuple[Measure, ...]:
        """Return calls, attempts, durations, the cache's and the budget's numbers."""
        return self._desk.measures()

    async def close(self) -> None:
        """Close all connections."""
        for wire in self._wires.values():
            await wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # -- the way of a call ------------------------------------------------------------

    async def _asked(self, call: Call) -> Response:
        """Ask the provider, as often as the retrier does, until the deadline."""
        with self._desk.recording(call):
            try:
                async with self._limited(call.left_s + _GRACE_S) as limit:
                    response = await self._tried(call)
            except Ended as ended:
                raise ended.error from ended.error.__cause__
            except TimeoutError as late:
                if not limit.expired():
                    raise  # a foreign circuit's or retrier's own
                raise call.too_late() from late
        return self._desk.watched(call, response)

    async def _tried(self, call: Call) -> Response:
        retrier = call.retrier
        if retrier is None:
            return await self._attempt(call)
        return await retrier.call_async(self._attempt, call)

    async def _attempt(self, call: Call) -> Response:
        """Make one attempt."""
        timeout_s = call.begin()
        try:
            request = self._prepared(call, timeout_s)
            outcome = await self._guarded(call, request, timeout_s)
        except ProviderError as error:
            call.failed(error)
            raise
        return call.settled(outcome)

    async def _guarded(self, call: Call, request: Any, timeout_s: float) -> Outcome:  # noqa: ANN401 - httpx2.Request, not imported
        """Send, if the circuit lets it through."""
        exchange = self._wires[call.provider.name].exchange
        circuit = call.circuit
        if circuit is None:
            return await exchange(call, request, timeout_s)
        try:
            return await circuit.call_async(exchange, call, request, timeout_s)
        except ProviderError:
            raise
        except Exception as refusal:
            if call.is_entered:
                raise
            raise call.refused(refusal) from refusal

    async def _get(self, call: Call, key: str) -> bytes | None:
        """Look into the store, within the call's time."""
        store = call.provider.cache
        try:
            async with self._limited(call.left_s):
                return await store.aget(key) if store else None
        except Exception as error:  # noqa: BLE001 - a store must not fail a call; it is told
            self._desk.cache_failed(call, "get", error)
            return None

    async def _set(self, call: Call, key: str, value: bytes | None) -> None:
        """Keep an answer, within the call's time."""
        store, ttl_s = call.provider.cache, call.ttl_s
        if store is None or value is None or ttl_s is None:
            return
        try:
            async with self._limited(call.left_s):
                await store.aset(key, value, ttl_s)
        except Exception as error:  # noqa: BLE001 - a store must not fail a call; it is told
            self._desk.cache_failed(call, "set", error)
