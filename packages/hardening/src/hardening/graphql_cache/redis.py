"""
Answers in Redis, shared by all servers; loaded by those who use it.

    store = RedisStore.connect("redis://localhost:6379/0")

The moments of invalidations stand in one hash: they are lost together or not at all, and
when they are, everything from before counts as invalidated. So it does when the server
was restarted, or another was promoted: it may have forgotten what it confirmed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import redis
import redis.asyncio as redis_asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hardening.core import require
from hardening.graphql_cache.store import Found, Missed, Unreachable
from hardening.graphql_cache.target import (
    Everything,
    Marks,
    OfOperations,
    Target,
    tag_of,
)

PREFIX: Final = "hardening:graphql"
TIMEOUT_S: Final = 0.2
"""How long to wait for Redis: answering without it takes about as long."""

# KEYS: the moments, the entry. An entry begins with the moment of the miss before it.
# The run id of the server stands beside the moments: a snapshot brings moments and
# entries back together, both old. To ask for it takes 13 µs of a look's 90.
_LAST = """
local function text(number) return string.format('%.0f', number) end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local fields = {'now', 'floor', 'prefixes', 'run'}
for i = FIRST, #ARGV do fields[#fields + 1] = ARGV[i] end
local kept = redis.call('HMGET', KEYS[1], unpack(fields))
local now, last = tonumber(kept[1]), tonumber(kept[2])
if not now or not last or kept[4] ~= run then
  local time = redis.call('TIME')
  now = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), (now or 0) + 1)
  last = now
  kept[3] = ''
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'now', text(now), 'floor', text(now), 'run', run)
end
for i = 5, #fields do last = math.max(last, tonumber(kept[i]) or 0) end
for prefix, moment in string.gmatch(kept[3] or '', '([_%w]+)=(%d+)') do
  if string.sub(ARGV[1], 1, #prefix) == prefix then
    last = math.max(last, tonumber(moment))
  end
end
"""

_FIND = (
    _LAST.replace("FIRST", "2")
    + """
local entry = redis.call('GET', KEYS[2])
if entry then
  local colon = string.find(entry, ':', 1, true)
  if colon and (tonumber(string.sub(entry, 1, colon - 1)) or -1) >= last then
    return {text(now), string.sub(entry, colon + 1)}
  end
end
return {text(now), false}
"""
)

_KEEP = (
    _LAST.replace("FIRST", "5")
    + """
if last > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[2], ARGV[2] .. ':' .. ARGV[3], 'PX', ARGV[4])
return 1
"""
)

# ARGV: 'all', 'prefix' or 'tag', and which.
_INVALIDATE = (
    _LAST.replace("FIRST", "3")
    + """
now = now + 1
local prefixes, count = text(now), 0
if ARGV[1] == 'prefix' then
  prefixes = ARGV[2] .. '=' .. text(now)
  for prefix, moment in string.gmatch(kept[3] or '', '([_%w]+)=(%d+)') do
    count = count + 1
    if prefix ~= ARGV[2] then prefixes = prefixes .. ' ' .. prefix .. '=' .. moment end
  end
end
if ARGV[1] == 'all' or count >= 100 or redis.call('HLEN', KEYS[1]) > 10000 then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'floor', text(now), 'run', run)
elseif ARGV[1] == 'prefix' then
  redis.call('HSET', KEYS[1], 'prefixes', prefixes)
else
  redis.call('HSET', KEYS[1], ARGV[2], text(now))
