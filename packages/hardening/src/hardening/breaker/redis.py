"""
Circuits that processes share through Redis.

    with RedisCircuits("redis://localhost:6379/0") as shared:
        breaker = Breaker("twilio", shared=shared)

A closed circuit costs Redis nothing. Two threads of each process keep all its circuits
up to date: one carries what they tell and reads them anew every second, the other hears
at once when one of them moved elsewhere. A caller waits for Redis in one case only, for
leave to make the trial call, and no longer than the timeout. Without an answer each
process goes on by itself, and takes over what the others did once Redis is back.

One Redis, or one behind Sentinel or a proxy; not a cluster, as all circuits are read in
one step.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, ClassVar, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from hardening.breaker.machine import State
from hardening.breaker.policy import Policy
from hardening.breaker.script import SCRIPT
from hardening.breaker.seat import Answer, RedisSeat, Word
from hardening.breaker.shared import View
from hardening.core import (
    Clock,
    InvalidSetting,
    Kind,
    Listener,
    Measure,
    Sample,
    SystemClock,
    ignore,
    renew_in_child,
    require,
    require_positive,
)

_CLOCK = SystemClock()
_LOGGER = logging.getLogger("hardening")
_GONE = (redis.RedisError, OSError)

# Nobody is told to stop hearing a Redis that is frozen; it stops this soon by itself.
_HEAR_S = 1.0

_PROOF_MS = 1_000  # what proves that Redis can be written to goes by itself

# Words wait here while Redis is slow; each is a move of a circuit or a failed call.
_WORDS_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitStoreLost:
    """Redis does not answer: each process keeps its circuits by itself."""

    event: ClassVar[str] = "circuit_breaker_store_lost"
    level: ClassVar[int] = logging.WARNING
    prefix: str
    error: str

    @property
    def subject(self) -> str:
        """The prefix of the circuits' keys."""
        return self.prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitStoreReturned:
    """Redis answers again: the processes share their circuits."""

    event: ClassVar[str] = "circuit_breaker_store_returned"
    level: ClassVar[int] = logging.INFO
    prefix: str

    @property
    def subject(self) -> str:
        """The prefix of the circuits' keys."""
        return self.prefix


StoreEvent = CircuitStoreLost | CircuitStoreReturned


@dataclass(frozen=True, slots=True)
class _Words:
    """What one seat has to say."""

    seat: RedisSeat
    words: tuple[Word, ...]


