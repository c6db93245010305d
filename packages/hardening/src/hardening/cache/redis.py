"""
Adapters for Redis; loaded by those who use it.

    generations = RedisGenerations.connect("redis://localhost:6379/0")
    results = RedisResults.connect("redis://localhost:6379/0")

All keys of one name lie in one slot of a cluster: they are read in one step. Values are
stored under a hash of their keys, so that no key's text stands in Redis.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import redis
import redis.asyncio as redis_asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hardening.cache import scripts
from hardening.cache.errors import NoClient
from hardening.cache.generations import Raised, Unreachable
from hardening.cache.store import Found, Lead, Taken, Ticket, Wait
from hardening.core import require

if TYPE_CHECKING:
    from redis.client import PubSub

PREFIX: Final = "hardening:cache"
TIMEOUT_S: Final = 1.0
"""How long to wait for Redis, where this module makes the client."""

_MS = 1_000
_US = 1_000_000


class RedisGenerations:
    """
    Implements `Generations` in one Redis.

    The client needs a `socket_timeout`: without one, a frozen server holds up whoever
    invalidates; readers are never held up.

    Args:
        client: Shared with whoever else uses it; closing it is up to its owner.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._look = client.register_script(scripts.LOOK)
        self._advance = client.register_script(scripts.ADVANCE)
        self._pending = client.register_script(scripts.PENDING)
        self._forget = client.register_script(scripts.FORGET)

    @classmethod
    def connect(cls, url: str, *, timeout_s: float = TIMEOUT_S) -> "RedisGenerations":
        """Return one with a client of its own, which waits this long at most."""
        return cls(_client(url, timeout_s))

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def look(self, name: str, *, member: str, seen: str, term_s: float) -> str:
        """Return the generation, and note what the member has seen."""
        arguments = (member, seen, round(term_s * _MS))
        return _text(_run(self._look, [_generation_key(name)], arguments))

    def advance(self, name: str) -> Raised:
        """Raise the generation and announce it."""
        said = _run(self._advance, [_generation_key(name)], ())
        count, life, age_us, term_ms, pending = said
        return Raised(
            generation=_text(count),
            life=_text(life),
            pending=frozenset(map(_text, pending)),
            term_s=float(term_ms) / _MS,
            age_s=float(age_us) / _US,
        )

    def pending(self, name: str, raised: Raised) -> frozenset[str] | None:
        """Return who has not seen the generation; None when the data were lost."""
        arguments = (raised.generation, raised.life)
        said = _run(self._pending, [_generation_key(name)], arguments)
        return None if said is None else frozenset(map(_text, said))

    def forget(self, name: str, members: frozenset[str], raised: Raised) -> None:
        """Remove members that have not seen the generation."""
        _run(self._forget, [_generation_key(name)], (raised.generation, *members))

    def leave(self, name: str, member: str) -> None:
        """Remove a member."""
        with _answered():
            self._client.hdel(_generation_key(name), f"m:{member}", f"t:{member}")

    @contextmanager
    def subscribe(self, name: str) -> Iterator["_Announcements"]:
        """Open the announcements of a name."""
        listening: PubSub = self._client.pubsub()  # type: ignore[no-untyped-call]
        try:
            with _answered():
                listening.subscribe(_generation_key(name))
            yield _Announcements(listening)
        finally:
            listening.close()


class _Announcements:
    """Implements `Subscription` by one connection."""

    def __init__(self, listening: "PubSub") -> None:
        self._listening = listening

    def next(self, timeout_s: float) -> str | None:
        """Return the next announcement; empty after the client has reconnected."""
        with _answered():
            message = self._listening.get_message(timeout=timeout_s)
        if message is None:
            return None
        return _text(message["data"]) if message["type"] == "message" else ""


