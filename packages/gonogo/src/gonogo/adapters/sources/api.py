"""
One request to the HTTP API of a service: bounded in time and memory, refusals in words.

The deadline is that of the whole exchange, so that a server that sends a byte now and
then cannot hold a look. Redirects are not followed: the keys in the headers are for one
host only. Who is asked to wait (`429`) waits: until then nothing is sent.
"""

import asyncio
import json
import math
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpx2

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.within import GIVE_LONGER
from gonogo.ports.source import SourceFailed

_LARGEST = 4 * 1024 * 1024  # bytes; the answer to one look has a few thousand
_LONGEST_S = 600.0  # nobody is believed who asks for more patience than that
_WAIT_S = 30.0  # where a refusal does not say for how long
_SHOWN = 200  # characters of somebody else's message

_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What is asked, below the API's address.

    Attributes:
        content: The body; None for a `GET`.
    """

    path: str
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, read to its end; names of headers in lower case."""

    status: int
    text: str
    headers: Mapping[str, str]


class Refused(SourceFailed):
    """A service answered with a status that is no success."""

    def __init__(self, message: str, reply: Reply) -> None:
        """Keep the answer, for services that say more in it than in the status."""
        super().__init__(message)
        self.reply = reply


class Api:
    """
    The HTTP API of one service.

    Args:
        opening: The source that it answers for.
        url: Its address.
        name: Of the service, for people.
        keys: Which options hold the keys, for people: what to look at on a 401.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        opening: Opening,
        *,
        url: str,
        name: str,
        keys: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/")
        self._opening, self._clock = opening, clock
        self._keys, self._where = keys, f"{name} ({_host(url)})"
        self._quiet_until_s = -math.inf

    def text(self, request: Request, deadline: timedelta) -> str:
        """
        Return the body of a successful answer.

        Raises:
            SourceFailed: There was none.
        """
        return self._replied(request, deadline).text

    def json(self, request: Request, deadline: timedelta) -> Any:  # noqa: ANN401
        """
        Return what a successful answer holds; NaN and Infinity are None there.

        Raises:
            SourceFailed: There was no answer, or it is not JSON.
        """
        text = self.text(request, deadline)
        try:
            return json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            said = shown(text) or "nothing"
            message = f"answered with something that is not JSON: {said}."
            raise self.failed(message) from error

    def failed(self, what: str) -> SourceFailed:
        """Return the error of this source: what its service did, and what to do."""
        return self._opening.failed(f"{self._where} {what}")

    def rest(self, wait_s: float | None) -> str:
        """Ask nothing for a while, and return in words for how long."""
        wait = min(_WAIT_S if wait_s is None else max(wait_s, 0.0), _LONGEST_S)
        self._quiet_until_s = self._clock() + wait
        return f"it is asked again in {math.ceil(wait)} s"

    def _replied(self, request: Request, deadline: timedelta) -> Reply:
        self._heed()
        try:
            reply = _exchanged(self._sent(request), deadline.total_seconds())
        except TimeoutError as late:
            within = f"its deadline of {deadline.total_seconds():g} s"
            message = f"did not answer within {within}. "
            remedy = f"Look whether it is up, ask for less, or {GIVE_LONGER}."
            raise self.failed(message + remedy) from late
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            message = f"cannot be asked: {_trouble(error)}."
            raise self.failed(message) from error
        if not 200 <= reply.status < 300:  # noqa: PLR2004
            raise Refused(str(self.failed(self._refused(reply))), reply)
        return reply

    def _heed(self) -> None:
        left_s = self._quiet_until_s - self._clock()
        if left_s > 0:
            again = f"it is asked again in {math.ceil(left_s)} s."
            message = f"asked for fewer requests; {again}"
            raise self.failed(message)

    def _sent(self, request: Request) -> httpx2.Request:
        headers = {"accept": "application/json", "user-agent": "gonogo"}
        headers |= request.headers or {}
        return httpx2.Request(
            "GET" if request.content is None else "POST",
            f"{self.url}{request.path}",
            params=request.params,
            headers=headers,
            content=request.content,
        )

    def _refused(self, reply: Reply) -> str:
        """Return what a refusal means, and what to do about it."""
        said = said_in(reply.text)
        told = f"status {reply.status}{f': {said}' if said else ''}"
        match reply.status:
            case 401 | 403:
                return f"refused the key ({told}). Look at {self._keys}."
            case 429:
                again = self.rest(_asked_wait_s(reply.headers))
                return f"is asked too often ({told}); {again}."
            case status if 300 <= status < 400:  # noqa: PLR2004
                there = _host(reply.headers.get("location", "")) or "elsewhere"
                remedy = "Keys are not sent on: write the right address as `url`."
                return f"sends the request on to {there}. {remedy}"
            case status if status >= 500:  # noqa: PLR2004
                return f"failed ({told}); it is asked at the next look."
            case 404:
                return f"has no such place ({told}). Look at `url`."
            case _:
                return f"refused the query ({told}). Correct the query."


def said_in(text: str) -> str:
    """Return the message in the body of a refusal, on one line; '' without one."""
    try:
        said = _message(json.loads(text))
    except (ValueError, RecursionError):
        said = "" if text.lstrip().startswith("<") else text
    return shown(said)


def shown(text: str) -> str:
    """Return somebody else's text: one line, without controls, and not too long."""
    flat = _CONTROLS.sub(" ", text).strip().rstrip(".")
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


