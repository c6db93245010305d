"""
Reading: how many connections of a pool are out, at the price of a few attributes.

psycopg_pool's `get_stats` builds a dictionary of fifteen entries, a microsecond; the
three numbers wanted stand in private fields. A reader of fields is used only when, on
this very pool, they say what the public methods say; otherwise those are asked.

No library is imported here: a pool is known by its shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from hardening.core import InvalidSetting

# A pool that is in use changes between the two looks of the comparison.
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Use:
    """
    A pool at one instant.

    Attributes:
        in_use: Connections that nobody else can have: lent, or still being made.
        size: The most that there may be.
        waiting: Callers in the pool's own queue; 0 where it does not tell.
    """

    in_use: int
    size: int
    waiting: int = 0


Check = Callable[[], None]
"""Looks at a pool once, and tells its watcher; on the path of every call."""


class Watcher(Protocol):
    """
    Is told what a check saw.

    Attributes:
        is_rejecting: Whether it wants to hear of what is not full, too.
    """

    is_rejecting: bool

    def on_full(self) -> None:
        """Take in that the pool is used up to the share; may raise."""
        ...

    def on_free(self) -> None:
        """Take in that it is not."""
        ...


class Reader(Protocol):
    """Looks into one pool; never waits."""

    def use(self) -> Use:
        """Return the pool as it stands."""
        ...

    def check_for(self, watcher: Watcher, share: float) -> Check:
        """
        Return what tells the watcher whether `in_use + waiting >= share * size`.

        It is one closure, as a call more would cost half as much again.
        """
        ...


class PsycopgFields:
    """Reads psycopg_pool's pools by their fields."""

    __slots__ = ("_pool",)

    def __init__(self, pool: Any) -> None:  # noqa: ANN401 - known by its shape
        self._pool = pool

    def use(self) -> Use:
        """Return the pool as it stands."""
        pool = self._pool
        in_use = pool._nconns - len(pool._pool)
        return Use(in_use, pool._max_size, len(pool._waiting))

    def check_for(self, watcher: Watcher, share: float) -> Check:
        """Return the check; the size is read each time, as a pool can be resized."""
        pool = self._pool

        def check() -> None:
            wanted = pool._nconns - len(pool._pool) + len(pool._waiting)
            if wanted >= pool._max_size * share:
                watcher.on_full()
            elif watcher.is_rejecting:
                watcher.on_free()

        return check


class PsycopgStats:
    """Reads psycopg_pool's pools by `get_stats`."""

    __slots__ = ("_pool",)

    def __init__(self, pool: Any) -> None:  # noqa: ANN401 - known by its shape
        self._pool = pool

    def use(self) -> Use:
        """Return the pool as it stands."""
        stats = self._pool.get_stats()
        in_use = stats["pool_size"] - stats["pool_available"]
        return Use(in_use, stats["pool_max"], stats.get("requests_waiting", 0))

    def check_for(self, watcher: Watcher, share: float) -> Check:
        """Return the check."""
        return _check_by_use(self, watcher, share)


class QueuePoolFields:
    """
    Reads SQLAlchemy's queue pools by their fields.

    `Engine.dispose` replaces the pool, so it is asked of the engine each time.
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - known by its shape
        self._engine = engine

    def use(self) -> Use:
        """Return the pool as it stands."""
        pool = self._engine.pool
        queue = pool._pool
        in_use = queue.maxsize - len(_idle(queue)) + pool._overflow
        return Use(in_use, queue.maxsize + pool._max_overflow)

    def check_for(self, watcher: Watcher, share: float) -> Check:
        """Return the check; the queue of threads and that of asyncio differ inside."""
        engine, use, queue = self._engine, self.use(), self._engine.pool._pool
        # Neither size ever changes; a pool that replaces this one has the same.
        beyond = use.size * share - queue.maxsize
        if hasattr(queue, "queue"):

            def check() -> None:
                pool = engine.pool
                if pool._overflow - len(pool._pool.queue) >= beyond:
                    watcher.on_full()
                elif watcher.is_rejecting:
                    watcher.on_free()

        else:

            def check() -> None:
                pool = engine.pool
                if pool._overflow - len(pool._pool._queue._queue) >= beyond:
                    watcher.on_full()
                elif watcher.is_rejecting:
                    watcher.on_free()

        return check


class QueuePoolMethods:
    """Reads SQLAlchemy's queue pools by `checkedout`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - known by its shape
        self._engine = engine

    def use(self) -> Use:
        """Return the pool as it stands."""
        pool = self._engine.pool
        return Use(pool.checkedout(), pool.size() + _overflow_max(pool))

    def check_for(self, watcher: Watcher, share: float) -> Check:
        """Return the check."""
        return _check_by_use(self, watcher, share)


