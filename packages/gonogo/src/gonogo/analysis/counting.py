"""
Counting measurements, for teams that come from Argo Rollouts.

There a metric is not judged by one measurement but by how many went which way: it fails
when more failed than `failureLimit` allows, and so on. Where several limits are exceeded
at once, Argo's own order decides: error before inconclusive before failed.

Source: Argo Rollouts, `analysis/analysis.go` and the fields of an AnalysisTemplate.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from gonogo.model.verdict import Outcome, Verdict

ERRORS_IN_A_ROW = 4
"""Argo's default: a source may be away for four looks before a person is called."""


class Phase(StrEnum):
    """How a counted metric stands, in Argo's words."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    INCONCLUSIVE = "Inconclusive"
    ERROR = "Error"


class NothingDecides(ValueError):
    """Limits by which no measurement could ever pass or fail; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    How many measurements may go which way.

    Attributes:
        failure: More failed ones fail the metric; -1: failed ones do not count.
        inconclusive: More inconclusive ones leave it undecided.
        consecutive_error: More errors in a row make it an error.
        consecutive_success: So many in a row pass it; 0: they do not count.
        count: So many measurements end it; None or 0: see `repeats`.
        repeats: It has an interval: without a count it goes on until it is ended.
            One without interval and count is measured once.

    Raises:
        NothingDecides: A limit is negative, or neither failed nor successful ones
            count.
    """

    failure: int = 0
    inconclusive: int = 0
    consecutive_error: int = ERRORS_IN_A_ROW
    consecutive_success: int = 0
    count: int | None = None
    repeats: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that cannot be meant."""
        least = min(self.inconclusive, self.consecutive_error, self.consecutive_success)
        if least < 0 or (self.count or 0) < 0:
            message = "only failureLimit may be negative: -1 turns it off"
            raise NothingDecides(message)
        if not self.failures_count and not self.successes_count:
            message = (
                "failureLimit is off and consecutiveSuccessLimit is not set, so nothing "
                "could fail this metric: set one of them"
            )
            raise NothingDecides(message)

    @property
    def failures_count(self) -> bool:
        """Whether failed measurements fail the metric."""
        return self.failure >= 0

    @property
    def successes_count(self) -> bool:
        """Whether successful measurements in a row pass it."""
        return self.consecutive_success > 0

    @property
    def ends_at(self) -> int | None:
        """After so many measurements it is over; None: it goes on."""
        return self.count or (None if self.repeats else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    What was measured so far.

    Attributes:
        count: Measurements that were taken; errors do not count.
        errors: Measurements that could not be taken.
    """

    count: int = 0
    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    errors: int = 0
    consecutive_error: int = 0
    consecutive_success: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A phase, and the reason for it in words and numbers."""

    phase: Phase
    reason: str


def counted(counts: Counts, outcome: Outcome) -> Counts:
    """Return the counts with one more measurement, of this outcome."""
    if outcome is Outcome.ERROR:
        return replace(
            counts,
            errors=counts.errors + 1,
            consecutive_error=counts.consecutive_error + 1,
            consecutive_success=0,
        )
    passed = outcome is Outcome.PASS
    return replace(
        counts,
        count=counts.count + 1,
        successful=counts.successful + passed,
        failed=counts.failed + (outcome is Outcome.FAIL),
        inconclusive=counts.inconclusive + (outcome is Outcome.INCONCLUSIVE),
        consecutive_error=0,
        consecutive_success=counts.consecutive_success + 1 if passed else 0,
    )


def assess(
    limits: Limits,
    counts: Counts,
    *,
    in_flight: bool = False,
    terminating: bool = False,
) -> Assessment:
    """
    Say how a counted metric stands.

    Args:
        limits: What is allowed.
        counts: What was measured.
        in_flight: A measurement is being taken; nothing is decided before it is.
        terminating: The analysis is being ended: what broke no limit is successful,
            even unmeasured. That is Argo's rule; nobody promotes because of it.
    """
    if in_flight:
        return _stands(Phase.RUNNING, "a measurement is being taken")
    if counts == Counts():
        ended = Phase.SUCCESSFUL if terminating else Phase.PENDING
        return _stands(ended, "nothing was measured yet")
    return (
        _exceeded(limits, counts)
        or _completed(limits, counts)
        or _going_on(counts, terminating=terminating)
    )


def verdict_of(assessment: Assessment) -> Verdict | None:
    """Return the verdict of a metric that is decided; None while it is not."""
    outcome = _OUTCOMES.get(assessment.phase)
    if outcome is None:
        return None
    return Verdict(outcome=outcome, reasons=(assessment.reason,))


_OUTCOMES = {
    Phase.SUCCESSFUL: Outcome.PASS,
    Phase.FAILED: Outcome.FAIL,
    Phase.INCONCLUSIVE: Outcome.INCONCLUSIVE,
    Phase.ERROR: Outcome.ERROR,
}


def _exceeded(limits: Limits, counts: Counts) -> Assessment | None:
    """Return the first limit that is exceeded, in Argo's order of precedence."""
    if counts.consecutive_error > limits.consecutive_error:
        return _stands(
            Phase.ERROR,
            f"{counts.consecutive_error} measurements in a row could not be taken, "
            f"allowed are {limits.consecutive_error}",
        )
    if counts.inconclusive > limits.inconclusive:
        return _stands(
            Phase.INCONCLUSIVE,
            f"{_of(counts.inconclusive, counts)} did not decide, "
            f"allowed are {limits.inconclusive}",
        )
    if limits.failures_count and counts.failed > limits.failure:
        return _stands(
            Phase.FAILED,
            f"{_of(counts.failed, counts)} failed, allowed are {limits.failure}",
        )
    return None


def _completed(limits: Limits, counts: Counts) -> Assessment | None:
    """Return what a metric that is at its end comes to."""
    run = counts.consecutive_success
    wanted = limits.consecutive_success
    if limits.successes_count and run >= wanted:
        return _stands(Phase.SUCCESSFUL, f"{run} in a row passed, wanted are {wanted}")
    if limits.ends_at is None or counts.count < limits.ends_at:
        return None
    if not limits.successes_count:
        failed = f"{_of(counts.failed, counts)} failed, allowed are {limits.failure}"
        return _stands(Phase.SUCCESSFUL, failed)
    short = f"only {run} in a row passed, wanted were {wanted}"
    phase = Phase.INCONCLUSIVE if limits.failures_count else Phase.FAILED
    return _stands(phase, f"{short}, after {counts.count} measurements")


def _going_on(counts: Counts, *, terminating: bool) -> Assessment:
    """Return how a metric stands that no limit has decided."""
    tried = counts.count + counts.errors
    if terminating:
        ended = f"ended after {tried} measurements, no limit exceeded"
        return _stands(Phase.SUCCESSFUL, ended)
    return _stands(Phase.RUNNING, f"{tried} measurements, no limit reached")


def _of(number: int, counts: Counts) -> str:
    return f"{number} of {counts.count} measurements"


def _stands(phase: Phase, reason: str) -> Assessment:
    return Assessment(phase=phase, reason=reason)