class RedisResults:
    """
    Implements `ResultStore` in one Redis.

    Args:
        client: For callers that block; None refuses them.
        async_client: For coroutines; None refuses them.
    """

    def __init__(
        self,
        client: "redis.Redis | None" = None,
        async_client: "redis_asyncio.Redis | None" = None,
    ) -> None:
        require(
            "RedisResults.client",
            client,
            "given, or async_client",
            holds=client is not None or async_client is not None,
        )
        self._client = client
        self._async_client = async_client
        self._scripts = _registered(client)
        self._async_scripts = _registered(async_client)

    @classmethod
    def connect(cls, url: str, *, timeout_s: float = TIMEOUT_S) -> "RedisResults":
        """Return one with two clients of its own, which wait this long at most."""
        return cls(_client(url, timeout_s), _async_client(url, timeout_s))

    def close(self) -> None:
        """Close the blocking client's connections."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close both clients' connections."""
        self.close()
        if self._async_client is not None:
            await self._async_client.aclose()

    def take(self, name: str, key: str, ticket: Ticket) -> Taken:
        """Return the value, or the lease to load it, or who holds the lease."""
        return _taken(self._do("take", name, key, _asked(ticket)), ticket)

    async def atake(self, name: str, key: str, ticket: Ticket) -> Taken:
        """Return what `take` does."""
        return _taken(await self._ado("take", name, key, _asked(ticket)), ticket)

    def put(
        self, name: str, key: str, lead: Lead, payload: bytes, kept_s: float
    ) -> bool:
        """Store a value, unless its load was overtaken."""
        return bool(self._do("put", name, key, _stored(lead, payload, kept_s)))

    async def aput(
        self, name: str, key: str, lead: Lead, payload: bytes, kept_s: float
    ) -> bool:
        """Store what `put` does."""
        return bool(await self._ado("put", name, key, _stored(lead, payload, kept_s)))

    def set(self, name: str, key: str, payload: bytes, kept_s: float) -> None:
        """Store a value whatever happened meanwhile, and overtake the load of it."""
        self._do("set", name, key, (payload, _ms(kept_s)))

    async def aset(self, name: str, key: str, payload: bytes, kept_s: float) -> None:
        """Store what `set` does."""
        await self._ado("set", name, key, (payload, _ms(kept_s)))

    def give_up(self, name: str, key: str, lead: Lead) -> None:
        """Give the lease back."""
        keys = _keys(name, key)[2:]
        _run(self._script("give_up"), keys, (lead.ticket.holder,))

    async def agive_up(self, name: str, key: str, lead: Lead) -> None:
        """Give the lease back."""
        keys = _keys(name, key)[2:]
        await _arun(self._async_script("give_up"), keys, (lead.ticket.holder,))

    def drop(self, name: str, key: str) -> None:
        """Forget a value, and overtake the load of it."""
        if self._client is None:
            raise NoClient(setting="client")
        with _answered():
            self._client.delete(*_keys(name, key)[1:])

    async def adrop(self, name: str, key: str) -> None:
        """Forget what `drop` does."""
        if self._async_client is None:
            raise NoClient(setting="async_client")
        with _answered():
            await self._async_client.delete(*_keys(name, key)[1:])

    def clear(self, name: str) -> None:
        """Forget all values of a name, and overtake all loads."""
        _run(self._script("clear"), _keys(name, "")[:1], ())

    async def aclear(self, name: str) -> None:
        """Forget what `clear` does."""
        await _arun(self._async_script("clear"), _keys(name, "")[:1], ())

    def _do(self, script: str, name: str, key: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401
        return _run(self._script(script), _keys(name, key), arguments)

    async def _ado(
        self, script: str, name: str, key: str, arguments: Sequence[Any]
    ) -> Any:  # noqa: ANN401
        return await _arun(self._async_script(script), _keys(name, key), arguments)

    def _script(self, name: str) -> Any:  # noqa: ANN401
        if not self._scripts:
            raise NoClient(setting="client")
        return self._scripts[name]

    def _async_script(self, name: str) -> Any:  # noqa: ANN401
        if not self._async_scripts:
            raise NoClient(setting="async_client")
        return self._async_scripts[name]


def _registered(client: Any) -> dict[str, Any]:  # noqa: ANN401 - either kind of client
    """Return the scripts of results, ready to be called through a client."""
    if client is None:
        return {}
    texts = {
        "take": scripts.TAKE,
        "put": scripts.PUT,
        "set": scripts.SET,
        "give_up": scripts.GIVE_UP,
        "clear": scripts.CLEAR,
    }
    return {name: client.register_script(text) for name, text in texts.items()}


def _client(url: str, timeout_s: float) -> "redis.Redis":
    """Return a client that gives up after one try."""
    _require_timeout(timeout_s)
    retry = redis.retry.Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry
    )


def _async_client(url: str, timeout_s: float) -> "redis_asyncio.Redis":
    """Return a client for coroutines that gives up after one try."""
    retry = redis_asyncio.retry.Retry(NoBackoff(), 0)
    return redis_asyncio.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry
    )


def _require_timeout(timeout_s: float) -> None:
    """Refuse a wait without an end."""
    holds = 0 < timeout_s < float("inf")
    require("connect.timeout_s", timeout_s, "more than 0 and finite", holds=holds)


@contextmanager
def _answered() -> Iterator[None]:
    """Turn whatever keeps Redis from answering into `Unreachable`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unreachable from error


def _run(script: Any, keys: Sequence[str], arguments: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return what a script says."""
    with _answered():
        return script(keys=keys, args=arguments)


async def _arun(script: Any, keys: Sequence[str], arguments: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return what a script says."""
    with _answered():
        return await script(keys=keys, args=arguments)


def _generation_key(name: str) -> str:
    """Return the hash of a name's generation, which is its channel as well."""
    return f"{PREFIX}:{{{name}}}:generation"


def _keys(name: str, key: str) -> list[str]:
    """Return the keys of the namespace's generation, of the entry and of its lease."""
    digest = blake2b(key.encode(), digest_size=16).hexdigest()
    return [
        f"{PREFIX}:{{{name}}}:results",
        f"{PREFIX}:{{{name}}}:v:{digest}",
        f"{PREFIX}:{{{name}}}:l:{digest}",
    ]


def _asked(ticket: Ticket) -> tuple[str, int, int]:
    """Return a take's arguments."""
    return ticket.holder, _ms(ticket.lease_s), _ms(ticket.grace_s)


def _stored(lead: Lead, payload: bytes, kept_s: float) -> tuple[str, str, bytes, int]:
    """Return a put's arguments."""
    return lead.ticket.holder, lead.generation, payload, _ms(kept_s)


def _taken(said: Sequence[Any], ticket: Ticket) -> Taken:
    """Return a take's answer."""
    match _text(said[0]):
        case "lead":
            return Lead(ticket, _text(said[1]))
        case "wait":
            return Wait(_text(said[1]))
        case word:
            return Found(bytes(said[1]), late=word == "late")


def _ms(span_s: float) -> int:
    """Return a span in whole milliseconds, one at least."""
    return max(1, round(span_s * _MS))


def _text(said: Any) -> str:  # noqa: ANN401 - clients may decode answers, or not
    """Return an answer as text."""
    return said.decode() if isinstance(said, bytes) else str(said)
