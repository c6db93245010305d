"""Commands: what the machine is asked. Imperative; each carries its instant."""

from dataclasses import dataclass
from datetime import datetime

from gonogo.model.identifiers import MetricName, QuestionId, RolloutId, StepId
from gonogo.model.operation import Operation
from gonogo.model.plan import Plan
from gonogo.model.verdict import Measurement, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Who speaks, and through what.

    Attributes:
        source: 'terminal', 'command line', or the answers file with its line.
    """

    name: str
    source: str = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin a rollout of a plan; `document` is its text, kept as evidence."""

    at: datetime
    rollout: RolloutId
    plan: Plan
    document: str
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """A runner has taken over from one that ended; nothing it began is under way."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPrepared:
    """
    What reverses an action was looked up before it runs, or could not be (`error`).

    Attributes:
        undo: As the world stands now: a flag's present definition, a down script's
            text. None: the operation itself knows no way back.
    """

    at: datetime
    step: StepId
    undo: Operation | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportApplied:
    """An action was performed, or failed to be (`observation.error`)."""

    at: datetime
    step: StepId
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportObserved:
    """A check's probe, or the check of an action in doubt, has looked."""

    at: datetime
    step: StepId
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMeasured:
    """A metric was measured, or could not be."""

    at: datetime
    metric: MetricName
    measurement: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUndone:
    """An undo was performed, or failed to be (`observation.error`)."""

    at: datetime
    undo: int
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person's answer to a question; it may come before the question."""

    at: datetime
    by: Person
    question: QuestionId
    answer: str
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """A person's consent, or refusal, for one role of one plan (by its digest)."""

    at: datetime
    by: Person
    step: StepId
    digest: str
    granted: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Start nothing new; what is under way, and every gate, goes on."""

    at: datetime
    by: Person
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on after a pause."""

    at: datetime
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """Stop going forward, and roll back."""

    at: datetime
    by: Person
    reason: str = ""


PeoplesCommand = Answer | Approve | Pause | Resume | Abort

Command = (
    Start
    | Tick
    | Recover
    | ReportPrepared
    | ReportApplied
    | ReportObserved
    | ReportMeasured
    | ReportUndone
    | Answer
    | Approve
    | Pause
    | Resume
    | Abort
)
