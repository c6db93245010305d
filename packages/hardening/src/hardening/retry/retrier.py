"""The retrier: calls a function under a policy, waits, and tells what happened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, assert_never

from hardening.core import (
    Clock,
    Entropy,
    Listener,
    Switch,
    SystemClock,
    SystemEntropy,
    always_on,
    ignore,
)
from hardening.retry.budget import Budget
from hardening.retry.policy import Failure, GiveUp, GiveUpReason, Policy, Wait, decide

P = ParamSpec("P")
R = TypeVar("R")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryScheduled:
    """An attempt failed, and another follows after the delay."""

    attempt: int
    delay_s: float
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryGaveUp:
    """An attempt failed, and its error goes to the caller."""

    attempt: int
    elapsed_s: float
    reason: GiveUpReason
    error: Exception


RetryEvent = RetryScheduled | RetryGaveUp


@dataclass(frozen=True, slots=True)
class Retrier:
    """
    Calls functions under one policy; immutable, shared freely between threads.

    An error that ends the attempts is the function's own, with a note that says how
    often it was tried. Errors that the policy does not name, and whatever ends the
    program or the task, pass at once.

    Attributes:
        policy: What to try again, how often and for how long.
        budget: Shared with the other callers of the same service; None spends freely.
        listener: Told of each scheduled retry and each giving up.
        switch: Off calls the function once, as if there were no retrier.
        clock: Measures and waits.
        entropy: Spreads the waits.
    """

    policy: Policy
    budget: Budget | None = None
    listener: Listener[RetryEvent] = ignore
    switch: Switch = always_on
    clock: Clock = _CLOCK
    entropy: Entropy = _ENTROPY

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns, from the first attempt that succeeds."""
        if not self.switch():
            return function(*args, **kwargs)
        started_s = self.clock.monotonic_s()
        attempt, delay_s = 1, 0.0
        while True:
            try:
                result = function(*args, **kwargs)
            except self.policy.on as error:
                next_s = self._delay_after(error, attempt, started_s, delay_s)
                if next_s is None:
                    raise
                delay_s = next_s
            else:
                if self.budget is not None:
                    self.budget.succeeded()
                return result
            self.clock.wait(delay_s)
            attempt += 1

    async def call_async(
        self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what the function's awaitable gives, as `call` does."""
        if not self.switch():
            return await function(*args, **kwargs)
        started_s = self.clock.monotonic_s()
        attempt, delay_s = 1, 0.0
        while True:
            try:
                result = await function(*args, **kwargs)
            except self.policy.on as error:
                next_s = self._delay_after(error, attempt, started_s, delay_s)
                if next_s is None:
                    raise
                delay_s = next_s
            else:
                if self.budget is not None:
                    self.budget.succeeded()
                return result
            await self.clock.wait_async(delay_s)
            attempt += 1

    def _delay_after(
        self, error: Exception, attempt: int, started_s: float, previous_s: float
    ) -> float | None:
        """Return the wait before the next attempt, or None when there is none."""
        failure = Failure(
            error=error,
            attempt=attempt,
            elapsed_s=self.clock.monotonic_s() - started_s,
            previous_s=previous_s,
        )
        decision = decide(
            self.policy,
            failure,
            chance=self.entropy.chance(),
            affordable=self._affordable(),
        )
        return self._announce(decision, failure)

    def _affordable(self) -> bool:
        """Charge the budget for a failed attempt, and ask it about another."""
        if self.budget is None:
            return True
        self.budget.failed()
        return self.budget.allows_retry()

    def _announce(self, decision: Wait | GiveUp, failure: Failure) -> float | None:
        """Tell the listener what was decided; return the wait, if there is one."""
        error, attempt = failure.error, failure.attempt
        match decision:
            case Wait(delay_s):
                self.listener(
                    RetryScheduled(attempt=attempt, delay_s=delay_s, error=error)
                )
                return delay_s
            case GiveUp(reason):
                elapsed_s = failure.elapsed_s
                error.add_note(
                    f"Gave up after attempt {attempt} of {self.policy.attempts}, "
                    f"{elapsed_s:.1f} s in: {reason}."
                )
                self.listener(
                    RetryGaveUp(
                        attempt=attempt, elapsed_s=elapsed_s, reason=reason, error=error
                    )
                )
                return None
            case _:
                assert_never(decision)
