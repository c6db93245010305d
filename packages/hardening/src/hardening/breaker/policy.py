"""The policy: when a circuit opens, for how long, and what closes it again."""

from dataclasses import dataclass
from enum import StrEnum

from hardening.core import (
    is_number,
    is_whole,
    require,
    require_count,
    require_positive,
)

# A probe that hangs is written off well before the cool-off is over a second time.
_PROBE_SHARE = 0.5


class Outcome(StrEnum):
    """What a call showed about the service."""

    SUCCEEDED = "succeeded"
    """It answered, be it with an error that the policy does not count."""
    FAILED = "failed"
    IGNORED = "ignored"
    """It showed nothing: cancelled, or an error on the ignore list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRate:
    """
    Opens a circuit by the share of failures among the latest calls.

    A count of consecutive failures never notices a service that fails nine calls in ten.

    Attributes:
        share: Of failures, more than 0 and at most 1, at which the circuit opens.
        calls: How many calls are looked at, the latest ones.
        within_s: No older than this many seconds; kept to a tenth of it.
        least: Fewer calls than this say nothing.
    """

    share: float = 0.5
    calls: int = 100
    within_s: float = 60.0
    least: int = 20

    def __post_init__(self) -> None:
        holds = is_number(self.share) and 0 < self.share <= 1
        require("FailureRate.share", self.share, "more than 0, at most 1", holds=holds)
        holds = is_whole(self.calls) and 1 <= self.calls <= 100_000  # noqa: PLR2004 - each failure is remembered
        require("FailureRate.calls", self.calls, "from 1 to 100,000", holds=holds)
        require_positive("FailureRate.within_s", self.within_s)
        holds = is_whole(self.least) and 1 <= self.least <= self.calls
        require("FailureRate.least", self.least, "from 1 to calls", holds=holds)

    def is_reached(self, failures: int, calls: int) -> bool:
        """Tell whether these failures among these calls open the circuit."""
        return calls >= self.least and failures >= self.share * calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    When a circuit opens and closes.

    Attributes:
        failures: In a row, at which the circuit opens; None counts none.
        rate: Opens it by the share of failures as well; None does not.
        cool_off_s: Seconds from its opening to the first trial call. Several numbers
            are for the first opening, the second in a row, and so on; the last is
            repeated.
        probes: Trial calls that must succeed before the circuit closes; no more are
            let through at a time.
        probe_s: A trial call that has not ended after this many seconds is written off
            and another may start; None is half of the cool-off.
        counts: Errors that say the service is unwell. Any other error is an answer, and
            counts as a success.
        ignores: Errors that say nothing at all, also when `counts` covers them.

    Source:
        The defaults are those of the founding plans: five in a row, sixty seconds, one
        trial call; gobreaker has the same ones.
    """

    failures: int | None = 5
    rate: FailureRate | None = None
    cool_off_s: float | tuple[float, ...] = 60.0
    probes: int = 1
    probe_s: float | None = None
    counts: tuple[type[Exception], ...] = (Exception,)
    ignores: tuple[type[Exception], ...] = ()

    def __post_init__(self) -> None:
        holds = self.failures is not None or self.rate is not None
        require(
            "Policy.failures", self.failures, "set when there is no rate", holds=holds
        )
        if self.failures is not None:
            require_count("Policy.failures", self.failures)
        holds = self.rate is None or isinstance(self.rate, FailureRate)
        require("Policy.rate", self.rate, "a FailureRate, or None", holds=holds)
        require_count("Policy.probes", self.probes)
        self._require_spans()
        _require_errors("Policy.counts", self.counts)
        _require_errors("Policy.ignores", self.ignores)
        require(
            "Policy.counts", self.counts, "one class or more", holds=bool(self.counts)
        )

    def _require_spans(self) -> None:
        """Refuse spans that are none; several are a tuple."""
        given = self.cool_off_s
        holds = bool(given) if isinstance(given, tuple) else is_number(given)
        rule = "a number, or a tuple of one or more"
        require("Policy.cool_off_s", given, rule, holds=holds)
        for span_s in self.cool_offs_s:
            require_positive("Policy.cool_off_s", span_s)
        if self.probe_s is not None:
            require_positive("Policy.probe_s", self.probe_s)

    @property
    def cool_offs_s(self) -> tuple[float, ...]:
        """The cool-offs by the number of openings in a row, from the first."""
        if isinstance(self.cool_off_s, tuple):
            return self.cool_off_s
        return (self.cool_off_s,)

    def cool_off(self, openings: int) -> float:
        """Return the seconds to stay open after this many openings in a row."""
        spans_s = self.cool_offs_s
        return spans_s[min(max(openings, 1), len(spans_s)) - 1]

    def patience(self, openings: int) -> float:
        """Return the seconds after which a trial call is written off."""
        if self.probe_s is not None:
            return self.probe_s
        return self.cool_off(openings) * _PROBE_SHARE

    def outcome(self, error: Exception) -> Outcome:
        """Return what an error shows."""
        if isinstance(error, self.ignores):
            return Outcome.IGNORED
        counts = isinstance(error, self.counts)
        return Outcome.FAILED if counts else Outcome.SUCCEEDED


def _require_errors(setting: str, errors: object) -> None:
    """Refuse what no `except` could name, and what ends a program or a task."""
    holds = isinstance(errors, tuple) and all(map(_is_error, errors))
    require(setting, errors, "a tuple of Exception classes", holds=holds)


def _is_error(candidate: object) -> bool:
    """Tell errors from everything else."""
    return isinstance(candidate, type) and issubclass(candidate, Exception)
