"""The rotation for threads: a `grpc.Channel` over many addresses and connections."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Any, Self

import grpc

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
)
from hardening.grpc.attempts import Attempts
from hardening.grpc.events import RotationEvent
from hardening.grpc.housekeeper import Housekeeper
from hardening.grpc.hub import Hub, Lease, Resolver, channel_options
from hardening.grpc.settings import Settings

_CLOCK = SystemClock()
_SETTINGS = Settings()
Method = tuple[str, str, Any, Any, bool]
"""Kind, name, serializer, deserializer, whether the channel registered it."""


class Rotation(grpc.Channel):  # type: ignore[misc]  # gRPC has no types of its own
    """
    Calls go round the addresses that serve; generated stubs take it as their channel.

    A call whose server is lost is made again at another address: always when its
    request never left, and for methods that `Settings.idempotent` names also when it
    may have. Calls that stream requests are not repeated. An address that fails in a
    row, or says it is unhealthy, gets no calls until it is well.

    Args:
        addresses: 'host:port' each; or a function that looks them up, asked again every
            `Settings.resolve_interval_s`, so that new servers get calls and those that
            are gone drain.
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
        self.hub: Hub[grpc.Channel] = Hub(
            addresses,
            channels_per_address=channels_per_address,
            # Without a reference to the rotation, one that is forgotten is freed.
            connect=partial(_opened, credentials, channel_options(options)),
            settings=settings,
            listener=listener,
            clock=clock,
        )
        self._single: grpc.Channel | None = None
        self._lock = Lock()
        self._housekeeper = Housekeeper(self.hub)

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
        self._housekeeper.wake()

    def unary_unary(
        self,
        method: str,
        request_serializer: Any = None,  # noqa: ANN401 - gRPC's own
        response_deserializer: Any = None,  # noqa: ANN401 - gRPC's own
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - gRPC's own
    ) -> grpc.UnaryUnaryMultiCallable:
        """Return a callable for a method with one request and one response."""
        coders = (request_serializer, response_deserializer, _registered_method)
        return _UnaryUnary(self, ("unary_unary", method, *coders))

    def unary_stream(
        self,
        method: str,
        request_serializer: Any = None,  # noqa: ANN401 - gRPC's own
        response_deserializer: Any = None,  # noqa: ANN401 - gRPC's own
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - gRPC's own
    ) -> grpc.UnaryStreamMultiCallable:
        """Return a callable for a method that streams responses."""
        coders = (request_serializer, response_deserializer, _registered_method)
        return _UnaryStream(self, ("unary_stream", method, *coders))

    def stream_unary(
        self,
        method: str,
        request_serializer: Any = None,  # noqa: ANN401 - gRPC's own
        response_deserializer: Any = None,  # noqa: ANN401 - gRPC's own
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - gRPC's own
    ) -> grpc.StreamUnaryMultiCallable:
        """Return a callable for a method that streams requests."""
        coders = (request_serializer, response_deserializer, _registered_method)
        return _StreamUnary(self, ("stream_unary", method, *coders))

    def stream_stream(
        self,
        method: str,
        request_serializer: Any = None,  # noqa: ANN401 - gRPC's own
        response_deserializer: Any = None,  # noqa: ANN401 - gRPC's own
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - gRPC's own
    ) -> grpc.StreamStreamMultiCallable:
        """Return a callable for a method that streams both."""
        coders = (request_serializer, response_deserializer, _registered_method)
        return _StreamStream(self, ("stream_stream", method, *coders))

    def subscribe(
        self,
        callback: Callable[[grpc.ChannelConnectivity], None],
        try_to_connect: Any = None,  # noqa: ANN401 - gRPC's own
    ) -> None:
        """Tell the callback 'ready' once: the rotation connects as it is used."""
        del try_to_connect
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Callable[[grpc.ChannelConnectivity], None]) -> None:
        """Do nothing: a callback is told once."""

    def close(self) -> None:
        """Cancel the calls under way, close all channels and end the thread."""
        self._housekeeper.close()
        channels = self.hub.close()
        with self._lock:
            if self._single is not None:
                channels.append(self._single)
        for channel in channels:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def single(self) -> grpc.Channel:
        """Return the one plain channel of a rotation that is switched off."""
        with self._lock:
            if self._single is None:
                self._single = self._open_single(self.addresses[0])
            return self._single


def _opened(
    credentials: grpc.ChannelCredentials | None,
    options: Sequence[tuple[str, Any]],
    address: str,
) -> grpc.Channel:
    """Open a channel; it connects later."""
    if credentials is None:
        return grpc.insecure_channel(address, options)
    return grpc.secure_channel(address, credentials, options)


