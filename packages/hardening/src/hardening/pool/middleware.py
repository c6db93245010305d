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

EXEMPT = ("/admin", "/health", "/healthz", "/livez", "/metrics", "/readyz")
"""What has to answer most of all when the service is overloaded."""


class PoolMiddleware:
    """
    Answers 503 with Retry-After while a gate rejects: an ASGI middleware.

    The same answer is given to a request whose own `Gate.check` or `admit` was rejected,
    as long as it has sent nothing. Requests of other kinds than HTTP pass unchecked.

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
        self._gates = tuple(gates)
        paths = tuple(exempt)
        require("PoolMiddleware.gates", "()", "one or more", holds=bool(self._gates))
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
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            self._check(scope["path"])
            await self._app(scope, receive, noted)
        except PoolExhausted as exhausted:
            if has_begun:
                raise
            await _answer(exhausted, send)

    def _check(self, path: str) -> None:
        """Let the gates look, unless the path is exempt."""
        if path in self._exempt or path.startswith(self._below):
            return
        for gate in self._gates:
            gate.check()


async def _answer(exhausted: PoolExhausted, send: Send) -> None:
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
