"""
Fold one event into the state. Total: every event of the vocabulary is known here.

Each event type has one function that returns the state after it; the tables of
`transitions` are checked on every move.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import singledispatch
from typing import Any

from gonogo.analysis import expectation
from gonogo.decision.state import (
    GateState,
    MetricState,
    RolloutState,
    StepState,
    UndoState,
)
from gonogo.decision.transitions import (
    ROLLOUT,
    STEP,
    UNDO,
    Phase,
    StepPhase,
    UndoPhase,
    moved,
)
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.operation import Operation
from gonogo.model.plan import Check
from gonogo.model.verdict import Outcome, Verdict

# The first failed undo is tried again after this, the second after twice as long.
UNDO_PAUSE = timedelta(seconds=15)


def evolve(state: RolloutState | None, event: Event) -> RolloutState:
    """
    Return the state after an event.

    Args:
        state: None only before `RolloutStarted`.
        event: As journaled.

    Raises:
        IllegalTransition: The event cannot follow this state.
        ValueError: A journal that begins with another event than `RolloutStarted`.
    """
    if isinstance(event, events.RolloutStarted):
        return _started(event)
    if state is None:
        message = f"a journal begins with RolloutStarted, not with {event}"
        raise ValueError(message)
    return replace(_fold(event, state), at=event.at)


def replay(history: Iterable[Event]) -> RolloutState | None:
    """Return the state that a whole journal leaves; None for an empty one."""
    state = None
    for event in history:
        state = evolve(state, event)
    return state


def _started(event: events.RolloutStarted) -> RolloutState:
    return RolloutState(
        rollout=event.rollout,
        plan=event.plan,
        started_by=event.by,
        started_at=event.at,
        at=event.at,
    )


@singledispatch
def _fold(event: Any, state: RolloutState) -> RolloutState:  # noqa: ANN401
    """Return the state unchanged: some events only bear witness."""
    del event
    return state


# -- stages and steps ----------------------------------------------------------


@_fold.register
def _(event: events.StageEntered, state: RolloutState) -> RolloutState:
    ids = [stage.id for stage in state.plan.stages]
    return replace(state, stage=ids.index(event.stage))


@_fold.register
def _(event: events.StepStarted, state: RolloutState) -> RolloutState:
    return _step(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        attempt=event.attempt,
        started_at=state.step(event.step).started_at or event.at,
        patience_from=event.at,
        not_before=None,
    )


@_fold.register
def _(event: events.StepCompleted, state: RolloutState) -> RolloutState:
    return _step(state, event.step, StepPhase.DONE, ended_at=event.at)


@_fold.register
def _(event: events.RolloutCompleted, state: RolloutState) -> RolloutState:
    return replace(_phase(state, Phase.COMPLETED), ended_at=event.at)


# -- actions -------------------------------------------------------------------


@_fold.register
def _(event: events.ActionIntended, state: RolloutState) -> RolloutState:
    return _step(
        _arm(state, event.step, event.undo, covered=event.covered),
        event.step,
        StepPhase.UNDER_WAY,
        attempt=event.attempt,
        started_at=state.step(event.step).started_at or event.at,
    )


@_fold.register
def _(event: events.ActionByHand, state: RolloutState) -> RolloutState:
    state = _arm(state, event.step, event.undo, covered=event.covered)
    return replace(state, changed_at=event.at)


@_fold.register
def _(event: events.ActionApplied, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return replace(state, changed_at=event.at)


@_fold.register
def _(event: events.ActionFailed, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return _step(state, event.step, StepPhase.FAILED, ended_at=event.at)


@_fold.register
def _(event: events.ActionInDoubt, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=True)
    return _step(state, event.step, StepPhase.IN_DOUBT)


@_fold.register
def _(event: events.ActionNotApplied, state: RolloutState) -> RolloutState:
    undos = tuple(undo for undo in state.undos if undo.step != event.step)
    state = replace(state, undos=undos)
    return _step(state, event.step, StepPhase.PENDING)


# -- checks --------------------------------------------------------------------


@_fold.register
def _(event: events.CheckJudged, state: RolloutState) -> RolloutState:
    step = state.find_step(event.step)
    if not isinstance(step, Check) or event.verdict.outcome is Outcome.PASS:
        return state
    if event.verdict.outcome is Outcome.INCONCLUSIVE:
        return state
    retry_at = event.at + step.retry_delay
    return _step(state, event.step, StepPhase.PENDING, not_before=retry_at)


# -- people --------------------------------------------------------------------


@_fold.register
def _(event: events.QuestionAsked, state: RolloutState) -> RolloutState:
    questions = {**state.questions, event.question: event}
    state = replace(state, questions=questions)
    if event.about is not events.Asked.STEP:
        return state
    step = StepId(event.subject)
    return _step(state, step, StepPhase.UNDER_WAY, started_at=event.at)


@_fold.register
def _(event: events.QuestionAnswered, state: RolloutState) -> RolloutState:
    if event.early:
        return replace(state, answers={**state.answers, event.question: event})
    asked = state.questions.get(event.question)
    if asked is None:
        return state
    state = _without_question(state, event.question)
    if asked.about is events.Asked.CONFIRM:
        step = StepId(asked.subject)
        return _step(state, step, state.step(step).phase, confirmed=True)
    if asked.about is events.Asked.ATTENTION:
        return _attended(state, asked)
    return state


@_fold.register
def _(event: events.QuestionWithdrawn, state: RolloutState) -> RolloutState:
    return _without_question(state, event.question)


@_fold.register
def _(event: events.ApprovalAsked, state: RolloutState) -> RolloutState:
    return _step(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        started_at=event.at,
        expires=event.expires,
    )


@_fold.register(events.ApprovalGiven)
@_fold.register(events.ApprovalRefused)
def _(
    event: events.ApprovalGiven | events.ApprovalRefused, state: RolloutState
) -> RolloutState:
    return replace(state, approvals={**state.approvals, event.step: event})


@_fold.register
def _(event: events.ApprovalLapsed, state: RolloutState) -> RolloutState:
    approvals = {k: v for k, v in state.approvals.items() if k != event.step}
    state = replace(state, approvals=approvals)
    return _step(state, event.step, StepPhase.PENDING, ended_at=None, expires=None)


@_fold.register
def _(event: events.RolloutPaused, state: RolloutState) -> RolloutState:
    return replace(state, paused=event)


@_fold.register
def _(event: events.RolloutResumed, state: RolloutState) -> RolloutState:
    del event
    return replace(state, paused=None)


# -- measuring -----------------------------------------------------------------


@_fold.register
def _(event: events.MeasurementTaken, state: RolloutState) -> RolloutState:
    metric = state.metric(event.metric)
    before = state.metrics.get(event.metric)
    unread = 0 if _is_read(event) else 1
    now = MetricState(
        last=event.measurement,
        next_at=event.at + metric.cadence,
        unread=unread and unread + (before.unread if before else 0),
    )
    gates = {**state.gates}
    for found in event.verdicts:
        gates[found.gate] = _judged(gates.get(found.gate), found.verdict, event)
    return replace(state, metrics={**state.metrics, event.metric: now}, gates=gates)


@_fold.register
def _(event: events.BaselineCaptured, state: RolloutState) -> RolloutState:
    return replace(state, baselines={**state.baselines, event.metric: event.value})


@_fold.register
def _(event: events.SoakStarted, state: RolloutState) -> RolloutState:
    return _step(state, event.step, StepPhase.UNDER_WAY, since=event.since)


@_fold.register
def _(event: events.SoakReset, state: RolloutState) -> RolloutState:
    return _step(state, event.step, StepPhase.UNDER_WAY, since=None)


@_fold.register
def _(event: events.SoakExtended, state: RolloutState) -> RolloutState:
    return _step(state, event.step, StepPhase.UNDER_WAY, patience_from=event.at)


# -- the way back --------------------------------------------------------------


@_fold.register
def _(event: events.RolloutAborted, state: RolloutState) -> RolloutState:
    state = replace(_phase(state, Phase.ROLLING_BACK), aborted=event, paused=None)
    if not event.incident:
        return state
    # Rollback goes from the newest entry down: the first task listed comes last.
    for task in reversed(state.plan.incident):
        if task.operation is not None:
            entry = UndoState(
                number=_next_undo(state),
                title=task.title,
                line=task.line,
                step=None,
                operation=task.operation,
            )
            state = replace(state, undos=(*state.undos, entry))
    return state


@_fold.register
def _(event: events.UndoIntended, state: RolloutState) -> RolloutState:
    phase = UndoPhase.UNDER_WAY
    return _undo(state, event.undo, phase, attempt=event.attempt, not_before=None)


@_fold.register
def _(event: events.UndoApplied, state: RolloutState) -> RolloutState:
    return _undo(state, event.undo, UndoPhase.UNDONE)


@_fold.register
def _(event: events.UndoFailed, state: RolloutState) -> RolloutState:
    reason = "; ".join(expectation.judge((), event.observation).reasons)
    again = event.at + UNDO_PAUSE * event.attempt
    return _undo(state, event.undo, UndoPhase.ARMED, reason=reason, not_before=again)


@_fold.register
def _(event: events.UndoHandedOver, state: RolloutState) -> RolloutState:
    return _undo(state, event.undo, UndoPhase.HANDED_OVER, reason=event.reason)


@_fold.register
def _(event: events.RolledBack, state: RolloutState) -> RolloutState:
    return replace(_phase(state, Phase.ROLLED_BACK), ended_at=event.at)


# -- pieces --------------------------------------------------------------------


def _phase(state: RolloutState, phase: Phase) -> RolloutState:
    after = moved(ROLLOUT, f"rollout {state.rollout}", state.phase, phase)
    return replace(state, phase=after)


def _step(
    state: RolloutState,
    step: StepId,
    phase: StepPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    before = state.step(step)
    after = moved(STEP, f"step {step}", before.phase, phase)
    changed: StepState = replace(before, phase=after, **changes)
    return replace(state, steps={**state.steps, step: changed})


def _undo(
    state: RolloutState,
    number: int,
    phase: UndoPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    def change(undo: UndoState) -> UndoState:
        after = moved(UNDO, f"undo {number}", undo.phase, phase)
        return replace(undo, phase=after, **changes)

    undos = tuple(change(u) if u.number == number else u for u in state.undos)
    return replace(state, undos=undos)


def _arm(
    state: RolloutState, step: StepId, undo: Operation | None, *, covered: bool
) -> RolloutState:
    """Record the way back of an action, unless its stage's rollback covers it."""
    found = state.find_step(step)
    if found is None or covered:
        return state
    entry = UndoState(
        number=_next_undo(state),
        title=found.title,
        line=found.line,
        step=step,
        operation=undo,
    )
    return replace(state, undos=(*state.undos, entry))


