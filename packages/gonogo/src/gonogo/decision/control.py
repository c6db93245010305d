"""
Control: a person stops the line and lets it go on, has a step retried, or left out.

A freeze holds what would begin anew, and never the way back (law 3). A step is left
out only when a second person agrees; what proves that the change is good (a gate, a
soak, a baseline, a consent, a go) is never left out, nor made shorter: there is no
fast-forward (law 1).
"""

from gonogo.decision import failing
from gonogo.decision.state import RolloutState, StepState, UndoState
from gonogo.decision.transitions import Phase, StepPhase, UndoPhase
from gonogo.decision.turn import Turn, attention
from gonogo.model.command import Answer, Freeze, Person, Retry, Skip, Thaw
from gonogo.model.event import (
    Asked,
    QuestionAsked,
    RetryAsked,
    RolloutFrozen,
    RolloutThawed,
    SkipAsked,
    SoakExtended,
    StepSkipped,
)
from gonogo.model.identifiers import StepId
from gonogo.model.operation import RestoreFlag
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Purpose,
    Question,
    Soak,
    Step,
)


def freeze(turn: Turn, command: Freeze) -> None:
    """Hold the rollout while a scope that it is in is stopped; twice is once."""
    state, plan = turn.state, turn.state.plan
    if not command.scope.covers(plan.service, plan.environment):
        reason = f"it is for {command.scope}, which this rollout is not in"
        turn.reject("freeze", reason, command.by)
    elif state.phase is Phase.RUNNING and not _frozen(state, command):
        turn.record(
            RolloutFrozen(
                at=turn.at, by=command.by, scope=command.scope, reason=command.reason
            )
        )


def thaw(turn: Turn, command: Thaw) -> None:
    """Lift the freeze of a scope; one that does not stand needs no lifting."""
    if _frozen(turn.state, command):
        turn.record(RolloutThawed(at=turn.at, by=command.by, scope=command.scope))


def _frozen(state: RolloutState, command: Freeze | Thaw) -> bool:
    return any(each.scope == command.scope for each in state.freezes)


# -- retry -----------------------------------------------------------------------


def retry(turn: Turn, command: Retry) -> None:
    """Let a step, or an undo that was handed over, be tried again; or refuse it."""
    undo = _undo_named(turn.state, command.step)
    step = turn.state.find_step(command.step)
    if undo is not None:
        reason = _may_not_retry_undo(turn.state, undo)
    else:
        reason = _may_not_retry(turn.state, command.step, step)
    if reason is not None:
        turn.reject("retry", reason, command.by)
    elif undo is not None:
        _retry_undo(turn, undo, command)
    elif step is not None:
        retried(turn, step, command.by, command.reason)


def retried(turn: Turn, step: Step, by: Person, reason: str) -> None:
    """Record that a step is tried again, and close what was asked about its failure."""
    turn.record(RetryAsked(at=turn.at, by=by, step=step.id, reason=reason))
    for about in (Asked.FAILED, Asked.ATTENTION, Asked.SKIP):
        turn.withdraw(step.id, about=about)
    if isinstance(step, Soak):
        turn.record(SoakExtended(at=turn.at, step=step.id))


def _may_not_retry(state: RolloutState, name: str, step: Step | None) -> str | None:
    if state.phase is not Phase.RUNNING:
        return f"the rollout is {state.phase}, not running"
    if step is None:
        return f"the plan has no step '{name}', and the way back no undo of that name"
    if attention(step.id) in state.questions:
        return None
    known = state.step(step.id)
    if known.phase is StepPhase.FAILED:
        return None
    if known.phase is StepPhase.PENDING and known.not_before is not None:
        return None
    return _not_to_be_retried(step, known)


def _not_to_be_retried(step: Step, known: StepState) -> str:
    if known.phase is StepPhase.IN_DOUBT:
        return f"it is in doubt whether '{step.title}' was applied: answer that first"
    if known.phase is StepPhase.DONE:
        return f"'{step.title}' is done; to take it back, abort"
    if known.phase is StepPhase.UNDER_WAY:
        return f"'{step.title}' is under way"
    return f"'{step.title}' has not been tried yet"


def _undo_named(state: RolloutState, name: str) -> UndoState | None:
    return next((u for u in state.undos if f"undo-{u.number}" == name), None)


def _may_not_retry_undo(state: RolloutState, undo: UndoState) -> str | None:
    if not state.going_back:
        return f"the rollout is {state.phase}, not rolling back"
    if undo.phase is not UndoPhase.HANDED_OVER:
        return f"undo {undo.number} was not handed to a person: it is {undo.phase}"
    if f"undo-{undo.number}" not in state.questions:
        return f"somebody has said that undo {undo.number} is done"
    if undo.operation is None:
        return f"no way back is known of '{undo.title}': only a person can undo it"
    older = (u for u in state.undos if u.number < undo.number)
    further = next((u for u in older if _puts_back_further(u, undo)), None)
    if further is not None:
        return f"undo {further.number} has put the same flag back further since"
    return None


