"""Retry: what a call costs that succeeds at once."""

from collections.abc import Callable, Iterator

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from hardening.retry import Budget, Policy, Retrier

FLOOR = "a loop written by hand"
ATTEMPTS = 5


class Busy(Exception):
    """What would be tried again."""


def measure() -> Iterator[Row]:
    """Yield the cost of the success path, bare and with a budget."""
    policy = Policy(on=(Busy,), attempts=ATTEMPTS)
    bare, shared = Retrier(policy), Retrier(policy, budget=Budget())
    taken = timings(
        {
            FLOOR: lambda: by_hand(answer),
            "Retrier.call": lambda: bare.call(answer),
            "Retrier.call with a budget": lambda: shared.call(answer),
        },
        number=20_000,
    )
    for name in taken.rounds:
        is_floor = name == FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=None if is_floor else FLOOR,
            ratio=None if is_floor else taken.ratio(name, FLOOR),
            bar=None if is_floor else Bar(Of.RATIO, most=3),
        )


def answer() -> int:
    """Succeed at once."""
    return 42


def by_hand(function: Callable[..., int], *args: object, **kwargs: object) -> int:
    """Call any function up to five times: the floor, without waits or events."""
    attempt = 1
    while True:
        try:
            return function(*args, **kwargs)
        except Busy:
            if attempt == ATTEMPTS:
                raise
            attempt += 1
