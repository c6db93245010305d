"""The rotation over real servers: killed, frozen, restarted, unwell, moved."""

import signal
import threading
import time
from collections import Counter
from pathlib import Path

import grpc
import pytest

from hardening.grpc import (
    BackendEjected,
    BackendReturned,
    BackendUnhealthy,
    Rotation,
    RotationClosed,
    Settings,
    State,
)

from .conftest import Raising, state_of

QUIET = Settings(health_interval_s=None)


def idempotent(method):
    """Tell the methods that may run twice."""
    return method in {"/t.T/Get", "/t.T/Many"}


def addresses(backends):
    """Return where the servers serve."""
    return [one.address for one in backends]


def asked(channel, times, method="/t.T/Who", request=b""):
    """Count who answered."""
    call = channel.unary_unary(method)
    return Counter(call(request, timeout=5).decode() for _ in range(times))


def threads():
    """Return the rotation's own threads."""
    return [one for one in threading.enumerate() if one.name == "hardening-grpc"]


def test_calls_go_round_all_addresses(backends):
    """No server has more than its share."""
    with Rotation(addresses(backends), settings=QUIET) as channel:
        assert {"a": 10, "b": 10, "c": 10} == asked(channel, 30)


def test_all_four_kinds_of_calls_are_those_of_a_channel(backends):
    """Generated stubs take it in place of gRPC's own."""
    with Rotation(addresses(backends), settings=QUIET) as channel:
        response, call = channel.unary_unary("/t.T/Who").with_call(b"", 5)
        assert (grpc.StatusCode.OK, response) == (call.code(), b"a")
        assert b"b" == channel.unary_unary("/t.T/Who").future(b"", timeout=5).result()
        many = channel.unary_stream("/t.T/Many")(b"", timeout=5)
        assert [b"c"] * 3 == list(many)
        assert grpc.StatusCode.OK is many.code()
        count = channel.stream_unary("/t.T/Count")
        assert b"2" == count(iter([b"x", b"y"]), timeout=5)
        assert b"2" == count.future(iter([b"x", b"y"]), timeout=5).result()
        echo = channel.stream_stream("/t.T/Echo")(iter([b"x", b"y"]), timeout=5)
        assert [b"x", b"y"] == list(echo)
        in_flight = {m.name: m for m in channel.measures()}["hardening_grpc_in_flight"]
        assert [0, 0, 0] == [sample.value for sample in in_flight.samples]


