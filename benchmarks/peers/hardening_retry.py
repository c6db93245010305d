"""Time retries that succeed at once, and count a herd's busiest second: ours and peers."""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from types import SimpleNamespace
from typing import Any

import stamina
import tenacity

from benchmarks.paired import Timings, timings
from hardening.retry import Budget, FullJitter, Policy, Retrier, Schedule, Spread
from hardening.testing import FakeClock

ATTEMPTS = 5
CLIENTS = 1_000
HERDS = 51
PER_LOOP = 1_500
"""Awaited calls in one run of the event loop, whose own cost is shared by them."""


class Busy(Exception):
    """What would be tried again."""


def answer(number: int) -> int:
    """Succeed at once."""
    return number


async def answer_later(number: int) -> int:
    """Succeed at once, as a coroutine."""
    return number


def main() -> None:
    """Print nanoseconds of each round by candidate, and each herd's busiest second."""
    found = {"sync": sync().rounds, "async": later().rounds, "herd": herds()}
    json.dump(found, sys.stdout)


def sync() -> Timings:
    """Time plain functions."""
    manners = {
        "the function alone": answer,
        "a loop written by hand": by_hand(answer),
        "Retrier.call": _called(Retrier(_policy())),
        "@Retrier": Retrier(_policy())(answer),
        "@Retrier with a budget": Retrier(_policy(), budget=Budget())(answer),
        **_peers(answer),
    }
    calls = {name: _calling(function) for name, function in manners.items()}
    return timings(calls, rounds=25, number=1_000)


def later() -> Timings:
    """Time coroutine functions; nanoseconds are those of one call."""
    retrier = Retrier(_policy())
    manners: dict[str, Callable[[int], Awaitable[int]]] = {
        "the function alone": answer_later,
        "a loop written by hand": by_hand_async(answer_later),
        "Retrier.call_async": lambda number: retrier.call_async(answer_later, number),
        "@Retrier": Retrier(_policy())(answer_later),
        "@Retrier with a budget": Retrier(_policy(), budget=Budget())(answer_later),
        **_peers(answer_later),
    }
    with asyncio.Runner() as runner:
        calls = {name: _running(runner, function) for name, function in manners.items()}
        taken = timings(calls, rounds=41, number=1)
    return Timings(
        {
            name: tuple(ns / PER_LOOP for ns in spans)
            for name, spans in taken.rounds.items()
        }
    )


def by_hand(function: Callable[..., int]) -> Callable[..., int]:
    """Wrap a function in the plainest loop that tries again: the floor."""

    @wraps(function)
    def run(*args: object, **kwargs: object) -> int:
        attempt = 1
        while True:
            try:
                return function(*args, **kwargs)
            except Busy:
                if attempt >= ATTEMPTS:
                    raise
                time.sleep(random.uniform(0, 2**attempt))
                attempt += 1

    return run


def by_hand_async(
    function: Callable[..., Awaitable[int]],
) -> Callable[..., Awaitable[int]]:
    """Wrap a coroutine function likewise."""

    @wraps(function)
    async def run(*args: object, **kwargs: object) -> int:
        attempt = 1
        while True:
            try:
                return await function(*args, **kwargs)
            except Busy:
                if attempt >= ATTEMPTS:
                    raise
                await asyncio.sleep(random.uniform(0, 2**attempt))
                attempt += 1

    return run


def herds() -> dict[str, float]:
    """
    Return the share of clients in the busiest second after all failed at once.

    Ours is run, in virtual time; of the peers it is their own function of the wait.
    """
    random.seed(0)
    waits = {
        "Spread(0, 29)": lambda: _waited_s(Spread(0, 29)),
        "FullJitter(base_s=1)": lambda: _waited_s(FullJitter(1, 30)),
        "tenacity wait_random_exponential(max=29)": _tenacity_s(
            tenacity.wait_random_exponential(max=29)
        ),
        "tenacity, its multiplier 2": _tenacity_s(
            tenacity.wait_random_exponential(multiplier=2, max=29)
        ),
        "stamina's defaults": _tenacity_s(
            tenacity.wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=1.0)
        ),
    }
    return {
        name: median(_busiest(wait) for _ in range(HERDS))
        for name, wait in waits.items()
    }


def _busiest(wait_s: Callable[[], float]) -> float:
    """Return the share of one herd that comes back in the busiest second."""
    seconds = Counter(int(wait_s()) for _ in range(CLIENTS))
    return max(seconds.values()) / CLIENTS


def _waited_s(schedule: Schedule) -> float:
    """Return when a client comes back whose first attempt failed."""
    clock, errors = FakeClock(), [Busy()]

    def call() -> None:
        if errors:
            raise errors.pop()

    Retrier(Policy(on=Busy, schedule=schedule), clock=clock).call(call)
    return clock.monotonic_s()


def _tenacity_s(wait: Callable[[Any], float]) -> Callable[[], float]:
    """Return a function of tenacity's wait after a first attempt."""
    state = SimpleNamespace(attempt_number=1)
    return lambda: wait(state)


def _policy() -> Policy:
    return Policy(on=(Busy,), attempts=ATTEMPTS)


def _peers(function: Any) -> dict[str, Any]:  # noqa: ANN401 - plain or a coroutine's
    """Return the function with each peer's retries around it."""
    found = {
        "stamina": stamina.retry(on=Busy, attempts=ATTEMPTS)(function),
        "tenacity": tenacity.retry(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_random_exponential(max=29),
            retry=tenacity.retry_if_exception_type(Busy),
            reraise=True,
        )(function),
    }
    if find_spec("backoff") is not None:
        backoff = import_module("backoff")
        retry = backoff.on_exception(backoff.expo, Busy, max_tries=ATTEMPTS)
        found["backoff"] = retry(function)
    return found


def _called(retrier: Retrier) -> Callable[[int], int]:
    """Return nothing more than a call by the retrier."""
    return lambda number: retrier.call(answer, number)


def _calling(function: Callable[[int], object]) -> Callable[[], object]:
    """Return a call without arguments."""
    return lambda: function(1)


def _running(
    runner: asyncio.Runner, function: Callable[[int], Awaitable[int]]
) -> Callable[[], object]:
    """Return a call that awaits the function many times."""

    async def work() -> None:
        for _ in range(PER_LOOP):
            await function(1)

    return lambda: runner.run(work())


if __name__ == "__main__":
    main()
