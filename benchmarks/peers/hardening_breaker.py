"""Time a closed circuit: ours, by hand, and the breakers that others made."""

import asyncio
import json
import logging
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from threading import Lock
from typing import Any, TypeVar

import aiobreaker
import circuitbreaker
import interlock
import purgatory
import pybreaker
import redis

from benchmarks.paired import timings
from hardening.breaker import Breaker, FailureRate, Policy
from hardening.breaker.redis import RedisCircuits
from hardening.testing.redis import private_redis

R = TypeVar("R")

FLOOR = "a breaker written by hand"
BARE = "the function alone"
CALLS = 500
CLOSED, OPEN, HALF_OPEN = 0, 1, 2


class Refused(Exception):
    """The circuit of the floor is open."""


class Floor:
    """What anybody would write: five failures, a minute, one trial; no numbers."""

    __slots__ = ("failures", "lock", "opened_s", "state")

    def __init__(self) -> None:
        self.failures, self.state, self.opened_s, self.lock = 0, CLOSED, 0.0, Lock()

    def call(self, function: Callable[..., R], *args: object, **kwargs: object) -> R:
        """Call a function, unless the circuit is open."""
        if self.state:
            self.admit()
        try:
            result = function(*args, **kwargs)
        except Exception:
            self.failed()
            raise
        if self.failures or self.state:
            self.succeeded()
        return result

    async def call_async(
        self, function: Callable[..., Awaitable[R]], *args: object, **kwargs: object
    ) -> R:
        """Await a coroutine function, unless the circuit is open."""
        if self.state:
            self.admit()
        try:
            result = await function(*args, **kwargs)
        except Exception:
            self.failed()
            raise
        if self.failures or self.state:
            self.succeeded()
        return result

    def admit(self) -> None:
        """Let one call through after a minute."""
        with self.lock:
            cooled = time.monotonic() - self.opened_s >= 60  # noqa: PLR2004 - a minute
            if self.state != OPEN or not cooled:
                raise Refused
            self.state = HALF_OPEN

    def failed(self) -> None:
        """Count a failure."""
        with self.lock:
            self.failures += 1
            if self.state == HALF_OPEN or self.failures >= 5:  # noqa: PLR2004 - as ours
                self.state, self.opened_s = OPEN, time.monotonic()

    def succeeded(self) -> None:
        """Close."""
        with self.lock:
            self.failures, self.state = 0, CLOSED


def answer(number: int) -> int:
    """Succeed at once."""
    return number


async def answer_async(number: int) -> int:
    """Succeed at once, as a coroutine."""
    return number


def functions() -> dict[str, Callable[[], object]]:
    """Return a call of a plain function, by who guards it."""
    floor, ours, theirs = Floor(), Breaker("a"), pybreaker.CircuitBreaker()
    rated = Breaker("b", policy=Policy(rate=FailureRate()))
    decorated = Breaker("c")(answer)
    switched = Breaker("d", switch=lambda: True)
    circuit = circuitbreaker.circuit(failure_threshold=5, recovery_timeout=60)(answer)
    factory = purgatory.SyncCircuitBreakerFactory(default_threshold=5, default_ttl=60)
    guarded = factory("e")(answer)
    other = aiobreaker.CircuitBreaker(fail_max=5)
    locked = interlock.CircuitBreaker(name="f")
    return {
        BARE: lambda: answer(1),
        FLOOR: lambda: floor.call(answer, 1),
        "Breaker.call": lambda: ours.call(answer, 1),
        "Breaker.call with a failure rate": lambda: rated.call(answer, 1),
        "Breaker as a decorator": lambda: decorated(1),
        "Breaker.call behind a switch": lambda: switched.call(answer, 1),
        "circuitbreaker": lambda: circuit(1),
        "purgatory": lambda: guarded(1),
        "aiobreaker": lambda: other.call(answer, 1),
        "pybreaker": lambda: theirs.call(answer, 1),
        "interlock-cb": lambda: locked.call_sync(answer, 1),
    }


