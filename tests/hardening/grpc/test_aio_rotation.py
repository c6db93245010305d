"""The rotation for asyncio, over the same servers."""

import asyncio
import signal
import time
from collections import Counter

import grpc
import pytest
from grpc import aio

from hardening.grpc import RotationClosed, Settings, State
from hardening.grpc.aio import AsyncRotation

from .conftest import Raising, state_of

QUIET = Settings(health_interval_s=None)


def idempotent(method):
    """Tell the methods that may run twice."""
    return method in {"/t.T/Get", "/t.T/Many"}


def addresses(backends):
    """Return where the servers serve."""
    return [one.address for one in backends]


async def asked(channel, times, method="/t.T/Who"):
    """Count who answered."""
    call = channel.unary_unary(method)
    return Counter([(await call(b"", timeout=5)).decode() for _ in range(times)])


async def until(holds):
    """Wait for a condition, for ten seconds at most."""
    deadline_s = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline_s, "it never came to that"
        await asyncio.sleep(0.01)


def in_flight(channel):
    """Return the calls under way, in all."""
    found = {measure.name: measure for measure in channel.measures()}
    return sum(one.value for one in found["hardening_grpc_in_flight"].samples)


def run(steps):
    """Run a test's steps in a loop of their own."""
    asyncio.run(steps())


def test_all_four_kinds_of_calls_go_round(backends):
    """Generated stubs take it in place of gRPC's own."""

    async def steps():
        async with AsyncRotation(addresses(backends), settings=QUIET) as channel:
            assert {"a": 5, "b": 5, "c": 5} == await asked(channel, 15)
            call = channel.unary_unary("/t.T/Who")(b"", timeout=5)
            assert b"a" == await call
            assert grpc.StatusCode.OK is await call.code()
            many = channel.unary_stream("/t.T/Many")(b"", timeout=5)
            assert [b"b"] * 3 == [one async for one in many]
            read = channel.unary_stream("/t.T/Many")(b"", timeout=5)
            assert b"c" == await read.read()
            read.cancel()
            count = channel.stream_unary("/t.T/Count")
            assert b"2" == await count(iter([b"x", b"y"]), timeout=5)
            echo = channel.stream_stream("/t.T/Echo")(iter([b"x", b"y"]), timeout=5)
            assert [b"x", b"y"] == [one async for one in echo]
            await until(lambda: in_flight(channel) == 0)
            assert grpc.ChannelConnectivity.READY is channel.get_state()
            await channel.channel_ready()
            await channel.wait_for_state_change(grpc.ChannelConnectivity.IDLE)

    run(steps)


def test_a_killed_server_costs_no_call(backends):
    """The request never left, so it goes elsewhere; a stream does, too."""

    async def steps():
        async with AsyncRotation(addresses(backends), settings=QUIET) as channel:
            await asked(channel, 6)
            lost = dict(channel.hub.to_probe())[backends[1].address]
            backends[1].kill()
            await until(lambda: lost.get_state() is not grpc.ChannelConnectivity.READY)
            counted = await asked(channel, 40)
            assert ({"a", "c"}, 40) == (set(counted), counted.total())
            assert State.EJECTED is state_of(channel, backends[1].address)

    run(steps)


def test_a_stream_that_was_lost_before_its_first_response_begins_elsewhere(backends):
    """After the first, the caller has begun to use it."""

    async def steps():
        settings = Settings(health_interval_s=None, idempotent=idempotent)
        async with AsyncRotation(addresses(backends), settings=settings) as channel:
            await asked(channel, 3)
            backends[0].kill()
            many = channel.unary_stream("/t.T/Many")
            seen = {tuple([one async for one in many(b"", timeout=5)]) for _ in "1234"}
            assert {(b"b",) * 3, (b"c",) * 3} == seen

    run(steps)


def test_a_frozen_server_costs_an_idempotent_call_a_moment(backends):
    """An attempt waits no longer than told."""
    settings = Settings(
        health_interval_s=None, idempotent=idempotent, attempt_timeout_s=0.2
    )

    async def steps():
        async with AsyncRotation(addresses(backends), settings=settings) as channel:
            await asked(channel, 3)
            backends[2].signal(signal.SIGSTOP)
            counted = await asked(channel, 12, "/t.T/Get")
            backends[2].signal(signal.SIGCONT)
            assert {"a", "b"} == set(counted)

    run(steps)


