"""Both clients, against a provider on this machine that answers well or badly."""

import asyncio
import gzip
import inspect
import logging
import time
import zlib
from contextlib import suppress
from functools import partial

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.breaker import Breaker
from hardening.breaker import CircuitOpen as BreakersCircuitOpen
from hardening.breaker import Policy as BreakerPolicy
from hardening.http import (
    TRANSIENT,
    Allowance,
    AsyncClient,
    Budget,
    BudgetSpent,
    CircuitOpen,
    Client,
    ConnectionFailed,
    HttpCacheFailed,
    HttpCallFailed,
    HttpError,
    InvalidJson,
    InvalidRequest,
    MemoryStore,
    Phase,
    Provider,
    ProviderTimeout,
    ResponseTooLarge,
    Unavailable,
    retry_after,
)
from hardening.retry import Policy, Retrier, Spread
from hardening.testing import FakeClock

from .conftest import drip, echo, hang_up, never, reply

SOON = Spread(0.0, 0.0)


class Blocking:
    """An asynchronous client with the methods of the other: one table serves both."""

    def __init__(self, *arguments, **settings):
        self._runner = asyncio.Runner()
        self._client = AsyncClient(*arguments, **settings)

    def __getattr__(self, name):
        """Return a method of the client's, which is awaited when it is one to await."""
        found = getattr(self._client, name)
        if not inspect.iscoroutinefunction(found):
            return found
        return lambda *given, **named: self._runner.run(found(*given, **named))

    def close(self):
        """Close the client, then its loop."""
        self._runner.run(self._client.close())
        self._runner.close()


@pytest.fixture(params=[Client, Blocking], ids=["sync", "asyncio"])
def client_of(request, provider):
    """Give clients of the local provider with settings of a test's own."""
    made = []

    def make(*, clients=None, **settings):
        given = {"name": "p", "base_url": provider.url, "timeout_s": 5} | settings
        made.append(request.param([Provider(**given)], **clients or {}))
        return made[-1]

    yield make
    for client in made:
        client.close()


def counted(client, name, **labels):
    """Return a number of the client's measures."""
    measures = {m.name.removeprefix("hardening_http_"): m for m in client.measures()}
    of_switch = {} if name == "budget_left" else {"switch": "on"}
    wanted = {"provider": "p"} | of_switch | labels
    found = [s.value for s in measures[name].samples if dict(s.labels) == wanted]
    return found[0] if found else 0


# -- what is sent, and what comes back ---------------------------------------------------


def test_a_call_carries_what_provider_and_call_say(client_of, provider):
    """The provider's credentials go with every call; the call's own words come last."""
    provider.answer("/base/echo", echo)
    client = client_of(
        base_url=f"{provider.url}/base/",
        headers={"X-Key": "k", "Accept": "text/html"},
        params={"access_key": "s", "page": "1"},
    )
    headers = {"accept": "application/json"}
    params = {"page": 2, "tag": ["a b", "ü"]}
    sent = client.post("p", "/echo", headers=headers, params=params, json={"n": 1})
    seen = sent.json()
    assert "POST" == seen["method"]
    assert "/base/echo?access_key=s&page=2&tag=a+b&tag=%C3%BC" == seen["target"]
    assert '{"n":1}' == seen["body"]
    assert ("k", "application/json") == (
        seen["headers"]["x-key"],
        seen["headers"]["accept"],
    )


def test_credentials_are_asked_for_at_each_attempt(client_of, provider):
    """A key that was rotated meanwhile is used by the very next attempt."""
    provider.answer("/x", reply(503), reply())
    keys = iter(["old", "new"])
    retrier = Retrier(Policy(on=TRANSIENT, schedule=SOON))
    client = client_of(headers=lambda: {"x-key": next(keys)}, retrier=retrier)
    client.get("p", "/x")
    assert ["old", "new"] == [r.headers["x-key"] for r in provider.received]


def test_connections_are_used_again(client_of, provider):
    """Ten calls in a row need one connection."""
    client = client_of()
    for _ in range(10):
        assert {} == client.get("p", "/x").json()
    assert 1 == provider.connections


