"""Cached answers, by a real schema, in memory and in a real Redis, sync and async."""

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest
import redis
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.extensions import MaskErrors, ParserCache

from hardening.core import InvalidSetting
from hardening.graphql_cache import (
    Everything,
    GraphqlCacheConfused,
    GraphqlCacheInvalidated,
    GraphqlCacheReachable,
    GraphqlCacheUnreachable,
    Lifetimes,
    MemoryStore,
    OfOperations,
    OfType,
    OfUser,
    Policy,
    QueryCache,
    Rules,
    Unreachable,
)
from hardening.graphql_cache.redis import RedisStore
from hardening.testing import FakeClock

RULES = Rules(
    fields={
        "Query.feed": Policy.PUBLIC,
        "Query.me": Policy.USER_DATA,
        "Query.search": Policy.SEARCH,
        "Query.partial": Policy.PUBLIC,
        "Query.broken": Policy.PUBLIC,
    }
)


T = TypeVar("T")


@dataclass
class World:
    """What the resolvers see, and how often they were asked."""

    version: int = 1
    executed: int = 0
    during: Callable[[], None] | None = None

    def run(self, shown: T) -> T:
        """Answer, and let the test do something meanwhile."""
        self.executed += 1
        if self.during is not None:
            self.during()
        return shown


def world_of(info: strawberry.Info) -> World:
    """Return the world of a request."""
    world: World = info.context["world"]
    return world


@strawberry.type
class Article:
    """An article."""

    title: str


@strawberry.type
class User:
    """Whoever asks."""

    name: str


@strawberry.type
class Query:
    """The fields on top."""

    @strawberry.field
    def feed(
        self, info: strawberry.Info, first: int = 1, tag: str | None = None
    ) -> list[Article]:
        """Return what everybody sees."""
        world = world_of(info)
        title = f"v{world.version}{tag or ''}"
        return world.run([Article(title=title)] * first)

    @strawberry.field
    def me(self, info: strawberry.Info) -> User:
        """Return who asks."""
        return world_of(info).run(User(name=str(info.context["user"])))

    @strawberry.field
    def search(self, info: strawberry.Info, text: str) -> list[User]:
        """Return what this user finds."""
        found = User(name=f"{info.context['user']} {text}")
        return world_of(info).run([found])

    @strawberry.field
    def partial(self, info: strawberry.Info) -> int | None:
        """Fail, and leave the rest of the answer."""
        world_of(info).run(None)
        raise LookupError

    @strawberry.field
    def broken(self, info: strawberry.Info) -> int:
        """Fail, and leave nothing."""
        world_of(info).run(None)
        raise LookupError

    @strawberry.field
    def unstated(self, info: strawberry.Info) -> int:
        """Return what has no policy."""
        return world_of(info).run(world_of(info).version)


@strawberry.type
class Mutation:
    """What changes the world."""

    @strawberry.mutation
    def publish(self, info: strawberry.Info) -> int:
        """Change what everybody sees."""
        world_of(info).version += 1
        return world_of(info).run(world_of(info).version)


class Service:
    """A schema with a cache, asked as users ask it."""

    def __init__(self, store, way, *, extensions=(), **given):
        self.world = World()
        self.told = []
        self.way = way
        defaults = {
            "user_of": lambda context: context["user"],
            "rules": RULES,
            "store": store,
            "listener": self.told.append,
        }
        self.cache = QueryCache(**defaults | given)
        ours = (
            self.cache.extension_async
            if way == "execute, awaiting"
            else self.cache.extension
        )
        self.schema = strawberry.Schema(Query, Mutation, extensions=[*extensions, ours])

    async def ask(self, text, *, user=None, **given):
        """Return the whole answer."""
        context = {"user": user, "world": self.world} | given.pop("context", {})
        if self.way == "execute_sync":
            return self.schema.execute_sync(text, context_value=context, **given)
        return await self.schema.execute(text, context_value=context, **given)

    async def data(self, text, **given):
        """Return the data of an answer without errors."""
        answer = await self.ask(text, **given)
        assert not answer.errors
        return answer.data

    def counted(self, name):
        """Return what was counted, by policy or reason, without zeros."""
        (measure,) = (
            each
            for each in self.cache.measures()
            if each.name == f"hardening_graphql_cache_{name}"
        )
        return {
            sample.labels[1][1]: sample.value
            for sample in measure.samples
            if sample.value
        }


