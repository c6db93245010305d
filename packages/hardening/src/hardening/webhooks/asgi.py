"""The endpoint: an ASGI application that receives deliveries and answers each."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Generic, TypeVar

from hardening.webhooks.delivery import Delivery
from hardening.webhooks.errors import BodyTooLarge, WebhookError
from hardening.webhooks.receiver import Receiver
from hardening.webhooks.store import AsyncStore

W = TypeVar("W")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WebhookEndpoint(Generic[W]):
    """
    Answers deliveries over HTTP; mount it at a path of Starlette, FastAPI or any other.

    200 for what was processed, now or before; 400, 401, 409, 413 and 503 as the errors
    say. What the handler raises passes to the server, which answers 500: the sender
    sends the delivery again.

    Args:
        receiver: Verifies.
        store: Remembers.
        handler: Processes; gets the delivery and the store's connection.

    Raises:
        InvalidSetting: The store forgets what could still be replayed.
    """

    def __init__(
        self,
        receiver: Receiver,
        store: AsyncStore[W],
        handler: Callable[[Delivery, W], Awaitable[object]],
    ) -> None:
        receiver.require_memory(store)
        self._receiver = receiver
        self._store = store
        self._handler = handler

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            message = f"A webhook endpoint serves HTTP, not {scope['type']!r}."
            raise ValueError(message)
        if scope["method"] != "POST":
            await _answer(send, 405, "method_not_allowed", (b"allow", b"POST"))
            return
        try:
            body = await self._body(receive)
        except BodyTooLarge as error:
            self._receiver.refuse(error)
            await _answer(send, error.status, error.reason)
            return
        if body is None:
            return
        try:
            await self._receiver.receive_async(
                scope["headers"], body, self._store, self._handler
            )
        except WebhookError as error:
            await _answer(send, error.status, error.reason)
        else:
            await _answer(send, 200, "processed")

    async def _body(self, receive: Receive) -> bytes | None:
        """Return the body; None when the sender went away."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._receiver.bytes_max:
                raise BodyTooLarge(self._receiver.bytes_max)
            more = message.get("more_body", False)
        return b"".join(parts)


async def _answer(
    send: Send, status: int, outcome: str, *headers: tuple[bytes, bytes]
) -> None:
    """Send an answer that says what became of the delivery."""
    body = json.dumps({"outcome": outcome}).encode()
    fixed = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status in {409, 503}:
        fixed.append((b"retry-after", b"5"))
    start = {"type": "http.response.start", "status": status}
    await send(start | {"headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})