def test_compressed_answers_are_read(client_of, provider):
    """Content comes decompressed."""
    packed = gzip.compress(b'{"a": 1}')
    provider.answer("/x", reply(200, packed, content_encoding="gzip"))
    assert {"a": 1} == client_of().get("p", "/x").json()


def test_no_cookie_is_kept(client_of, provider):
    """What one customer's answer set is never sent with another's call."""
    provider.answer("/x", reply(200, {}, set_cookie="session=alice"))
    client = client_of()
    client.get("p", "/x")
    client.get("p", "/x")
    assert "cookie" not in provider.received[1].headers


def test_nothing_of_a_call_is_logged(client_of, provider, caplog):
    """Keys in queries and headers stay out of the log, at every level above DEBUG."""
    caplog.set_level(logging.INFO)
    client = client_of(params={"access_key": "hunter2"}, headers={"x": "hunter2"})
    client.get("p", "/x")
    assert "hunter2" in provider.received[0].target
    assert "hunter2" not in caplog.text


# -- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 304, 400, 401, 404, 422])
def test_a_status_that_is_no_success_is_one_error(client_of, provider, status):
    """The caller's mistake, or a redirection, which is not followed: keys stay here."""
    provider.answer("/x", reply(status, b"", location="https://evil.example/"))
    with pytest.raises(HttpError) as raised:
        client_of().get("p", "/x")
    assert not isinstance(raised.value, Unavailable)
    assert status == raised.value.status == raised.value.response.status
    assert 1 == len(provider.received)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_of_failure_is_another(client_of, provider, status):
    """The provider's trouble: its circuit counts it, and a retry may help."""
    provider.answer("/x", reply(status))
    client = client_of()
    with pytest.raises(Unavailable):
        client.get("p", "/x")
    assert 1 == counted(client, "calls", outcome="unavailable")


@pytest.mark.parametrize(("status", "asked"), [(503, 7.0), (429, 7.0), (500, None)])
def test_retry_after_is_read_where_it_has_a_meaning(client_of, provider, status, asked):
    """429 and 503 say when to come back."""
    provider.answer("/x", reply(status, retry_after=7))
    with pytest.raises(Unavailable) as raised:
        client_of().get("p", "/x")
    assert asked == raised.value.retry_after_s


def test_a_provider_that_does_not_answer_is_a_timeout(client_of, provider):
    """The time of an attempt ends it."""
    provider.answer("/x", never)
    with pytest.raises(ProviderTimeout) as raised:
        client_of(timeout_s=0.1).get("p", "/x")
    # On a busy machine the whole attempt's limit can come before the operation's.
    assert raised.value.phase in {Phase.READ, Phase.ATTEMPT}
    assert 0.1 == raised.value.after_s


def test_a_provider_that_drips_is_a_timeout_too(client_of, provider):
    """A byte every 20 ms ends with its attempt: all of it is bounded, not each read."""
    provider.answer("/x", drip)
    started_s = time.monotonic()
    with pytest.raises(ProviderTimeout):
        client_of(timeout_s=0.15).get("p", "/x")
    assert time.monotonic() - started_s < 1.5


def test_a_call_s_own_deadline_is_shorter(client_of, provider):
    """A caller who has less time says so."""
    provider.answer("/x", never)
    with pytest.raises(ProviderTimeout) as raised:
        client_of().get("p", "/x", deadline_s=0.1)
    assert raised.value.after_s <= 0.1


def test_nobody_there_is_a_failed_connection(client_of):
    """Nothing was sent: the call may be made again, and costs nothing."""
    client = client_of(base_url="http://127.0.0.1:1", budget=Budget(Allowance(2, 60)))
    with pytest.raises(ConnectionFailed) as raised:
        client.post("p", "/x")
    assert not raised.value.may_have_arrived
    assert 2 == counted(client, "budget_left")


def test_a_cut_connection_may_have_arrived(client_of, provider):
    """Nobody knows what the provider did: the error says so, and it is paid for."""
    provider.answer("/x", hang_up)
    client = client_of(budget=Budget(Allowance(2, 60)))
    with pytest.raises(ConnectionFailed) as raised:
        client.get("p", "/x")
    assert raised.value.may_have_arrived
    assert 1 == counted(client, "budget_left")


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=["no HTTP", "no length", "not compressed", "endless headers"],
)
def test_what_is_no_http_is_a_failed_connection(client_of, provider, answer):
    """Whatever comes over the wire ends in a typed error."""

    async def garbage(_, writer):
        writer.write(answer)
        await writer.drain()
        writer.close()

    provider.answer("/x", garbage)
    with pytest.raises(ConnectionFailed):
        client_of().get("p", "/x")


