"""Commands: what the machine is asked. Imperative; each carries its instant."""

from dataclasses import dataclass
from datetime import datetime

from gonogo.model.effect import Apply, Undo
from gonogo.model.identifiers import (
    MetricName,
    QuestionId,
    RolloutId,
    StageId,
    StepId,
)
from gonogo.model.operation import Operation
from gonogo.model.plan import Plan
from gonogo.model.scope import Scope
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
class Freeze:
    """
    Stop the line for every rollout in a scope: they start nothing new.

    Unlike a pause it stands until somebody thaws that very scope; a resume does not
    lift it. It never keeps a rollout from going back.
    """

    at: datetime
    by: Person
    scope: Scope
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """
    Begin a rollout of a plan; `document` is its text, kept as evidence.

    Attributes:
        folder: Where the document lies: its scripts are found and run from there.
        stops: What stands on the line now; a rollout may be begun frozen.
    """

    at: datetime
    rollout: RolloutId
    plan: Plan
    document: str
    by: Person
    folder: str = ""
    stops: tuple[Freeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """
    A runner has taken over from another; nothing that one began is under way.

    Attributes:
        clean: It had left with no action or undo under way: nothing is in doubt, and
            nobody has to hear of it. It is only looked and asked again.
    """

    at: datetime
    clean: bool = False


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
class ReportNotFound:
    """Nothing is known here of what became of a deed (the answer to `Find`)."""

    at: datetime
    sought: Apply | Undo


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """
    Go over to a changed plan, from a stage on.

    Attributes:
        plan: As its document compiles to, under the digest that `explain` shows.
        document: Its text, kept as evidence.
        from_stage: The first stage, of the plan that runs, that may change; None:
            only what comes behind its last stage.
        before: The digest of the plan that runs, as whoever amends it has seen it.
    """

    at: datetime
    by: Person
    plan: Plan
    document: str
    from_stage: StageId | None
    before: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thaw:
    """Lift the freeze of a scope; those of other scopes stand."""

    at: datetime
    by: Person
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """
    Try a step again that failed or called a person; or an undo that was handed over.

    Attributes:
        step: A step, or 'undo-3' for the third undo.
    """

    at: datetime
    by: Person
    step: StepId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Leave a step out; another person has to agree before it counts."""

    at: datetime
    by: Person
    step: StepId
    reason: str


PeoplesCommand = (
    Answer | Approve | Pause | Resume | Abort | Amend | Freeze | Thaw | Retry | Skip
)

# What is left in an inbox: people's words; and `Recover`, by which whoever has begun a
# rollout hands it over to a worker.
Sent = PeoplesCommand | Recover

Command = (
    Start
    | Tick
    | Recover
    | ReportPrepared
    | ReportApplied
    | ReportObserved
    | ReportMeasured
    | ReportUndone
    | ReportNotFound
    | Answer
    | Approve
    | Pause
    | Resume
    | Abort
    | Amend
    | Freeze
    | Thaw
    | Retry
    | Skip
)
