"""One exchange with a server over HTTP, cancelled as a whole when its time is over."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import httpx2

from gonogo.adapters.operators.ending import Ended, Why
from gonogo.adapters.operators.json_path import NoSuchValue
from gonogo.ports.operator import Cancellation

_POLL_S = 0.05  # how late a cancellation may be noticed
_LARGEST = 4 * 1024 * 1024  # bytes of a body; a metric's answer has a few hundred
_REDIRECTS = 5  # on one host: /x to /x/, http to https; more is a circle


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; `complete` unless the body was too large to read on."""

    status: int
    text: str
    complete: bool

    def whole_text(self) -> str:
        """
        Return the body, all of it.

        Raises:
            NoSuchValue: It was too large.
        """
        if not self.complete:
            message = f"the answer is larger than {_LARGEST // 1024**2} MiB"
            raise NoSuchValue(message)
        return self.text


def exchange(
    request: httpx2.Request,
    *,
    deadline_s: float,
    cancelled: Cancellation,
    tls: ssl.SSLContext,
) -> Answer:
    """
    Send a request and return the answer.

    Raises:
        Ended: Its deadline passed, or it was cancelled.
        httpx2.HTTPError: It could not be sent, or was not answered.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_within(request, deadline_s, cancelled, tls))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _within(
    request: httpx2.Request,
    deadline_s: float,
    cancelled: Cancellation,
    tls: ssl.SSLContext,
) -> Answer:
    """Wait for the answer, the deadline or the cancellation."""
    limit = time.monotonic() + deadline_s
    task = asyncio.ensure_future(_fetch(request, tls))
    why: Why | None = None
    while why is None and not task.done():
        left_s = limit - time.monotonic()
        if cancelled.is_set():
            why = Why.CANCELLED
        elif left_s <= 0:
            why = Why.DEADLINE
        else:
            await asyncio.wait({task}, timeout=min(_POLL_S, left_s))
    if why is None:
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError, httpx2.HTTPError):
        await task
    raise Ended(why)


async def _fetch(request: httpx2.Request, tls: ssl.SSLContext) -> Answer:
    """Send the request, and follow redirects as far as they stay on its host."""
    # There is no timeout but the one of the whole exchange. The certificates are given
    # for plain HTTP too: a client without reads them anew, 20 ms for each request.
    async with httpx2.AsyncClient(timeout=None, verify=tls) as client:
        for _ in range(_REDIRECTS):
            response = await client.send(request, stream=True)
            try:
                target = response.next_request
                if target is None or not _stays(request.url, target.url):
                    return await _read(response)
            finally:
                await response.aclose()
            request = target
    message = f"it was redirected more than {_REDIRECTS - 1} times"
    raise httpx2.TooManyRedirects(message, request=request)


async def _read(response: httpx2.Response) -> Answer:
    """Return the answer with as much of its body as is allowed."""
    body = bytearray()
    complete = True
    async for chunk in response.aiter_bytes(64 * 1024):
        body += chunk
        if len(body) > _LARGEST:
            complete = False
            break
    encoding = response.charset_encoding or "utf-8"
    try:
        text = body[:_LARGEST].decode(encoding, "replace")
    except LookupError:
        text = body[:_LARGEST].decode("utf-8", "replace")
    return Answer(status=response.status_code, text=text, complete=complete)


def _stays(here: httpx2.URL, there: httpx2.URL) -> bool:
    """Return whether a redirect stays on the host, and loses no encryption."""
    if here.host != there.host:
        return False
    same = (here.scheme, here.port) == (there.scheme, there.port)
    return same or (here.scheme, there.scheme) == ("http", "https")


def trouble(error: Exception) -> str:
    """Return in words what went wrong with a request, and what to look at."""
    causes = tuple(_causes(error))
    for kind, words in _WORDS:
        if any(isinstance(cause, kind) for cause in causes):
            return f"{words} ({_first_line(error)})."
    return f"{_first_line(error)}."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from, and all members of a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _causes(member)
        error = error.__cause__ or error.__context__


def _first_line(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0].rstrip(".")
    return line or type(error).__name__


# The order matters: the first kind that fits names the trouble.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLError, "no trusted TLS connection: look at the server's certificate"),
    (socket.gaierror, "the host's name is not known: check the address"),
    (ConnectionRefusedError, "connection refused: nothing listens there"),
    (TimeoutError, "the server did not answer in time"),
    (httpx2.TimeoutException, "the server did not answer in time"),
    (httpx2.TooManyRedirects, "it was sent round in a circle"),
    (httpx2.DecodingError, "the answer's compressed body cannot be read"),
    (httpx2.RemoteProtocolError, "the server broke off, or does not speak HTTP"),
    (ConnectionResetError, "the server cut the connection"),
    (httpx2.ReadError, "the server cut the connection"),
    (httpx2.ConnectError, "the server cannot be reached"),
    (httpx2.UnsupportedProtocol, "the address is none of http or https"),
    (httpx2.InvalidURL, "the address is not valid"),
)
