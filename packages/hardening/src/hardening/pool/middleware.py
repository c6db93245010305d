"""The middleware: a request that would wait for a connection is answered 503 at once."""

import json
import math
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from hardening.core import require
from hardening.pool.errors import PoolExhausted
from hardening.pool.gate import Gate

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HELD_MAX = 8  # messages; a framework's failure has two, an endless stream has no end

EXEMPT = ("/admin", "/health", "/healthz", "/livez", "/metrics", "/readyz")
"""What has to answer most of all when the service is overloaded."""


class PoolMiddleware:
    """
    Answers 503 with Retry-After while a gate rejects: an ASGI middleware.

        app.add_middleware(PoolMiddleware, gates=[gate])  # Starlette, FastAPI
        app = PoolMiddleware(app, gates=[gate])           # any other

    The same answer is given to a request whose own `Gate.check` or `admit` was rejected,
    as long as it has sent nothing but the 500 of a framework that saw the error first:
    an answer of 500 is held back until the application is done. Requests of other kinds
    than HTTP pass unchecked.

    Args:
        app: The application.
        gates: One for each pool that a request may need; the first that rejects answers.
        exempt: Paths that are let through, with all below them: '/health' exempts
            '/health/live' and not '/healthy'. They begin with a slash.

    Raises:
        InvalidSetting: There is no gate, or a path does not begin with a slash.
    """

    def __init__(
        self, app: App, *, gates: Iterable[Gate], exempt: Iterable[str] = EXEMPT
    ) -> None:
        self._app = app
        self._gates = _gates_of(gates)
        paths = tuple(exempt)
        holds = all(path.startswith("/") and path.strip("/") for path in paths)
        rule = "paths that begin with a slash"
        require("PoolMiddleware.exempt", paths, rule, holds=holds)
        self._exempt = frozenset(path.rstrip("/") for path in paths)
        self._below = tuple(f"{path}/" for path in self._exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            self._check(scope["path"])
            await self._app(scope, receive, answer)
        except PoolExhausted as exhausted:
            if answer.has_begun:
                raise
            await _reject(exhausted, send)
        except Exception:
            await answer.flush()
            raise
        else:
            await answer.flush()

    def _check(self, path: str) -> None:
        """Let the gates look, unless the path is exempt."""
        if path in self._exempt or path.startswith(self._below):
            return
        for gate in self._gates:
            gate.check()


def _gates_of(gates: object) -> tuple[Gate, ...]:
    """Return the gates; refuse what is none, and one that stands for a list of them."""
    given = tuple(gates) if isinstance(gates, Iterable) else ()
    holds = bool(given) and all(isinstance(gate, Gate) for gate in given)
    require("PoolMiddleware.gates", gates, "one Gate or more, in a list", holds=holds)
    return given


class _Answer:
    """
    What the application sends; a failure waits to be replaced by a rejection.

    Starlette's outermost layer answers 500 to whatever a handler raises, and raises it
    again: by then a rejection is too late, unless that answer did not go out yet.

    Args:
        send: The server's.

    Attributes:
        has_begun: Whether the server was given anything.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: list[Message] = []
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        """Send a message on, or hold it back."""
        if not self.has_begun and (self._held or _is_failure(message)):
            self._held.append(message)
            if len(self._held) > _HELD_MAX:
                await self.flush()
            return
        self.has_begun = True
        await self._send(message)

    async def flush(self) -> None:
        """Send what was held back: it was meant."""
        held, self._held = self._held, []
        for message in held:
            self.has_begun = True
            await self._send(message)


def _is_failure(message: Message) -> bool:
    """Tell the start of an answer that a framework gives to an error."""
    kind, status = message["type"], message.get("status")
    return kind == "http.response.start" and status == 500  # noqa: PLR2004 - HTTP's


async def _reject(exhausted: PoolExhausted, send: Send) -> None:
    """
    Send the rejection.

    Source:
        RFC 9110, 10.2.3: Retry-After is a whole number of seconds.
    """
    after_s = max(1, math.ceil(exhausted.retry_after_s))
    body = json.dumps({"error": "pool_exhausted", "retry_after_s": after_s}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(after_s).encode()),
        (b"cache-control", b"no-store"),
    ]
    status = exhausted.status
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
