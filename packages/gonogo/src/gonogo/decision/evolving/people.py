"""People: what they are asked, what they said, and whether they hold the rollout."""

from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import stepped
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.model import event as events
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.plan import Check


@fold.register
def _(event: events.QuestionAsked, state: RolloutState) -> RolloutState:
    questions = {**state.questions, event.question: event}
    state = changed(state, questions=questions)
    step = StepId(event.subject)
    if event.about is events.Asked.STEP:
        return stepped(state, step, StepPhase.UNDER_WAY, started_at=event.at)
    if event.about is events.Asked.FAILED:
        return stepped(state, step, StepPhase.FAILED, not_before=None)
    return state


@fold.register
def _(event: events.QuestionAnswered, state: RolloutState) -> RolloutState:
    if event.early:
        return changed(state, answers={**state.answers, event.question: event})
    asked = state.questions.get(event.question)
    if asked is None:
        return state
    state = _without_question(state, event.question)
    if asked.about is events.Asked.CONFIRM:
        step = StepId(asked.subject)
        return stepped(state, step, state.step(step).phase, confirmed=True)
    if asked.about is events.Asked.ATTENTION:
        return _attended(state, asked)
    return state


@fold.register
def _(event: events.QuestionWithdrawn, state: RolloutState) -> RolloutState:
    return _without_question(state, event.question)


@fold.register
def _(event: events.ApprovalAsked, state: RolloutState) -> RolloutState:
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        started_at=event.at,
        expires=event.expires,
    )


@fold.register(events.ApprovalGiven)
@fold.register(events.ApprovalRefused)
def _(
    event: events.ApprovalGiven | events.ApprovalRefused, state: RolloutState
) -> RolloutState:
    return changed(state, approvals={**state.approvals, event.step: event})


@fold.register
def _(event: events.ApprovalLapsed, state: RolloutState) -> RolloutState:
    approvals = {k: v for k, v in state.approvals.items() if k != event.step}
    state = changed(state, approvals=approvals)
    return stepped(state, event.step, StepPhase.PENDING, ended_at=None, expires=None)


@fold.register
def _(event: events.RolloutPaused, state: RolloutState) -> RolloutState:
    return changed(state, paused=event)


@fold.register
def _(event: events.RolloutResumed, state: RolloutState) -> RolloutState:
    del event
    return changed(state, paused=None)


def _without_question(state: RolloutState, question: QuestionId) -> RolloutState:
    left = {k: v for k, v in state.questions.items() if k != question}
    return changed(state, questions=left)


def _attended(state: RolloutState, asked: events.QuestionAsked) -> RolloutState:
    """Let what called a person begin to count anew."""
    metrics = {
        name: changed(metric, unread=0) if name == asked.subject else metric
        for name, metric in state.metrics.items()
    }
    state = changed(state, metrics=metrics)
    step = StepId(asked.subject)
    if isinstance(state.find_step(asked.subject), Check):
        spent = state.step(step).attempt
        return stepped(state, step, StepPhase.PENDING, spent=spent, not_before=None)
    return state
