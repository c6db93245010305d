"""
Looking and judging: observations, measurements and verdicts.

*Fail* is a measured bad result, *error* a measurement that could not be taken,
*inconclusive* one that does not decide (no data included). None of the last two is
ever a pass.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.identifiers import GateId
from gonogo.model.sample import Sample


class Outcome(StrEnum):
    """What a judge can say, mildest first: the order of severity (`worst`)."""

    PASS = "pass"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome with its reasons in words and numbers (at least one)."""

    outcome: Outcome
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """
    The verdict on one gate.

    Attributes:
        finding: Of the judge by evidence; None where another judged.
        evidence: With which the test goes on; None: as it was.
        final: Whether the planned soak ended with this look.
        measured: Where measurements are counted: what this one came to by itself.
    """

    gate: GateId
    verdict: Verdict
    finding: Finding | None = None
    evidence: EvidenceState | None = None
    final: bool = False
    measured: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """
    One value of a metric at one instant.

    Attributes:
        value: A finite number or a word; None when there is no data.
        error: Set when the measurement could not be taken; then `value` is None.
        sample: What the value was made of, where a source gives more than a number.
    """

    at: datetime
    value: float | str | None = None
    error: str | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """
    What one look at the world, or one deed in it, gave. Redacted, bounded in size.

    Attributes:
        output: What was printed, or the answer's body, or the rows as lines.
        value: The one value asked for, where there is one.
        rows: How many rows a query gave.
        error: Set when it could not be done: what happened and what to do.
        sample: What a source of measurements counted or read.
        took_s: Real seconds.
    """

    output: str = ""
    value: float | str | None = None
    exit_status: int | None = None
    http_status: int | None = None
    rows: int | None = None
    error: str | None = None
    sample: Sample | None = None
    took_s: float = 0.0