def connections(port):
    """Return how many connections this machine has to a port."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    texts = [table.read_text() for table in tables if table.exists()]
    rows = [row.split() for text in texts for row in text.splitlines()]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux tells")
def test_each_channel_has_a_connection_of_its_own(backends):
    """Trap 8: without a pool of its own, four channels share one connection."""
    server = backends[0]
    before = connections(server.port)
    with Rotation([server.address], channels_per_address=4, settings=QUIET) as channel:
        asked(channel, 8)
        assert 4 == connections(server.port) - before


def is_connected(channel, address):
    """Tell whether gRPC believes that it has a connection."""
    inner = dict(channel.hub.to_probe())[address]._channel
    ready = grpc.ChannelConnectivity.READY.value[0]
    return inner.check_connectivity_state(False) == ready  # noqa: FBT003 - gRPC's own


@pytest.mark.parametrize("method", ["/t.T/Who", "/t.T/Get"])
def test_a_killed_server_costs_no_call(backends, method, until):
    """
    The request never left, so it goes elsewhere, whatever the method.

    One that is idempotent survives also in the moment before the loss is noticed.
    """
    settings = Settings(health_interval_s=None, idempotent=idempotent)
    with Rotation(addresses(backends), settings=settings) as channel:
        asked(channel, 6)
        backends[1].kill()
        if not idempotent(method):
            until(lambda: not is_connected(channel, backends[1].address))
        counted = asked(channel, 60, method)
        assert {"a", "c"} == set(counted)
        assert 60 == counted.total()
        assert State.EJECTED is state_of(channel, backends[1].address)


def test_calls_under_way_at_a_killed_server_are_repeated_if_they_may_be(backends):
    """An idempotent call survives; another one's error is the caller's to judge."""
    settings = Settings(health_interval_s=None, idempotent=idempotent)
    only_b = [backends[1].address, backends[0].address]
    with Rotation(only_b, settings=settings) as channel:
        answers, failures = [], []

        def call(method):
            try:
                answers.append(channel.unary_unary(method)(b"400", timeout=5))
            except grpc.RpcError as error:
                failures.append((method, error.code()))

        calls = [
            threading.Thread(target=call, args=(method,))
            for method in ("/t.T/Get", "/t.T/Get", "/t.T/Who", "/t.T/Who")
        ]
        for one in calls:
            one.start()
        time.sleep(0.15)
        backends[1].kill()
        for one in calls:
            one.join()
    assert [("/t.T/Who", grpc.StatusCode.UNAVAILABLE)] == failures
    assert 3 == len(answers)


def test_a_server_that_passes_on_a_lost_connection_is_not_asked_twice(backends):
    """Its words are those of our own client; what it did is not known."""
    with Rotation(addresses(backends), settings=QUIET) as channel:
        with pytest.raises(grpc.RpcError) as raised:
            channel.unary_unary("/t.T/Lend")(b"", timeout=5)
        assert grpc.StatusCode.UNAVAILABLE is raised.value.code()
        retries = {m.name: m for m in channel.measures()}["hardening_grpc_retries"]
        assert 0 == retries.samples[0].value


def test_a_frozen_server_costs_an_idempotent_call_a_moment(backends):
    """It takes connections and answers nothing; an attempt waits no longer than told."""
    settings = Settings(
        health_interval_s=None, idempotent=idempotent, attempt_timeout_s=0.2
    )
    with Rotation(addresses(backends), settings=settings) as channel:
        asked(channel, 3)
        backends[2].signal(signal.SIGSTOP)
        counted = asked(channel, 20, "/t.T/Get")
        backends[2].signal(signal.SIGCONT)
    assert {"a", "b"} == set(counted)


def test_a_frozen_server_is_found_by_its_health(backends, until):
    """Before any call is lost, if the question comes first."""
    told = []
    settings = Settings(health_interval_s=0.05, health_timeout_s=0.2)
    with Rotation(addresses(backends), settings=settings, listener=told.append) as one:
        asked(one, 3)
        backends[2].signal(signal.SIGSTOP)
        until(lambda: any(isinstance(event, BackendUnhealthy) for event in told))
        assert {"a", "b"} == set(asked(one, 20))
        backends[2].signal(signal.SIGCONT)
        until(lambda: any(isinstance(event, BackendReturned) for event in told))
        assert {"a", "b", "c"} == set(asked(one, 9))


def test_a_server_that_is_not_serving_gets_no_calls_until_it_is(backends, until):
    """A server that shuts down, or warms up, says so by grpc.health.v1."""
    settings = Settings(health_interval_s=0.05)
    with Rotation(addresses(backends), settings=settings) as channel:
        backends[0].report("NOT_SERVING")
        place = backends[0].address
        until(lambda: state_of(channel, place) is State.UNHEALTHY)
        assert {"b": 5, "c": 5} == asked(channel, 10)
        backends[0].report("SERVING")
        until(lambda: state_of(channel, place) is State.SERVING)
        assert {"a", "b", "c"} == set(asked(channel, 9))


def test_a_listener_that_raises_stops_no_probe(backends, until, caplog):
    """It is logged, since nobody else is there to hear of it; servers come back."""
    listener = Raising()
    settings = Settings(health_interval_s=0.05)
    with Rotation(addresses(backends), settings=settings, listener=listener) as channel:
        until(lambda: is_connected(channel, backends[0].address))
        for status, state in (
            ("NOT_SERVING", State.UNHEALTHY),
            ("SERVING", State.SERVING),
        ):
            for one in backends[:2]:
                one.report(status)
            for one in backends[:2]:
                until(lambda: state_of(channel, one.address) is state)  # noqa: B023 - at once
    assert "grpc_housekeeping_failed" in caplog.text
    assert "HandlerBroke" in caplog.text


def test_a_probe_that_breaks_stops_no_other_chore(backends, until, monkeypatch):
    """What nobody thought of is logged, and the next round is made."""
    found = []

    def odd(_response):
        found.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("hardening.grpc.health.reason_of", odd)
    settings = Settings(health_interval_s=0.02)
    with Rotation([backends[0].address], settings=settings):
        until(lambda: len(found) > 2)


def test_a_restarted_server_gets_calls_again(backends, until):
    """It is back after a probe, within seconds instead of gRPC's two minutes."""
    told = []
    settings = Settings(
        health_interval_s=0.05, ejection_s=0.1, failures=1, idempotent=idempotent
    )
    with Rotation(addresses(backends), settings=settings, listener=told.append) as one:
        asked(one, 6)
        backends[1].kill()
        asked(one, 20, "/t.T/Get")
        until(lambda: state_of(one, backends[1].address) is not State.SERVING)
        backends[1].start()
        until(lambda: state_of(one, backends[1].address) is State.SERVING)
        assert {"a", "b", "c"} == set(asked(one, 9))
    kinds = {type(event) for event in told}
    assert kinds & {BackendEjected, BackendUnhealthy}


def test_new_addresses_get_calls_and_old_ones_end_theirs_first(backends, until):
    """A deployment moves the servers; no call notices."""
    listed = [backends[0].address]
    settings = Settings(health_interval_s=None, resolve_interval_s=0.05)
    with Rotation(lambda: listed, settings=settings) as channel:
        assert {"a": 4} == asked(channel, 4)
        slow = channel.unary_unary("/t.T/Who").future(b"500", timeout=5)
        listed[:] = [backends[1].address, backends[2].address]
        until(lambda: state_of(channel, backends[0].address) is State.DRAINING)
        assert {"b": 4, "c": 4} == asked(channel, 8)
        assert b"a" == slow.result()
        until(lambda: backends[0].address not in channel.addresses)