def test_an_answer_that_is_too_large_is_not_read_on(client_of, provider):
    """A thousand bytes fit, one more does not; nor does what unpacks to more."""
    provider.answer("/fits", reply(200, b"x" * 1000))
    provider.answer("/large", reply(200, b"x" * 1001))
    bomb = zlib.compress(b"0" * 50_000_000)
    provider.answer("/bomb", reply(200, bomb, content_encoding="deflate"))
    client = client_of(response_bytes_max=1000)
    assert 1000 == len(client.get("p", "/fits").content)
    for path in ("/large", "/bomb"):
        with pytest.raises(ResponseTooLarge):
            client.get("p", path)
    assert 2 == counted(client, "calls", outcome="too_large")


def test_invalid_json_is_counted_and_told(client_of, provider):
    """A provider that answers 200 with an error page shows up on the dashboard."""
    provider.answer("/x", reply(200, b"<html>"))
    events = []
    client = client_of(clients={"listener": events.append})
    with pytest.raises(InvalidJson):
        client.get("p", "/x").json()
    assert 1 == counted(client, "invalid_json")
    assert ["invalid_json"] == [event.outcome for event in events]


def test_what_cannot_be_sent_is_not(client_of, provider):
    """A wrong call is refused before it costs anything."""
    events = []
    clients = {"listener": events.append}
    client = client_of(budget=Budget(Allowance(1, 60)), clients=clients)
    for call in (
        partial(client.get, "p", "x"),
        partial(client.get, "p", "/x", headers={"x": "a\nb"}),
        partial(client.get, "p", "/x", params={"x": object}),
    ):
        with pytest.raises(InvalidRequest):
            call()
    assert ([], 1) == (provider.received, counted(client, "budget_left"))
    assert [("invalid_request", "GET", 0)] * 3 == [
        (event.outcome, event.method, event.attempts) for event in events
    ]
    assert 3 == counted(client, "calls", outcome="invalid_request")


@pytest.mark.parametrize("error", [RuntimeError, ValueError, TypeError])
@pytest.mark.parametrize("setting", ["headers", "params"])
def test_credentials_that_raise_cost_nothing(client_of, provider, setting, error):
    """A vault that is down shows as itself, and nothing was sent, so nothing is paid."""

    def vault():
        raise error

    client = client_of(budget=Budget(Allowance(1, 60)), **{setting: vault})
    with pytest.raises(error) as raised:
        client.get("p", "/x")
    assert type(raised.value) is error
    assert ([], 1) == (provider.received, counted(client, "budget_left"))


def test_credentials_that_take_long_leave_the_rest_to_the_attempt(provider):
    """What fetching a key took is not given to the attempt; no time, no attempt."""
    clock = FakeClock()

    def slow(span_s):
        clock.advance(span_s)
        return {"x-key": "k"}

    for span_s, sent in ((9.9, 1), (10.0, 0)):
        called = Provider(
            name="p",
            base_url=provider.url,
            deadline_s=10,
            headers=partial(slow, span_s),
            budget=Budget(Allowance(5, 60)),
        )
        with Client([called], clock=clock) as client:
            with suppress(ProviderTimeout):
                client.get("p", "/x")
            assert 5 - sent == called.budget.left


def test_a_provider_s_broken_header_is_refused_without_its_content(client_of):
    """The library's own message quotes the header; ours does not, nor does its cause."""
    client = client_of(headers={"x-key": "hunter2\n"})
    with pytest.raises(InvalidRequest) as raised:
        client.get("p", "/x")
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_a_call_that_came_to_nothing_is_told(client_of, provider):
    """One event: whom, how, after how many attempts; not the path."""
    provider.answer("/x/49176", reply(404))
    clock, events = FakeClock(), []
    client = client_of(clients={"listener": events.append, "clock": clock})
    with pytest.raises(HttpError):
        client.get("p", "/x/49176")
    event = HttpCallFailed(
        provider="p",
        outcome="http_error",
        method="GET",
        status=404,
        attempts=1,
        elapsed_s=0.0,
    )
    assert [event] == events
    assert ("http_call_failed", "p: http_error") == (event.event, event.subject)