class _Nobody:
    """Implements `Watcher` for a check that is only tried."""

    is_rejecting = True

    def on_full(self) -> None:
        """Do nothing."""

    def on_free(self) -> None:
        """Do nothing."""


_NOBODY = _Nobody()


@dataclass(frozen=True, slots=True)
class Found:
    """
    How a pool is read.

    Attributes:
        library: What it is: 'psycopg_pool', 'sqlalchemy'.
        reader: The quickest that agrees with the library's public methods.
        quick: Whether that is the one that reads fields.
        name: The pool's own; '' where it has none.
    """

    library: str
    reader: Reader
    quick: bool
    name: str = ""


def find_reader(pool: Any) -> Found:  # noqa: ANN401 - known by its shape
    """
    Return how to read a pool.

    Args:
        pool: A pool of psycopg_pool, or an engine of SQLAlchemy; sync or async.

    Raises:
        InvalidSetting: It is neither, or has no limit that one could come near.
    """
    engine = getattr(pool, "sync_engine", pool)  # of SQLAlchemy's AsyncEngine
    if hasattr(pool, "get_stats") and hasattr(pool, "max_size"):
        found = _choose("psycopg_pool", PsycopgFields(pool), PsycopgStats(pool))
        name = str(getattr(pool, "name", ""))
        found = Found(found.library, found.reader, found.quick, name)
    elif hasattr(getattr(engine, "pool", None), "checkedout"):
        _require_limit(engine.pool)
        quick, slow = QueuePoolFields(engine), QueuePoolMethods(engine)
        found = _choose("sqlalchemy", quick, slow)
    else:
        raise _unfit(pool, "a pool of psycopg_pool or an engine with a QueuePool")
    if found.reader.use().size < 1:
        raise _unfit(pool, "a pool with a highest number of connections")
    return found


def _choose(library: str, quick: Reader, slow: Reader) -> Found:
    """Return the quick reader, if it says what the slow one does."""
    agrees = any(_agree(quick, slow) for _ in range(_LOOKS))
    return Found(library, quick if agrees else slow, agrees)


def _agree(quick: Reader, slow: Reader) -> bool:
    """Tell whether both see the same; a field that is gone agrees with nothing."""
    try:
        quick.check_for(_NOBODY, 1.0)()
        return quick.use() == slow.use()
    except (AttributeError, TypeError):
        return False


def _check_by_use(reader: Reader, watcher: Watcher, share: float) -> Check:
    """Return the check of a reader that is not in a hurry."""

    def check() -> None:
        use = reader.use()
        if use.in_use + use.waiting >= use.size * share:
            watcher.on_full()
        elif watcher.is_rejecting:
            watcher.on_free()

    return check


def _idle(queue: Any) -> Any:  # noqa: ANN401 - known by its shape
    """Return what lies in SQLAlchemy's queue: of threads, or of asyncio."""
    return queue.queue if hasattr(queue, "queue") else queue._queue._queue


def _require_limit(pool: Any) -> None:  # noqa: ANN401 - known by its shape
    """Refuse a pool that opens as many connections as are asked for."""
    if _overflow_max(pool) < 0:
        raise _unfit(pool, "a pool with a limit: max_overflow of 0 or more")


def _overflow_max(pool: Any) -> int:  # noqa: ANN401 - known by its shape
    """Return how many connections there may be beyond the size; no method tells."""
    most: int = getattr(pool, "_max_overflow", 0)
    return most


def _unfit(pool: object, rule: str) -> InvalidSetting:
    """Return the error; a pool's own text could hold its address, with a password."""
    kind = type(pool)
    shown = f"{kind.__module__}.{kind.__qualname__}"
    return InvalidSetting(setting="Gate.pool", value=shown, rule=rule)
