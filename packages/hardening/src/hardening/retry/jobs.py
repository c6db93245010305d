"""
Retries of jobs: the queue waits and calls again, the kit says when and whether.

    retries = JobRetries(
        (
            Policy(on=RateLimited, attempts=25, schedule=Polynomial()),
            Policy(on=(ConnectionError, TimeoutError), attempts=5, schedule=Spread(0, 29)),
        ),
        budget=Budget(),
    )

`hardening.retry.procrastinate`, `.celery` and `.rq` hand such rules to their queue. The
decisions are those of a `Retrier`, with two differences: the first rule that names the
error decides, and nothing is kept between two attempts but what the queue keeps.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from hardening.core import (
    Entropy,
    Listener,
    Measure,
    Switch,
    SystemClock,
    SystemEntropy,
    WallClock,
    always_on,
    ignore,
    require,
)
from hardening.retry.budget import Budget
from hardening.retry.events import RetryEvent
from hardening.retry.judge import Counts, Judge
from hardening.retry.policy import Failure, Policy
from hardening.retry.schedule import Decorrelated

P = ParamSpec("P")
R = TypeVar("R")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailure:
    """
    What is known after a job's attempt failed.

    Attributes:
        name: Of the task.
        error: What it raised.
        attempt: Counted from 1.
        since_unix_s: When its first attempt started, in seconds since the start of
            1970; None when nobody knows.
    """

    name: str
    error: BaseException
    attempt: int
    since_unix_s: float | None = None


@dataclass(frozen=True, slots=True)
class JobRetries:
    """
    The rules for the jobs of one service; share it freely.

    Attributes:
        rules: The first that names an error decides; an error that none names fails the
            job at once.
        budget: Shared with the other jobs of this process; None spends freely.
        name: Of what is retried, for measures; events have the task's name.
        listener: Told of each scheduled retry and each giving up.
        switch: Off fails every job at once, as if there were no rules.
        clock: Tells the time of day, for deadlines: an attempt may run elsewhere.
        entropy: Spreads the waits.
    """

    rules: tuple[Policy, ...]
    budget: Budget | None = None
    name: str = ""
    listener: Listener[RetryEvent] = ignore
    switch: Switch = always_on
    clock: WallClock = _CLOCK
    entropy: Entropy = _ENTROPY
    _counts: Counts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rule = "a tuple of one Policy or more"
        require("JobRetries.rules", self.rules, rule, holds=_are_rules(self.rules))
        rule = "without Decorrelated, which needs the wait before; no queue keeps it"
        holds = not any(isinstance(each.schedule, Decorrelated) for each in self.rules)
        require("JobRetries.rules", self.rules, rule, holds=holds)
        object.__setattr__(self, "_counts", Counts())

    @property
    def has_deadline(self) -> bool:
        """Whether any rule ends a job by the time since its first attempt."""
        return any(rule.deadline_s is not None for rule in self.rules)

    def delay_after(self, failed: JobFailure) -> float | None:
        """Return the seconds until the next attempt; None fails the job."""
        if failed.attempt == 1:
            self._counts.first += 1
        rule = self._rule(failed.error)
        if rule is None or not isinstance(failed.error, Exception):
            return None
        failure = Failure(
            error=failed.error,
            attempt=failed.attempt,
            elapsed_s=self._elapsed_s(failed.since_unix_s),
        )
        judge = Judge(rule, self.budget, self.listener, self.entropy, self._counts)
        return judge.delay_after(failure, failed.name)

    def succeeded(self) -> None:
        """Pay a success into the budget; the wrapped functions do it themselves."""
        if self.budget is not None:
            self.budget.succeeded()

    def counted(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a job's function, so that its successes fill the budget again."""
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def later(*args: P.args, **kwargs: P.kwargs) -> object:
                result = await function(*args, **kwargs)
                self.succeeded()
                return cast("object", result)

            return cast("Callable[P, R]", later)

        @wraps(function)
        def at_once(*args: P.args, **kwargs: P.kwargs) -> R:
            result = function(*args, **kwargs)
            self.succeeded()
            return result

        return at_once

    def measures(self) -> Iterable[Measure]:
        """Return what `Retrier.measures` does; jobs that never failed are not in it."""
        return self._counts.measures(self.name)

    def _rule(self, error: BaseException) -> Policy | None:
        """Return the first rule that names the error, unless the rules are off."""
        if not self.switch():
            return None
        return next((rule for rule in self.rules if rule.names(error)), None)

    def _elapsed_s(self, since_unix_s: float | None) -> float:
        """Return the seconds since the first attempt; a clock set back makes it 0."""
        if since_unix_s is None:
            return 0.0
        return max(0.0, self.clock.unix_s() - since_unix_s)


def _are_rules(rules: object) -> bool:
    """Tell rules from one that stands for all of them."""
    listed = tuple(rules) if isinstance(rules, Sequence) else ()
    return bool(listed) and all(isinstance(rule, Policy) for rule in listed)


Since = Callable[[Any], float | None]
"""Reads from a queue's job when its work began, in seconds since the start of 1970."""
