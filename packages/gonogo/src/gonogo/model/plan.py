"""
The plan: a document compiled to frozen, typed values. It says what would happen.

A plan is its stages in order; a stage is its steps in order, the gates that are in
force while it stands, and its way back. Every part knows the line it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from gonogo.model.condition import Condition
from gonogo.model.expectation import Expectation
from gonogo.model.identifiers import GateId, MetricName, QuestionId, StageId, StepId
from gonogo.model.judging import Counting, JudgeName, Judging
from gonogo.model.operation import Operation
from gonogo.model.tagged import Tagged
from gonogo.model.window import ChangeWindow

# On a field that came after plans were first sealed: while it holds its default it is
# left out of what a digest is taken of, so that a plan keeps the digest of old.
ADDED_LATER: Mapping[str, bool] = {"added_later": True}


class OnFailure(StrEnum):
    """What a failing step leads to: the way back at once, or a question to a person."""

    BACK = "back"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """
    A step that changes the world.

    Attributes:
        undo: Reverses it. None: the operation's own undo, as recorded when it is
            applied, or the stage's rollback, or none at all.
        check: Looks whether it was applied; asked when a crash left that in doubt.
            It holds when `check_expects` does.
        confirm: Destructive: a person is asked once more, by name.
        harmless: It leaves nothing that would have to be undone (a backup, say).
        on_failure: None: as the plan says.
    """

    id: StepId
    line: int
    title: str
    apply: Operation
    undo: Operation | None = None
    check: Operation | None = None
    check_expects: Expectation | None = None
    confirm: bool = False
    harmless: bool = False
    on_failure: OnFailure | None = field(default=None, metadata=ADDED_LATER)
    kind: Literal["action"] = "action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    A step that looks: a probe and what it has to give.

    Attributes:
        expectations: All must hold; empty means that the probe has to succeed.
        attempts: Looks before a failed one counts, `retry_delay` apart.
        on_failure: None: as the plan says.
    """

    id: StepId
    line: int
    title: str
    probe: Operation
    expectations: tuple[Expectation, ...] = ()
    attempts: int = 1
    retry_delay: timedelta = timedelta(seconds=10)
    on_failure: OnFailure | None = field(default=None, metadata=ADDED_LATER)
    kind: Literal["check"] = "check"


class Purpose(StrEnum):
    """Why a person is asked."""

    DO = "do"
    VERIFY = "verify"
    JUDGE = "judge"
    CHOOSE = "choose"
    FILL_IN = "fill_in"


CHOICES: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.DO: ("done", "not done"),
    Purpose.VERIFY: ("yes", "no"),
    Purpose.JUDGE: ("yes", "no"),
    Purpose.CHOOSE: ("go", "no-go"),
    Purpose.FILL_IN: (),
}
"""What a person may answer, the good word first; nothing: any text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    A step that only a person can take, or judge. With `DO` the person acts.

    Attributes:
        why: Why gonogo does not do it itself, as a sentence.
        text: What the person needs to see (the block to run, say), beside the title.
    """

    id: StepId
    line: int
    title: str
    purpose: Purpose
    why: str
    text: str = ""
    role: str | None = None
    kind: Literal["question"] = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """
    A person's consent that the rollout needs here.

    Attributes:
        people: Who may give it; empty: whoever acts in the role.
        timeout: Unanswered for so long, it is timed out. None: it waits.
        valid_for: A consent older than this has to be given again.
    """

    id: StepId
    line: int
    title: str
    role: str
    people: tuple[str, ...] = ()
    timeout: timedelta | None = None
    valid_for: timedelta = timedelta(days=14)
    kind: Literal["approval"] = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """
    Hold for a time, with every gate passing without interruption.

    Attributes:
        duration: Zero judges the gates once: all have to pass.
        counts_held: Time already held since the last applied action counts
            ('healthy for 24h' after a wait of 24 h is proven at once).
        limit: Not completed after so long, a person is asked.
    """

    id: StepId
    line: int
    title: str
    duration: timedelta
    gates: tuple[GateId, ...] = ()
    counts_held: bool = False
    limit: timedelta
    kind: Literal["soak"] = "soak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Measure metrics before the change, for the gates that compare with them."""

    id: StepId
    line: int
    title: str
    metrics: tuple[MetricName, ...]
    kind: Literal["baseline"] = "baseline"


Step = Annotated[Action | Check | Question | Approval | Soak | Baseline, Tagged("kind")]