# -- circuits ----------------------------------------------------------------------------


def test_a_failing_provider_is_left_alone(client_of, provider):
    """Five failures open the circuit; then nothing is sent, and nothing paid."""
    provider.answer("/x", reply(500))
    budget = Budget(Allowance(100, 60))
    client = client_of(circuit=Breaker("p"), budget=budget)
    for _ in range(5):
        with pytest.raises(Unavailable):
            client.get("p", "/x")
    with pytest.raises(CircuitOpen) as raised:
        client.get("p", "/x")
    assert 5 == len(provider.received)
    assert 95 == budget.left
    assert 59 < raised.value.retry_after_s <= 60
    assert isinstance(raised.value.__cause__, BreakersCircuitOpen)
    assert 1 == counted(client, "calls", outcome="circuit_open")


def test_a_caller_s_mistake_opens_no_circuit(client_of, provider):
    """404, a large answer and a broken call say nothing about the provider's health."""
    provider.answer("/x", reply(404))
    client = client_of(circuit=Breaker("p"), response_bytes_max=10)
    provider.answer("/large", reply(200, b"x" * 11))
    for _ in range(6):
        with pytest.raises(HttpError):
            client.get("p", "/x")
        with pytest.raises(ResponseTooLarge):
            client.get("p", "/large")
    assert {} == client.get("p", "/y").json()


@pytest.mark.parametrize("answer", [never, hang_up], ids=["silent", "cut"])
def test_timeouts_and_cut_connections_open_the_circuit(client_of, provider, answer):
    """Whoever does not answer is left alone."""
    provider.answer("/x", answer)
    client = client_of(circuit=Breaker("p"), timeout_s=0.05)
    for _ in range(5):
        with pytest.raises((ProviderTimeout, ConnectionFailed)):
            client.get("p", "/x")
    with pytest.raises(CircuitOpen):
        client.get("p", "/x")


def test_an_error_inside_the_circuit_is_not_taken_for_a_refusal(client_of):
    """A mistake in somebody's code shows as itself."""

    def wrong(_):
        raise ZeroDivisionError

    transports = {"p": httpx2.MockTransport(wrong)}
    client = client_of(circuit=Breaker("p"), clients={"transports": transports})
    with pytest.raises(ZeroDivisionError):
        client.get("p", "/x")
    assert 1 == counted(client, "calls", outcome="abandoned")


# -- retries and deadlines ---------------------------------------------------------------


def test_what_passes_is_tried_again(client_of, provider):
    """A retry hides a failure that passes; each request is counted."""
    provider.answer("/x", reply(503), hang_up, reply(200, {"a": 1}))
    client = client_of(retrier=Retrier(Policy(on=TRANSIENT, schedule=SOON)))
    assert {"a": 1} == client.get("p", "/x").json()
    assert (3, 1) == (
        counted(client, "attempts"),
        counted(client, "calls", outcome="ok"),
    )


@pytest.mark.parametrize(("key", "sent"), [(None, 1), ("order-17", 3)])
def test_a_post_is_repeated_only_under_a_key(client_of, provider, key, sent):
    """Nobody is charged twice: a POST is sent again only if repeats are recognised."""
    provider.answer("/x", reply(503))
    client = client_of(retrier=Retrier(Policy(on=TRANSIENT, schedule=SOON)))
    options = {} if key is None else {"idempotency_key": key}
    with pytest.raises(Unavailable):
        client.post("p", "/x", **options)
    keys = [request.headers.get("idempotency-key") for request in provider.received]
    assert [key] * sent == keys


def test_retries_wait_as_long_as_they_are_asked_to(client_of, provider):
    """Retry-After reaches the retrier's wait."""
    provider.answer("/x", reply(503, retry_after=7), reply())
    clock = FakeClock()
    policy = Policy(on=TRANSIENT, schedule=SOON, retry_after=retry_after)
    client = client_of(retrier=Retrier(policy, clock=clock), clients={"clock": clock})
    client.get("p", "/x")
    assert [7.0] == clock.waits