@contextmanager
def opened(place, url):
    """Open one kind of store."""
    if place == "memory":
        yield MemoryStore()
        return
    store = RedisStore.connect(url, timeout_s=1)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(
    params=[
        ("memory", "execute"),
        ("memory", "execute_sync"),
        ("redis", "execute_sync"),
        ("redis", "execute, awaiting"),
    ],
    ids=", ".join,
)
def run(request, redis_url):
    """Run a test against a service: each holds for every store and way to ask."""
    place, way = request.param

    def run(test, **given):
        async def to_the_end():
            with opened(place, redis_url) as store:
                service = Service(store, way, **given)
                try:
                    await test(service)
                finally:
                    if place == "redis":
                        await store.aclose()

        asyncio.run(to_the_end())

    return run


def test_a_public_answer_is_executed_once_for_everybody(run):
    """The second user is answered from the cache, with the same data."""

    async def test(service):
        text = "{ feed { title } }"
        answers = [await service.data(text, user=user) for user in ("ann", "bob", None)]
        assert [{"feed": [{"title": "v1"}]}] * 3 == answers
        assert 1 == service.world.executed
        assert {"public": 2} == service.counted("hits")
        assert {"public": 1} == service.counted("misses")

    run(test)


def test_user_data_are_cached_for_each_user(run):
    """Each sees their own, from the cache or not."""

    async def test(service):
        for user in ("ann", "bob", "ann", "bob"):
            answer = await service.data("{ me { name } }", user=user)
            assert {"me": {"name": user}} == answer
        assert 2 == service.world.executed
        assert {"user_data": 2} == service.counted("hits")

    run(test)


def test_user_data_without_a_user_are_not_cached(run):
    """Nobody's data would be everybody's."""

    async def test(service):
        for _ in range(2):
            await service.data("{ me { name } }")
        assert 2 == service.world.executed
        assert {"anonymous": 2} == service.counted("bypasses")

    run(test)


def test_searches_are_cached_for_each_user_and_for_those_without(run):
    """A search may show what only its user may see."""

    async def test(service):
        text = '{ search(text: "a") { name } }'
        for user in ("ann", None, "ann", None, "None"):
            answer = await service.data(text, user=user)
            assert {"search": [{"name": f"{user} a"}]} == answer
        assert 3 == service.world.executed
        assert {"search": 2} == service.counted("hits")

    run(test)


@pytest.mark.parametrize("text", ["{ partial feed { title } }", "{ broken }"])
def test_answers_with_errors_are_never_cached(run, text):
    """Neither those that failed as a whole nor those that failed in part."""

    async def test(service):
        for _ in range(2):
            answer = await service.ask(text)
            assert answer.errors
        assert {"errors": 2} == service.counted("unkept")
        assert {} == service.counted("hits")

    run(test)


def test_mutations_are_never_cached(run):
    """Each one is executed."""

    async def test(service):
        text = "mutation { publish }"
        assert [2, 3] == [(await service.data(text))["publish"] for _ in range(2)]
        assert {"not_a_query": 2} == service.counted("bypasses")

    run(test)


def test_what_has_no_policy_is_never_cached(run):
    """The default is to execute."""

    async def test(service):
        for _ in range(2):
            await service.data("{ unstated feed { title } }")
        assert 4 == service.world.executed
        assert {"no_cache": 2} == service.counted("bypasses")

    run(test)


def test_variables_tell_answers_apart(run):
    """In whatever order they come; those that the query does not declare are nothing."""

    async def test(service):
        text = "query Q($first: Int!) { feed(first: $first) { title } }"
        for first, more, executed in ((1, {}, 1), (2, {}, 2), (1, {"junk": 1}, 2)):
            variables = more | {"first": first}
            answer = await service.data(text, variable_values=variables)
            assert first == len(answer["feed"])
            assert executed == service.world.executed

    run(test)


def test_the_operation_that_is_asked_for_counts(run):
    """One document, two operations, two answers."""

    async def test(service):
        text = "query A { feed { title } } query B { feed(first: 2) { title } }"
        for _ in range(2):
            for name, first in (("A", 1), ("B", 2), (None, 1)):
                answer = await service.data(text, operation_name=name)
                assert first == len(answer["feed"])
        assert 2 == service.world.executed

    run(test)


