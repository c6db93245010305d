"""The rotation for asyncio: a `grpc.aio.Channel` over many addresses and connections."""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import grpc
from grpc import aio

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
)
from hardening.grpc import health
from hardening.grpc.attempts import Attempts
from hardening.grpc.chores import Chores, surviving
from hardening.grpc.events import RotationEvent
from hardening.grpc.hub import Hub, Lease, Resolver, channel_options
from hardening.grpc.settings import Settings

_CLOCK = SystemClock()
_SETTINGS = Settings()
_RESOLVE_S = 10.0
Method = tuple[str, str, Any, Any, bool]
"""Kind, name, serializer, deserializer, whether the channel registered it."""


class AsyncRotation(aio.Channel):  # type: ignore[misc]  # gRPC has no types of its own
    """
    Calls go round the addresses that serve, as `Rotation` does for threads.

    Make it within a running loop. A resolver may block: it is run in a thread, and given
    ten seconds, except for the first time: a rotation has addresses when it is made, so
    that look-up is made on the loop and takes as long as it takes. Make the rotation
    while the service starts.

    Args:
        addresses: 'host:port' each; or a function that looks them up.
        channels_per_address: Connections to each address.
        credentials: Of the channels; None is plain text.
        options: Of the channels, as gRPC takes them.
        settings: When an address is left out, and what is repeated.
        listener: Told of what happens to addresses.
        switch: Off, calls go over a single plain connection to the first address.
        clock: Measures ejections, drains and deadlines.

    Raises:
        InvalidSetting: There is no address, or less than one channel.
    """

    def __init__(
        self,
        addresses: Sequence[str] | Resolver,
        *,
        channels_per_address: int = 1,
        credentials: grpc.ChannelCredentials | None = None,
        options: Sequence[tuple[str, Any]] = (),
        settings: Settings = _SETTINGS,
        listener: Listener[RotationEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        self._open_single = partial(_opened, credentials, tuple(options))
        self.switch = switch
        self.hub: Hub[aio.Channel] = Hub(
            addresses,
            channels_per_address=channels_per_address,
            # Without a reference to the rotation, one that is forgotten is freed.
            connect=partial(_opened, credentials, channel_options(options)),
            settings=settings,
            listener=listener,
            clock=clock,
        )
        self._single: aio.Channel | None = None
        self._woken = asyncio.Event()
        reference = weakref.ref(self.hub)
        self._chores = asyncio.create_task(_run(reference, self._woken))

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, those that drain too."""
        return self.hub.addresses

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, by address."""
        return self.hub.measures()

    def relist(self, addresses: Sequence[str]) -> None:
        """Take over another list of addresses; those that are gone drain."""
        self.hub.relist(addresses)
        self._woken.set()

    def unary_unary(self, method: str, *coders: Any, **named: Any) -> "_UnaryUnary":  # noqa: ANN401 - gRPC's own
        """Return a callable for a method with one request and one response."""
        return _UnaryUnary(self, "unary_unary", method, *coders, **named)

    def unary_stream(self, method: str, *coders: Any, **named: Any) -> "_UnaryStream":  # noqa: ANN401 - gRPC's own
        """Return a callable for a method that streams responses."""
        return _UnaryStream(self, "unary_stream", method, *coders, **named)

    def stream_unary(self, method: str, *coders: Any, **named: Any) -> "_Streaming":  # noqa: ANN401 - gRPC's own
        """Return a callable for a method that streams requests."""
        return _Streaming(self, "stream_unary", method, *coders, **named)

    def stream_stream(self, method: str, *coders: Any, **named: Any) -> "_Streaming":  # noqa: ANN401 - gRPC's own
        """Return a callable for a method that streams both."""
        return _Streaming(self, "stream_stream", method, *coders, **named)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:  # noqa: ARG002, FBT001, FBT002 - gRPC's own
        """Return 'ready': the rotation connects as it is used."""
        return grpc.ChannelConnectivity.READY

    async def wait_for_state_change(
        self, last_observed_state: grpc.ChannelConnectivity
    ) -> None:
        """Return once the state is another: at once, or never while it is ready."""
        if last_observed_state is grpc.ChannelConnectivity.READY:
            await asyncio.Event().wait()

    async def channel_ready(self) -> None:
        """Return at once: the rotation connects as it is used."""

    async def close(self, grace: float | None = None) -> None:
        """
        Close all channels and end the task.

        Args:
            grace: How many seconds the calls under way may still take.
        """
        self._chores.cancel()
        await asyncio.wait((self._chores,))
        channels = self.hub.close()
        if self._single is not None:
            channels.append(self._single)
        await asyncio.gather(*(channel.close(grace) for channel in channels))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def single(self) -> aio.Channel:
        """Return the one plain channel of a rotation that is switched off."""
        if self._single is None:
            self._single = self._open_single(self.addresses[0])
        return self._single


def _opened(
    credentials: grpc.ChannelCredentials | None,
    options: Sequence[tuple[str, Any]],
    address: str,
) -> aio.Channel:
    """Open a channel; it connects later."""
    if credentials is None:
        return aio.insecure_channel(address, options)
    return aio.secure_channel(address, credentials, options)


class _Call:
    """What the callables of all kinds share."""

    def __init__(
        self,
        rotation: AsyncRotation,
        kind: str,
        method: str,
        request_serializer: Any = None,  # noqa: ANN401 - gRPC's own
        response_deserializer: Any = None,  # noqa: ANN401 - gRPC's own
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - gRPC's own
    ) -> None:
        coders = (request_serializer, response_deserializer, _registered_method)
        self._method: Method = (kind, method, *coders)
        self._rotation = rotation
        self.hub = rotation.hub
        self.idempotent = self.hub.settings.idempotent(method)

    def on(self, lease: Lease[aio.Channel]) -> Any:  # noqa: ANN401 - one of four
        """Return the callable of a line."""
        return lease.line.callable_for(self._method, self._make)

    def _make(self, channel: aio.Channel) -> Any:  # noqa: ANN401 - one of four
        kind, name, serializer, deserializer, registered = self._method
        make = getattr(channel, kind)
        return make(name, serializer, deserializer, _registered_method=registered)

    def _single(self) -> Any:  # noqa: ANN401 - one of four
        """Return the callable of the single channel, when the switch is off."""
        if self._rotation.switch():
            return None
        return self._make(self._rotation.single())

    def attempts(self, options: dict[str, Any]) -> Attempts[aio.Channel]:
        """Return the places for a call."""
        return Attempts(self.hub, options, idempotent=self.idempotent)

    def begin(self, lease: Lease[aio.Channel], *request: Any, **options: Any) -> Any:  # noqa: ANN401 - gRPC's call
        """Begin a call, and count it when it ends."""
        try:
            call = self.on(lease)(*request, **options)
        except BaseException:
            self.hub.settle(lease, None)
            raise
        call.add_done_callback(lambda ended: _settle(self.hub, lease, ended))
        return call


class _UnaryUnary(_Call, aio.UnaryUnaryMultiCallable):  # type: ignore[misc]
    """One request, one response; repeated where that is safe."""

    def __call__(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - gRPC's own
        single = self._single()
        if single is not None:
            return single(request, **options)
        return _Response(self, request, self.attempts(options))


class _UnaryStream(_Call, aio.UnaryStreamMultiCallable):  # type: ignore[misc]
    """One request, many responses; repeated, where that is safe, before the first."""

    def __call__(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - gRPC's own
        single = self._single()
        if single is not None:
            return single(request, **options)
        return _Responses(self, request, self.attempts(options))


class _Streaming(_Call, aio.StreamUnaryMultiCallable, aio.StreamStreamMultiCallable):  # type: ignore[misc]
    """Many requests; never repeated: they are gone."""

    def __call__(self, request_iterator: Any = None, **options: Any) -> Any:  # noqa: ANN401 - gRPC's own
        single = self._single()
        if single is not None:
            return single(request_iterator, **options)
        return self.begin(self.hub.place(), request_iterator, **options)


class _Repeated:
    """
    A call that may begin anew; what else is asked of it is asked of its last attempt.

    Args:
        callable_: Begins attempts.
        request: The same for each.
        attempts: Their places.
    """

    def __init__(
        self,
        callable_: _Call,
        request: Any,  # noqa: ANN401 - gRPC's own
        attempts: Attempts[aio.Channel],
    ) -> None:
        self._callable = callable_
        self._request = request
        self._attempts = attempts
        self._call = self._begin()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - gRPC's call
        """Return what the call of the last attempt has."""
        return getattr(self._call, name)

    def _begin(self) -> Any:  # noqa: ANN401 - gRPC's call
        attempts = self._attempts
        return self._callable.begin(attempts.lease, self._request, **attempts.options())

    def _goes_on(self, error: aio.AioRpcError) -> bool:
        """Begin another attempt, where that is safe."""
        state = self._attempts.lease.line.channel.get_state()
        connected = state is not grpc.ChannelConnectivity.TRANSIENT_FAILURE
        if not self._attempts.go_on(error, connected=connected):
            return False
        self._call = self._begin()
        return True


class _Response(_Repeated):
    """The response of a call, to be awaited."""

    def __await__(self) -> Generator[Any, None, Any]:
        return self._answer().__await__()

    async def _answer(self) -> Any:  # noqa: ANN401 - a message
        while True:
            try:
                return await self._call
            except aio.AioRpcError as error:
                if not self._goes_on(error):
                    raise


class _Responses(_Repeated):
    """The responses of a call, to be iterated or read."""

    _answered = False

    async def __aiter__(self) -> AsyncIterator[Any]:
        while (message := await self.read()) is not aio.EOF:
            yield message

    async def read(self) -> Any:  # noqa: ANN401 - a message
        """Return the next response, or `grpc.aio.EOF`."""
        while True:
            try:
                message = await self._call.read()
            except aio.AioRpcError as error:
                if self._answered or not self._goes_on(error):
                    raise
            else:
                self._answered = True
                return message


_settling: set[asyncio.Task[None]] = set()


def _settle(hub: Hub[aio.Channel], lease: Lease[aio.Channel], call: Any) -> None:  # noqa: ANN401 - gRPC's call
    """Count a call that ended; its code can only be awaited, and is there."""
    task = asyncio.ensure_future(_count(hub, lease, call))
    _settling.add(task)
    task.add_done_callback(_settling.discard)


async def _count(hub: Hub[aio.Channel], lease: Lease[aio.Channel], call: Any) -> None:  # noqa: ANN401 - gRPC's call
    hub.settle(lease, await call.code())


async def _run(
    reference: "weakref.ref[Hub[aio.Channel]]", woken: asyncio.Event
) -> None:
    """Probe, look addresses up and close what drained, until cancelled."""
    chores: Chores | None = None
    while (hub := reference()) is not None:
        woken.clear()
        chores = chores or Chores(hub.settings, hub.clock.monotonic_s())
        with surviving():
            await _work(hub, chores)
        span_s = chores.wait_s(hub.clock.monotonic_s(), draining=hub.drains())
        del hub
        try:
            await asyncio.wait_for(woken.wait(), span_s)
        except TimeoutError:
            continue


async def _work(hub: Hub[aio.Channel], chores: Chores) -> None:
    """Do what is due."""
    if hub.resolver is not None and chores.resolves(hub.clock.monotonic_s()):
        await _resolve(hub, hub.resolver)
    if chores.probes(hub.clock.monotonic_s()):
        request = health.request_for(hub.settings.health_service)
        probes = (_probe(hub, *one, request) for one in hub.to_probe())
        await asyncio.gather(*probes)
    await asyncio.gather(*(channel.close() for channel in hub.drained()))


async def _resolve(hub: Hub[aio.Channel], resolver: Callable[[], Any]) -> None:
    """Look the addresses up, beside the loop."""
    try:
        found = await asyncio.wait_for(asyncio.to_thread(resolver), _RESOLVE_S)
        hub.resolved(found, "no address found")
    except Exception as error:  # noqa: BLE001 - whatever it is, the fleet stays
        hub.resolved(None, f"{type(error).__name__}: {error}")


async def _probe(
    hub: Hub[aio.Channel], address: str, channel: aio.Channel, request: object
) -> None:
    """Ask one address for its health, for a bounded time."""
    check = health.check_on(channel)
    try:
        response = await check(request, timeout=hub.settings.health_timeout_s)
    except aio.AioRpcError as error:
        hub.probed(address, health.reason_of_error(error))
    except (aio.UsageError, aio.InternalError):  # closed meanwhile
        return
    else:
        hub.probed(address, health.reason_of(response))
