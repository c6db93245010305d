"""A provider on this machine that answers as a test tells it to."""

import asyncio
import json
import threading
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import pytest


@dataclass(frozen=True)
class Received:
    """One request, as it came in."""

    method: str
    target: str
    headers: dict
    body: bytes


def reply(status=200, body=b"{}", **headers):
    """Return an answer as it goes over the wire; '_' in a header's name is '-'."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", "content-length": len(content)}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in given.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


class LocalProvider:
    """
    Answers on 127.0.0.1, from a thread of its own.

    `answers[path]` is a queue of answers; the last one stays. An answer is bytes, or a
    coroutine function that is given the request and the writer.
    """

    def __init__(self):
        self.answers = defaultdict(lambda: deque([reply()]))
        self.received = []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._handlers = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._started.wait()
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, path, *answers):
        """Set what a path answers, in turn."""
        self.answers[path] = deque(answers)

    def stop(self):
        """Stop, and wait until nothing is left."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        # A server that is closed while it accepts forgets that connection's socket.
        await self._turns()
        server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await self._turns()  # a transport is closed one turn of the loop later

    async def _turns(self):
        for _ in range(10):
            await asyncio.sleep(0.0005)

    async def _connected(self, reader, writer):
        self._handlers.add(asyncio.current_task())
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while not writer.is_closing():
                    await self._one(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            await self._ended(writer)

    async def _ended(self, writer):
        """Close a connection; what the other side does not read is not waited for."""
        writer.close()
        with suppress(OSError, TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(writer.wait_closed(), 0.2)
        writer.transport.abort()

    async def _one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Received(method, target, headers, body)
        self.received.append(request)
        queue = self.answers[target.partition("?")[0]]
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(request, writer)


async def never(_, writer):
    """Answer nothing."""
    await asyncio.sleep(30)
    writer.close()


async def drip(_, writer):
    """Send a byte of the headers now and then: no single read takes long."""
    for byte in reply(200, b"x" * 1000):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def hang_up(_, writer):
    """Cut the connection."""
    writer.close()


async def echo(request, writer):
    """Answer with what was asked."""
    seen = {
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": request.body.decode(),
    }
    writer.write(reply(200, seen))
    await writer.drain()


@pytest.fixture
def provider():
    """Give a provider of this test's own."""
    local = LocalProvider()
    yield local
    local.stop()