class Holds(StrEnum):
    """Whether a gate's condition must hold (a criterion) or must not (a trigger)."""

    MUST = "must_hold"
    MUST_NOT = "must_not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    A metric and its limit.

    Attributes:
        consecutive: So many bad measurements in a row make a fail.
        floor: For relative limits: a change is taken against at least this value,
            so that a baseline near zero does not turn noise into a fail.
        judge: None: by evidence where the metric is counted, else by the plain limit.
        window: The plain limit is held against the mean of so long. None: of one look.
        tolerance: The plain limit may be overstepped by so much, in its own unit.
    """

    id: GateId
    line: int
    title: str
    metric: MetricName
    condition: Condition
    holds: Holds = Holds.MUST
    consecutive: int = 1
    floor: float = 0.0
    judge: JudgeName | None = field(default=None, metadata=ADDED_LATER)
    window: timedelta | None = field(default=None, metadata=ADDED_LATER)
    tolerance: float = field(default=0.0, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """
    A named series and the probe that measures it.

    Attributes:
        baseline: Whether its value before the change is needed.
        errors: So many unread measurements in a row call a person.
        judging: What its judge has to know beforehand; None for a plain number.
        counting: None: every measurement counts by itself.
    """

    name: MetricName
    probe: Operation
    unit: str | None = None
    cadence: timedelta = timedelta(minutes=1)
    baseline: bool = False
    errors: int = 3
    judging: Judging | None = field(default=None, metadata=ADDED_LATER)
    counting: Counting | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """
    What the document says about the way back of a stage.

    Attributes:
        operation: None where a person has to do it, or where every action of the
            stage brings an undo of its own.
    """

    line: int
    title: str
    text: str = ""
    operation: Operation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """
    An ordered part of a plan that is left through its gates.

    Attributes:
        windows: Nothing new is begun in it outside these, nor outside the plan's.
    """

    id: StageId
    line: int
    title: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...] = ()
    rollback: Rollback | None = None
    exposure_pct: float | None = None
    windows: tuple[ChangeWindow, ...] = field(default=(), metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTask:
    """
    Something that has to happen within a time after things went wrong.

    Attributes:
        within: Zero: at once, before anything is undone.
        operation: Run by gonogo; None: a person's to do.
    """

    id: QuestionId
    line: int
    title: str
    within: timedelta
    items: tuple[str, ...] = ()
    operation: Operation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call about what."""

    line: int
    issue: str
    contact: str
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSource:
    """Where a named value comes from: an environment variable, or the bindings."""

    env: str | None = None
    literal: str | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    Where measurements come from.

    Attributes:
        kind: The adapter: prometheus, sql, http, csv, log, otlp, datadog, …
        url: Where it is, with names for values (`$PROMETHEUS_URL`); a file's path.
        options: What else the adapter needs; secrets by name only.
    """

    kind: str
    url: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Plan:
    """
    A whole rollout, before it runs.

    Attributes:
        digest: `sha256:…` over everything else here; approvals are bound to it.
        document_digest: `sha256:…` of the document's bytes.
        values: By name, as operations and scripts refer to them (`$APP_URL`).
        connections: Database URLs by connection name.
        triggers: Gates in force over the whole rollout.
        self_approval: Whether the one who started may approve.
        windows: No stage is entered, and no action begun, outside these.
        on_failure: What a failing step leads to, where it does not say itself.
        sources: Where measurements come from, by the name that queries use.
        alpha: How often a soak without fault may be turned back, at most.
    """

    title: str
    service: str
    environment: str
    document: str
    document_digest: str
    stages: tuple[Stage, ...]
    metrics: tuple[Metric, ...] = ()
    triggers: tuple[Gate, ...] = ()
    incident: tuple[IncidentTask, ...] = ()
    contacts: tuple[Contact, ...] = ()
    values: Mapping[str, ValueSource] = field(default_factory=dict)
    connections: Mapping[str, ValueSource] = field(default_factory=dict)
    self_approval: bool = False
    windows: tuple[ChangeWindow, ...] = field(default=(), metadata=ADDED_LATER)
    on_failure: OnFailure = field(default=OnFailure.BACK, metadata=ADDED_LATER)
    sources: Mapping[str, Source] = field(default_factory=dict, metadata=ADDED_LATER)
    alpha: float = field(default=0.05, metadata=ADDED_LATER)
    digest: str = ""