class _Call:
    """What the callables of all four kinds share."""

    def __init__(self, rotation: Rotation, method: Method) -> None:
        self._rotation = rotation
        self._hub = rotation.hub
        self._method = method
        self._idempotent = self._hub.settings.idempotent(method[1])

    def _make(self, channel: grpc.Channel) -> Any:  # noqa: ANN401 - one of four
        kind, name, serializer, deserializer, registered = self._method
        make = getattr(channel, kind)
        return make(name, serializer, deserializer, _registered_method=registered)

    def _on(self, lease: Lease[grpc.Channel]) -> Any:  # noqa: ANN401 - one of four
        return lease.line.callable_for(self._method, self._make)

    def _single(self) -> Any:  # noqa: ANN401 - one of four
        """Return the callable of the single channel."""
        return self._make(self._rotation.single())

    def _attempts(self, options: dict[str, Any]) -> Attempts[grpc.Channel]:
        return Attempts(self._hub, options, idempotent=self._idempotent)

    def _settling(self, call: Any, lease: Lease[grpc.Channel]) -> Any:  # noqa: ANN401 - gRPC's call
        """Count a call when it ends; return it."""

        def ended() -> None:
            self._hub.settle(lease, call.code())

        if not call.add_callback(ended):
            ended()
        return call

    def _begun(self, begin: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - gRPC's call
        """Begin a call that is not repeated, and count it when it ends."""
        lease = self._hub.place()
        try:
            call = begin(self._on(lease))
        except BaseException:
            self._hub.settle(lease, None)
            raise
        return self._settling(call, lease)

    def _answered(self, call: Callable[[Any], Any], lease: Lease[grpc.Channel]) -> Any:  # noqa: ANN401 - response and call
        """Make a call that is waited for, and count how it ended."""
        code: grpc.StatusCode | None = None
        try:
            answer = call(self._on(lease))
            code = grpc.StatusCode.OK
        except grpc.RpcError as error:
            code = error.code()
            raise
        finally:
            self._hub.settle(lease, code)
        return answer


class _UnaryUnary(_Call, grpc.UnaryUnaryMultiCallable):  # type: ignore[misc]
    """One request, one response; repeated where that is safe."""

    def __call__(self, request: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        return self.with_call(request, *options, **named)[0]

    def with_call(self, request: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        """Return the response, and the call that gave it."""
        if not self._rotation.switch():
            return self._single().with_call(request, *options, **named)
        attempts = self._attempts(_named(options, named))
        while True:
            lease, told = attempts.lease, attempts.options()
            try:
                return self._answered(lambda on: on.with_call(request, **told), lease)  # noqa: B023 - called at once
            except grpc.RpcError as error:
                if not attempts.go_on(error, connected=_may_be_connected(lease)):
                    raise

    def future(self, request: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        """Return a future; its call is not repeated."""
        if not self._rotation.switch():
            return self._single().future(request, *options, **named)
        return self._begun(lambda on: on.future(request, *options, **named))


class _UnaryStream(_Call, grpc.UnaryStreamMultiCallable):  # type: ignore[misc]
    """One request, many responses; repeated, where that is safe, before the first."""

    def __call__(self, request: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        if not self._rotation.switch():
            return self._single()(request, *options, **named)
        return _Responses(self, request, self._attempts(_named(options, named)))

    def begin(self, request: Any, attempts: Attempts[grpc.Channel]) -> Any:  # noqa: ANN401 - gRPC's own
        """Begin the attempt that is next."""
        lease = attempts.lease
        try:
            call = self._on(lease)(request, **attempts.options())
        except BaseException:
            self._hub.settle(lease, None)
            raise
        return self._settling(call, lease)


class _Responses:
    """
    The responses of a call, which may begin anew before the first of them.

    Whatever else is asked of it is asked of the attempt that is under way.
    """

    def __init__(
        self,
        callable_: _UnaryStream,
        request: Any,  # noqa: ANN401 - gRPC's own
        attempts: Attempts[grpc.Channel],
    ) -> None:
        self._callable = callable_
        self._request = request
        self._attempts = attempts
        self._answered = False
        self._call = callable_.begin(request, attempts)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:  # noqa: ANN401 - a message
        while True:
            try:
                response = next(self._call)
            except grpc.RpcError as error:
                connected = _may_be_connected(self._attempts.lease)
                if self._answered or not self._attempts.go_on(
                    error, connected=connected
                ):
                    raise
                self._call = self._callable.begin(self._request, self._attempts)
            else:
                self._answered = True
                return response

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - gRPC's call
        """Return what the call of the attempt under way has."""
        return getattr(self._call, name)


class _StreamUnary(_Call, grpc.StreamUnaryMultiCallable):  # type: ignore[misc]
    """Many requests, one response; never repeated: the requests are gone."""

    def __call__(self, requests: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        return self.with_call(requests, *options, **named)[0]

    def with_call(self, requests: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        """Return the response, and the call that gave it."""
        if not self._rotation.switch():
            return self._single().with_call(requests, *options, **named)
        return self._answered(
            lambda on: on.with_call(requests, *options, **named), self._hub.place()
        )

    def future(self, requests: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        """Return a future."""
        if not self._rotation.switch():
            return self._single().future(requests, *options, **named)
        return self._begun(lambda on: on.future(requests, *options, **named))


class _StreamStream(_Call, grpc.StreamStreamMultiCallable):  # type: ignore[misc]
    """Many requests, many responses; never repeated."""

    def __call__(self, requests: Any, *options: Any, **named: Any) -> Any:  # noqa: ANN401 - gRPC's own
        if not self._rotation.switch():
            return self._single()(requests, *options, **named)
        return self._begun(lambda on: on(requests, *options, **named))


_OPTIONS = ("timeout", "metadata", "credentials", "wait_for_ready", "compression")


def _named(options: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a call by name; gRPC takes them by place, too."""
    return dict(zip(_OPTIONS, options, strict=False)) | named


def _may_be_connected(lease: Lease[grpc.Channel]) -> bool:
    """
    Tell whether a channel could have a connection, and so have sent a request.

    gRPC tells a channel's state to subscribers only, at the price of a thread; its own
    state is asked here, and what cannot be asked may be connected.
    """
    try:
        state = lease.line.channel._channel.check_connectivity_state(False)  # noqa: FBT003, SLF001 - see above
    except (AttributeError, ValueError):
        return True
    return bool(state != grpc.ChannelConnectivity.TRANSIENT_FAILURE.value[0])