@pytest.mark.parametrize(
    "target",
    [Everything(), OfType("Article"), OfOperations("Feed"), OfType("Query")],
    ids=repr,
)
def test_what_is_invalidated_is_executed_again(run, target):
    """By type, by the beginning of the operation's name, or all of it."""

    async def test(service):
        text = "query FeedHome { feed { title } }"
        await service.data(text)
        service.world.version = 2
        if service.way == "execute, awaiting":
            await service.cache.ainvalidate(target)
        else:
            service.cache.invalidate(target)
        assert {"feed": [{"title": "v2"}]} == await service.data(text)
        assert GraphqlCacheInvalidated is type(service.told[-1])

    run(test)


def test_an_invalidation_leaves_the_rest(run):
    """Another user's, another type's and another operation's answers stay."""

    async def test(service):
        await service.data("{ me { name } }", user="ann")
        await service.data("query FeedHome { feed { title } }", user="ann")
        for target in (OfUser("bob"), OfType("Nothing"), OfOperations("Home")):
            if service.way == "execute, awaiting":
                await service.cache.ainvalidate(target)
            else:
                service.cache.invalidate(target)
        await service.data("{ me { name } }", user="ann")
        await service.data("query FeedHome { feed { title } }", user="ann")
        assert 2 == service.world.executed
        assert "bob" not in repr(service.told)

    run(test)


def test_a_users_answers_are_forgotten_together(run):
    """After a change of permissions, say."""

    async def test(service):
        texts = ("{ me { name } }", '{ search(text: "a") { name } }')
        for text in texts:
            await service.data(text, user="ann")
        if service.way == "execute, awaiting":
            await service.cache.ainvalidate(OfUser("ann"))
        else:
            service.cache.invalidate(OfUser("ann"))
        for text in texts:
            await service.data(text, user="ann")
        assert 4 == service.world.executed

    run(test)


def test_an_answer_that_is_overtaken_is_not_kept(run):
    """What it shows was invalidated while it was computed."""

    async def test(service):
        service.world.during = lambda: service.cache.invalidate(OfType("Article"))
        for _ in range(2):
            await service.data("{ feed { title } }")
        assert 2 == service.world.executed
        assert {"overtaken": 2} == service.counted("unkept")

    run(test)


def test_switched_off_everything_is_executed(run):
    """Off is as if there were no cache."""

    async def test(service):
        for _ in range(2):
            await service.data("{ feed { title } }")
        assert 2 == service.world.executed
        assert {} == service.counted("misses") | service.counted("bypasses")

    run(test, switch=lambda: False)


def test_what_is_wrong_with_a_document_is_said_each_time(run):
    """As without a cache: neither syntax errors nor invalid fields are remembered."""

    async def test(service):
        for text in ("{ feed {", "{ nothing }", "{ nothing }", "{ feed {"):
            answer = await service.ask(text)
            assert answer.data is None
            assert answer.errors
        assert 0 == service.world.executed

    run(test)


def test_other_extensions_see_what_they_saw(run):
    """Errors are masked as ever."""

    async def test(service):
        answer = await service.ask("{ broken }")
        assert ["Unexpected error."] == [error.message for error in answer.errors]

    run(test, extensions=[MaskErrors])


def test_a_document_that_another_extension_parsed_is_executed(run):
    """What is executed may be another than the text says."""

    async def test(service):
        for _ in range(2):
            await service.data("{ feed { title } }")
        assert {"document": 2} == service.counted("bypasses")

    run(test, extensions=[lambda: ParserCache(maxsize=10)])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"root_value": object()}, "root_value"),
        ({"variable_values": {"a": "x" * 9000}}, "variables"),
        ({"variable_values": {"a": float("nan")}}, "variables"),
        ({"variable_values": {"a": {1, 2}}}, "variables"),
        ({"user": 17}, "confused"),
        ({"user": ""}, "confused"),
    ],
    ids=["root value", "large", "NaN", "no JSON", "a number for a user", "empty user"],
)
def test_what_cannot_be_told_apart_is_executed(run, given, reason):
    """Doubt is a reason to execute, and is counted."""

    async def test(service):
        text = "query Q($a: String) { feed(tag: $a) { title } }"
        for _ in range(2):
            await service.ask(text, **given)
        assert {reason: 2} == service.counted("bypasses")
        assert {} == service.counted("hits")

    run(test)


