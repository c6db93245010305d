"""The receiver: once each, bounded, counted; and the endpoint's answers."""

import asyncio
import json
import threading

import pytest

from hardening.core import InvalidSetting
from hardening.testing import FakeClock
from hardening.testing.webhooks import Sender
from hardening.webhooks import (
    BodyTooLarge,
    InProgress,
    InvalidSignature,
    MemoryStore,
    Receiver,
    Replayed,
    StoreFull,
    Verifier,
    WebhookFailed,
    WebhookRefused,
    WebhookUnverified,
)
from hardening.webhooks.asgi import WebhookEndpoint

NOW = 1_800_000_000
SECRET = bytes(range(24))
BODY = b'{"n": 1}'


def receiver(**settings):
    """Return a receiver at a fixed time."""
    verifier = Verifier([SECRET], clock=FakeClock(unix_s=NOW))
    return Receiver(verifier, source="payments", **settings)


def headers(identifier="evt_1", body=BODY):
    """Return the headers of a genuine delivery."""
    return Sender(SECRET).headers(body, identifier=identifier, sent_s=NOW)


def outcomes(taking):
    """Return the deliveries by outcome."""
    deliveries, _ = taking.measures()
    return {
        dict(sample.labels)["outcome"]: sample.value for sample in deliveries.samples
    }


def test_a_delivery_is_handled_once():
    """The second attempt is told that there is nothing left to do, with a success."""
    events, store, taking = [], MemoryStore(), None
    taking = receiver(listener=events.append)
    seen = []
    handle = lambda delivery, _: seen.append(delivery.json())  # noqa: E731
    taking.receive(headers(), BODY, store, handle)
    with pytest.raises(Replayed) as caught:
        taking.receive(headers(), BODY, store, handle)
    assert ([{"n": 1}], 200) == (seen, caught.value.status)
    assert {"processed": 1, "replayed": 1} == outcomes(taking)
    assert [WebhookRefused(source="payments", error=caught.value)] == events
    assert "payments replayed" == events[0].subject


def test_what_failed_is_handled_again():
    """A handler that fails has not processed anything."""
    events, store = [], MemoryStore()
    taking = receiver(listener=events.append)

    def fail(_delivery, _work):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        taking.receive(headers(), BODY, store, fail)
    failed = WebhookFailed(source="payments", identifier="evt_1", error=caught.value)
    assert [failed] == events
    assert "done" == taking.receive(headers(), BODY, store, lambda *_: "done")
    assert {"failed": 1, "processed": 1} == outcomes(taking)


def test_of_two_at_once_one_is_handled_and_one_told_to_come_back():
    """Its end is not known yet, so that the answer is no success."""
    store, taking = MemoryStore(), receiver()
    inside, told = threading.Event(), threading.Event()

    def slow(_delivery, _work):
        inside.set()
        assert told.wait(30)

    first = threading.Thread(target=taking.receive, args=(headers(), BODY, store, slow))
    first.start()
    assert inside.wait(30)
    with pytest.raises(InProgress) as caught:
        taking.receive(headers(), BODY, store, slow)
    told.set()
    first.join()
    assert 409 == caught.value.status
    assert {"in_progress": 1, "processed": 1} == outcomes(taking)


def test_a_task_that_is_cancelled_lets_the_next_attempt_in():
    """Cancellation is a failure like any other."""
    store, taking = MemoryStore(), receiver()

    async def scenario():
        inside = asyncio.Event()

        async def sit(_delivery, _work):
            inside.set()
            await asyncio.Event().wait()

        async def done(_delivery, _work):
            return "done"

        task = asyncio.create_task(taking.receive_async(headers(), BODY, store, sit))
        await inside.wait()
        with pytest.raises(InProgress):
            await taking.receive_async(headers(), BODY, store, done)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await taking.receive_async(headers(), BODY, store, done)

    assert "done" == asyncio.run(scenario())


