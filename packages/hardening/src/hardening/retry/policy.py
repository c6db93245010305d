"""
The policy: whether to try again after a failure, and how long to wait first.

`decide` is pure. It is asked after each failure and answers `Wait` or `GiveUp`; the
reasons to give up are listed in the order in which they are looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hardening.core import is_number, require, require_count
from hardening.retry.schedule import FullJitter, Schedule, delay_s

_SCHEDULE = FullJitter()

Worth = Callable[[Exception], bool]
"""Tells whether an error is worth another attempt, by its status code for example."""


def no_hint(error: Exception, /) -> float | None:  # noqa: ARG001 - a port's shape
    """Return None: the error says nothing about when to come back."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    What is tried again, how often, and for how long.

    Attributes:
        on: The errors worth another attempt: a class, several, or a function that tells
            of an error whether it is. Every other error passes at once.
        attempts: In all, the first included.
        schedule: How long to wait between them.
        deadline_s: From the start of the first attempt; no attempt starts at or after
            it. None sets no limit.
        retry_after: Reads from an error the seconds that the other side asks to wait,
            such as HTTP's Retry-After; the wait is never shorter.
        asked_max_s: The longest wait that the other side may ask for. Coming back
            sooner is rude and later may be never, so more than this gives up.
        caught: The classes that `on` comes down to; worked out, not given.
    """

    on: type[Exception] | tuple[type[Exception], ...] | Worth
    attempts: int = 3
    schedule: Schedule = _SCHEDULE
    deadline_s: float | None = None
    retry_after: Callable[[Exception], float | None] = no_hint
    asked_max_s: float = 300.0
    caught: tuple[type[Exception], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        caught = _classes(self.on)
        rule = "an Exception class, a tuple of one or more, or a function of an error"
        holds = bool(caught) and all(map(_is_error, caught))
        require("Policy.on", self.on, rule, holds=holds)
        self._require_numbers()
        rule, holds = "a schedule of the kit", isinstance(self.schedule, Schedule)
        require("Policy.schedule", self.schedule, rule, holds=holds)
        rule, holds = "a function of an error", callable(self.retry_after)
        require("Policy.retry_after", self.retry_after, rule, holds=holds)
        object.__setattr__(self, "caught", caught)

    def _require_numbers(self) -> None:
        """Refuse counts and spans that are none."""
        require_count("Policy.attempts", self.attempts)
        span_s = self.deadline_s
        holds = span_s is None or (is_number(span_s) and span_s > 0)
        require("Policy.deadline_s", span_s, "more than 0", holds=holds)
        holds = is_number(self.asked_max_s) and 0 <= self.asked_max_s < float("inf")
        require("Policy.asked_max_s", self.asked_max_s, "0 or more", holds=holds)

    def names(self, error: BaseException) -> bool:
        """Tell whether the error is worth another attempt."""
        if not isinstance(error, self.caught):
            return False
        return isinstance(self.on, type | tuple) or self.on(error)


class GiveUpReason(StrEnum):
    """Why there is no further attempt."""

    ATTEMPTS = "attempts"
    BUDGET = "budget"
    ASKED_TOO_LONG = "asked_too_long"
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
    asked_s = policy.retry_after(failure.error) or 0.0
    if asked_s > policy.asked_max_s:
        return GiveUp(GiveUpReason.ASKED_TOO_LONG)
    wait_s = max(_planned_s(policy, failure, chance), asked_s)
    if policy.deadline_s is not None and (
        failure.elapsed_s + wait_s >= policy.deadline_s
    ):
        return GiveUp(GiveUpReason.DEADLINE)
    return Wait(wait_s)


def _planned_s(policy: Policy, failure: Failure, chance: float) -> float:
    """Return the wait that the schedule gives."""
    return delay_s(
        policy.schedule,
        attempt=failure.attempt,
        previous_s=failure.previous_s,
        chance=chance,
    )


def _classes(on: object) -> tuple[type[Exception], ...]:
    """Return what an `except` clause can hold; a function looks at every error."""
    match on:
        case type():
            return (on,)
        case tuple():
            return on
        case _ if callable(on):
            return (Exception,)
        case _:
            return ()


def _is_error(candidate: object) -> bool:
    """Tell errors from everything else, also from what ends a program."""
    return isinstance(candidate, type) and issubclass(candidate, Exception)
