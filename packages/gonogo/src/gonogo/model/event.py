"""
Events: what happened, past tense, immutable. The journal is a sequence of these.

Every event carries its instant (`at`, in the time of the plan). A new field needs a
default, and none is ever removed or renamed: old journals have to replay.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gonogo.model.command import Person
from gonogo.model.identifiers import (
    GateId,
    MetricName,
    QuestionId,
    RolloutId,
    StageId,
    StepId,
)
from gonogo.model.operation import Operation
from gonogo.model.plan import Plan
from gonogo.model.sample import Tally
from gonogo.model.scope import Scope
from gonogo.model.verdict import GateVerdict, Measurement, Observation, Verdict


class Asked(StrEnum):
    """What a question is about; it decides what an answer does."""

    STEP = "step"
    CONFIRM = "confirm"
    IN_DOUBT = "in_doubt"
    ATTENTION = "attention"
    HANDOVER = "handover"
    INCIDENT = "incident"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIP = "skip"


WITHOUT_PROOF = "proceed"
"""The answer by which a person lets a soak be over that has not shown enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStarted:
    """
    A rollout began; the plan and the document's text are part of the journal.

    Attributes:
        folder: Where the document lay; '' when it was begun by an earlier version.
    """

    at: datetime
    rollout: RolloutId
    plan: Plan
    document: str
    by: Person
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRecovered:
    """Another runner took over, after the last one ended without finishing."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchInterrupted:
    """Nobody looked at the gates since `since`: time held so far counts for nothing."""

    at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered:
    """The rollout is now in this stage."""

    at: datetime
    stage: StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A check, a soak or a baseline began."""

    at: datetime
    step: StepId
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionIntended:
    """
    An action is about to be performed: journaled before it runs (law 5).

    Attributes:
        undo: What will reverse it, recorded while the world is still as it was.
        covered: The stage's rollback, recorded earlier, reverses it too.
    """

    at: datetime
    step: StepId
    attempt: int
    operation: Operation
    undo: Operation | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionByHand:
    """A person did what a step says; `undo` and `covered` as for `ActionIntended`."""

    at: datetime
    step: StepId
    by: Person
    undo: Operation | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionApplied:
    """An action was performed."""

    at: datetime
    step: StepId
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFailed:
    """
    An action failed; it may have been applied in part.

    Attributes:
        attempt: 0 when it failed before its intent: then nothing was applied.
    """

    at: datetime
    step: StepId
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInDoubt:
    """After a crash: there is an intent and no result."""

    at: datetime
    step: StepId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNotFound:
    """
    Nothing was found of an action in doubt where it would have left a trace.

    The doubt stands: it may never have been begun, or on another machine.
    """

    at: datetime
    step: StepId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNotApplied:
    """The doubt is settled: the action had not happened."""

    at: datetime
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckJudged:
    """A check's probe has looked, and was judged."""

    at: datetime
    step: StepId
    attempt: int
    observation: Observation
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A question stands open; `choices` are the answers that it takes."""

    at: datetime
    question: QuestionId
    about: Asked
    subject: str
    text: str
    choices: tuple[str, ...]
    role: str | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    """A person answered; `early` when the question was not asked yet."""

    at: datetime
    question: QuestionId
    answer: str
    by: Person
    comment: str = ""
    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWithdrawn:
    """A question needs no answer any more."""

    at: datetime
    question: QuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """A role was asked for its consent."""

    at: datetime
    step: StepId
    role: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven:
    """A person consented, in a role, to this step of the plan of this digest."""

    at: datetime
    step: StepId
    role: str
    by: Person
    digest: str
    comment: str = ""
    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRefused:
    """A person refused consent."""

    at: datetime
    step: StepId
    role: str
    by: Person
    digest: str
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTimedOut:
    """Nobody answered in time."""

    at: datetime
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLapsed:
    """
    A consent does not count any more; it has to be given again.

    Attributes:
        reason: Why; '': it grew too old before it was needed.
    """

    at: datetime
    step: StepId
    by: Person
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementTaken:
    """A metric was measured, and the gates that it decides were judged."""

    at: datetime
    metric: MetricName
    measurement: Measurement
    verdicts: tuple[GateVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCaptured:
    """
    The value of a metric before the change.

    Attributes:
        tally: What it was counted from, where a source counts.
    """

    at: datetime
    step: StepId
    metric: MetricName
    value: float
    tally: Tally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakStarted:
    """The hold counts from `since`: from then on every gate has passed."""

    at: datetime
    step: StepId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakReset:
    """A gate did not pass; the time held so far counts for nothing."""

    at: datetime
    step: StepId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPaused:
    """
    The hold of a soak stands still: a gate has had no data to be judged by.

    Attributes:
        since: Time from here on does not count, until the hold goes on.
    """

    at: datetime
    step: StepId
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldResumed:
    """The hold of a soak goes on; its end is later by the time that did not count."""

    at: datetime
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakProlonged:
    """
    A soak has not shown enough to decide, and goes on.

    Attributes:
        until: When the next final look is due.
        look: Its number; the first was at the planned end.
    """

    at: datetime
    step: StepId
    until: datetime
    look: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakAccepted:
    """A person lets a soak be over that could not show enough, and says why."""

    at: datetime
    step: StepId
    by: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakExtended:
    """A person let an unfinished soak go on."""

    at: datetime
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """A step is done; the events that prove it stand before this one."""

    at: datetime
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePromoted:
    """Every part of the stage's gate was open; the stage is left."""

    at: datetime
    stage: StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPaused:
    """A person holds the rollout."""

    at: datetime
    by: Person
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutResumed:
    """A person lets it go on."""

    at: datetime
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutFrozen:
    """A person stopped the line for a scope that the rollout is in."""

    at: datetime
    by: Person
    scope: Scope
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutThawed:
    """A person lifted the freeze of one scope; those of others stand."""

    at: datetime
    by: Person
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAwaited:
    """
    No change window is open: the stage is not entered, or its next action not begun.

    Attributes:
        until: When one opens; None when none ever does.
    """

    at: datetime
    stage: StageId
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOpened:
    """The change window that was awaited is open."""

    at: datetime
    stage: StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAsked:
    """A person wants a step, or an undo that was handed over, to be tried again."""

    at: datetime
    by: Person
    step: StepId | None = None
    undo: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipAsked:
    """A person wants a step to be left out; another has to agree."""

    at: datetime
    step: StepId
    by: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped:
    """A step was left out, as two persons want it: it counts as done, and is named."""

    at: datetime
    step: StepId
    asked_by: Person
    approved_by: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStopped:
    """The line was stopped for a scope: an event of the line, and of no rollout."""

    at: datetime
    by: Person
    scope: Scope
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReleased:
    """The line goes on for a scope: an event of the line, and of no rollout."""

    at: datetime
    by: Person
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutAborted:
    """
    It was decided to stop going forward; rollback follows.

    Attributes:
        subject: The gate, step, or person that caused it.
        incident: Something went wrong: the plan's incident response is due.
    """

    at: datetime
    subject: str
    reason: str
    by: Person | None = None
    gate: GateId | None = None
    incident: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAmended:
    """
    A person let the rollout go over to a changed plan, from a stage on.

    Attributes:
        plan: What runs from now on, under the rollout's own names: what stays as it
            was keeps its name, what changed has one that was never used here before.
        document: The changed document's text.
        from_stage: The first stage, of `plan`, that may differ; None: there is none,
            the change is behind the last stage, or in triggers and metrics.
        before: The digest of the plan that ran until now.
        document_plan: The digest under which `explain` shows the changed document:
            the same plan, under the names that its lines give.
        kept: The consents that are carried over to the new digest. They may be: each
            is for a stage that says in the new plan what it said in the old.
        unanswered: Answers that came early to questions of stages that changed: they
            count for nothing.
    """

    at: datetime
    by: Person
    plan: Plan
    document: str
    from_stage: StageId | None
    before: str
    document_plan: str
    reason: str = ""
    kept: tuple[StepId, ...] = ()
    unanswered: tuple[QuestionId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoIntended:
    """An undo is about to be performed (law 5); `undo` numbers it in its rollout."""

    at: datetime
    undo: int
    attempt: int
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoApplied:
    """An undo was performed."""

    at: datetime
    undo: int
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFailed:
    """An undo failed; it is retried, then handed to a person."""

    at: datetime
    undo: int
    attempt: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoNotFound:
    """Nothing was found of an undo in doubt where it would have left a trace."""

    at: datetime
    undo: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoHandedOver:
    """This undo is a person's to do now; the rest of the rollback goes on."""

    at: datetime
    undo: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """Everything applied was undone, or handed to people and named here."""

    at: datetime
    undone: tuple[int, ...]
    handed_over: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutCompleted:
    """The last stage was left through its gate."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRejected:
    """Somebody asked for what may not be; nothing changed."""

    at: datetime
    command: str
    reason: str
    by: Person


Event = (
    RolloutStarted
    | RunnerRecovered
    | WatchInterrupted
    | StageEntered
    | StepStarted
    | ActionIntended
    | ActionByHand
    | ActionApplied
    | ActionFailed
    | ActionInDoubt
    | ActionNotFound
    | ActionNotApplied
    | CheckJudged
    | QuestionAsked
    | QuestionAnswered
    | QuestionWithdrawn
    | ApprovalAsked
    | ApprovalGiven
    | ApprovalRefused
    | ApprovalTimedOut
    | ApprovalLapsed
    | MeasurementTaken
    | BaselineCaptured
    | SoakStarted
    | SoakReset
    | HoldPaused
    | HoldResumed
    | SoakProlonged
    | SoakAccepted
    | SoakExtended
    | StepCompleted
    | StagePromoted
    | RolloutPaused
    | RolloutResumed
    | RolloutFrozen
    | RolloutThawed
    | WindowAwaited
    | WindowOpened
    | RetryAsked
    | SkipAsked
    | StepSkipped
    | LineStopped
    | LineReleased
    | RolloutAborted
    | PlanAmended
    | UndoIntended
    | UndoApplied
    | UndoFailed
    | UndoNotFound
    | UndoHandedOver
    | RolledBack
    | RolloutCompleted
    | CommandRejected
)