def test_nobody_waits_past_the_deadline(client_of, provider):
    """A provider that asks for more time than is left gets no second attempt."""
    provider.answer("/x", reply(503, retry_after=31))
    policy = Policy(on=TRANSIENT, schedule=SOON, retry_after=retry_after)
    clock = FakeClock()
    client = client_of(retrier=Retrier(policy, clock=clock), clients={"clock": clock})
    with pytest.raises(Unavailable):
        client.get("p", "/x")
    assert ([], 1) == (clock.waits, len(provider.received))


def test_the_deadline_holds_over_all_attempts(client_of, provider):
    """Each attempt is given what is left, and none begins when nothing is."""
    clock = FakeClock()
    policy = Policy(on=TRANSIENT, attempts=9, schedule=Spread(4, 4))
    client = client_of(
        retrier=Retrier(policy, clock=clock),
        timeout_s=5,
        deadline_s=10,
        clients={"clock": clock},
    )
    provider.answer("/x", reply(500))
    with pytest.raises(ProviderTimeout) as raised:
        client.get("p", "/x")
    assert Phase.DEADLINE is raised.value.phase
    assert raised.value.may_have_arrived
    assert 3 == len(provider.received)  # at 0, 4 and 8 s


def test_a_wait_of_asyncio_ends_at_the_deadline(provider):
    """A cancelled wait is a timeout of the call, not somebody's cancellation."""
    provider.answer("/x", reply(503))

    async def main():
        retrier = Retrier(Policy(on=TRANSIENT, schedule=Spread(20, 20)))
        settings = {"timeout_s": 0.1, "deadline_s": 0.1, "retrier": retrier}
        called = Provider(name="p", base_url=provider.url, **settings)
        async with AsyncClient([called]) as client:
            await client.get("p", "/x")

    with pytest.raises(ProviderTimeout, match="all attempts"):
        asyncio.run(main())


def test_a_refused_repeat_does_not_hide_the_first_attempt(client_of, provider):
    """A text message that may be on its way is not sent through somebody else as well."""
    retrier = Retrier(Policy(on=TRANSIENT, schedule=SOON))
    circuit = Breaker("p", policy=BreakerPolicy(failures=1))
    guards = (
        ({"circuit": circuit}, CircuitOpen),
        ({"budget": Budget(Allowance(1, 60))}, BudgetSpent),
    )
    for guard, error in guards:
        provider.answer("/sms", hang_up)
        client = client_of(retrier=retrier, **guard)
        with pytest.raises(error, match="this attempt was not sent") as raised:
            client.post("p", "/sms", idempotency_key="k", content=b"x")
        assert raised.value.may_have_arrived
        with pytest.raises(error) as raised:
            client.post("p", "/sms", idempotency_key="k", content=b"x")
        assert not raised.value.may_have_arrived
    assert 2 == len(provider.received)


def test_a_repeat_that_finds_nobody_does_not_hide_the_first_attempt(provider):
    """The last error tells of all attempts; only those never sent are not paid for."""
    trouble = iter([httpx2.ReadTimeout("late"), httpx2.ConnectError("gone")])

    def failing(_):
        raise next(trouble)

    budget = Budget(Allowance(5, 60))
    policy = Policy(on=TRANSIENT, attempts=2, schedule=SOON)
    called = Provider(
        name="p", base_url=provider.url, retrier=Retrier(policy), budget=budget
    )
    client = Client([called], transports={"p": httpx2.MockTransport(failing)})
    with pytest.raises(ConnectionFailed) as raised:
        client.get("p", "/x")
    assert (True, 4) == (raised.value.may_have_arrived, budget.left)


# -- budget, cache, switch ---------------------------------------------------------------


def test_money_that_is_spent_is_a_typed_error(client_of, provider):
    """A call that would cost more than is left is not sent."""
    budget = Budget(Allowance(1.0, 3600))
    client = client_of(budget=budget, cost=0.4)
    client.get("p", "/x")
    client.get("p", "/x", cost=0.5)
    with pytest.raises(BudgetSpent) as raised:
        client.get("p", "/x")
    assert 2 == len(provider.received)
    assert 3600 <= raised.value.retry_after_s <= 3660
    assert counted(client, "budget_left") == pytest.approx(0.1)


