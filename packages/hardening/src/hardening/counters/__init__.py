"""
Counters: a JSONB document of counts that loses none, however many count at once.

    counters = Counters("shield")
    counted = counters.add(
        connection,
        "user-17",
        {"total_violations": 1, "severity_counts.medium": 1},
        stamps=["last_violation_at"],
        action_id="comment-4711",
    )

The database does it in one statement on one row. `migrations` holds what it needs;
`UserBehaviors` is the same for the founding plans' `atomic_update_user_behavior`.
"""

from hardening.counters.behaviors import Behavior, UserBehaviors
from hardening.counters.counters import Counted, Counters
from hardening.counters.errors import (
    CounterBusy,
    CounterError,
    CounterNotInstalled,
    InvalidCount,
)
from hardening.counters.events import CounterEvent, CounterFailed, CounterSlow
from hardening.counters.installing import (
    grants,
    migrations,
    user_behavior_migrations,
)

__all__ = [
    "Behavior",
    "Counted",
    "CounterBusy",
    "CounterError",
    "CounterEvent",
    "CounterFailed",
    "CounterNotInstalled",
    "CounterSlow",
    "Counters",
    "InvalidCount",
    "UserBehaviors",
    "grants",
    "migrations",
    "user_behavior_migrations",
]
