"""GraphQL answers: what a query costs, executed and from the cache."""

import asyncio
from collections.abc import Callable, Iterator
from hashlib import sha256

import orjson
import strawberry
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from hardening.graphql_cache import MemoryStore, Policy, QueryCache, Rules
from hardening.graphql_cache.key import Key, OneUser, User
from hardening.graphql_cache.redis import RedisStore
from hardening.graphql_cache.target import Marks
from hardening.testing.redis import private_redis

TEXT = "query A($n: Int!) { users(n: $n) { id name email } }"
VARIABLES = {"n": 20}
BATCH = 30
RULES = Rules(fields={"Query.users": Policy.USER_DATA})

PLAIN = "strawberry, 20 users"
PEER = "strawberry with ParserCache and ValidationCache"
UNCACHED = "QueryCache, a query without a policy"
HIT = "QueryCache, a hit in memory"
REDIS = "QueryCache, a hit in Redis, awaited"
FLOOR = "sha256 of the text, orjson and a user; a look in a dict"
LOOK = "Key.digest and MemoryStore.find"


@strawberry.type
class Person:
    """Somebody."""

    id: int
    name: str
    email: str


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def users(self, n: int = 20) -> list[Person]:
        """Return somebody n times."""
        return [Person(id=i, name="n", email="e") for i in range(n)]


def measure() -> Iterator[Row]:
    """Yield what whole queries cost, then what a look costs alone."""
    with private_redis() as server:
        yield from _queries(server.url)
    yield from _looks()


def _queries(url: str) -> Iterator[Row]:
    """Yield microseconds a query, paired."""
    store = RedisStore.connect(url, timeout_s=5)
    remembering = [
        lambda: ParserCache(maxsize=100),
        lambda: ValidationCache(maxsize=100),
    ]
    schemas = {
        PLAIN: strawberry.Schema(Query),
        PEER: strawberry.Schema(Query, extensions=remembering),
        UNCACHED: strawberry.Schema(Query, extensions=[_cache(Rules()).extension]),
        HIT: strawberry.Schema(Query, extensions=[_cache().extension]),
        REDIS: strawberry.Schema(
            Query, extensions=[_cache(store=store).extension_async]
        ),
    }
    with asyncio.Runner() as runner:
        calls = {name: _asking(schema, runner) for name, schema in schemas.items()}
        taken = timings(calls, rounds=15, number=1)
        runner.run(store.aclose())
    bars = {UNCACHED: Bar(Of.RATIO, most=1.1), HIT: Bar(Of.RATIO, most=0.5)}
    for name in schemas:
        against = None if name in {PLAIN, PEER} else PEER
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1000 / BATCH,
            unit="µs",
            against=PLAIN if name == PEER else against,
            ratio=None if name == PLAIN else taken.ratio(name, against or PLAIN),
            bar=bars.get(name),
        )


def _cache(rules: Rules = RULES, *, store: RedisStore | None = None) -> QueryCache:
    """Return a cache in which everybody is one user."""
    return QueryCache(user_of=lambda _context: "u1", rules=rules, store=store)


def _asking(schema: strawberry.Schema, runner: asyncio.Runner) -> Callable[[], object]:
    """Return what asks a schema a few times: entering the loop is no query's cost."""

    async def ask() -> object:
        for _ in range(BATCH):
            answer = await schema.execute(TEXT, variable_values=VARIABLES)
        if answer.errors:
            raise ExceptionGroup(TEXT, answer.errors)
        return answer

    return lambda: runner.run(ask())


def _looks() -> Iterator[Row]:
    """Yield nanoseconds for a key and a look with it."""
    store, filed = MemoryStore(), {b"": b""}
    key = Key(OneUser(User("u1")), "0" * 32, '[{"n":20},{}]')
    marks = Marks("A", ("t:Person", "t:Query", "u:0"))

    def floor() -> object:
        variables = orjson.dumps(VARIABLES, option=orjson.OPT_SORT_KEYS)
        return filed.get(sha256(TEXT.encode() + variables + b"user:1").digest())

    def look() -> object:
        return store.find(key.digest(), marks)

    taken = timings({FLOOR: floor, LOOK: look}, number=2_000)
    for name in taken.rounds:
        is_floor = name == FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=None if is_floor else FLOOR,
            ratio=None if is_floor else taken.ratio(name, FLOOR),
        )