def test_every_attempt_is_paid_for(client_of, provider):
    """A provider charges for what it received, answered well or not."""
    provider.answer("/x", reply(500))
    retrier = Retrier(Policy(on=TRANSIENT, attempts=9, schedule=SOON))
    client = client_of(retrier=retrier, budget=Budget(Allowance(4, 60)))
    with pytest.raises(BudgetSpent):
        client.get("p", "/x")
    assert 4 == len(provider.received)


def test_an_answer_is_kept(client_of, provider):
    """The same question is asked once; a cached answer is marked, and costs nothing."""
    provider.answer("/v1/find", echo)
    client = client_of(
        cache=MemoryStore(), cached={"/v1/*": 60}, budget=Budget(Allowance(9, 60))
    )
    first = client.get("p", "/v1/find", params={"q": "a"})
    again = client.get("p", "/v1/find", params={"q": "a"})
    assert (False, True) == (first.is_cached, again.is_cached)
    assert (first.content, first.json()) == (again.content, again.json())
    client.get("p", "/v1/find", params={"q": "b"})
    client.get("p", "/v1/find", params={"q": "a"}, headers={"authorization": "bob"})
    client.get("p", "/other")
    assert 4 == len(provider.received)
    assert (1, 3) == (counted(client, "cache_hits"), counted(client, "cache_misses"))
    assert 5 == counted(client, "budget_left")


def test_the_body_is_in_the_key(client_of, provider):
    """A search that carries its query in the body gets the answer to its own query."""
    provider.answer("/search", echo)
    client = client_of(cache=MemoryStore(), cached={"/search": 60})
    asked = [{"json": {"q": "alice"}}, {"json": {"q": "bob"}}, {}, {"content": b"x"}]
    answers = [client.get("p", "/search", **options).json() for options in asked]
    bodies = ['{"q":"alice"}', '{"q":"bob"}', "", "x"]
    assert bodies == [answer["body"] for answer in answers]
    assert client.get("p", "/search", json={"q": "bob"}).is_cached


@pytest.mark.parametrize("status", [202, 204, 206, 404, 500])
def test_no_error_is_ever_kept(client_of, provider, status):
    """Only a whole answer, 200, is kept: not an error, nor a part, nor a promise."""
    provider.answer("/x", reply(status, b"" if status == 204 else b"{}"), reply())
    client = client_of(cache=MemoryStore(), cached={"/x": 60})
    with suppress(HttpError):
        client.get("p", "/x")
    assert not client.get("p", "/x").is_cached


class Broken:
    """A store whose server is gone."""

    def get(self, key):
        """Fail."""
        raise ConnectionError(key)

    def set(self, key, value, ttl_s):  # noqa: ARG002 - a port's shape
        """Fail."""
        raise ConnectionError(key)

    async def aget(self, key):
        """Fail."""
        raise ConnectionError(key)

    async def aset(self, key, value, ttl_s):  # noqa: ARG002 - a port's shape
        """Fail."""
        raise ConnectionError(key)


def test_a_broken_store_costs_time_and_nothing_else(client_of, provider):
    """Without its cache a service is slower: the failure is counted, told, not raised."""
    events = []
    client = client_of(
        cache=Broken(), cached={"/x": 60}, clients={"listener": events.append}
    )
    assert {} == client.get("p", "/x").json()
    assert ["get", "set"] == [event.doing for event in events]
    assert [HttpCacheFailed] * 2 == [type(event) for event in events]
    assert 2 == counted(client, "cache_failures")
    assert 1 == len(provider.received)


def test_switched_off_a_call_is_sent_once(client_of, provider):
    """Off, there is neither circuit nor retry, budget or cache; errors stay typed."""
    provider.answer("/x", reply(500))
    settings = {
        "circuit": Breaker("p"),
        "retrier": Retrier(Policy(on=TRANSIENT, schedule=SOON)),
        "budget": Budget(Allowance(1, 60)),
        "cache": MemoryStore(),
        "cached": {"/x": 60},
    }
    client = client_of(**settings, clients={"switch": lambda: False})
    for _ in range(6):
        with pytest.raises(Unavailable):
            client.get("p", "/x")
    assert 6 == len(provider.received)
    assert 1 == settings["budget"].left
    calls = next(m for m in client.measures() if m.name == "hardening_http_calls")
    labels = {"provider": "p", "switch": "off", "outcome": "unavailable"}
    assert [(labels, 6)] == [(dict(s.labels), s.value) for s in calls.samples]