def test_a_function_that_fails_costs_the_cache_and_not_the_answer(run):
    """The query is executed, and the listener is told which function it was."""

    async def test(service):
        await service.data("{ feed { title } }")
        (event,) = service.told
        assert (GraphqlCacheConfused, "vary") == (type(event), event.setting)

    run(test, vary=lambda _context: "de")


def test_what_varies_is_part_of_the_key(run):
    """Two languages have two answers."""

    async def test(service):
        for language in ("de", "en", "de"):
            await service.data("{ feed { title } }", context={"language": language})
        assert 2 == service.world.executed

    run(test, vary=lambda context: (context["language"],))


def test_a_request_can_only_tighten(run):
    """What the rules call a user's stays so, whatever the request says."""

    async def test(service):
        for user in ("ann", "bob"):
            answer = await service.data("{ me { name } }", user=user)
            assert {"me": {"name": user}} == answer
        await service.data("query Secret { feed { title } }")
        assert {"no_cache": 1} == service.counted("bypasses")

    def decide(operation, _context):
        return Policy.NO_CACHE if operation == "Secret" else Policy.PUBLIC

    run(test, rules=Rules(fields=RULES.fields, decide=decide))


def test_a_large_answer_is_not_kept(run):
    """The limit is counted in bytes."""

    async def test(service):
        for _ in range(2):
            await service.data("{ feed(first: 100) { title } }")
        assert {"too_large": 2} == service.counted("unkept")

    run(test, bytes_max=1000)


def test_a_deployment_has_answers_of_its_own(redis_url):
    """Two versions share a Redis, and no answer."""
    store = RedisStore.connect(redis_url)
    old, new = (
        Service(store, "execute_sync", version=version) for version in ("1", "2")
    )
    for service in (old, new):
        asyncio.run(service.data("{ feed { title } }"))
    assert (1, 1) == (old.world.executed, new.world.executed)
    store.close()


def test_servers_share_answers_and_invalidations(redis_url):
    """What one has executed the other does not; what one forgets is gone for both."""
    stores = [RedisStore.connect(redis_url) for _ in range(2)]
    one, other = (Service(store, "execute_sync") for store in stores)
    asyncio.run(one.data("{ feed { title } }"))
    asyncio.run(other.data("{ feed { title } }"))
    assert (1, 0) == (one.world.executed, other.world.executed)
    other.cache.invalidate(OfType("Article"))
    asyncio.run(one.data("{ feed { title } }"))
    assert 2 == one.world.executed
    for store in stores:
        store.close()


def test_answers_live_as_long_as_their_policy_says():
    """Five minutes for what is public."""
    clock = FakeClock()
    service = Service(MemoryStore(clock=clock), "execute_sync", clock=clock)
    executed = []
    for moved_s in (0, 299.9, 0.1):
        clock.advance(moved_s)
        asyncio.run(service.data("{ feed { title } }"))
        executed.append(service.world.executed)
    assert [1, 1, 2] == executed


def test_the_memory_is_bounded():
    """The answers used last stay."""
    store = MemoryStore(bytes_max=2000)
    service = Service(store, "execute_sync")
    for first in range(1, 30):
        asyncio.run(service.data(f"{{ feed(first: {first}) {{ title }} }}"))
        assert store.size_bytes <= 2000
    assert 0 < len(store) < 7


@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_without_redis_everything_is_executed(own_redis, harm):
    """A store that is gone, or does not answer, is a miss; it is told once."""
    store = RedisStore.connect(own_redis.url, timeout_s=0.1)
    clock = FakeClock()
    service = Service(store, "execute_sync", clock=clock)
    asyncio.run(service.data("{ feed { title } }"))
    getattr(own_redis, harm)()
    for _ in range(3):
        asyncio.run(service.data("{ feed { title } }"))
    with pytest.raises(Unreachable):
        service.cache.invalidate(Everything())
    assert 4 == service.world.executed
    assert [GraphqlCacheUnreachable] == [type(event) for event in service.told]
    if harm == "kill":
        own_redis.start()
    else:
        own_redis.thaw()
    clock.advance(1)
    asyncio.run(service.data("{ feed { title } }"))
    assert GraphqlCacheReachable is type(service.told[-1])
    store.close()