class RedisCircuits:
    """
    Implements `Store`; thread-safe, and of use in forked children.

    The threads start at the first call through a breaker, in each process anew. They
    are daemons; `close`, or the end of a `with` block, ends them. Afterwards, and while
    Redis is gone, each breaker goes on alone.

    Args:
        url: Of Redis, as redis-py takes it; `rediss://` for TLS.
        prefix: Of every key and of the channel; services that share a Redis and name
            circuits alike need different ones.
        poll_s: Circuits are read anew at least this often; what moves is told at once
            nevertheless.
        timeout_s: No connection and no answer is waited for longer.
        listener: Told when Redis goes and returns: on a thread of the store, or on that
            of the caller who asks for a trial call and gets no answer; must be quick.
        clock: Measures the span between readings.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "hardening:circuit:",
        poll_s: float = 1.0,
        timeout_s: float = 0.25,
        listener: Listener[StoreEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        require_positive("RedisCircuits.poll_s", poll_s)
        require_positive("RedisCircuits.timeout_s", timeout_s)
        require("RedisCircuits.prefix", prefix, "a prefix", holds=bool(prefix))
        self._connect = partial(_client, url, timeout_s)
        self._prefix = prefix
        self._channel = f"{prefix}moved"
        self._poll_s = poll_s
        self._listener = listener
        self._now = clock.monotonic_s
        self._seats: list[RedisSeat] = []
        self._errors = 0
        self._up = True
        self._left_behind: list[redis.Redis] = []
        self._begin()
        renew_in_child(self, RedisCircuits._begin_again)

    def _begin(self) -> None:
        """Have no threads yet, and nothing to say."""
        self._client = self._connect()
        self._script = self._client.register_script(SCRIPT)
        self._lock = Lock()
        self._closing = Event()
        self._words: Queue[_Words | None] = Queue(_WORDS_MAX)
        self._threads: tuple[Thread, ...] = ()

    # --- the user's side ---------------------------------------------------------------

    def join(
        self,
        name: str,
        policy: Policy,
        follow: Callable[[View], None],
        held: Callable[[], View],
    ) -> RedisSeat:
        """Take part in a circuit."""
        seat = RedisSeat(self, f"{self._prefix}{name}", policy, follow, held)
        with self._lock:
            self._seats.append(seat)
        return seat

    def close(self) -> None:
        """End the threads, once what they have to tell was told, and the connections."""
        hears = self._threads and self.is_up
        self._closing.set()
        with suppress(Full):
            self._words.put_nowait(None)
        if hears:
            with suppress(*_GONE):
                self._client.publish(
                    self._channel, ""
                )  # ends the wait for the next one
        for thread in self._threads:
            thread.join()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def measures(self) -> tuple[Measure, ...]:
        """Return whether Redis answers, and how often it did not."""
        labels = (("prefix", self._prefix),)
        up, errors = Sample(int(self._up), labels), Sample(self._errors, labels)
        return (
            Measure(
                "hardening_breaker_store_up",
                "1 while Redis answers and processes share their circuits, or 0.",
                Kind.GAUGE,
                (up,),
            ),
            Measure(
                "hardening_breaker_store_errors",
                "How often Redis did not answer, or with an error.",
                Kind.COUNTER,
                (errors,),
            ),
        )

    # --- the seats' side: `Link` -------------------------------------------------------

    @property
    def is_up(self) -> bool:
        """Whether Redis answered lately."""
        return self._up and not self._closing.is_set()

    def wake(self) -> None:
        """Start the threads, unless they run, or are not to run any more."""
        if self._threads or self._closing.is_set():
            return
        with self._lock:
            if self._threads:
                return
            self._threads = tuple(
                Thread(target=work, name=f"{self._prefix}{work.__name__}", daemon=True)
                for work in (self._carry, self._hear)
            )
            for thread in self._threads:
                thread.start()

    def ask(self, key: str, *words: Word) -> Answer | None:
        """Return the answer at once, or None when there is none in time."""
        if not self.is_up:
            return None
        try:
            return self._run([key], *words)[0]
        except _GONE as error:
            self._lose(error)
            return None

    def tell(self, seat: RedisSeat, *words: Word) -> None:
        """Carry words, soon, without making the caller wait."""
        try:
            self._words.put_nowait(_Words(seat, words))
        except Full:
            seat.given_up(words)

    # --- the threads -------------------------------------------------------------------

    def _carry(self) -> None:
        """Say what the seats tell, and read all circuits when it is time."""
        due_s = self._now()
        while not (self._closing.is_set() and self._words.empty()):
            try:
                words = self._words.get(timeout=max(0.0, due_s - self._now()))
            except Empty:
                words = None
            try:
                if words is not None:
                    self._say(words)
                if words is None or self._now() >= due_s:
                    due_s = self._now() + self._poll_s
                    self._read()
            except Exception:
                # A listener raised, and no caller is there to be told; go on.
                _LOGGER.exception("circuit_breaker_store_failed")

    def _hear(self) -> None:
        """Have the circuits read at once whenever one moved elsewhere."""
        while not self._closing.is_set():
            try:
                self._listen()
            except _GONE:
                self._closing.wait(self._poll_s)

    def _listen(self) -> None:
        """
        Take in what is told on the channel, until the connection is lost.

        The first message says that it is heard: what was told before is read as well.
        """
        with self._client.pubsub() as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(self._channel)
            while not self._closing.is_set():
                if channel.get_message(timeout=_HEAR_S) is not None:
                    with suppress(Full):  # the reading that fills it will do
                        self._words.put_nowait(None)

    def _say(self, told: _Words) -> None:
        """Say one seat's words; nothing to a Redis that did not answer lately."""
        if not self._up:
            told.seat.given_up(told.words)
            return
        try:
            answer = self._run([told.seat.key], *told.words)[0]
        except _GONE as error:
            told.seat.given_up(told.words)
            self._lose(error)
        else:
            told.seat.arrived()
            told.seat.learn(answer.view)

    def _read(self) -> None:
        """Read all circuits, and see whether Redis is back."""
        with self._lock:
            seats = tuple(self._seats)
        if not seats:
            return
        try:
            if not self._up:
                self._prove()
            answers = self._run([seat.key for seat in seats], "read")
        except _GONE as error:
            self._lose(error)
            return
        if not self._up:
            self._return(seats)
        for seat, answer in zip(seats, answers, strict=True):
            seat.learn(answer.view)

    def _prove(self) -> None:
        """Write: a Redis that is full, or a replica, can be read, and is not back."""
        # No circuit has an empty name, so the prefix alone is nobody's key.
        self._client.set(self._prefix, b"", px=_PROOF_MS)

    def _run(self, keys: Sequence[str], verb: Word, *words: Word) -> list[Answer]:
        """Return Redis's answers, one for each key."""
        rows: Any = self._script(keys=keys, args=[verb, self._channel, *words])
        return [_answer(*row) for row in rows]

    def _lose(self, error: Exception) -> None:
        """Note that Redis does not answer; tell it once."""
        self._errors += 1
        was_up, self._up = self._up, False
        if was_up:
            lost = CircuitStoreLost(prefix=self._prefix, error=type(error).__name__)
            self._listener(lost)

    def _return(self, seats: Sequence[RedisSeat]) -> None:
        """Note that Redis answers again; it may have forgotten, or be another one."""
        for seat in seats:
            seat.forget()
        self._up = True
        self._listener(CircuitStoreReturned(prefix=self._prefix))

    def _begin_again(self) -> None:
        """
        Be of use in a forked child, where none of the threads is.

        It gets a client of its own, and the parent's is kept, for it must not even be
        collected: redis-py 8.1 resets its pool in a child, when it is used or deleted,
        under a lock that a thread of the parent may have held while it forked.
        """
        if not self._closing.is_set():
            self._left_behind.append(self._client)
            self._begin()
            for seat in self._seats:
                seat.begin_again()


def _client(url: str, timeout_s: float) -> "redis.Redis":
    """Return a client that waits so long, once, and never tries again by itself."""
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, AttributeError, TypeError):
        # The address may hold a password, and what the library says a part of it.
        rule = "redis://, rediss:// or unix://, its password percent-encoded"
        raise InvalidSetting(
            setting="RedisCircuits.url", value="…", rule=rule
        ) from None


def _answer(  # noqa: PLR0917 - the script's row
    version: int, state: bytes, failures: int, openings: int, wait_ms: int, token: int
) -> Answer:
    """Return one row of what the script returns."""
    view = View(
        state=State(state.decode()),
        failures=failures,
        openings=openings,
        retry_in_s=wait_ms / 1000,
        version=version,
    )
    return Answer(view, token)
