"""Dedup: what an event costs in process and through Redis, and a key's memory."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import cycle, islice

import redis

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import Timings, timings
from hardening.dedup import Deduplicator, MemoryStore
from hardening.dedup.redis import RedisStore
from hardening.testing.redis import private_redis

EVENTS = 200_000
"""Twice the store's size, so that each is forgotten before it comes round again."""

NEW, COPY, BATCH = "process, a new event", "process, a copy", "process_batch of 100"
FLOOR = "an OrderedDict, no lock, no window"
NAIVE = "SET NX before handling, one by one"
PER_ROUND = 1_000
BYTES_OF = 100_000


def measure() -> Iterator[Row]:
    """Yield the microseconds an event, and the bytes a key."""
    yield from _in_process()
    with private_redis() as server, redis.Redis.from_url(server.url) as client:
        yield from _through_redis(server.url, client)
        yield from _memory(server.url, client)


def _in_process() -> Iterator[Row]:
    """Yield the cost of an event in this process; the bar is in microseconds."""
    dedup = Deduplicator[str](MemoryStore(), key=str)
    copied = Deduplicator[str](MemoryStore(), key=str)
    following = _events()
    singly = timings(
        {
            FLOOR: _floor(following),
            NEW: lambda: dedup.process(next(following), _handle),
            COPY: lambda: copied.process("event", _handle),
        },
        number=300,
    )
    at_once = timings(
        {BATCH: lambda: dedup.process_batch(list(islice(following, 100)), _handle)},
        number=2,
    )
    for name in singly.rounds:
        is_floor = name == FLOOR
        yield Row(
            figure=f"dedup, in process: {name}",
            value=singly.median_ns(name) / 1_000,
            unit="µs/event",
            against=None if is_floor else FLOOR,
            ratio=None if is_floor else singly.ratio(name, FLOOR),
            bar=None if is_floor else Bar(Of.VALUE, most=5),
        )
    yield Row(
        figure=f"dedup, in process: {BATCH}",
        value=at_once.median_ns(BATCH) / 100 / 1_000,
        unit="µs/event",
        bar=Bar(Of.VALUE, most=5),
    )


def _through_redis(url: str, client: "redis.Redis") -> Iterator[Row]:
    """Yield the cost of an event through Redis, beside the naive ways."""
    following = _events()
    stores = [RedisStore(url, name=f"of-{batch}", timeout_s=30) for batch in (100, 500)]
    dedups = [
        Deduplicator[str](store, key=str, batch=batch)
        for store, batch in zip(stores, (100, 500), strict=True)
    ]

    def ours(dedup: Deduplicator[str]) -> Callable[[], object]:
        return lambda: dedup.process_batch(list(islice(following, PER_ROUND)), _handle)

    def one_by_one() -> None:
        for event in islice(following, PER_ROUND):
            if client.set(f"one:{event}", 1, nx=True, ex=3600):
                _handle(event)

    def pipelined() -> None:
        events = list(islice(following, PER_ROUND))
        for start in range(0, PER_ROUND, 500):
            pipeline = client.pipeline(transaction=False)
            for event in events[start : start + 500]:
                pipeline.set(f"pipe:{event}", 1, nx=True, ex=3600)
            pipeline.execute()

    taken = timings(
        {
            NAIVE: one_by_one,
            "SET NX before handling, a pipeline of 500": pipelined,
            "process_batch, a look and a mark each 100": ours(dedups[0]),
            "process_batch, a look and a mark each 500": ours(dedups[1]),
        },
        rounds=9,
        number=1,
    )
    yield from _redis_rows(taken)
    for store in stores:
        store.close()


def _redis_rows(taken: Timings) -> Iterator[Row]:
    """Yield the rows of the ways through Redis."""
    for name in taken.rounds:
        yield Row(
            figure=f"dedup, Redis: {name}",
            value=taken.median_ns(name) / PER_ROUND / 1_000,
            unit="µs/event",
            against=None if name == NAIVE else NAIVE,
            ratio=None if name == NAIVE else taken.ratio(name, NAIVE),
            bar=Bar(Of.RATIO, most=1) if name.startswith("process") else None,
        )


def _memory(url: str, client: "redis.Redis") -> Iterator[Row]:
    """Yield the bytes that Redis takes for a key of 32 characters."""
    keys = [f"{number:032d}" for number in range(BYTES_OF)]
    client.flushall()
    before = _used(client)
    store = RedisStore(url, timeout_s=30)
    store.mark([key.encode() for key in keys], None)
    ours = (_used(client) - before) / BYTES_OF
    store.close()
    client.flushall()
    before = _used(client)
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.set(key, 1, ex=3600)
    pipeline.execute()
    theirs = (_used(client) - before) / BYTES_OF
    naive = "dedup, Redis: memory, a key of its own for each"
    yield Row(figure=naive, value=theirs, unit="B/key")
    yield Row(
        figure="dedup, Redis: memory, RedisStore",
        value=ours,
        unit="B/key",
        against=naive,
        ratio=ours / theirs,
    )


def _used(client: "redis.Redis") -> int:
    """Return the bytes that the server has in use."""
    return int(client.info("memory")["used_memory"])


def _floor(following: Iterator[str]) -> Callable[[], None]:
    """Return the least that remembers what was handled, in order and in number."""
    seen: OrderedDict[str, None] = OrderedDict()

    def run() -> None:
        event = next(following)
        if event in seen:
            return
        _handle(event)
        seen[event] = None
        if len(seen) > EVENTS // 2:
            seen.popitem(last=False)

    return run


def _events() -> Iterator[str]:
    """Return identifiers without end."""
    return cycle([f"event-{number:026d}" for number in range(EVENTS)])


def _handle(event: object) -> None:
    """Do nothing with an event."""
