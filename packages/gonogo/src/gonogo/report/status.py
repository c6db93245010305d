"""
The status: where a rollout stands now, and what it waits for, as plain values.

One value serves the terminal, the web page and `--json`. It says who is waited for,
and the very command that person types.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.decision import RolloutState, hold, next_wake
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.model.event import RolloutFrozen
from gonogo.model.identifiers import RolloutId, StepId
from gonogo.model.plan import Soak
from gonogo.model.verdict import Outcome
from gonogo.report.status_gates import GateStatus, gates_of
from gonogo.report.status_people import (
    IncidentStatus,
    Waiting,
    incident_of,
    waiting_of,
)
from gonogo.report.status_stages import StageStatus, stages_of
from gonogo.report.status_undos import UndoStatus, undos_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatus:
    """
    The step that the rollout is at.

    Attributes:
        kind: 'action', 'check', 'question', 'approval', 'soak' or 'baseline'.
        attempt: 0 before the first.
        elapsed: Since it began; zero before.
        not_before: A retry waits until then.
    """

    id: StepId
    title: str
    kind: str
    line: int
    phase: StepPhase
    attempt: int
    started_at: datetime | None
    elapsed: timedelta
    not_before: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakStatus:
    """
    How far the current soak has come.

    Attributes:
        since: The hold counts from here; None while it does not hold.
        held: So far, at most `required`.
        ends_at: When it is over, if every gate goes on passing.
        patience_ends_at: When a person is called, if it is not over by then.
        doubt: Why it does not hold, or '' when it does.
    """

    step: StepId
    title: str
    line: int
    required: timedelta
    since: datetime | None
    held: timedelta
    ends_at: datetime | None
    patience_ends_at: datetime | None
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Why the rollout is held, or why it turned back; who said so, if a person did."""

    at: datetime
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A freeze that holds the rollout: who stopped the line for what, and why."""

    scope: str
    at: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowStatus:
    """The change window that is waited for; `opens_at` is None when none ever opens."""

    stage: str
    opens_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """
    Where a rollout stands.

    Attributes:
        now: The instant that elapsed times and overdue marks are counted to.
        next_wake_at: When something falls due by itself; None for never.
        waiting: What it waits for from people; empty for nothing.
        frozen: The freezes that hold it; a resume does not lift them.
        window: The change window that it waits for.
    """

    title: str
    rollout: RolloutId
    service: str
    environment: str
    document: str
    plan_digest: str
    phase: Phase
    now: datetime
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    elapsed: timedelta
    stages: tuple[StageStatus, ...]
    step: StepStatus | None
    gates: tuple[GateStatus, ...]
    soak: SoakStatus | None
    waiting: tuple[Waiting, ...]
    incident: tuple[IncidentStatus, ...]
    undos: tuple[UndoStatus, ...]
    next_wake_at: datetime | None
    paused: Turned | None
    aborted: Turned | None
    frozen: tuple[Frozen, ...] = ()
    window: WindowStatus | None = None


def status_of(state: RolloutState, *, now: datetime) -> Status:
    """
    Return where a rollout stands.

    Args:
        state: The fold of its journal.
        now: In the time of the plan; not before the state's last event counts.
    """
    now = max(now, state.at)
    plan = state.plan
    return Status(
        title=plan.title,
        rollout=state.rollout,
        service=plan.service,
        environment=plan.environment,
        document=plan.document,
        plan_digest=plan.digest,
        phase=state.phase,
        now=now,
        started_at=state.started_at,
        started_by=state.started_by.name,
        ended_at=state.ended_at,
        elapsed=(state.ended_at or now) - state.started_at,
        stages=stages_of(state, now),
        step=_step(state, now),
        gates=gates_of(state),
        soak=_soak(state, now),
        waiting=waiting_of(state, now),
        incident=incident_of(state, now),
        undos=undos_of(state),
        next_wake_at=next_wake(state),
        paused=_paused(state),
        aborted=_aborted(state),
        frozen=tuple(_frozen(each) for each in state.freezes),
        window=_window(state),
    )


def _step(state: RolloutState, now: datetime) -> StepStatus | None:
    step = state.current_step
    if step is None or state.phase is not Phase.RUNNING:
        return None
    known = state.step(step.id)
    return StepStatus(
        id=step.id,
        title=step.title,
        kind=step.kind,
        line=step.line,
        phase=known.phase,
        attempt=known.attempt,
        started_at=known.started_at,
        elapsed=now - known.started_at if known.started_at else timedelta(),
        not_before=known.not_before,
    )


def _soak(state: RolloutState, now: datetime) -> SoakStatus | None:
    step = state.current_step
    if not isinstance(step, Soak) or state.phase is not Phase.RUNNING:
        return None
    known = state.step(step.id)
    if known.phase is not StepPhase.UNDER_WAY:
        return None
    since, patience = known.since, known.patience_from
    return SoakStatus(
        step=step.id,
        title=step.title,
        line=step.line,
        required=step.duration,
        since=since,
        held=hold.held(step, known, now),
        ends_at=hold.end_of(step, known),
        patience_ends_at=patience + step.limit if patience else None,
        doubt="" if since and not known.paused_since else _doubt(state, step),
    )


def _doubt(state: RolloutState, step: Soak) -> str:
    """Say which of the soak's gates keep it from counting."""
    doubts = []
    for gate in (state.gate(each) for each in step.gates):
        known = state.gates.get(gate.id)
        if known is None:
            doubts.append(f"{gate.title}: not measured yet")
        elif known.verdict.outcome is not Outcome.PASS:
            doubts.extend(known.verdict.reasons)
    return "; ".join(doubts) or "its gates have not all passed since it began"


def _paused(state: RolloutState) -> Turned | None:
    paused = state.paused
    if paused is None:
        return None
    return Turned(at=paused.at, reason=paused.reason, by=paused.by.name)


def _frozen(event: RolloutFrozen) -> Frozen:
    scope, by = str(event.scope), event.by.name
    return Frozen(scope=scope, at=event.at, reason=event.reason, by=by)


def _window(state: RolloutState) -> WindowStatus | None:
    awaited = state.awaited
    if awaited is None:
        return None
    title = next(s.title for s in state.plan.stages if s.id == awaited.stage)
    return WindowStatus(stage=title, opens_at=awaited.until)


def _aborted(state: RolloutState) -> Turned | None:
    aborted = state.aborted
    if aborted is None:
        return None
    by = aborted.by.name if aborted.by else None
    return Turned(at=aborted.at, reason=aborted.reason, by=by)
