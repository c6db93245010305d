"""
Cancel requests while ten connections are contended, then see how many still serve.

    python -m benchmarks.peers.hardening_http httpx 5000 20

The library, the cancellations, and the most seconds for them.

Prints how many calls were made and cancelled, and how many of the ten slots are lost.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

SLOTS, CALLERS, CANCELLED = 10, 40, 0.7
_DICE = Random(0)

Get = Callable[[str], Awaitable[object]]


def main() -> None:
    """Print the result of one library, as JSON."""
    library, most, span_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    asyncio.run(_measure(library, most, span_s))


async def _measure(library: str, most: int, span_s: float) -> None:
    """Print, and leave at once: a pool that has lost slots waits for them at its end."""
    server = _Server()
    url = await server.start()
    found = await _churned(_LIBRARIES[library](url), most, span_s)
    sys.stdout.write(json.dumps(found | {"lost": SLOTS - server.held_most}))
    sys.stdout.flush()
    os._exit(0)


async def _churned(get: Get, most: int, span_s: float) -> dict[str, int]:
    """Call and cancel; then ask as often as there are slots, all at once."""
    calls = cancelled = 0
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + span_s

    async def caller() -> None:
        nonlocal calls, cancelled
        while cancelled < most and loop.time() < ends_s:
            task = asyncio.ensure_future(get("/"))
            await asyncio.sleep(_DICE.uniform(0, 0.012))
            calls += 1
            if _DICE.random() < CANCELLED:
                cancelled += task.cancel()
            with suppress(BaseException):
                await task

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    await asyncio.sleep(0.5)
    probes = (get("/hold") for _ in range(SLOTS))
    await asyncio.gather(*probes, return_exceptions=True)
    return {"calls": calls, "cancelled": cancelled}


class _Server:
    """
    Answers each request after a while, and cuts every second connection then.

    Attributes:
        held_most: How many requests to '/hold' there were at one time. Each is held
            for a second, so that a slot serves one of them.
    """

    def __init__(self) -> None:
        self.held_most = self._held = 0

    async def start(self) -> str:
        """Serve, and return the address."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(Exception):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._wait(is_held=head.startswith(b"GET /hold "))
                how = _DICE.choice((b"close", b"keep-alive"))
                lines = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: "
                writer.write(lines + how + b"\r\n\r\n{}")
                await writer.drain()
                if how == b"close":
                    break
        writer.close()

    async def _wait(self, *, is_held: bool) -> None:
        self._held += is_held
        self.held_most = max(self.held_most, self._held)
        await asyncio.sleep(1 if is_held else _DICE.uniform(0.001, 0.02))
        self._held -= is_held


def _by_library(name: str) -> Callable[[str], Get]:
    """Return how to call with httpx or httpx2, by their own clients."""

    def get_of(url: str) -> Get:
        library = __import__(name)
        limits = library.Limits(max_connections=SLOTS, max_keepalive_connections=SLOTS)
        client = library.AsyncClient(
            limits=limits, timeout=library.Timeout(2.0, pool=0.5), trust_env=False
        )
        return lambda path: client.get(url + path)

    return get_of


def _by_kit(url: str) -> Get:
    """Return how to call with the kit."""
    from hardening.http import AsyncClient, Provider  # noqa: PLC0415

    provider = Provider(name="p", base_url=url, timeout_s=3, connections=SLOTS)
    client = AsyncClient([provider])
    return lambda path: client.get("p", path)


_LIBRARIES: dict[str, Callable[[str], Get]] = {
    "httpx": _by_library("httpx"),
    "httpx2": _by_library("httpx2"),
    "kit": _by_kit,
}


if __name__ == "__main__":
    main()
