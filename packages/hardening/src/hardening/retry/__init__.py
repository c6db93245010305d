"""
Retry: call again what failed, later, a bounded number of times, only named errors.

    policy = Policy(on=(ConnectionError,), attempts=4, deadline_s=10)
    retrier = Retrier(policy, budget=Budget())
    answer = retrier.call(fetch, "https://example.org")

`schedule` says how long to wait and `policy` whether to try again; both are pure.
`Retrier` calls, waits and tells its listener.
"""

from hardening.retry.budget import Budget
from hardening.retry.errors import InvalidRetrySetting
from hardening.retry.policy import Failure, GiveUp, GiveUpReason, Policy, Wait, decide
from hardening.retry.retrier import Retrier, RetryGaveUp, RetryScheduled
from hardening.retry.schedule import (
    Decorrelated,
    FullJitter,
    Polynomial,
    Schedule,
    Spread,
    delay_s,
)

__all__ = [
    "Budget",
    "Decorrelated",
    "Failure",
    "FullJitter",
    "GiveUp",
    "GiveUpReason",
    "InvalidRetrySetting",
    "Policy",
    "Polynomial",
    "Retrier",
    "RetryGaveUp",
    "RetryScheduled",
    "Schedule",
    "Spread",
    "Wait",
    "decide",
    "delay_s",
]
