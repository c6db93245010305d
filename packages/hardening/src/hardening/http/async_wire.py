"""The wire of the asynchronous client: an exchange that is cancelled in time."""

import asyncio
import ssl
from collections.abc import Callable

import httpx2

from hardening.core import WallClock
from hardening.http import wire
from hardening.http.call import Call, Outcome
from hardening.http.provider import Provider
from hardening.http.provider_error import ProviderError

# Each operation has the attempt's time, too, and knows better what it was waiting for;
# this much later the whole is cancelled, whatever it does.
_GRACE_S = 0.02
_EXPIRY_S = 30.0  # an idle connection is kept; servers commonly cut them after 60 s


class AsyncWire:
    """
    Sends the attempts of one provider.

    Args:
        transport: Carries them.
        wall_clock: Tells what a date in Retry-After is compared with.
    """

    def __init__(self, transport: wire.AsyncTransport, wall_clock: WallClock) -> None:
        self._transport = transport
        self._wall_clock = wall_clock

    async def exchange(
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
            async with asyncio.timeout(timeout_s + _GRACE_S):
                return await self._received(call, request)
        except ProviderError as error:
            return wire.excused(error)
        except wire.TROUBLE as trouble:
            failed = wire.translated(call, trouble, timeout_s)
        return wire.excused(failed)

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.aclose()

    async def _received(self, call: Call, request: httpx2.Request) -> Outcome:
        body = bytearray()
        response = await self._transport.handle_async_request(request)
        try:
            response.request = request
            async for chunk in response.aiter_bytes():
                wire.collected(call, body, chunk)
        finally:
            await response.aclose()
        return wire.answered(call, response, bytes(body), self._wall_clock)


def limited(span_s: float) -> asyncio.Timeout:
    """Return a block that is cancelled after so many seconds, with TimeoutError."""
    return asyncio.timeout(span_s)


def transport_of(
    provider: Provider, trust: Callable[[], ssl.SSLContext]
) -> wire.AsyncTransport:
    """Return a provider's own connections."""
    limits = httpx2.Limits(
        max_connections=provider.connections,
        max_keepalive_connections=provider.connections,
        keepalive_expiry=_EXPIRY_S,
    )
    return httpx2.AsyncHTTPTransport(verify=trust(), limits=limits)