def test_the_memory_forgets_what_is_old():
    """At the age itself a delivery is still known, after it no more."""
    clock = FakeClock()
    store, taking = MemoryStore(keep_s=600, clock=clock), receiver()
    taking.receive(headers(), BODY, store, lambda *_: None)
    clock.advance(600)
    with pytest.raises(Replayed):
        taking.receive(headers(), BODY, store, lambda *_: None)
    clock.advance(0.001)
    taking.receive(headers(), BODY, store, lambda *_: None)


def test_a_full_memory_refuses_rather_than_forgets():
    """To forget a recent delivery would let it be replayed."""
    clock = FakeClock()
    store, taking = MemoryStore(capacity=2, keep_s=600, clock=clock), receiver()
    for identifier in ("evt_1", "evt_2"):
        taking.receive(headers(identifier), BODY, store, lambda *_: None)
    with pytest.raises(StoreFull) as caught:
        taking.receive(headers("evt_3"), BODY, store, lambda *_: None)
    assert 503 == caught.value.status
    clock.advance(600.001)
    taking.receive(headers("evt_3"), BODY, store, lambda *_: None)


@pytest.mark.parametrize(("extra", "passes"), [(-1, True), (0, True), (1, False)])
def test_a_body_has_a_size(extra, passes):
    """The largest body is taken, one byte more is not even verified."""
    taking, body = receiver(bytes_max=100), b"x" * (100 + extra)
    if passes:
        taking.receive(headers(body=body), body, MemoryStore(), lambda *_: None)
    else:
        with pytest.raises(BodyTooLarge) as caught:
            taking.receive({}, body, MemoryStore(), lambda *_: None)
        assert 413 == caught.value.status


def test_the_switch_turned_off_handles_everything_and_tells():
    """Off is as before there was a receiver: unsigned, and as often as it comes."""
    events, store = [], MemoryStore()
    taking = receiver(switch=lambda: False, listener=events.append)
    seen = []
    for _ in range(2):
        taking.receive({"webhook-id": "x"}, BODY, store, lambda d, _: seen.append(d))
    assert [False, False] == [delivery.verified for delivery in seen]
    assert [WebhookUnverified(source="payments")] * 2 == events
    assert {"unverified": 2} == outcomes(taking)


def test_the_switch_turned_off_reads_the_senders_own_headers():
    """Also without verification a delivery has the identifier that its sender gave it."""
    verifier = Verifier([SECRET], prefix="Svix", clock=FakeClock(unix_s=NOW))
    taking = Receiver(verifier, source="payments", switch=lambda: False)
    sent = Sender(SECRET, prefix="svix").headers(BODY, identifier="evt_1", sent_s=NOW)
    seen = taking.receive(sent, BODY, MemoryStore(), lambda delivery, _: delivery)
    assert ("evt_1", NOW, False) == (seen.identifier, seen.sent_s, seen.verified)


def test_failures_are_counted_apart_by_the_switch():
    """How often handlers fail behind the flag is known, whatever fails without it."""
    on, store = [True], MemoryStore()
    taking = receiver(switch=lambda: on[-1])

    def fail(_delivery, _work):
        raise ZeroDivisionError

    for state in (True, False, False):
        on.append(state)
        with pytest.raises(ZeroDivisionError):
            taking.receive(headers(), BODY, store, fail)
    assert {"failed": 1, "failed_unverified": 2} == outcomes(taking)


@pytest.mark.parametrize(("keep_s", "passes"), [(599.9, False), (600, True)])
def test_a_store_remembers_what_could_be_replayed(keep_s, passes):
    """A delivery of the future is good for two windows: so long it has to be known."""
    store, taking = MemoryStore(keep_s=keep_s), receiver()

    async def work(_delivery, _work):
        return "done"

    ways = (
        lambda: taking.receive(headers(), BODY, store, lambda *_: None),
        lambda: asyncio.run(taking.receive_async(headers("b"), BODY, store, work)),
        lambda: WebhookEndpoint(taking, store, work),
    )
    for way in ways:
        if passes:
            way()
        else:
            with pytest.raises(InvalidSetting, match=r"MemoryStore\.keep_s"):
                way()
    assert outcomes(taking) == ({"processed": 2} if passes else {})


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: receiver(bytes_max=0), "Receiver.bytes_max"),
        (lambda: Receiver(Verifier([SECRET]), source=""), "Receiver.source"),
        (lambda: MemoryStore(capacity=0), "MemoryStore.capacity"),
        (lambda: MemoryStore(keep_s=0), "MemoryStore.keep_s"),
    ],
)
def test_a_wrong_setting_is_said_with_its_name(make, field):
    """Wrong configuration fails where it is made."""
    with pytest.raises(InvalidSetting, match=field):
        make()


