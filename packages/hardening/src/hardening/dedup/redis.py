"""
The store of many processes: a sorted set in Redis, by the time of marking.

    store = RedisStore("redis://localhost/0", name="orders", window_s=3600)

One round trip a batch, by a script. The window's clock is the server's, so that
consumers whose clocks differ agree. Keep such a Redis from evicting keys: what it
evicts is forgotten, and handled again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.retry import Retry

from hardening.core import require
from hardening.dedup.errors import StoreUnavailable
from hardening.dedup.scripts import KEYS_MAX, LOOK, MARK, RELEASE
from hardening.dedup.store import Claim, Sight, Window

Call = dict[str, list[object]]
"""A script's keys and arguments."""


class RedisStore:
    """
    Implements `Store` and `AsyncStore` by a Redis that consumers share.

    Each wait for the server takes at most `timeout_s`. The coroutines belong to one
    event loop.

    Args:
        url: As redis-py takes it.
        name: Stores of the same name share what they remember.
        window_s: For how long a key is remembered.
        size: How many are, those marked last; about 145 bytes of Redis for one of 32 characters.
        prefix: Of all keys in Redis.
        timeout_s: The limit of each wait, for the connection and for each answer.

    Raises:
        InvalidSetting: A setting is out of its range.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "events",
        window_s: float = 3600.0,
        size: int = 1_000_000,
        prefix: str = "dedup:",
        timeout_s: float = 0.5,
    ) -> None:
        holds = 0 < timeout_s < float("inf")
        rule = "more than 0 and finite"
        require("RedisStore.timeout_s", timeout_s, rule, holds=holds)
        holds = bool(name) and not set(name) & {"{", "}"}
        require("RedisStore.name", name, "some text without braces", holds=holds)
        self._name = name
        self._window = Window(window_s, size)
        self._size = 0
        # One hash tag, so that a cluster keeps all of it on one node.
        self._base = f"{prefix}{{{name}}}:".encode()
        limits: dict[str, Any] = {
            "socket_timeout": timeout_s,
            "socket_connect_timeout": timeout_s,
        }
        # A connection that a restart broke is opened again; a server that does not
        # answer is not asked twice.
        once, lost = NoBackoff(), (ConnectionLost,)
        self._now = _Scripts(
            redis.Redis.from_url(url, retry=Retry(once, 1, lost), **limits)
        )
        self._later = _Scripts(
            AsyncRedis.from_url(url, retry=AsyncRetry(once, 1, lost), **limits)
        )

    @property
    def size(self) -> int:
        """How many keys there were at this process's last mark."""
        return self._size

    def close(self) -> None:
        """Close the connections of plain code."""
        self._now.client.close()

    async def aclose(self) -> None:
        """Close the connections of the coroutines."""
        await self._later.client.aclose()

    def look(self, keys: Sequence[bytes], claim: Claim | None) -> Sequence[Sight]:
        """Return what is known of each key, in their order; claim those that are new."""
        with self._asked("look"):
            answers = [self._now.look(**self._look(part, claim)) for part in _in(keys)]
        return [Sight(number) for answer in answers for number in answer]

    def mark(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Remember keys as processed, in their order, and let go of their claims."""
        with self._asked("mark"):
            for part in _in(keys):
                self._size = self._now.mark(**self._mark(part, claim))

    def release(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Let go of claims; those of another token stay."""
        with self._asked("release"):
            for part in _in(keys):
                self._now.release(**self._release(part, claim))

    async def look_async(
        self, keys: Sequence[bytes], claim: Claim | None
    ) -> Sequence[Sight]:
        """Do as `look`."""
        with self._asked("look"):
            answers = [
                await self._later.look(**self._look(part, claim)) for part in _in(keys)
            ]
        return [Sight(number) for answer in answers for number in answer]

    async def mark_async(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Do as `mark`."""
        with self._asked("mark"):
            for part in _in(keys):
                self._size = await self._later.mark(**self._mark(part, claim))

    async def release_async(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Do as `release`."""
        with self._asked("release"):
            for part in _in(keys):
                await self._later.release(**self._release(part, claim))

    def _look(self, keys: Sequence[bytes], claim: Claim | None) -> Call:
        """Return the arguments of the script that looks."""
        token, lease_ms = (claim.token, _ms(claim.lease_s)) if claim else ("", 0)
        args = [self._window_us, token, lease_ms, *keys]
        return {"keys": self._keys(keys, claim), "args": args}

    def _mark(self, keys: Sequence[bytes], claim: Claim | None) -> Call:
        """Return the arguments of the script that marks."""
        token = claim.token if claim else ""
        args = [self._window_us, self._window.size, token, *keys]
        return {"keys": self._keys(keys, claim), "args": args}

    def _release(self, keys: Sequence[bytes], claim: Claim) -> Call:
        """Return the arguments of the script that lets go."""
        return {"keys": self._keys(keys, claim), "args": [claim.token]}

    def _keys(self, keys: Sequence[bytes], claim: Claim | None) -> list[object]:
        """Return the names in Redis: of the set, and of each claim."""
        claimed = () if claim is None else keys
        return [
            self._base + b"seen",
            *(self._base + b"claim:" + key for key in claimed),
        ]

    @property
    def _window_us(self) -> int:
        """The window in microseconds, as the scripts take it."""
        return int(self._window.span_s * 1_000_000)

    @contextmanager
    def _asked(self, step: str) -> Iterator[None]:
        """Turn whatever Redis or the network raises into the store's own error."""
        try:
            yield
        except (RedisError, OSError) as error:
            raise StoreUnavailable(store=self._name, step=step, cause=error) from error


class _Scripts:
    """A client, and the scripts it runs: plain calls, or coroutines."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - either of two clients
        self.client = client
        self.look = client.register_script(LOOK)
        self.mark = client.register_script(MARK)
        self.release = client.register_script(RELEASE)


def _in(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut keys into what one run of a script takes."""
    rest = iter(keys)
    while part := tuple(islice(rest, KEYS_MAX)):
        yield part


def _ms(span_s: float) -> int:
    """Return whole milliseconds, one at least."""
    return max(1, round(span_s * 1000))
