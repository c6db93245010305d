"""What a judge has to know before the first look; it is part of the plan."""

from dataclasses import dataclass
from enum import StrEnum


class JudgeName(StrEnum):
    """The judges that a gate may name."""

    EVIDENCE = "evidence"
    THRESHOLD = "threshold"
    KAYENTA = "kayenta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """
    How much more a metric wavers than chance alone would make it.

    Attributes:
        phi: Events come in bursts: their variance over that of single events; >= 1.
        tau: Two equal arms differ slowly by so much, as a share of the rate; >= 0.
        lrv: Of a gauge: the long-run variance of the arms' log ratio, per look.

    Source: STATISTICS 5; `gonogo calibrate` measures it.
    """

    phi: float = 1.0
    tau: float = 0.0
    lrv: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """
    What is expected of a metric while nothing is wrong.

    Attributes:
        rate: Events by exposure: 0.005 for half a percent of the requests.
        canary_per_s: The canary's exposure in a second: requests, or instance-hours.
        control_per_s: The control's; 0 without one.
    """

    rate: float
    canary_per_s: float
    control_per_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """
    How many measurements may go which way, as teams that come from Argo count them.

    Attributes:
        failure: More failed ones fail the gate.
        inconclusive: More that do not decide leave it undecided.
        consecutive_error: More errors in a row make it an error.
        consecutive_success: So many in a row pass it; 0: each passes that does not fail.

    Source: the fields of a metric in an AnalysisTemplate of Argo Rollouts.
    """

    failure: int = 0
    inconclusive: int = 0
    consecutive_error: int = 4
    consecutive_success: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """
    What the judge of a metric knows beforehand.

    Attributes:
        quantile: Of a quantile: 0.99 for p99.
        noise: None where it was never calibrated; the judge then assumes some.
        traffic: None where it is read from the source.
        share_pct: The canary's promised share of the traffic; watched where given.
        extensions: So often an undecided soak may be extended by its own length.
    """

    quantile: float | None = None
    noise: Noise | None = None
    traffic: Traffic | None = None
    share_pct: float | None = None
    extensions: int = 1
