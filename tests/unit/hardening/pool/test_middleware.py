"""The middleware: 503 before a request costs anything, and health always answers."""

import asyncio
import json

import psycopg_pool
import pytest

from hardening.core import InvalidSetting
from hardening.pool import Gate, PoolMiddleware
from hardening.testing import ScriptedEntropy


@pytest.fixture
def pool():
    """Give a pool of ten, never opened: a test says how many are out."""
    return psycopg_pool.ConnectionPool("", min_size=0, max_size=10, open=False)


@pytest.fixture
def gate(pool):
    """Give its gate, which asks to come back after 1.4 s."""
    return Gate(pool, entropy=ScriptedEntropy([0.2]))


async def greet(scope, receive, send):  # noqa: ARG001 - ASGI's shape
    """Answer 200."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def answered(app, path="/orders", kind="http"):
    """Return all that the application sends for one request."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    asyncio.run(app({"type": kind, "path": path}, receive, send))
    return sent


def test_a_request_is_served_while_connections_are_free(gate):
    """Without an overload nobody notices the gate."""
    assert 200 == answered(PoolMiddleware(greet, gates=[gate]))[0]["status"]


def test_an_overloaded_service_answers_503_with_retry_after(pool, gate):
    """A client is told at once to come back, in whole seconds, and nothing is kept."""
    pool._nconns = 9
    start, body = answered(PoolMiddleware(greet, gates=[gate]))
    assert 503 == start["status"]
    headers = dict(start["headers"])
    assert b"2" == headers[b"retry-after"]
    assert b"no-store" == headers[b"cache-control"]
    assert str(len(body["body"])).encode() == headers[b"content-length"]
    assert {"error": "pool_exhausted", "retry_after_s": 2} == json.loads(body["body"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health", 200),
        ("/health/live", 200),
        ("/healthy", 503),
        ("/admin", 200),
        ("/administration", 503),
        ("/", 503),
    ],
)
def test_health_and_admin_answer_in_an_overload(pool, gate, path, status):
    """An orchestrator must not restart a service because it is busy."""
    pool._nconns = 9
    assert status == answered(PoolMiddleware(greet, gates=[gate]), path)[0]["status"]


def test_exempt_paths_can_be_chosen(pool, gate):
    """A service names its own; the defaults are then gone."""
    pool._nconns = 9
    app = PoolMiddleware(greet, gates=[gate], exempt=["/ping/"])
    assert 200 == answered(app, "/ping")[0]["status"]
    assert 503 == answered(app, "/health")[0]["status"]


def test_each_gate_is_asked(pool, gate):
    """A request that needs two pools is rejected when either is used up."""
    free = Gate(psycopg_pool.ConnectionPool("", min_size=0, max_size=1, open=False))
    pool._nconns = 9
    assert 503 == answered(PoolMiddleware(greet, gates=[free, gate]))[0]["status"]


def test_other_kinds_pass(pool, gate):
    """The lifespan of the application is not a request."""
    pool._nconns = 9
    app = PoolMiddleware(greet, gates=[gate])
    assert 200 == answered(app, kind="lifespan")[0]["status"]


def test_a_rejection_inside_the_application_is_answered_too(pool, gate):
    """A handler that finds the pool used up later needs no code of its own."""

    async def handler(scope, receive, send):  # noqa: ARG001 - ASGI's shape
        pool._nconns = 9
        gate.check()

    assert 503 == answered(PoolMiddleware(handler, gates=[gate]))[0]["status"]


def test_a_rejection_after_the_first_byte_is_the_server_s_to_end(pool, gate):
    """A status that was sent cannot be taken back: the error goes on."""

    async def handler(scope, receive, send):
        await greet(scope, receive, send)
        pool._nconns = 9
        gate.check()

    with pytest.raises(Exception, match="has 9 of 10 connections out"):
        answered(PoolMiddleware(handler, gates=[gate]))


@pytest.mark.parametrize("way", ["around", "within"])
@pytest.mark.parametrize("debug", [False, True])
def test_starlette_answers_503_for_a_handlers_rejection(pool, gate, way, debug):
    """Its outermost layer answers errors first; the client is told to come back anyway."""
    starlette = pytest.importorskip("starlette.applications")
    routing = pytest.importorskip("starlette.routing")
    testclient = pytest.importorskip("starlette.testclient")

    async def handler(_request):
        pool._nconns = 9
        gate.check()

    routes = [routing.Route("/orders", handler)]
    app = starlette.Starlette(routes=routes, debug=debug)
    if way == "within":
        app.add_middleware(PoolMiddleware, gates=[gate])
    else:
        app = PoolMiddleware(app, gates=[gate])
    client = testclient.TestClient(app, raise_server_exceptions=False)
    answer = client.get("/orders")
    assert (503, "2") == (answer.status_code, answer.headers["retry-after"])
    assert "pool_exhausted" == answer.json()["error"]


async def fail(scope, receive, send):  # noqa: ARG001 - ASGI's shape
    """Answer 500, in two pieces."""
    await send({"type": "http.response.start", "status": 500, "headers": []})
    await send({"type": "http.response.body", "body": b"oh", "more_body": True})
    await send({"type": "http.response.body", "body": b" no"})


def test_a_failure_of_the_application_s_own_is_answered_as_it_is(gate):
    """Held back is not lost."""
    sent = answered(PoolMiddleware(fail, gates=[gate]))
    assert [500, b"oh", b" no"] == [m.get("status", m.get("body")) for m in sent]


def test_another_error_s_answer_goes_out_before_the_error(gate):
    """A framework answers 500 and raises again for the log; both are as they were."""
    sent = []

    async def send(message):
        sent.append(message)

    async def handler(scope, receive, send):
        await fail(scope, receive, send)
        raise ZeroDivisionError

    app = PoolMiddleware(handler, gates=[gate])
    with pytest.raises(ZeroDivisionError):
        asyncio.run(app({"type": "http", "path": "/"}, None, send))
    assert [500, b"oh", b" no"] == [m.get("status", m.get("body")) for m in sent]


@pytest.mark.parametrize(("pieces", "kept"), [(7, 0), (8, 9)])
def test_a_failure_without_end_fills_no_memory(gate, pieces, kept):
    """What is longer than any framework's answer goes out as it comes."""
    sent, before = [], []

    async def send(message):
        sent.append(message)

    async def handler(scope, receive, send):  # noqa: ARG001 - ASGI's shape
        await send({"type": "http.response.start", "status": 500, "headers": []})
        piece = {"type": "http.response.body", "body": b"x", "more_body": True}
        for _ in range(pieces):
            await send(piece)
        before.append(len(sent))

    app = PoolMiddleware(handler, gates=[gate])
    asyncio.run(app({"type": "http", "path": "/"}, None, send))
    assert ([kept], pieces + 1) == (before, len(sent))


def test_wrong_settings_are_refused(gate):
    """A middleware that guards nothing, or exempts everything, is a mistake."""
    for gates in ([], gate, [None], None):
        with pytest.raises(InvalidSetting, match=r"PoolMiddleware\.gates"):
            PoolMiddleware(greet, gates=gates)
    for path in ("health", "/", ""):
        with pytest.raises(InvalidSetting, match=r"PoolMiddleware\.exempt"):
            PoolMiddleware(greet, gates=[gate], exempt=[path])
