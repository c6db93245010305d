"""The synchronous client."""

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

    from hardening.http.wire import Transport

_CLOCK = SystemClock()


class Client:
    """
    Calls providers, each within its time, circuit, retries and budget; thread-safe.

    Keep one for the life of the process: it holds the connections. After a fork, make
    a new one.

    Args:
        providers: Each with a name of its own.
        listener: Told of each call that came to nothing.
        switch: Off takes away circuit, retrier, budget and cache; what is left sends
            the call once, within its time.
        tls: Whom to trust; None trusts whom the system does.
        transports: By provider's name, in place of its own connections: for a proxy, or
            a test's `httpx2.MockTransport`. A foreign transport is asked to end each
            operation in time; whether the whole attempt does is up to it.
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
        transports: "Mapping[str, Transport] | None" = None,
        clock: Clock = _CLOCK,
        wall_clock: WallClock = _CLOCK,
    ) -> None:
        # httpx2 takes a fifth of a second to import; who only names its errors need not.
        from hardening.http import sync_wire, wire  # noqa: PLC0415

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
        self._prepared = wire.prepared
        self._wires = {
            name: sync_wire.SyncWire(
                given.get(name) or sync_wire.transport_of(provider, trust),
                clock,
                wall_clock,
            )
            for name, provider in self._desk.providers.items()
        }

    # -- calls ------------------------------------------------------------------------

    def request(
        self, provider: str, method: str, path: str, **options: Unpack[Options]
    ) -> Response:
        """
        Call a provider, and return its answer.

        Args:
            provider: Its name.
            method: Of HTTP.
            path: Below its address, percent-encoded, without a query.
            options: See `Options`.

        Raises:
            ProviderError: There is no answer, or its status is no success; one class
                for each way.
            UnknownProvider: Nobody has this name.
        """
        call = self._desk.call(provider, method, path, options)
        if call.ttl_s is None:
            return self._asked(call)
        key = self._desk.key(call)
        found = self._desk.found(call, self._get(call, key))
        if found is not None:
            return found
        response = self._asked(call)
        self._set(call, key, self._desk.kept(response))
        return response

    def get(self, provider: str, path: str, **options: Unpack[Options]) -> Response:
        """Call a provider by GET: see `request`."""
        return self.request(provider, "GET", path, **options)

    def post(self, provider: str, path: str, **options: Unpack[Options]) -> Response:
        """Call a provider by POST: see `request`."""
        return self.request(provider, "POST", path, **options)

    def measures(self) -> tuple[Measure, ...]:
        """Return calls, attempts, durations, the cache's and the budget's numbers."""
        return self._desk.measures()

    def close(self) -> None:
        """Close all connections."""
        for wire in self._wires.values():
            wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the way of a call ------------------------------------------------------------

    def _asked(self, call: Call) -> Response:
        """Ask the provider, as often as the retrier does."""
        with self._desk.recording(call):
            try:
                retrier = call.retrier
                if retrier is None:
                    response = self._attempt(call)
                else:
                    response = retrier.call(self._attempt, call)
            except Ended as ended:
                raise ended.error from ended.error.__cause__
        return self._desk.watched(call, response)

    def _attempt(self, call: Call) -> Response:
        """Make one attempt."""
        timeout_s = call.begin()
        try:
            request = self._prepared(call, timeout_s)
            outcome = self._guarded(call, request, timeout_s)
        except ProviderError as error:
            call.failed(error)
            raise
        return call.settled(outcome)

    def _guarded(self, call: Call, request: Any, timeout_s: float) -> Outcome:  # noqa: ANN401 - httpx2.Request, not imported
        """Send, if the circuit lets it through."""
        exchange = self._wires[call.provider.name].exchange
        circuit = call.circuit
        if circuit is None:
            return exchange(call, request, timeout_s)
        try:
            return circuit.call(exchange, call, request, timeout_s)
        except ProviderError:
            raise
        except Exception as refusal:
            if call.is_entered:
                raise
            raise call.refused(refusal) from refusal

    def _get(self, call: Call, key: str) -> bytes | None:
        """Look into the store."""
        store = call.provider.cache
        try:
            return store.get(key) if store else None
        except Exception as error:  # noqa: BLE001 - a store must not fail a call; it is told
            self._desk.cache_failed(call, "get", error)
            return None

    def _set(self, call: Call, key: str, value: bytes | None) -> None:
        """Keep an answer."""
        store, ttl_s = call.provider.cache, call.ttl_s
        if store is None or value is None or ttl_s is None:
            return
        try:
            store.set(key, value, ttl_s)
        except Exception as error:  # noqa: BLE001 - a store must not fail a call; it is told
            self._desk.cache_failed(call, "set", error)
