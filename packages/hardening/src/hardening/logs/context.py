"""The context: what a request or a job adds to every line that is written within it."""

import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from hardening.core import Entropy, SystemEntropy

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ENTROPY = SystemEntropy()
_HEADER = b"x-request-id"
_IDENTIFIER = re.compile(rb"[A-Za-z0-9._-]{1,64}")


@contextmanager
def context(**fields: object) -> Iterator[None]:
    """
    Add fields to every line written within a `with` block, by any logger.

    They follow the task, as `contextvars` do: tasks started within have them, other
    requests of the same process do not.
    """
    from structlog.contextvars import (  # noqa: PLC0415 - loaded when used
        bound_contextvars,
    )

    with bound_contextvars(**fields):
        yield


class RequestContext:
    """
    ASGI middleware: `request_id`, `method` and `path` on every line of a request.

    The identifier is that of the header X-Request-ID, if it is one: up to 64 letters,
    digits, dots, hyphens and underscores. Otherwise a new one is made. The response
    carries it.

    Args:
        app: The application.
        entropy: Makes new identifiers; they tell requests apart and keep no secrets.
    """

    def __init__(self, app: App, *, entropy: Entropy = _ENTROPY) -> None:
        self._app = app
        self._entropy = entropy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = self._identifier(scope)

        async def answering(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told = (_HEADER, identifier.encode())
                message["headers"] = [*message.get("headers", ()), told]
            await send(message)

        fields = {"method": scope["method"], "path": scope["path"]}
        with context(request_id=identifier, **fields):
            await self._app(scope, receive, answering)

    def _identifier(self, scope: Scope) -> str:
        given = dict(scope["headers"]).get(_HEADER, b"")
        if _IDENTIFIER.fullmatch(given):
            return str(given, "ascii")
        return f"{int(self._entropy.chance() * 2**52):013x}"
