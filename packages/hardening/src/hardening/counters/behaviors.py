"""The violations of users: the founding plans' `atomic_update_user_behavior`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

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
from hardening.core.database import Statement, Steps, run, run_async, statement
from hardening.counters.counters import as_json
from hardening.counters.events import CounterEvent
from hardening.counters.meter import Meter

if TYPE_CHECKING:
    from hardening.core.database import AnyAsyncConnection, SyncConnection

FUNCTION = "atomic_update_user_behavior"

_CLOCK = SystemClock()
_CALL = """
select atomic_update_user_behavior({organization}::uuid, {platform}::text,
  {user}::text, {username}::text, {action}::jsonb) as counted
"""


@dataclass(frozen=True, slots=True)
class Behavior:
    """
    What is known of a user after a violation.

    Attributes:
        user_id: The platform's own identifier of the user.
        total_violations: Of all severities.
        severity_counts: By severity: low, medium, high, critical.
        last_violation_at: ISO 8601 with its offset.
        repeated: Whether the action was known, so that nothing was counted.
    """

    user_id: str
    total_violations: int
    severity_counts: Mapping[str, int]
    last_violation_at: str
    repeated: bool


class UserBehaviors:
    """
    Counts the violations of users, one atomic call each.

    Args:
        slow_s: A longer call is told as `counter_slow`; 15 ms by the founding plans.
        listener: Told of slow and failed calls.
        switch: Off counts nothing and returns None: the old way takes over.
        clock: Measures the calls.
    """

    __slots__ = ("_meter", "_switch")

    def __init__(
        self,
        *,
        slow_s: float = 0.015,
        listener: Listener[CounterEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        require("UserBehaviors.slow_s", slow_s, "0 or more", holds=slow_s >= 0)
        self._switch = switch
        self._meter = Meter(FUNCTION, slow_s, listener, clock)

    def update(
        self,
        connection: "SyncConnection",
        organization_id: UUID | str,
        platform: str,
        user_id: str,
        action: Mapping[str, Any],
        *,
        username: str | None = None,
    ) -> Behavior | None:
        """
        Count one violation of a user.

        Args:
            connection: Psycopg's or SQLAlchemy's; of this thread alone.
            organization_id: Whose users.
            platform: 'twitter'.
            user_id: The platform's own identifier.
            action: Holds `severity` (low, medium, high, critical); with an `action_id`
                a repeat is not counted again. All of it is kept, the last 100.
            username: As shown; None leaves the one that is known.

        Returns:
            What is known of the user; None with the switch off.

        Raises:
            CounterBusy: Another transaction kept the row for 5 s, or in a deadlock.
            InvalidCount: The action has no known severity, or an identifier is none.
            CounterNotInstalled: The migration, or the grant, is missing.
        """
        if not self._switch():
            return None
        asked = _call(organization_id, platform, user_id, action, username)
        return run(connection, self._meter.timed(self._counting(asked)))

    async def update_async(
        self,
        connection: "AnyAsyncConnection",
        organization_id: UUID | str,
        platform: str,
        user_id: str,
        action: Mapping[str, Any],
        *,
        username: str | None = None,
    ) -> Behavior | None:
        """Count one violation of a user, as `update` does."""
        if not self._switch():
            return None
        asked = _call(organization_id, platform, user_id, action, username)
        return await run_async(connection, self._meter.timed(self._counting(asked)))

    def measures(self) -> Iterable[Measure]:
        """Return the calls, and how long they took."""
        return self._meter.measures()

    def _counting(self, asked: Statement) -> Steps[Behavior]:
        """Run the call, and read its answer."""
        rows = yield asked
        answer = rows[0]["counted"]
        # A function that the service had before does not tell repeats.
        names = (field.name for field in fields(Behavior))
        behavior = Behavior(**{name: answer.get(name, False) for name in names})
        self._meter.counts["repeated" if behavior.repeated else "counted"] += 1
        return behavior


def _call(
    organization_id: UUID | str,
    platform: str,
    user_id: str,
    action: Mapping[str, Any],
    username: str | None,
) -> Statement:
    """Compose the call."""
    values = {
        "organization": str(organization_id),
        "platform": platform,
        "user": user_id,
        "username": username,
        "action": as_json(action),
    }
    return statement(_CALL, values)
