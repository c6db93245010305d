"""
Retry: call again what failed, later, a bounded number of times, only named errors.

    policy = Policy(on=(ConnectionError,), attempts=4, deadline_s=10)
    retrier = Retrier(policy, budget=Budget())
    answer = retrier.call(fetch, "https://example.org")

`schedule` says how long to wait and `policy` whether to try again; both are pure.
`Retrier` calls, waits and tells its listener. Jobs are retried by their queue, under
the same policies: `hardening.retry.jobs`, and `.procrastinate`, `.celery`, `.rq`.
"""

from hardening.core import retry_after_s
from hardening.retry.attempts import Attempt, Attempts
from hardening.retry.budget import Budget
from hardening.retry.events import RetryEvent, RetryGaveUp, RetryScheduled
from hardening.retry.policy import Failure, GiveUp, GiveUpReason, Policy, Wait, decide
from hardening.retry.retrier import Retrier
from hardening.retry.retry_after import RetryAfter
from hardening.retry.schedule import (
    Decorrelated,
    FullJitter,
    Polynomial,
    Schedule,
    Spread,
    delay_s,
)

__all__ = [
    "Attempt",
    "Attempts",
    "Budget",
    "Decorrelated",
    "Failure",
    "FullJitter",
    "GiveUp",
    "GiveUpReason",
    "Policy",
    "Polynomial",
    "Retrier",
    "RetryAfter",
    "RetryEvent",
    "RetryGaveUp",
    "RetryScheduled",
    "Schedule",
    "Spread",
    "Wait",
    "decide",
    "delay_s",
    "retry_after_s",
]
