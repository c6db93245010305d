"""
What is tested of one gate in one soak, fixed before the first look.

Whatever depended on the data would cost the guarantee; a digest of all of it names the
test in the journal.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from gonogo.analysis.evidence.predictive import Before
from gonogo.analysis.figures import share_text
from gonogo.model.judging import Noise, Traffic
from gonogo.model.sample import MetricKind

_ASSUMED = (
    "its noise was never calibrated: bursts of 2, and arms that differ by 5 %, are "
    "assumed"
)
UNCALIBRATED = Noise(phi=2.0, tau=0.05)
"""Assumed where noise was never measured; said in every verdict (STATISTICS 5)."""

CAUTION = 2.33
"""Standard deviations of the arms' slow difference a limit is widened by: 99 %."""

SLOPE_OF_TAIL = 4.0
"""
So many times faster than a latency rises do the requests beyond a tail value: where 1 in
100 is slower than x, about 1 in 150 is slower than 1.1 x (lognormal, sigma 0.6).
"""


class Null(StrEnum):
    """Which test is run; STATISTICS 2 and 3 give their formulas."""

    RATIO = "ratio"
    RATE = "rate"
    FRACTION = "fraction"
    PREDICTIVE = "predictive"
    GAUSS = "gauss"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    What is tested.

    Attributes:
        metric: Its name, for the reasons.
        null: The test; what it takes for granted until the data speak against it.
        limit: As its author states it: a ratio (1.05) where compared with a control or
            a time before; else a fraction, events per hour, or a level.
        direction: 1 where more is worse, -1 where less is.
        alpha: This gate's share of the false alarms.
        looks: Planned, until the end of the soak; the onset weights are spent by then.
        final: Whether an end is planned, at which a final look is taken.
        extensions: So often it may be extended, each with its own final look.
        promised: In the terms of `limit`: what the soak has to find with 80 % for a
            pass without a proof.
        information: 1 / variance of the log ratio at the planned end; None: unknown.
        noise: As calibrated, or as assumed (`calibrated` tells).
        quantile: Of a quantile: 0.99 for p99.
        at: The fixed limit of a quantile, or of a level, in the metric's unit.
        concurrent: Whether a control is read beside the canary.
        share: The canary's promised share of the traffic, 0 to 1; None: not watched.
        traffic: As planned; None where nothing is known.
        before: Of the predictive test.
        cadence: Between two looks.
    """

    metric: str
    kind: MetricKind
    null: Null
    limit: float
    direction: int = 1
    alpha: float = 0.05
    looks: int = 1440
    final: bool = True
    extensions: int = 0
    promised: float = 2.0
    information: float | None = None
    noise: Noise = UNCALIBRATED
    calibrated: bool = False
    quantile: float | None = None
    at: float | None = None
    concurrent: bool = False
    share: float | None = None
    traffic: Traffic | None = None
    before: Before | None = None
    cadence: timedelta = timedelta(minutes=1)

    def __hash__(self) -> int:
        """Return a hash of what differs between trials: it is asked for at every look."""
        return hash((self.metric, self.limit, self.alpha, self.looks, self.share))

    @property
    def relative(self) -> bool:
        """Whether the limit is a ratio to a control, or to a time before."""
        if self.kind is MetricKind.GAUGE:
            return self.concurrent and self.at is None
        return self.null is Null.RATIO or self.null is Null.PREDICTIVE

    @property
    def allowance(self) -> float:
        """The factor by which equal arms may seem to differ; 1 or more."""
        between_arms = self.relative and self.null is not Null.PREDICTIVE
        return math.exp(CAUTION * self.noise.tau) if between_arms else 1.0

    @property
    def tested(self) -> float:
        """The limit in the terms of the test: slower requests instead of latency."""
        return 1.0 if self._counts_slow else self.limit

    @property
    def harm_from(self) -> float:
        """Where the evidence of harm begins: the limit, and what noise may add."""
        return float(self.tested * self.allowance**self.direction)

    @property
    def safe_from(self) -> float:
        """Where the evidence of safety begins: the limit, less what noise may hide."""
        return float(self.tested / self.allowance**self.direction)

    @property
    def margin(self) -> float:
        """The log of what the limit allows, harm's way; 0 for 'no rise'."""
        return self.direction * math.log(self.limit) if self.relative else math.inf

    @property
    def unchecked(self) -> str | None:
        """Why the limit cannot be kept apart from noise; None where it can be."""
        allowance = math.log(self.allowance)
        if self._counts_slow or allowance == 0 or self.margin > allowance:
            return None
        apart, allowed = _percent(self.allowance), _percent(math.exp(self.margin))
        if self.calibrated:
            return (
                f"equal arms may differ by {apart}, the limit allows {allowed}: it is "
                "not checkable with so few instances"
            )
        return (
            f"a limit of {allowed} is not checkable before its noise is calibrated: "
            f"until then arms that differ by {apart} may be equal ones"
        )

    @property
    def assumed(self) -> tuple[str, ...]:
        """What every verdict has to say besides: which noise nobody measured."""
        if self.unchecked:
            return (self.unchecked,)
        return () if self.calibrated else (_ASSUMED,)

    @property
    def day(self) -> Before:
        """What is expected of today; of a predictive test."""
        assert self.before is not None, "a predictive test has it"  # noqa: S101
        return self.before

    @property
    def alpha_anytime(self) -> float:
        """What the looks before the end may spend: half, where an end is planned."""
        return self.alpha / 2 if self.final else self.alpha

    def alpha_final(self, taken: int) -> float:
        """
        Return what the next final look may spend, after so many.

        Source: STATISTICS 4: a half, or where extensions are allowed a quarter, an
        eighth and so on.
        """
        if not self.final:
            return 0.0
        if self.extensions:
            return float(self.alpha / 2 ** (taken + 2))
        return self.alpha / 2 if taken == 0 else 0.0

    @property
    def _counts_slow(self) -> bool:
        return self.kind is MetricKind.QUANTILE and self.null is Null.RATIO


@lru_cache(maxsize=4096)
def digest_of(trial: Trial) -> str:
    """Return the name of a test: the same for the same definition, in any process."""
    return hashlib.sha256(repr(trial).encode()).hexdigest()[:16]


def _percent(ratio: float) -> str:
    return share_text(abs(ratio - 1))