def ask(endpoint, *, sent=None, chunks=(BODY,), method="POST", leave=False):
    """Send a request to an endpoint; return its status, headers and outcome."""
    pairs = [(k.encode(), v.encode()) for k, v in (sent or {}).items()]
    scope = {"type": "http", "method": method, "headers": pairs}
    left, answers = list(chunks), []

    async def receive():
        if leave:
            return {"type": "http.disconnect"}
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message):
        answers.append(message)

    asyncio.run(endpoint(scope, receive, send))
    if not answers:
        return None
    start, body = answers
    return start["status"], dict(start["headers"]), json.loads(body["body"])["outcome"]


async def no_work(_delivery, _work):
    """Handle a delivery by doing nothing."""


async def failing(_delivery, _work):
    """Fail to handle a delivery."""
    raise ZeroDivisionError


def test_the_endpoint_answers_each_kind():
    """Processed, replayed, unauthorised, bad and too large have their own status."""
    taking = receiver(bytes_max=50)
    endpoint = WebhookEndpoint(taking, MemoryStore(), no_work)
    assert (200, "processed") == ask(endpoint, sent=headers())[::2]
    assert (200, "replayed") == ask(endpoint, sent=headers())[::2]
    assert (401, "invalid_signature") == ask(endpoint, sent=headers(), chunks=[b"x"])[
        ::2
    ]
    assert (400, "missing_header") == ask(endpoint)[::2]
    assert (413, "body_too_large") == ask(endpoint, chunks=[b"x" * 26] * 3)[::2]
    status, sent, _ = ask(endpoint, method="GET")
    assert (405, b"POST") == (status, sent[b"allow"])
    assert ask(endpoint, leave=True) is None
    assert 1 == outcomes(taking)["body_too_large"]


def test_the_endpoint_joins_the_parts_of_a_body():
    """A body may come in pieces."""
    endpoint = WebhookEndpoint(receiver(), MemoryStore(), no_work)
    assert 200 == ask(endpoint, sent=headers(), chunks=[BODY[:3], b"", BODY[3:]])[0]


def test_a_failed_handler_is_the_servers_to_answer():
    """The sender gets a 500 and comes back; error trackers see the error."""
    store = MemoryStore()
    with pytest.raises(ZeroDivisionError):
        ask(WebhookEndpoint(receiver(), store, failing), sent=headers())
    assert 200 == ask(WebhookEndpoint(receiver(), store, no_work), sent=headers())[0]


def test_a_delivery_in_progress_is_told_when_to_come_back():
    """409 with Retry-After."""
    store = MemoryStore()
    endpoint = WebhookEndpoint(receiver(), store, no_work)
    with store.claimed("evt_1"):
        status, sent, outcome = ask(endpoint, sent=headers())
    assert (409, "in_progress", b"5") == (status, outcome, sent[b"retry-after"])


def test_the_endpoint_serves_nothing_but_http():
    """A web socket at its path is a mistake in the routes."""
    endpoint = WebhookEndpoint(receiver(), MemoryStore(), no_work)
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(endpoint({"type": "websocket"}, None, None))


def test_a_forged_delivery_does_not_mark_a_genuine_one():
    """A stranger cannot make us ignore the sender."""
    store, taking = MemoryStore(), receiver()
    with pytest.raises(InvalidSignature):
        taking.receive(headers() | {"webhook-signature": "v1,AAAA"}, BODY, store, print)
    assert taking.receive(headers(), BODY, store, lambda *_: True)