end
redis.call('HSET', KEYS[1], 'now', text(now))
return 1
"""
)


class RedisStore:
    """
    Implements `Store` in one Redis; a Redis that does not answer is a miss.

    Args:
        client: For schemas that are executed by `execute_sync`.
        async_client: For schemas that are executed by `execute`.
        name: Tells several schemas in one Redis apart.
    """

    def __init__(
        self,
        client: "redis.Redis | None" = None,
        async_client: "redis_asyncio.Redis | None" = None,
        *,
        name: str = "schema",
    ) -> None:
        holds = client is not None or async_client is not None
        require("RedisStore.client", client, "given, or async_client", holds=holds)
        require("RedisStore.name", name, "a text that is not empty", holds=bool(name))
        self._name = name
        self._client = client
        self._async_client = async_client
        self._scripts = _registered(client)
        self._async_scripts = _registered(async_client)

    @classmethod
    def connect(
        cls, url: str, *, name: str = "schema", timeout_s: float = TIMEOUT_S
    ) -> "RedisStore":
        """Return one with two clients of its own, which wait this long at most."""
        holds = 0 < timeout_s < float("inf")
        rule = "more than 0 and finite"
        require("RedisStore.timeout_s", timeout_s, rule, holds=holds)
        client = redis.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=redis.retry.Retry(NoBackoff(), 0),
        )
        async_client = redis_asyncio.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=redis_asyncio.retry.Retry(NoBackoff(), 0),
        )
        return cls(client, async_client, name=name)

    def close(self) -> None:
        """Close the blocking client's connections."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close both clients' connections."""
        self.close()
        if self._async_client is not None:
            await self._async_client.aclose()

    def find(self, key: str, marks: Marks) -> Found | Missed:
        """Look for an answer."""
        return _found(self._run("find", key, (marks.operation, *marks.tags)))

    async def afind(self, key: str, marks: Marks) -> Found | Missed:
        """Look for an answer."""
        return _found(await self._arun("find", key, (marks.operation, *marks.tags)))

    def keep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File an answer, unless it was overtaken."""
        return bool(self._run("keep", key, _kept(marks, missed, payload, ttl_s)))

    async def akeep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File an answer, unless it was overtaken."""
        return bool(await self._arun("keep", key, _kept(marks, missed, payload, ttl_s)))

    def invalidate(self, target: Target) -> None:
        """Forget answers, on all servers."""
        self._run("invalidate", "", _aimed(target))

    async def ainvalidate(self, target: Target) -> None:
        """Forget answers, on all servers."""
        await self._arun("invalidate", "", _aimed(target))

    def _run(self, script: str, key: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401
        holds = bool(self._scripts)
        require("RedisStore.client", None, "given for execute_sync", holds=holds)
        with _answered():
            return self._scripts[script](keys=self._keys(key), args=arguments)

    async def _arun(self, script: str, key: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401
        holds = bool(self._async_scripts)
        require("RedisStore.async_client", None, "given for execute", holds=holds)
        with _answered():
            return await self._async_scripts[script](
                keys=self._keys(key), args=arguments
            )

    def _keys(self, key: str) -> list[str]:
        """Return the keys of the moments and of an entry, in one slot of a cluster."""
        head = f"{PREFIX}:{{{self._name}}}"
        return [f"{head}:moments", f"{head}:a:{key}"]


def _registered(client: Any) -> dict[str, Any]:  # noqa: ANN401 - either kind of client
    """Return the scripts, ready to be called through a client."""
    if client is None:
        return {}
    texts = {"find": _FIND, "keep": _KEEP, "invalidate": _INVALIDATE}
    return {name: client.register_script(text) for name, text in texts.items()}


@contextmanager
def _answered() -> Iterator[None]:
    """Turn whatever keeps Redis from answering into `Unreachable`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unreachable from error


def _kept(
    marks: Marks, missed: Missed, payload: bytes, ttl_s: float
) -> tuple[str | bytes | int, ...]:
    """Return a keep's arguments."""
    life_ms = max(1, round(ttl_s * 1000))
    return (marks.operation, missed.moment, payload, life_ms, *marks.tags)


def _aimed(target: Target) -> tuple[str, str]:
    """Return an invalidation's arguments."""
    match target:
        case Everything():
            return ("all", "")
        case OfOperations(prefix):
            return ("prefix", prefix)
        case _:
            return ("tag", tag_of(target))


def _found(said: Sequence[Any]) -> Found | Missed:
    """Return a look's answer."""
    moment, payload = said
    return Missed(int(moment)) if payload is None else Found(bytes(payload))