def _puts_back_further(older: UndoState, undo: UndoState) -> bool:
    """Return whether undoing out of order would bring back what is undone already."""
    back, forth = older.operation, undo.operation
    if not (isinstance(back, RestoreFlag) and isinstance(forth, RestoreFlag)):
        return False
    begun = older.phase in {UndoPhase.UNDER_WAY, UndoPhase.UNDONE}
    return begun and (back.file, back.flag) == (forth.file, forth.flag)


def _retry_undo(turn: Turn, undo: UndoState, command: Retry) -> None:
    turn.record(
        RetryAsked(at=turn.at, by=command.by, undo=undo.number, reason=command.reason)
    )
    turn.withdraw(f"undo-{undo.number}", about=Asked.HANDOVER)


# -- skip ------------------------------------------------------------------------


def skip(turn: Turn, command: Skip) -> None:
    """Ask a second person whether a step may be left out; or refuse to."""
    step = turn.state.find_step(command.step)
    reason = _may_not_skip(turn.state, command, step)
    if reason is not None or step is None:
        turn.reject("skip", reason or "", command.by)
    else:
        ask_to_skip(turn, step, command.by, command.reason)


def ask_to_skip(turn: Turn, step: Step, by: Person, reason: str) -> None:
    """Record who wants to leave a step out, and why; and ask somebody else."""
    turn.record(SkipAsked(at=turn.at, step=step.id, by=by, reason=reason))
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=failing.skip_of(step.id),
            about=Asked.SKIP,
            subject=step.id,
            text=(
                f"{by.name} wants to skip '{step.title}' (line {step.line}): {reason}. "
                f"Does somebody else agree? ({_who_may_agree(turn.state, step, by)})"
            ),
            choices=("yes", "no"),
        )
    )


def skipped(turn: Turn, step: Step, by: Person) -> None:
    """Leave a step out, now that a second person agrees."""
    asked = turn.state.skips[step.id]
    turn.record(
        StepSkipped(
            at=turn.at,
            step=step.id,
            asked_by=asked.by,
            approved_by=by,
            reason=asked.reason,
        )
    )
    turn.withdraw(step.id)


def may_not_agree(
    state: RolloutState, asked: QuestionAsked, command: Answer, word: str
) -> str | None:
    """Return why a person may not agree to a skip; None when they may, or refuse."""
    if asked.about is not Asked.SKIP or word != "yes":
        return None
    speaker = command.by.name.casefold()
    step = StepId(asked.subject)
    if speaker == state.skips[step].by.name.casefold():
        return "nobody agrees to a skip of their own: somebody else has to"
    own = {each.name.casefold() for each in (state.started_by, *state.amended_by)}
    if speaker in own and not state.plan.self_approval:
        return "nobody agrees in a rollout of their own, unless the plan says so"
    named = approvers(state, step)
    if named and speaker not in {name.casefold() for name in named}:
        return f"only who approves its stage may agree: {', '.join(named)}"
    return None


def approvers(state: RolloutState, step: StepId) -> tuple[str, ...]:
    """Return who is named to approve the stage of a step; empty for whoever acts."""
    steps = state.stage_of(step).steps
    named = (each.people for each in steps if isinstance(each, Approval))
    return tuple(dict.fromkeys(name for people in named for name in people))


def _who_may_agree(state: RolloutState, step: Step, by: Person) -> str:
    own = () if state.plan.self_approval else (state.started_by, *state.amended_by)
    left_out = dict.fromkeys(each.name for each in (by, *own))
    named = [name for name in approvers(state, step.id) if name not in left_out]
    return ", ".join(named) or f"anybody but {' and '.join(left_out)}"


def _may_not_skip(state: RolloutState, command: Skip, step: Step | None) -> str | None:
    if state.phase is not Phase.RUNNING:
        return f"the rollout is {state.phase}, not running"
    if step is None:
        return f"the plan has no step '{command.step}'"
    if not command.reason.strip():
        return "a step is left out only for a reason"
    return _is_proof(step) or _not_to_be_skipped(state, step)


def _is_proof(step: Step) -> str | None:
    """Return why a step is never left out by anybody; None when it may be."""
    what = f"'{step.title}'"
    match step:
        case Soak() | Baseline():
            return (
                f"fast-forward is forbidden: {what} is a {step.kind}, and proves that "
                "the change is good"
            )
        case Approval():
            return f"fast-forward is forbidden: {what} is a consent, given or refused"
        case Question(purpose=Purpose.CHOOSE):
            return f"fast-forward is forbidden: {what} is decided, go or no-go"
        case Action() | Check() | Question():
            return None


def _not_to_be_skipped(state: RolloutState, step: Step) -> str | None:
    known = state.step(step.id)
    if known.phase is StepPhase.DONE:
        return f"'{step.title}' is done already"
    if isinstance(step, Action) and known.phase is StepPhase.UNDER_WAY:
        return f"'{step.title}' is under way: it can only be aborted"
    if known.phase is StepPhase.IN_DOUBT:
        return f"it is in doubt whether '{step.title}' was applied: answer that first"
    if failing.is_to_be_skipped(state, step.id):
        return f"somebody has asked to skip '{step.title}', and is waiting for a word"
    return None