def test_a_server_that_passes_on_a_lost_connection_is_not_asked_twice(backends):
    """Its words are those of our own client; what it did is not known."""

    async def steps():
        async with AsyncRotation(addresses(backends), settings=QUIET) as channel:
            with pytest.raises(aio.AioRpcError):
                await channel.unary_unary("/t.T/Lend")(b"", timeout=5)
            assert 0 == channel.hub.retries

    run(steps)


def test_a_cancelled_call_gives_its_place_back(backends):
    """A task that is cancelled cancels its call, and is held against no server."""

    async def steps():
        async with AsyncRotation(addresses(backends), settings=QUIET) as channel:

            async def slow():
                await channel.unary_unary("/t.T/Who")(b"2000", timeout=5)

            tasks = [asyncio.create_task(slow()) for _ in range(6)]
            await until(lambda: in_flight(channel) == 6)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert all(task.cancelled() for task in tasks)
            await until(lambda: in_flight(channel) == 0)
            found = {measure.name: measure for measure in channel.measures()}
            failures = found["hardening_grpc_failures"].samples
            assert {0} == {one.value for one in failures}

    run(steps)


def test_health_addresses_and_the_switch_are_followed(backends):
    """An unwell server is left out, a new address gets calls, and off is one channel."""
    listed = addresses(backends)[:2]
    on = [True]
    settings = Settings(health_interval_s=0.05, resolve_interval_s=0.05, drain_s=1)

    async def steps():
        async with AsyncRotation(
            lambda: listed, settings=settings, switch=lambda: on[0]
        ) as channel:
            backends[0].report("NOT_SERVING")
            place = backends[0].address
            await until(lambda: state_of(channel, place) is State.UNHEALTHY)
            assert {"b": 4} == await asked(channel, 4)
            listed[:] = addresses(backends)[1:]
            await until(lambda: place not in channel.addresses)
            assert {"b", "c"} == set(await asked(channel, 8))
            on[0] = False
            assert {"b": 4} == await asked(channel, 4)
            many = channel.unary_stream("/t.T/Many")(b"", timeout=5)
            assert [b"b"] * 3 == [one async for one in many]
            count = channel.stream_unary("/t.T/Count")
            assert b"1" == await count(iter([b"x"]), timeout=5)

    run(steps)


def test_a_listener_that_raises_stops_no_probe(backends, caplog):
    """It is logged, since nobody else is there to hear of it; servers come back."""
    settings = Settings(health_interval_s=0.05)

    async def steps():
        where = addresses(backends)
        async with AsyncRotation(
            where, settings=settings, listener=Raising()
        ) as channel:
            for status, state in (
                ("NOT_SERVING", State.UNHEALTHY),
                ("SERVING", State.SERVING),
            ):
                for one in backends[:2]:
                    one.report(status)
                for place in where[:2]:
                    await until(lambda: state_of(channel, place) is state)  # noqa: B023 - at once

    run(steps)
    assert "grpc_housekeeping_failed" in caplog.text


def test_a_probe_that_breaks_stops_no_other_chore(backends, monkeypatch):
    """What nobody thought of is logged, and the next round is made."""
    found = []

    def odd(_response):
        found.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("hardening.grpc.health.reason_of", odd)
    settings = Settings(health_interval_s=0.02)

    async def steps():
        async with AsyncRotation([backends[0].address], settings=settings):
            await until(lambda: len(found) > 2)

    run(steps)


def test_a_closed_rotation_takes_no_calls_and_leaves_no_task(backends):
    """Nothing runs on."""

    async def steps():
        before = asyncio.all_tasks()
        channel = AsyncRotation(addresses(backends))
        await asked(channel, 3)
        await channel.close()
        await channel.close(grace=1)
        await until(lambda: asyncio.all_tasks() == before)
        with pytest.raises(RotationClosed):
            await asked(channel, 1)

    run(steps)