def coroutines() -> dict[str, Callable[[], Awaitable[object]]]:
    """Return a call of a coroutine function, by who guards it."""
    floor, ours = Floor(), Breaker("a")
    decorated = Breaker("b")(answer_async)
    circuit = circuitbreaker.circuit(failure_threshold=5, recovery_timeout=60)
    guarded = circuit(answer_async)
    factory = purgatory.AsyncCircuitBreakerFactory(default_threshold=5, default_ttl=60)
    also = factory("c")(answer_async)
    other = aiobreaker.CircuitBreaker(fail_max=5)
    locked = interlock.CircuitBreaker(name="d")
    return {
        BARE: lambda: answer_async(1),
        FLOOR: lambda: floor.call_async(answer_async, 1),
        "Breaker.call_async": lambda: ours.call_async(answer_async, 1),
        "Breaker as a decorator": lambda: decorated(1),
        "circuitbreaker": lambda: guarded(1),
        "purgatory": lambda: also(1),
        "aiobreaker": lambda: other.call_async(answer_async, 1),
        "interlock-cb": lambda: locked.call_async(answer_async, 1),
    }


def awaited() -> dict[str, tuple[float, ...]]:
    """Return the nanoseconds of a coroutine's call, a number a round."""
    with asyncio.Runner() as runner:

        async def repeat(make: Callable[[], Awaitable[object]]) -> None:
            for _ in range(CALLS):
                await make()

        batches = {
            name: lambda m=make: runner.run(repeat(m))
            for name, make in coroutines().items()
        }
        taken = timings(batches, rounds=40, number=4)
    return {
        name: tuple(span / CALLS for span in spans)
        for name, spans in taken.rounds.items()
    }


def shared() -> tuple[dict[str, tuple[float, ...]], dict[str, float]]:
    """Return nanoseconds of a call through Redis, and commands of one, by who shares."""
    with private_redis() as server, redis.Redis.from_url(server.url) as client:
        storage = pybreaker.CircuitRedisStorage(pybreaker.STATE_CLOSED, client)
        theirs = pybreaker.CircuitBreaker(state_storage=storage)
        script, floor = client.script_load("return redis.call('GET', KEYS[1])"), Floor()

        def inline() -> int:
            client.evalsha(script, 1, "state")
            return answer(1)

        with RedisCircuits(server.url) as store:
            ours = Breaker("a", shared=store)
            quick = {
                BARE: lambda: answer(1),
                FLOOR: lambda: floor.call(answer, 1),
                "Breaker.call, shared": lambda: ours.call(answer, 1),
            }
            slow = {
                "one EVALSHA for each call": inline,
                "pybreaker, shared": lambda: theirs.call(answer, 1),
            }
            spans = dict(timings(quick, rounds=60, number=5_000).rounds)
            spans |= timings(slow, rounds=9, number=300).rounds
        with RedisCircuits(server.url, poll_s=600) as store:
            ours = Breaker("b", shared=store)
            names = {"Breaker.call, shared": quick["Breaker.call, shared"]} | slow
            names["Breaker.call, shared"] = lambda: ours.call(answer, 1)
            commands = {name: _commands(client, call) for name, call in names.items()}
    return spans, commands


def _commands(client: "redis.Redis", call: Callable[[], object]) -> float:
    """Return how many commands Redis took for a call."""
    call()
    before, last = 0, 0
    while last != before + 1:  # what starts in the background has ended
        before, last = last, _processed(client)
    for _ in range(CALLS):
        call()
    return (_processed(client) - last - 1) / CALLS


def _processed(client: "redis.Redis") -> int:
    """Return how many commands Redis took so far."""
    time.sleep(0.05)
    stats: Any = client.info("stats")
    return int(stats["total_commands_processed"])


def main() -> None:
    """Print the nanoseconds of each round, and the commands, by candidate."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    calls = functions()
    spans, commands = shared()
    found = {
        "sync": timings(calls, rounds=60, number=5_000).rounds,
        "async": awaited(),
        "shared": spans,
        "commands": commands,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
