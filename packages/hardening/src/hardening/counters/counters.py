"""Counters in a JSONB document, counted by the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    require,
)
from hardening.core.database import (
    Statement,
    Steps,
    run,
    run_async,
    statement,
    transaction,
    transaction_async,
)
from hardening.counters.events import CounterEvent
from hardening.counters.meter import Meter

if TYPE_CHECKING:
    from hardening.core.database import AnyAsyncConnection, SyncConnection

_CLOCK = SystemClock()
_HISTORY_MAX = 1000
_CALL = """
select hardening_count({scope}::text, {key}::text, {increments}::jsonb,
  {stamps}::text[], {action}::jsonb, {action_id}::text, {history_max}::integer)
  as counted
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """
    A key's counters after a call.

    Attributes:
        counts: By name, counters within counters as the paths made them.
        stamps: When each named thing last happened, ISO 8601 with its offset.
        repeated: Whether the action was known, so that nothing was counted.
    """

    counts: Mapping[str, Any]
    stamps: Mapping[str, str]
    repeated: bool


class Counters:
    """
    Counts for keys of one scope; loses nothing, whoever else counts.

    A call is one statement on one row: nothing is read before it is locked. It takes
    part in the caller's transaction, where one is open, and keeps the row to its end.

    Args:
        scope: Keeps the keys of one use apart from those of others: 'shield'.
        history_max: How many actions of a key are kept, 0 to 1,000.
        slow_s: A longer call is told as `counter_slow`; 15 ms by the founding plans.
        listener: Told of slow and failed calls.
        switch: Off counts nothing and returns None: the old way takes over.
        clock: Measures the calls.
    """

    __slots__ = ("_history_max", "_meter", "_scope", "_switch")

    def __init__(
        self,
        scope: str,
        *,
        history_max: int = 100,
        slow_s: float = 0.015,
        listener: Listener[CounterEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        require("Counters.scope", scope, "a name", holds=bool(scope))
        rule = f"0 to {_HISTORY_MAX}"
        holds = 0 <= history_max <= _HISTORY_MAX
        require("Counters.history_max", history_max, rule, holds=holds)
        require("Counters.slow_s", slow_s, "0 or more", holds=slow_s >= 0)
        self._scope = scope
        self._history_max = history_max
        self._switch = switch
        self._meter = Meter(scope, slow_s, listener, clock)

    def add(
        self,
        connection: "SyncConnection",
        key: str,
        increments: Mapping[str, int],
        *,
        stamps: Sequence[str] = (),
        action: Mapping[str, Any] | None = None,
        action_id: str | None = None,
    ) -> Counted | None:
        """
        Add to counters of a key.

        Args:
            connection: Psycopg's or SQLAlchemy's; of this thread alone.
            key: Whose counters.
            increments: By name; a dot leads into a counter of counters, up to five
                names deep: {'total_violations': 1, 'severity_counts.medium': 1}.
            stamps: Names whose time is set to now: ['last_violation_at'].
            action: Kept in the key's history with its time; up to 10,000 bytes.
            action_id: Makes the call idempotent: as long as the history knows it, the
                same call changes nothing.

        Returns:
            The key's counters; None with the switch off.

        Raises:
            CounterBusy: Another transaction kept the row for 5 s, or in a deadlock.
            InvalidCount: A name or a number that cannot be counted.
            InvalidSetting: An `action_id`, where `history_max` is 0.
            CounterNotInstalled: The migration, or the grant, is missing.
        """
        if not self._switch():
            return None
        work = self._adding(key, increments, stamps, action, action_id)
        return run(connection, work)

    async def add_async(
        self,
        connection: "AnyAsyncConnection",
        key: str,
        increments: Mapping[str, int],
        *,
        stamps: Sequence[str] = (),
        action: Mapping[str, Any] | None = None,
        action_id: str | None = None,
    ) -> Counted | None:
        """Add to counters of a key, as `add` does."""
        if not self._switch():
            return None
        work = self._adding(key, increments, stamps, action, action_id)
        return await run_async(connection, work)

    def add_each(
        self,
        connection: "SyncConnection",
        increments: Mapping[str, Mapping[str, int]],
        *,
        stamps: Sequence[str] = (),
    ) -> dict[str, Counted] | None:
        """
        Add to counters of several keys, all or none, as `add` does.

        The keys are taken in one order, so that callers cannot deadlock one another.

        Args:
            connection: See `add`.
            increments: By key, then by name.
            stamps: See `add`; of every key.
        """
        if not self._switch():
            return None
        with transaction(connection):
            return {
                key: run(connection, self._adding(key, increments[key], stamps))
                for key in sorted(increments)
            }

    async def add_each_async(
        self,
        connection: "AnyAsyncConnection",
        increments: Mapping[str, Mapping[str, int]],
        *,
        stamps: Sequence[str] = (),
    ) -> dict[str, Counted] | None:
        """Add to counters of several keys, as `add_each` does."""
        if not self._switch():
            return None
        async with transaction_async(connection):
            return {
                key: await run_async(
                    connection, self._adding(key, increments[key], stamps)
                )
                for key in sorted(increments)
            }

    def measures(self) -> Iterable[Measure]:
        """Return the calls, and how long they took."""
        return self._meter.measures()

    def _adding(
        self,
        key: str,
        increments: Mapping[str, int],
        stamps: Sequence[str],
        action: Mapping[str, Any] | None = None,
        action_id: str | None = None,
    ) -> Steps[Counted]:
        """Return the steps of one call."""
        rule = "None with a history_max of 0: no history would know it again"
        holds = action_id is None or self._history_max > 0
        require("Counters.add.action_id", action_id, rule, holds=holds)
        asked = statement(
            _CALL,
            {
                "scope": self._scope,
                "key": key,
                "increments": as_json(increments),
                "stamps": list(stamps),
                "action": None if action is None else as_json(action),
                "action_id": action_id,
                "history_max": self._history_max,
            },
        )
        return self._meter.timed(self._counting(asked))

    def _counting(self, asked: Statement) -> Steps[Counted]:
        """Run the call, and read its answer."""
        rows = yield asked
        answer = rows[0]["counted"]
        counted = Counted(answer["counts"], answer["stamps"], answer["repeated"])
        self._meter.counts["repeated" if counted.repeated else "counted"] += 1
        return counted


def as_json(content: Mapping[str, Any]) -> str:
    """Return a document as text; numbers that JSON does not have are refused."""
    return json.dumps(dict(content), allow_nan=False, default=str)
