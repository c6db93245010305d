"""
The judge: what follows a failed attempt, told and counted.

Functions, blocks and jobs fail in different ways, and are judged in one. Nothing here
is reached by a call that succeeds.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import assert_never

from hardening.core import Entropy, Histogram, Kind, Listener, Measure, Sample
from hardening.retry.budget import Budget
from hardening.retry.events import RetryEvent, RetryGaveUp, RetryScheduled
from hardening.retry.policy import Failure, GiveUp, GiveUpReason, Policy, Wait, decide

WAITS_S = (0.1, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 60, 300, 3600)
"""Upper bounds of the waits: the founding plan's waits end at 29 s, a job's later."""


@dataclass(slots=True)
class Counts:
    """
    What was counted; threads may lose a count to one another.

    Attributes:
        first: First attempts. Every call makes one, so this is all that a success adds.
        retries: The attempts that followed.
        gave_up: By reason.
        waits: The waits before retries, by length.
    """

    first: int = 0
    retries: int = 0
    gave_up: dict[GiveUpReason, int] = field(
        default_factory=lambda: dict.fromkeys(GiveUpReason, 0)
    )
    waits: Histogram = field(default_factory=lambda: Histogram(WAITS_S))

    def measures(self, name: str) -> Iterable[Measure]:
        """Return the counts, labelled by the retrier's name."""
        label = (("name", name),)
        yield Measure(
            "hardening_retry_attempts",
            "Attempts made, the first ones included.",
            Kind.COUNTER,
            (Sample(self.first + self.retries, label),),
        )
        yield Measure(
            "hardening_retry_retries",
            "Attempts that followed a failed one.",
            Kind.COUNTER,
            (Sample(self.retries, label),),
        )
        yield Measure(
            "hardening_retry_given_up",
            "Failures that no attempt followed, though their error was worth one.",
            Kind.COUNTER,
            tuple(
                Sample(count, (*label, ("reason", str(reason))))
                for reason, count in self.gave_up.items()
            ),
        )
        yield Measure(
            "hardening_retry_waits_seconds",
            "Waits before retries.",
            Kind.HISTOGRAM,
            (Sample(self.waits.distribution(), label),),
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides on failures under one policy, tells the listener and counts."""

    policy: Policy
    budget: Budget | None
    listener: Listener[RetryEvent]
    entropy: Entropy
    counts: Counts

    def delay_after(self, failure: Failure, name: str) -> float | None:
        """Return the wait before the next attempt, or None when there is none."""
        if not self.policy.names(failure.error):
            return None
        decision = decide(
            self.policy,
            failure,
            chance=self.entropy.chance(),
            affordable=self._affordable(),
        )
        match decision:
            case Wait(delay_s):
                self._scheduled(failure, name, delay_s)
                return delay_s
            case GiveUp(reason):
                self._gave_up(failure, name, reason)
                return None
            case _:
                assert_never(decision)

    def _affordable(self) -> bool:
        """Charge the budget for a failed attempt, and ask it about another."""
        if self.budget is None:
            return True
        self.budget.failed()
        return self.budget.allows_retry()

    def _scheduled(self, failure: Failure, name: str, delay_s: float) -> None:
        """Count and tell that another attempt follows."""
        self.counts.retries += 1
        self.counts.waits.observe(delay_s)
        self.listener(
            RetryScheduled(
                name=name,
                attempt=failure.attempt,
                delay_s=delay_s,
                error=failure.error,
            )
        )

    def _gave_up(self, failure: Failure, name: str, reason: GiveUpReason) -> None:
        """Count and tell that none follows, and note it on the error."""
        self.counts.gave_up[reason] += 1
        _note(
            failure.error,
            f"Gave up after attempt {failure.attempt} of {self.policy.attempts}, "
            f"{failure.elapsed_s:.1f} s in: {reason}.",
        )
        self.listener(
            RetryGaveUp(
                name=name,
                attempt=failure.attempt,
                elapsed_s=failure.elapsed_s,
                reason=reason,
                error=failure.error,
            )
        )


def _note(error: Exception, text: str) -> None:
    """Note it on the error; one that nobody may write to, a frozen one, stays as it is."""
    with suppress(AttributeError):
        error.add_note(text)
