"""
The state of a rollout: the fold of its journal, and what can be read off it.

Nothing here is stored. The state after a crash is the state before it, because both
are the same events folded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gonogo.analysis.counting import Counts
from gonogo.decision.plan_index import index_of
from gonogo.decision.remembering import Remembering, remembered
from gonogo.decision.transitions import Phase, StepPhase, UndoPhase
from gonogo.model.command import Person
from gonogo.model.event import (
    ApprovalGiven,
    ApprovalRefused,
    Asked,
    QuestionAnswered,
    QuestionAsked,
    RolloutAborted,
    RolloutFrozen,
    RolloutPaused,
    SkipAsked,
    WindowAwaited,
)
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.identifiers import (
    GateId,
    MetricName,
    QuestionId,
    RolloutId,
    StepId,
)
from gonogo.model.operation import Operation
from gonogo.model.plan import Action, Gate, Metric, Plan, Stage, Step
from gonogo.model.sample import Tally
from gonogo.model.verdict import Measurement, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """
    What is known of one step.

    Attributes:
        attempt: Of its action or check; 0 before the first. It never goes back, so
            that a late report of an earlier attempt is known for what it is.
        spent: Attempts of a check made before a person let it begin anew.
        not_before: A retry waits until then.
        confirmed: A person said yes to a destructive action.
        skipped: It is done because two persons left it out.
        not_found: It is in doubt, and nothing was found of it where it ran.
        since: For a soak: the hold counts from here; None while it does not hold.
        extra: For a soak: so much later than planned its hold ends.
        paused_since: For a soak: its hold stands still from here.
        idle: For a soak: the time that did not count since a person last spoke.
        prolonged: For a soak: so often it went on because too little was shown.
        patience_from: For a soak: when its limit began to count.
        expires: For an approval: when it is timed out.
    """

    phase: StepPhase = StepPhase.PENDING
    attempt: int = 0
    spent: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    not_before: datetime | None = None
    confirmed: bool = False
    skipped: bool = False
    not_found: bool = False
    since: datetime | None = None
    extra: timedelta = timedelta()
    paused_since: datetime | None = None
    idle: timedelta = timedelta()
    prolonged: int = 0
    patience_from: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricState:
    """
    The last measurement of a metric, and how many in a row gave no value.

    Attributes:
        sampled_at: When a source last had data of every arm.
    """

    last: Measurement
    next_at: datetime
    unread: int = 0
    sampled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a judge that looks back needs of one look; None where an arm had no data."""

    at: datetime
    canary: float | None
    control: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """
    The last verdict on a gate.

    Attributes:
        judged_at: When the world was looked at for it.
        held_since: It has passed without interruption since then.
        bad: So many fails since the last pass; a look that shows nothing between
            two fails does not hide them.
        finding: Of the judge by evidence, at the last look.
        evidence: So far; a soak begins a new test.
        concluded: What the final look of the soak under way found; None before it.
        doubtful_since: Evidence had nothing to go by at any look after this one.
        seen: The looks that its judge looks back over, oldest first.
        counts: Of measurements, where they are counted.
    """

    verdict: Verdict
    judged_at: datetime
    held_since: datetime | None = None
    bad: int = 0
    finding: Finding | None = None
    evidence: EvidenceState | None = None
    concluded: Finding | None = None
    doubtful_since: datetime | None = None
    seen: tuple[Seen, ...] = ()
    counts: Counts | None = None

    @property
    def passes(self) -> bool:
        """Return whether the last verdict was a pass."""
        return self.verdict.outcome is Outcome.PASS

    @property
    def holds(self) -> bool:
        """Return whether it passes, and somebody has looked on since it did."""
        return self.passes and self.held_since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoState:
    """
    One entry of the way back, as the journal recorded it.

    Attributes:
        number: 1 for the first recorded; rollback goes from the highest down.
        step: What it undoes; None for an operation of the incident response.
        operation: None: no way back is known, a person has to see to it.
        spent: Attempts made before a person let it be tried again.
        in_doubt: Whether its action was applied at all.
        not_found: A crash left it under way, and nothing was found of it.
    """

    number: int
    title: str
    line: int
    step: StepId | None
    operation: Operation | None
    phase: UndoPhase = UndoPhase.ARMED
    attempt: int = 0
    spent: int = 0
    not_before: datetime | None = None
    reason: str = ""
    in_doubt: bool = False
    not_found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutState(Remembering):
    """
    Where a rollout stands.

    Attributes:
        at: The instant of the last event.
        folder: Where its document lies, and its scripts are run from.
        stage: Index of the current stage; -1 before the first is entered.
        changed_at: When an action was last applied.
        questions: Those that stand open.
        answers: Those given before they were asked.
        approvals: The last word of each approval step.
        undos: Oldest first.
        tallies: What baselines were counted from, where a source counts.
        freezes: Those that stand, at most one of each scope.
        awaited: The change window that is waited for.
        skips: By step, who last asked to leave it out; it counts while that question
            is open.
        document_plan_digest: Under which `explain` shows the document of an amended
            plan; '' for one that was not amended.
        revision: 1 for the plan that the rollout began with.
        amended_by: Who changed the plan, oldest first.
    """

    rollout: RolloutId
    plan: Plan
    started_by: Person
    started_at: datetime
    at: datetime
    folder: str = ""
    phase: Phase = Phase.RUNNING
    stage: int = -1
    changed_at: datetime | None = None
    steps: Mapping[StepId, StepState] = field(default_factory=dict)
    metrics: Mapping[MetricName, MetricState] = field(default_factory=dict)
    gates: Mapping[GateId, GateState] = field(default_factory=dict)
    baselines: Mapping[MetricName, float] = field(default_factory=dict)
    tallies: Mapping[MetricName, Tally] = field(default_factory=dict)
    questions: Mapping[QuestionId, QuestionAsked] = field(default_factory=dict)
    answers: Mapping[QuestionId, QuestionAnswered] = field(default_factory=dict)
    approvals: Mapping[StepId, ApprovalGiven | ApprovalRefused] = field(
        default_factory=dict
    )
    undos: tuple[UndoState, ...] = ()
    paused: RolloutPaused | None = None
    freezes: tuple[RolloutFrozen, ...] = ()
    awaited: WindowAwaited | None = None
    skips: Mapping[StepId, SkipAsked] = field(default_factory=dict)
    aborted: RolloutAborted | None = None
    ended_at: datetime | None = None
    document_plan_digest: str = ""
    revision: int = 1
    amended_by: tuple[Person, ...] = ()

    @property
    def document_plan(self) -> str:
        """Return the digest under which `explain` shows the plan's document."""
        return self.document_plan_digest or self.plan.digest

    @property
    def ended(self) -> bool:
        """Return whether the rollout has reached one of its ends."""
        return self.phase is Phase.COMPLETED or self.phase is Phase.ROLLED_BACK

    @property
    def going_back(self) -> bool:
        """Return whether the rollout is being rolled back now."""
        return self.phase is Phase.ROLLING_BACK

    @property
    def holding(self) -> bool:
        """Return whether a soak's hold counts: only time has to pass."""
        step = self.current_step
        return step is not None and self.step(step.id).since is not None

    @property
    def held(self) -> bool:
        """Return whether nothing new may start: paused, frozen, or calling a person."""
        return (
            self.paused is not None
            or bool(self.freezes)
            or any(asked.about in _CALLING for asked in self.questions.values())
        )

    @property
    def current_stage(self) -> Stage | None:
        """Return the stage that the rollout is in."""
        return self.plan.stages[self.stage] if self.stage >= 0 else None

    @property
    @remembered
    def current_step(self) -> Step | None:
        """Return the first step of the current stage that is not done."""
        stage = self.current_stage
        if stage is None:
            return None
        for step in stage.steps:
            known = self.steps.get(step.id)
            if known is None or known.phase is not StepPhase.DONE:
                return step
        return None

    def step(self, step: StepId) -> StepState:
        """Return what is known of a step, also of one not begun."""
        return self.steps.get(step, _NOT_BEGUN)

    def actions_under_way(self) -> Iterator[Action]:
        """Yield the actions that were begun and have not answered."""
        for step, known in self._actions_open:
            if known.phase is StepPhase.UNDER_WAY:
                yield step

    def actions_sought(self) -> Iterator[Action]:
        """Yield the actions in doubt that are still sought where they ran."""
        for step, known in self._actions_open:
            if known.phase is StepPhase.IN_DOUBT and not known.not_found:
                yield step

    @property
    @remembered
    def _actions_open(self) -> tuple[tuple[Action, StepState], ...]:
        """Return the actions that were begun and not ended, in the order of the plan."""
        index = index_of(self.plan)
        begun = [name for name, known in self.steps.items() if known.phase in _OPEN]
        # A plan that was amended may lack steps that were begun under the last one.
        named = sorted(index.order.keys() & begun, key=index.order.__getitem__)
        steps = (index.steps[name] for name in named)
        return tuple((s, self.steps[s.id]) for s in steps if isinstance(s, Action))

    def plan_steps(self) -> Iterator[Step]:
        """Yield every step of the plan, in order."""
        for stage in self.plan.stages:
            yield from stage.steps

    def find_step(self, step: str) -> Step | None:
        """Return the step of this id, or None."""
        return index_of(self.plan).steps.get(StepId(step))

    def stage_of(self, step: StepId) -> Stage:
        """Return the stage that a step of the plan stands in."""
        return index_of(self.plan).stage_of[step]

    def metric(self, name: MetricName) -> Metric:
        """Return a metric of the plan."""
        return index_of(self.plan).metrics[name]

    def applied_in_stage(self) -> bool:
        """Return whether an action of the current stage was begun."""
        stage = self.current_stage
        own = {step.id for step in stage.steps} if stage else set()
        return any(undo.step in own for undo in self.undos)

    def gate(self, gate: GateId) -> Gate:
        """Return a gate of the plan."""
        return index_of(self.plan).gates[gate]


_NOT_BEGUN = StepState()
_CALLING = (Asked.ATTENTION, Asked.FAILED, Asked.UNDECIDED)
_OPEN = (StepPhase.UNDER_WAY, StepPhase.IN_DOUBT)