def test_a_redis_that_lost_its_data_finds_nothing(redis_url):
    """The moments of invalidations are gone, so that no answer is believed."""
    store = RedisStore.connect(redis_url)
    service = Service(store, "execute_sync")
    asyncio.run(service.data("{ feed { title } }"))
    with redis.Redis.from_url(redis_url) as client:
        (moments,) = client.keys("*:moments")
        client.delete(moments)
    asyncio.run(service.data("{ feed { title } }"))
    assert 2 == service.world.executed
    store.close()


def test_a_redis_that_was_restarted_from_a_snapshot_finds_nothing(own_redis):
    """Its snapshot is older than an invalidation that it confirmed."""
    store = RedisStore.connect(own_redis.url, timeout_s=1)
    service = Service(store, "execute_sync")
    asyncio.run(service.data("{ feed { title } }"))
    with redis.Redis.from_url(own_redis.url) as client:
        client.save()
    service.cache.invalidate(OfType("Article"))
    own_redis.kill()
    own_redis.start()
    for _ in range(2):
        asyncio.run(service.data("{ feed { title } }"))
    assert 2 == service.world.executed
    assert {"public": 1} == service.counted("hits")
    store.close()


@pytest.mark.parametrize("target", [Everything(), OfOperations("Feed"), OfType("User")])
def test_an_invalidation_keeps_what_it_does_not_aim_at(redis_url, target):
    """Of whatever kind it is: the server is the same as before."""
    store = RedisStore.connect(redis_url, timeout_s=1)
    service = Service(store, "execute_sync")
    service.cache.invalidate(target)
    for _ in range(2):
        asyncio.run(service.data("{ feed { title } }"))
    service.cache.invalidate(OfOperations("Other"))
    asyncio.run(service.data("{ feed { title } }"))
    assert 1 == service.world.executed
    store.close()


@pytest.mark.parametrize("text", ["{ feed { title } }", "{ unstated }"])
def test_a_rule_for_what_is_not_there_fails_every_query(text):
    """Said aloud, with its name: it protects nothing."""
    rules = Rules(fields={"User.private_email": Policy.USER_DATA})
    service = Service(MemoryStore(), "execute_sync", rules=rules)
    answer = asyncio.run(service.ask(text))
    assert "'User.private_email'" in str(answer.errors)


USERS = st.sampled_from(["ann", "bob", "ann ", "1", None])
TEXTS = st.sampled_from(
    [
        "{ me { name } }",
        "query Me { me { name } }",
        '{ search(text: "a") { name } }',
        "{ me { name } feed { title } }",
        'query Feed { feed { title } search(text: "b") { name } }',
    ]
)
CHANGES = st.sampled_from([Everything(), OfType("User"), OfUser("ann")])
STEPS = st.one_of(st.tuples(USERS, TEXTS), CHANGES)


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=10, max_size=40))
def test_two_users_never_see_the_data_of_one_another(steps):
    """The law: whatever was asked before, an answer is the one without a cache."""
    service = Service(MemoryStore(), "execute_sync")

    async def go():
        for step in steps:
            if not isinstance(step, tuple):
                service.cache.invalidate(step)
                continue
            user, text = step
            answer = await service.data(text, user=user)
            names = [
                each["name"]
                for each in (answer.get("me"), *answer.get("search", ()))
                if each
            ]
            assert [str(user)] * len(names) == [
                name.removesuffix(" a").removesuffix(" b") for name in names
            ]

    asyncio.run(go())


def test_two_users_at_the_same_time_see_their_own(redis_url):
    """A hundred tasks over one cache, in whatever order they end."""

    async def go():
        store = RedisStore.connect(redis_url, timeout_s=5)
        service = Service(store, "execute, awaiting", lifetimes=Lifetimes())
        users = [f"user {number % 7}" for number in range(100)]
        asked = [service.data("{ me { name } }", user=user) for user in users]
        answers = await asyncio.gather(*asked)
        assert users == [answer["me"]["name"] for answer in answers]
        await store.aclose()

    asyncio.run(go())


@pytest.mark.parametrize("setting", ["bytes_max", "variables_max", "texts_max"])
def test_a_wrong_limit_is_named(setting):
    """It fails where it is made."""
    with pytest.raises(InvalidSetting, match=f"QueryCache.{setting}"):
        QueryCache(user_of=lambda _context: None, **{setting: 0})
