"""Effects: what the runner should do. Each is a value; a repeat under way is dropped."""

from dataclasses import dataclass
from datetime import datetime

from gonogo.model.identifiers import MetricName, QuestionId, StepId
from gonogo.model.operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Look up what reverses an operation; answer with `ReportPrepared`."""

    step: StepId
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """Perform an action whose intent is journaled; answer with `ReportApplied`."""

    step: StepId
    attempt: int
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Look; answer with `ReportObserved`."""

    step: StepId
    attempt: int
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """
    Measure a metric; answer with `ReportMeasured`.

    Attributes:
        since: What a source is asked for begins here; None for a look at this moment.
    """

    metric: MetricName
    operation: Operation
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Perform an undo whose intent is journaled; answer with `ReportUndone`."""

    undo: int
    attempt: int
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """
    Ask what became of a deed that an earlier worker intended.

    Answer as it would be answered itself (`ReportApplied`, `ReportUndone`), or with
    `ReportNotFound`. It stands for the deed: both are never under way at once, and
    `Cancel` ends it likewise.
    """

    sought: Apply | Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Put a question to people; answers come when they come, as `Answer`."""

    question: QuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApproval:
    """Ask a role for its consent; it comes when it comes, as `Approve`."""

    step: StepId
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End the action that is under way, or sought; it answers all the same."""

    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tell people something; nothing comes back."""

    text: str
    urgent: bool = False


Effect = (
    Prepare
    | Apply
    | Observe
    | Measure
    | Undo
    | Find
    | Ask
    | AskApproval
    | Cancel
    | Notify
)