def until(holds):
    """Return once the condition holds."""
    deadline_s = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


# -- slots -------------------------------------------------------------------------------


def test_all_slots_taken_is_our_own_fault(provider):
    """Waiting for a free connection is a timeout of its own: no circuit counts it."""
    provider.answer("/x", never)
    breaker = Breaker("p")

    async def main():
        called = Provider(
            name="p", base_url=provider.url, connections=1, circuit=breaker
        )
        async with AsyncClient([called]) as client:
            holder = asyncio.ensure_future(client.get("p", "/x"))
            await asyncio.to_thread(until, lambda: provider.received)
            calls = [client.get("p", "/y", deadline_s=0.1) for _ in range(6)]
            errors = await asyncio.gather(*calls, return_exceptions=True)
            holder.cancel()
            await asyncio.gather(holder, return_exceptions=True)
            return errors, await client.get("p", "/y")

    errors, answer = asyncio.run(main())
    assert [Phase.SLOT] * 6 == [error.phase for error in errors]
    assert 200 == answer.status


def test_no_slot_is_lost_to_cancellation(provider):
    """
    Hundreds of calls, most of them cancelled at any moment, and every slot is there.

    httpx 0.28 loses slots this way (httpcore #1093); the benchmark counts them.
    """
    at_once = asyncio.Barrier(5)

    async def slow(_, writer):
        await asyncio.sleep(0.002)
        how = "close" if len(provider.received) % 2 else "keep-alive"
        writer.write(reply(connection=how))
        await writer.drain()
        if how == "close":
            writer.close()

    async def together(_, writer):
        # Answers when there are five of them: a slot that is lost is one too few.
        await at_once.wait()
        writer.write(reply())
        await writer.drain()

    provider.answer("/x", slow)
    provider.answer("/together", together)

    async def one(client, number):
        task = asyncio.ensure_future(client.get("p", "/x"))
        await asyncio.sleep((number * 7 % 13) / 2000)
        if number % 10 < 7:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def many(client, first):
        for number in range(first, 800, 20):
            await one(client, number)

    async def main():
        called = Provider(name="p", base_url=provider.url, connections=5)
        async with AsyncClient([called]) as client:
            await asyncio.gather(*(many(client, first) for first in range(20)))
            abandoned = counted(client, "calls", outcome="abandoned")
            calls = (client.get("p", "/together") for _ in range(5))
            return abandoned, await asyncio.gather(*calls)

    abandoned, answers = asyncio.run(main())
    assert abandoned > 200
    assert [200] * 5 == [answer.status for answer in answers]


def test_an_answer_that_is_not_read_on_gives_its_slot_back(client_of, provider):
    """A connection whose answer was given up is closed, and its place is free."""
    provider.answer("/large", reply(200, b"x" * 100_000))
    client = client_of(connections=1, response_bytes_max=10)
    for _ in range(3):
        with pytest.raises(ResponseTooLarge):
            client.get("p", "/large")
    assert b"{}" == client.get("p", "/x").content


@given(st.lists(st.sampled_from([200, 404, 429, 500, 503]), min_size=1, max_size=12))
def test_every_call_is_counted_once(statuses):
    """The outcomes add up to the calls, and the attempts to the requests."""
    answers = iter(statuses)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(next(answers)))
    provider = Provider(name="p", base_url="http://x")
    client = Client([provider], transports={"p": transport})
    for _ in statuses:
        with suppress(HttpError):
            client.get("p", "/x")
    measures = {m.name: m for m in client.measures()}
    calls = measures["hardening_http_calls"].samples
    assert len(statuses) == sum(sample.value for sample in calls)
    assert len(statuses) == measures["hardening_http_attempts"].samples[0].value
    seconds = measures["hardening_http_call_seconds"].samples[0].value
    assert len(statuses) == seconds.count
