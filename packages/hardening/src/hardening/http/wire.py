"""
The wire: calls as httpx2's requests, and what comes back as our values.

httpx2's own client is left out: it writes whole addresses to the log, keys in the query
included, and keeps cookies from one call to the next. Its transports do neither.
"""

import re
import ssl
from collections.abc import Mapping

import httpcore2
import httpx2

from hardening.core import WallClock
from hardening.http.asked import asked_s
from hardening.http.call import Call, Outcome
from hardening.http.errors import (
    ConnectionFailed,
    InvalidRequest,
    Phase,
    ProviderTimeout,
    ResponseTooLarge,
    Unavailable,
)
from hardening.http.provider_error import ProviderError
from hardening.http.response import Response

Transport = httpx2.BaseTransport
AsyncTransport = httpx2.AsyncBaseTransport

TROUBLE = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
)
"""All that a transport may raise; anything else is a mistake in the code."""

_ASKING = frozenset({429, 503})  # the statuses with which Retry-After has a meaning
_SAID_MAX = 200  # characters of somebody else's message
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

_DEFAULTS: Mapping[str, str] = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "user-agent": "hardening",
}

# The first that fits; what comes after has begun to send.
_PHASES: tuple[tuple[tuple[type[Exception], ...], Phase], ...] = (
    ((httpx2.PoolTimeout, httpcore2.PoolTimeout), Phase.SLOT),
    ((httpx2.ConnectTimeout, httpcore2.ConnectTimeout), Phase.CONNECT),
    ((httpx2.WriteTimeout, httpcore2.WriteTimeout), Phase.WRITE),
    ((httpx2.ReadTimeout, httpcore2.ReadTimeout), Phase.READ),
    (
        (httpx2.TimeoutException, httpcore2.TimeoutException, TimeoutError),
        Phase.ATTEMPT,
    ),
)
_UNSENT = (
    httpx2.ConnectError,
    httpcore2.ConnectError,
    httpx2.ProxyError,
    httpcore2.ProxyError,
)
_OURS = (
    httpx2.LocalProtocolError,
    httpcore2.LocalProtocolError,
    httpx2.UnsupportedProtocol,
    httpcore2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


def tls() -> ssl.SSLContext:
    """Return how servers are trusted: reading the certificates takes 20 ms, once."""
    return httpx2.create_ssl_context()


def prepared(call: Call, timeout_s: float) -> httpx2.Request:
    """
    Return the request of one attempt.

    Raises:
        InvalidRequest: It cannot be built.
    """
    spans = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    try:
        return httpx2.Request(
            call.request.method,
            call.provider.base_url.rstrip("/") + call.request.path,
            params=dict(call.sent_params) or None,
            headers={**_DEFAULTS, **call.sent_headers},
            content=call.request.content,
            extensions={"timeout": spans},
        )
    except (ValueError, TypeError, httpx2.InvalidURL) as error:
        # Its own words could quote a header, or a parameter.
        reason = f"it cannot be written as HTTP ({type(error).__name__})"
    raise InvalidRequest(call.provider.name, call.where, reason)


def answered(
    call: Call, response: httpx2.Response, content: bytes, wall_clock: WallClock
) -> Response:
    """
    Return what was answered.

    Raises:
        Unavailable: By its status, the provider failed.
    """
    name, status = call.provider.name, response.status_code
    headers = {key.lower(): value for key, value in response.headers.items()}
    answer = Response(
        provider=name, where=call.where, status=status, headers=headers, content=content
    )
    if status not in call.provider.failing:
        return answer
    asked = headers.get("retry-after", "") if status in _ASKING else ""
    wait_s = asked_s(asked, wall_clock.unix_s()) if asked else None
    raise Unavailable(name, call.where, answer, wait_s)


def collected(call: Call, body: bytearray, chunk: bytes) -> None:
    """
    Add a piece to a body.

    Raises:
        ResponseTooLarge: It would be larger than allowed.
    """
    limit = call.provider.response_bytes_max
    if len(body) + len(chunk) > limit:
        raise ResponseTooLarge(call.provider.name, call.where, limit)
    body += chunk


def excused(error: ProviderError) -> Outcome:
    """
    Return an error that is not the provider's fault, past the circuit.

    Raises:
        ProviderError: It is the provider's; the circuit counts it.
    """
    if error.is_fault:
        raise error
    return error


def translated(call: Call, error: Exception, timeout_s: float) -> ProviderError:
    """Return our error for a transport's; keep the original only where it is harmless."""
    found = _found(call, error, timeout_s)
    # That of a refused header quotes the header.
    found.__cause__ = None if isinstance(error, _OURS) else error
    return found


def _found(call: Call, error: Exception, timeout_s: float) -> ProviderError:
    name, where = call.provider.name, call.where
    for kinds, phase in _PHASES:
        if isinstance(error, kinds):
            return ProviderTimeout(name, where, phase, timeout_s)
    if isinstance(error, _OURS):
        reason = "an address or header holds what HTTP does not allow"
        return InvalidRequest(name, where, reason)
    unsent = isinstance(error, _UNSENT)
    return ConnectionFailed(name, where, _said(error), may_have_arrived=not unsent)


def _said(error: Exception) -> str:
    """Return what a library said, on one line; its class where it said nothing."""
    flat = _CONTROLS.sub(" ", str(error)).strip().rstrip(".")
    return flat[:_SAID_MAX] or type(error).__name__
