"""Retries: the upstream fails now and then, and a later call mostly works."""

import math
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from hardening.retry import Budget, Policy, Retrier, Spread
from hardening.retry.events import RetryEvent, RetryScheduled

from .piece import Piece, SimulatedClock, Upstream, UpstreamFailed, pct, rate_pct, total
from .place import Place

CLIENTS = 10_000
"""Of the drill: so many that the busiest second says little of chance."""


class NotFound(Exception):
    """The upstream knows no such order: an answer like any other."""


class Service(Piece):
    """Asks an upstream for orders; broken, orders that do not exist are retried."""

    def __init__(self, place: Place) -> None:
        self.clock = SimulatedClock()
        self._switch = place.switch
        self._upstream = Upstream()
        on = (UpstreamFailed, NotFound) if place.is_broken else UpstreamFailed
        self._policy = Policy(on=on, attempts=4, schedule=Spread(0, 29))
        self._retrier = Retrier(
            self._policy,
            budget=Budget(),
            name="orders",
            clock=self.clock,
            switch=place.switch,
        )
        self._busiest_pct = 0.0

    def serve(self, user: str) -> None:
        """Ask for the user's order, and again when the upstream fails."""
        if self._switch() and not self._busiest_pct:
            self._busiest_pct = busiest_second_pct(self._policy)
        with suppress(NotFound):
            self._retrier.call(self._order, user)

    def readings(self) -> Mapping[str, float]:
        """Return how many calls were made again, and how spread out."""
        measures = tuple(self._retrier.measures())
        calls = total(measures, "hardening_retry_attempts")
        retries = total(measures, "hardening_retry_retries")
        given_up = total(measures, "hardening_retry_given_up", reason="budget")
        return {
            "retry_retries": retries,
            "retry_retries_per_call_pct": rate_pct(retries, calls),
            "retry_given_up_budget": given_up,
            "retry_busiest_second_pct": self._busiest_pct,
        }

    def _order(self, user: str) -> str:
        """Return the user's order; every third has none."""
        answer = self._upstream.ask()
        if int(user.removeprefix("user-")) % 3 == 0:
            raise NotFound
        return answer


def busiest_second_pct(policy: Policy) -> float:
    """Return the share that comes back in one second, of clients that fail at once."""
    seconds: Counter[int] = Counter()

    def note(event: RetryEvent) -> None:
        if isinstance(event, RetryScheduled):
            seconds[math.floor(event.delay_s)] += 1

    # Each second call fails, and so each client comes back once.
    retrier = Retrier(policy, listener=note, clock=SimulatedClock())
    upstream = Upstream(fails_every=2)
    upstream.ask()
    for _ in range(CLIENTS):
        retrier.call(upstream.ask)
    return pct(max(seconds.values()), CLIENTS)
