"""
The policy: whether to try again after a failure, and how long to wait first.

`decide` is pure. It is asked after each failure and answers `Wait` or `GiveUp`; the
reasons to give up are listed in the order in which they are looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hardening.retry.errors import InvalidRetrySetting
from hardening.retry.schedule import FullJitter, Schedule, delay_s

_SCHEDULE = FullJitter()


def no_hint(error: Exception, /) -> float | None:  # noqa: ARG001 - a port's shape
    """Return None: the error says nothing about when to come back."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    What is tried again, how often, and for how long.

    Attributes:
        on: The errors worth another attempt; every other one passes at once.
        attempts: In all, the first included.
        schedule: How long to wait between them.
        deadline_s: From the start of the first attempt; no attempt starts at or after
            it. None sets no limit.
        retry_after: Reads from an error the seconds that the other side asks to wait,
            such as HTTP's Retry-After; the wait is never shorter.
    """

    on: tuple[type[Exception], ...]
    attempts: int = 3
    schedule: Schedule = _SCHEDULE
    deadline_s: float | None = None
    retry_after: Callable[[Exception], float | None] = no_hint

    def __post_init__(self) -> None:
        if not self.on or not all(map(_is_error, self.on)):
            rule = "a tuple of one Exception class or more"
            raise InvalidRetrySetting(setting="Policy.on", value=self.on, rule=rule)
        if self.attempts < 1:
            raise InvalidRetrySetting(
                setting="Policy.attempts", value=self.attempts, rule="1 or more"
            )
        if self.deadline_s is not None and not self.deadline_s > 0:
            raise InvalidRetrySetting(
                setting="Policy.deadline_s", value=self.deadline_s, rule="more than 0"
            )


class GiveUpReason(StrEnum):
    """Why there is no further attempt."""

    ATTEMPTS = "attempts"
    BUDGET = "budget"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    What is known after an attempt failed with one of the policy's errors.

    Attributes:
        error: What it raised.
        attempt: Counted from 1.
        elapsed_s: Since the start of the first attempt.
        previous_s: The wait before this attempt; 0 before the first.
    """

    error: Exception
    attempt: int
    elapsed_s: float
    previous_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait this many seconds, then try again."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Let the error reach the caller."""

    reason: GiveUpReason


def decide(
    policy: Policy, failure: Failure, *, chance: float, affordable: bool
) -> Wait | GiveUp:
    """
    Decide whether to try again.

    Args:
        policy: The rules.
        failure: The attempt that just failed.
        chance: Uniform, from 0 (included) to 1 (excluded).
        affordable: Whether the budget shared with other callers allows a retry.
    """
    if failure.attempt >= policy.attempts:
        return GiveUp(GiveUpReason.ATTEMPTS)
    if not affordable:
        return GiveUp(GiveUpReason.BUDGET)
    planned_s = delay_s(
        policy.schedule,
        attempt=failure.attempt,
        previous_s=failure.previous_s,
        chance=chance,
    )
    wait_s = max(planned_s, policy.retry_after(failure.error) or 0.0)
    if (
        policy.deadline_s is not None
        and failure.elapsed_s + wait_s >= policy.deadline_s
    ):
        return GiveUp(GiveUpReason.DEADLINE)
    return Wait(wait_s)


def _is_error(candidate: object) -> bool:
    """Tell errors from everything else, also from what ends a program."""
    return isinstance(candidate, type) and issubclass(candidate, Exception)