def test_a_drain_is_bounded(backends, until):
    """A call that never ends does not keep an address for ever."""
    told = []
    settings = Settings(health_interval_s=None, drain_s=0.2)
    where = addresses(backends)
    with Rotation(where, settings=settings, listener=told.append) as channel:
        slow = channel.unary_unary("/t.T/Who").future(b"5000", timeout=8)
        channel.relist(where[1:])
        until(lambda: where[0] not in channel.addresses)
        assert grpc.StatusCode.CANCELLED is slow.code()
    assert 1 == told[-1].cut_off


def test_a_look_up_that_fails_leaves_the_addresses_as_they_are(backends, until):
    """DNS is down more often than the servers are."""
    told = []
    answers = iter([addresses(backends)])
    settings = Settings(health_interval_s=None, resolve_interval_s=0.05)
    with Rotation(
        lambda: next(answers), settings=settings, listener=told.append
    ) as channel:
        until(lambda: any(one.event == "grpc_addresses_not_resolved" for one in told))
        assert {"a", "b", "c"} == set(asked(channel, 9))


def test_switched_off_all_calls_share_one_plain_connection(backends):
    """The rollback of the rollout: single connection mode."""
    on = [True]
    with Rotation(addresses(backends), settings=QUIET, switch=lambda: on[0]) as channel:
        assert {"a", "b", "c"} == set(asked(channel, 9))
        on[0] = False
        assert {"a": 9} == asked(channel, 9)
        assert [b"a"] * 3 == list(channel.unary_stream("/t.T/Many")(b"", timeout=5))
        assert b"1" == channel.stream_unary("/t.T/Count")(iter([b"x"]), timeout=5)
        echo = channel.stream_stream("/t.T/Echo")(iter([b"x"]), timeout=5)
        assert [b"x"] == list(echo)


def test_when_no_server_is_left_the_error_is_grpcs_own(backends):
    """Callers handle it as they did without the rotation."""
    with Rotation(addresses(backends)[:2], settings=QUIET) as channel:
        backends[0].kill()
        backends[1].kill()
        for _ in range(5):
            with pytest.raises(grpc.RpcError) as raised:
                channel.unary_unary("/t.T/Who")(b"", timeout=1)
            assert grpc.StatusCode.UNAVAILABLE is raised.value.code()


def test_a_stream_that_was_lost_before_its_first_response_begins_elsewhere(backends):
    """After the first, the caller has begun to use it, and is told."""
    settings = Settings(health_interval_s=None, idempotent=idempotent)
    with Rotation(addresses(backends), settings=settings) as channel:
        asked(channel, 3)
        backends[0].kill()
        many = channel.unary_stream("/t.T/Many")
        answered = [tuple(many(b"", timeout=5)) for _ in range(6)]
    assert {(b"b",) * 3, (b"c",) * 3} == set(answered)


def test_a_closed_rotation_takes_no_calls_and_leaves_no_thread(backends):
    """Nothing is left behind, also where nobody closes it."""
    channel = Rotation(addresses(backends))
    assert 1 == len(threads())
    channel.close()
    channel.close()
    assert [] == threads()
    with pytest.raises(RotationClosed):
        asked(channel, 1)


def test_a_forgotten_rotation_ends_its_thread(backends, until):
    """A thread keeps no rotation alive."""
    settings = Settings(health_interval_s=0.05)
    Rotation(addresses(backends), settings=settings)
    until(lambda: not threads())


def test_threads_share_a_rotation(backends):
    """Every call is counted, and every place given back."""
    with Rotation(addresses(backends), settings=QUIET) as channel:
        counted = []
        callers = [
            threading.Thread(target=lambda: counted.append(asked(channel, 25)))
            for _ in range(8)
        ]
        for one in callers:
            one.start()
        for one in callers:
            one.join()
        assert 200 == sum(map(Counter.total, counted))
        found = {m.name: m for m in channel.measures()}
        calls = [sample.value for sample in found["hardening_grpc_calls"].samples]
        assert 200 == sum(calls)
        assert max(calls) - min(calls) <= 1
        assert {0} == {s.value for s in found["hardening_grpc_in_flight"].samples}


def test_secure_channels_are_opened_with_the_credentials(backends):
    """A plain server does not speak TLS; the call fails, and says so."""
    credentials = grpc.ssl_channel_credentials()
    with Rotation(
        addresses(backends)[:1], credentials=credentials, settings=QUIET
    ) as channel:
        with pytest.raises(grpc.RpcError) as raised:
            channel.unary_unary("/t.T/Who")(b"", timeout=5)
        assert grpc.StatusCode.UNAVAILABLE is raised.value.code()