def _doubted(state: RolloutState, step: StepId, *, in_doubt: bool) -> RolloutState:
    undos = tuple(
        replace(undo, in_doubt=in_doubt) if undo.step == step else undo
        for undo in state.undos
    )
    return replace(state, undos=undos)


def _next_undo(state: RolloutState) -> int:
    return max((each.number for each in state.undos), default=0) + 1


def _without_question(state: RolloutState, question: QuestionId) -> RolloutState:
    left = {k: v for k, v in state.questions.items() if k != question}
    return replace(state, questions=left)


def _attended(state: RolloutState, asked: events.QuestionAsked) -> RolloutState:
    """Let what called a person begin to count anew."""
    metrics = {
        name: replace(metric, unread=0) if name == asked.subject else metric
        for name, metric in state.metrics.items()
    }
    state = replace(state, metrics=metrics)
    step = StepId(asked.subject)
    if isinstance(state.find_step(asked.subject), Check):
        spent = state.step(step).attempt
        return _step(state, step, StepPhase.PENDING, spent=spent, not_before=None)
    return state


def _is_read(event: events.MeasurementTaken) -> bool:
    """Tell whether a value came that can be used: a word is no number for a gate."""
    if not isinstance(event.measurement.value, str):
        return event.measurement.value is not None
    decided = {Outcome.PASS, Outcome.FAIL}
    return any(found.verdict.outcome in decided for found in event.verdicts)


def _judged(
    before: GateState | None,
    verdict: Verdict,
    event: events.MeasurementTaken,
) -> GateState:
    passes = verdict.outcome is Outcome.PASS
    fails = verdict.outcome is Outcome.FAIL
    bad = 0 if before is None or passes else before.bad
    held = before.held_since if before and before.held_since else event.at
    return GateState(
        verdict=verdict,
        judged_at=event.measurement.at,
        held_since=held if passes else None,
        bad=bad + fails,
    )