def option(opening: Opening, name: str) -> str:
    """
    Return an option that has to be there.

    Raises:
        SourceFailed: It is not, or is empty.
    """
    found = opening.options.get(name, "").strip()
    if not found:
        message = f"it needs the option `{name}`. Write it under its `options:`."
        raise opening.failed(message)
    return found


def _message(held: object) -> str:
    """Return the first message in a refusal, whichever way it is written."""
    match held:
        case str():
            return held
        case [first, *_]:
            return _message(first)
        case dict():
            names = ("errors", "error", "message", "Message", "detail", "reason")
            found = (_message(held[name]) for name in names if name in held)
            return next(filter(None, found), "")
        case _:
            return ""


def _asked_wait_s(headers: Mapping[str, str]) -> float | None:
    """Return how long a service asks to be left alone; None where it does not say."""
    for name in ("retry-after", "x-ratelimit-reset"):
        text = headers.get(name, "")
        if _SECONDS.fullmatch(text):
            return float(text)
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            continue
        return (until.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return None


# -- the exchange --------------------------------------------------------------------


def _exchanged(request: httpx2.Request, limit_s: float) -> Reply:
    """Send a request, and return the answer; all of it ends with its limit."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(asyncio.wait_for(_fetched(request), limit_s))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _fetched(request: httpx2.Request) -> Reply:
    # No timeout but the one of the whole exchange; the certificates are read once.
    async with httpx2.AsyncClient(timeout=None, verify=_certificates()) as client:
        response = await client.send(request, stream=True)
        try:
            return await _read(response)
        finally:
            await response.aclose()


async def _read(response: httpx2.Response) -> Reply:
    body = bytearray()
    async for chunk in response.aiter_bytes(64 * 1024):
        body += chunk
        if len(body) > _LARGEST:
            message = (
                f"the answer is larger than {_LARGEST // 1024**2} MiB, ask for less"
            )
            raise ValueError(message)
    return Reply(
        status=response.status_code,
        text=body.decode("utf-8", "replace"),
        headers={name.lower(): value for name, value in response.headers.items()},
    )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _host(url: str) -> str:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError, ValueError):
        return ""
    return f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host


def _trouble(error: Exception) -> str:
    """Return what went wrong on one line; the kind of error where it has no words."""
    if isinstance(error, httpx2.UnsupportedProtocol):
        return "its address has to begin with http:// or https://"
    if isinstance(error, httpx2.LocalProtocolError):
        # Its own words quote the header, and with it the key.
        return "an option holds a line break, or what else no header may hold"
    return shown(str(error)) or type(error).__name__
