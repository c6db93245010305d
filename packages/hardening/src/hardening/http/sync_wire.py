"""
The wire of the synchronous client: an exchange that ends when its time is over.

httpx2's time limits hold for each operation: a server that sends a byte now and then
keeps a caller for ever. Here each operation is given what is left of the attempt. The
name server is not bounded by it: the system's resolver has a limit of its own.
"""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from hardening.core import Clock, WallClock
from hardening.http import wire
from hardening.http.call import Call, Outcome
from hardening.http.provider import Provider
from hardening.http.provider_error import ProviderError

SocketOption = (
    tuple[int, int, int]
    | tuple[int, int, bytes | bytearray]
    | tuple[int, int, None, int]
)

_LEAST_S = 1e-6  # a socket takes 0 for 'do not wait at all', another kind of error
_EXPIRY_S = 30.0  # an idle connection is kept; servers commonly cut them after 60 s


class SyncWire:
    """
    Sends the attempts of one provider.

    Args:
        transport: Carries them.
        clock: Measures what is left of an attempt.
        wall_clock: Tells what a date in Retry-After is compared with.
    """

    def __init__(
        self, transport: wire.Transport, clock: Clock, wall_clock: WallClock
    ) -> None:
        self._transport = transport
        self._clock, self._wall_clock = clock, wall_clock

    def exchange(
        self, call: Call, request: httpx2.Request, timeout_s: float
    ) -> Outcome:
        """
        Send one attempt, and return what became of it.

        Raises:
            ProviderError: It failed, by the provider's fault.
        """
        call.is_entered = True
        call.attempts += 1
        try:
            return self._received(call, request, timeout_s)
        except ProviderError as error:
            return wire.excused(error)
        except wire.TROUBLE as trouble:
            failed = wire.translated(call, trouble, timeout_s)
        return wire.excused(failed)

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()

    def _received(
        self, call: Call, request: httpx2.Request, timeout_s: float
    ) -> Outcome:
        body = bytearray()
        with _TIME.limited(self._clock, timeout_s):
            response = self._transport.handle_request(request)
            try:
                response.request = request
                for chunk in response.iter_bytes():
                    wire.collected(call, body, chunk)
            finally:
                response.close()
        return wire.answered(call, response, bytes(body), self._wall_clock)


def transport_of(
    provider: Provider, trust: Callable[[], ssl.SSLContext]
) -> wire.Transport:
    """Return a provider's own connections, each operation bounded by its attempt."""
    secure = provider.base_url.startswith("https:")
    pool = httpcore2.ConnectionPool(
        ssl_context=trust() if secure else None,
        max_connections=provider.connections,
        max_keepalive_connections=provider.connections,
        keepalive_expiry=_EXPIRY_S,
        network_backend=_Network(),
    )
    return _PoolTransport(pool)


class _Time(threading.local):
    """What is left of the attempt that this thread makes."""

    clock: Clock | None = None
    ends_s: float = 0.0

    def limited(self, clock: Clock, span_s: float) -> "_Limit":
        """Return a block in which operations end with the span."""
        return _Limit(clock, clock.monotonic_s() + span_s)

    def left_s(self, asked_s: float | None) -> float | None:
        """Return how long an operation may take; never more than was asked."""
        if self.clock is None:
            return asked_s
        left_s = max(_LEAST_S, self.ends_s - self.clock.monotonic_s())
        return left_s if asked_s is None else min(asked_s, left_s)


class _Limit:
    """A block in which the operations of this thread end in time."""

    __slots__ = ("_clock", "_ends_s")

    def __init__(self, clock: Clock, ends_s: float) -> None:
        self._clock, self._ends_s = clock, ends_s

    def __enter__(self) -> None:
        _TIME.clock, _TIME.ends_s = self._clock, self._ends_s

    def __exit__(self, *_: object) -> None:
        _TIME.clock = None


_TIME = _Time()


class _PoolTransport(httpx2.BaseTransport):
    """Carries requests over a pool; its errors are httpcore2's own."""

    def __init__(self, pool: httpcore2.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and return the answer, its body still to be read."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme,
                    host=url.raw_host,
                    port=url.port,
                    target=url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """A body on its way; to close it gives the connection back, or closes it."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        """End it."""
        self._answer.close()


class _Network(httpcore2.SyncBackend):
    """Makes connections whose operations end with the attempt."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect."""
        left_s = _TIME.left_s(timeout)
        made = super().connect_tcp(host, port, left_s, local_address, socket_options)
        return _Stream(made)


class _Stream(httpcore2.NetworkStream):
    """A connection whose operations end with the attempt that uses it."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, _TIME.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, _TIME.left_s(timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Encrypt it."""
        left_s = _TIME.left_s(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left_s))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as it is declared
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)
