"""The gate: looks at a pool before a caller does, and lets nobody in who would wait."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from hardening.core import (
    Clock,
    Entropy,
    Histogram,
    Kind,
    Listener,
    Measure,
    Sample,
    Switch,
    SystemClock,
    SystemEntropy,
    always_on,
    ignore,
    is_number,
    renew_in_child,
    require,
)
from hardening.pool.episode import Episode, after_rejection, is_over
from hardening.pool.errors import PoolExhausted
from hardening.pool.events import (
    PoolEvent,
    PoolReadSlowly,
    PoolRecovered,
    PoolRejecting,
)
from hardening.pool.reading import Check, Use, find_reader

P = ParamSpec("P")
C = TypeVar("C")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()

THRESHOLD = 0.85
"""The share of the founding plan; 1.0 lets everybody in, to wait as before."""

# 0.07 * 100 is 7.000000000000001: the seventh of a hundred connections is still 7 %.
_ROUNDING = 1e-9

_AWAY_MAX_S = 3600.0  # nobody who is sent away for longer comes back

_REMIND_S = 60.0  # an episode that lasts is told once a minute
_CALM_S = 10.0  # shorter, and a pool that swings about its limit tells of it each time


class Gate:
    """
    Rejects callers while a pool is used up to its threshold; thread-safe, for asyncio too.

    It looks, and keeps no count of its own: connections that others took count, and no
    permit can leak. There is no hysteresis: the first connection that comes back is
    lent at once. Connections that are still being made count as used.

    Args:
        pool: A pool of psycopg_pool, or an engine of SQLAlchemy; sync or async. It
            stays yours: you open and close it.
        name: For events and metrics; None takes the pool's own, or 'pool'.
        threshold: The share of the highest number of connections at which rejecting
            begins, more than 0; at 1.0 the gate is open for good.
        retry_after_s: The shortest time a rejected caller is asked to stay away.
        retry_spread_s: Up to this much is added, by chance, for each caller.
        listener: Told when rejecting begins, each minute it lasts, and when it is over.
        switch: Off lets everybody in.
        clock: Measures waits and episodes.
        entropy: Spreads those who come back.

    Attributes:
        check: Call it before you take a connection: it returns when one can be had, and
            raises `PoolExhausted` when not; either costs no connection. About a tenth
            of a microsecond; never waits, and takes nothing.
        is_rejecting: Whether somebody was rejected in the last ten seconds or so.
        name: The pool's, in events and metrics.
        threshold: As it was given.

    Raises:
        InvalidSetting: A value breaks its rule, or the pool has no limit.

    Source:
        The founding plans: 'Pool Exhaustion Early Rejection', threshold 0.85.
    """

    __slots__ = (
        "__weakref__",
        "_clock",
        "_entropy",
        "_episode",
        "_listener",
        "_lock",
        "_reader",
        "_rejections",
        "_retry_after_s",
        "_retry_spread_s",
        "_switch",
        "_waits",
        "check",
        "is_rejecting",
        "name",
        "threshold",
    )

    def __init__(
        self,
        pool: Any,  # noqa: ANN401 - of either library, neither of which is imported
        *,
        name: str | None = None,
        threshold: float = THRESHOLD,
        retry_after_s: float = 1.0,
        retry_spread_s: float = 2.0,
        listener: Listener[PoolEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
        entropy: Entropy = _ENTROPY,
    ) -> None:
        holds = is_number(threshold) and 0 < threshold <= 1
        _require("threshold", threshold, "more than 0, at most 1", holds)
        holds = is_number(retry_after_s) and 0 < retry_after_s <= _AWAY_MAX_S
        _require("retry_after_s", retry_after_s, "more than 0, at most 3600", holds)
        holds = is_number(retry_spread_s) and 0 <= retry_spread_s <= _AWAY_MAX_S
        _require("retry_spread_s", retry_spread_s, "0 or more, at most 3600", holds)
        found = find_reader(pool)
        self.name = name or found.name or "pool"
        self.threshold = threshold
        self._reader = found.reader
        self.is_rejecting = False
        self.check = self._check_at(threshold)
        self._retry_after_s, self._retry_spread_s = retry_after_s, retry_spread_s
        self._listener, self._switch = listener, switch
        self._clock, self._entropy = clock, entropy
        self._renew()
        renew_in_child(self, Gate._renew)
        self._episode: Episode | None = None
        self._rejections = 0
        self._waits = Histogram()
        if not found.quick:
            listener(PoolReadSlowly(pool=self.name, library=found.library))

    def _renew(self) -> None:
        """Have a lock that nobody holds."""
        self._lock = Lock()

    @contextmanager
    def admit(
        self,
        lend: Callable[P, AbstractContextManager[C]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Iterator[C]:
        """
        Check, borrow, measure the wait, and give back.

        Args:
            lend: `pool.connection`, `engine.connect`, `engine.begin`. A sessionmaker
                will do; but a session takes its connection with its first statement,
                so that its wait is not measured.
            args: What it is called with.
            kwargs: Likewise.

        Raises:
            PoolExhausted: The pool is used up to its threshold.
        """
        self.check()
        started_s = self._clock.monotonic_s()
        with lend(*args, **kwargs) as lent:
            self._waits.observe(self._clock.monotonic_s() - started_s)
            yield lent

    @asynccontextmanager
    async def admit_async(
        self,
        lend: Callable[P, AbstractAsyncContextManager[C]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> AsyncIterator[C]:
        """Check, borrow, measure the wait, and give back, as `admit` does."""
        self.check()
        started_s = self._clock.monotonic_s()
        async with lend(*args, **kwargs) as lent:
            self._waits.observe(self._clock.monotonic_s() - started_s)
            yield lent

    # -- what is seen of it -----------------------------------------------------------

    @property
    def rejections(self) -> int:
        """How many callers were rejected so far."""
        return self._rejections

    def use(self) -> Use:
        """Return the pool as it stands."""
        return self._reader.use()

    def measures(self) -> tuple[Measure, ...]:
        """Return the pool's gauges, rejections and waits, as they stand."""
        use, waits = self._reader.use(), self._waits.distribution()
        labels = (("pool", self.name),)
        rows: tuple[tuple[str, str, Kind, Any], ...] = (
            ("connections_in_use", "Connections lent.", Kind.GAUGE, use.in_use),
            ("connections_max", "Connections at most.", Kind.GAUGE, use.size),
            ("waiting", "Callers in the pool's queue.", Kind.GAUGE, use.waiting),
            ("rejections", "Callers rejected.", Kind.COUNTER, self._rejections),
            ("wait_seconds", "Waits for a connection.", Kind.HISTOGRAM, waits),
        )
        return tuple(
            Measure(f"hardening_pool_{name}", meaning, kind, (Sample(value, labels),))
            for name, meaning, kind, value in rows
        )

    # -- what a check tells -----------------------------------------------------------

    def on_full(self) -> None:
        """
        Reject the caller, if the gate is switched on.

        Raises:
            PoolExhausted: It is.
        """
        if self._switch():
            raise self._rejected()

    def on_free(self) -> None:
        """Tell that the episode is over, if it is: one of the callers tells."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            episode = self._episode
            if episode is None or not is_over(episode, now_s, _CALM_S):
                return
            self._episode, self.is_rejecting = None, False
        self._listener(
            PoolRecovered(
                pool=self.name, rejected=episode.rejected, rejecting_s=episode.lasted_s
            )
        )

    def _check_at(self, threshold: float) -> Check:
        """Return the check; at 1.0 there is nothing to look at."""
        if threshold >= 1:
            return _pass
        return self._reader.check_for(self, threshold - _ROUNDING)

    def _rejected(self) -> PoolExhausted:
        """Count a rejection, tell of it where it is due, and return the error."""
        use, now_s = self._reader.use(), self._clock.monotonic_s()
        with self._lock:
            self._rejections += 1
            episode = after_rejection(self._episode, now_s, _REMIND_S)
            is_due = self._episode is None or episode.told_s != self._episode.told_s
            self._episode, self.is_rejecting = episode, True
        if is_due:
            rejected = episode.rejected
            self._listener(PoolRejecting(pool=self.name, use=use, rejected=rejected))
        spread_s = self._entropy.chance() * self._retry_spread_s
        return PoolExhausted(self.name, use, self._retry_after_s + spread_s)


def _pass() -> None:
    """Do nothing: the check of a gate that is open for good."""


def _require(field: str, value: object, rule: str, holds: bool) -> None:  # noqa: FBT001
    """Refuse a value that breaks its rule."""
    require(f"Gate.{field}", value, rule, holds=holds)
