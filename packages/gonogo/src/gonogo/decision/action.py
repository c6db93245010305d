"""
An action: prepared, intended, applied; and what to do when a crash leaves it in doubt.

Law 5: the intent, with the way back as it is before the change, is journaled before
the action runs, and its result after. An action in doubt is sought where it ran,
then asked (its own check), repeated only if a repeat does no harm, and else handed to
a person.
"""

from gonogo.analysis import expectation
from gonogo.decision import doubt, failing, window
from gonogo.decision.state import RolloutState, StepState
from gonogo.decision.transitions import Phase, StepPhase, UndoPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Person, ReportApplied, ReportObserved, ReportPrepared
from gonogo.model.effect import Apply, Observe, Prepare
from gonogo.model.event import (
    ActionApplied,
    ActionFailed,
    ActionIntended,
    ActionNotApplied,
    Asked,
    QuestionAsked,
)
from gonogo.model.identifiers import QuestionId
from gonogo.model.operation import Operation
from gonogo.model.plan import Action, Step
from gonogo.model.verdict import Observation, Outcome

_BEGUN = frozenset({StepPhase.UNDER_WAY, StepPhase.IN_DOUBT})


def advance(turn: Turn, step: Action) -> bool:
    """Bring an action on; only a report from the world completes it."""
    known = turn.state.step(step.id)
    if known.phase is StepPhase.IN_DOUBT and not known.not_found:
        doubt.seek(turn, step)
    elif known.phase is StepPhase.IN_DOUBT:
        if _doubt(step, known.attempt) not in turn.state.questions:
            _settle(turn, step, known)
    elif known.phase is StepPhase.PENDING and step.confirm and not known.confirmed:
        _ask_to_confirm(turn, step)
    elif known.phase is StepPhase.FAILED:
        failing.ask_again(turn, step)
    elif known.phase is StepPhase.PENDING:
        turn.perform(Prepare(step=step.id, operation=step.apply))
    return False


def prepared(turn: Turn, report: ReportPrepared) -> None:
    """Journal the intent of an action, now that its way back is known; then apply."""
    step = turn.state.current_step
    if turn.state.phase is not Phase.RUNNING or turn.state.held:
        return
    if not isinstance(step, Action) or step.id != report.step:
        return
    known = turn.state.step(step.id)
    if known.phase is not StepPhase.PENDING or _has_to_wait(turn, step):
        return
    if report.error is not None:
        failed = Observation(error=report.error)
        _failed(turn, step, attempt=0, observation=failed)
        return
    undo, covered = _recorded(turn.state, step, step.undo or report.undo)
    _intend(turn, step, attempt=known.attempt + 1, undo=undo, covered=covered)


def _has_to_wait(turn: Turn, step: Action) -> bool:
    """Return whether an action that was prepared may not begin any more."""
    if failing.is_to_be_skipped(turn.state, step.id):
        return True
    return window.waits(turn, turn.state.stage_of(step.id))


def _recorded(
    state: RolloutState, step: Action, own: Operation | None
) -> tuple[Operation | None, bool]:
    """Return the way back to record: of a retried action the first is the true one."""
    tried = any(undo.step == step.id for undo in state.undos)
    return (None, True) if step.harmless or tried else way_back(state, step, own)


def applied(turn: Turn, report: ReportApplied) -> None:
    """Take up what came of an action; a report of an earlier attempt is ignored."""
    step, known = turn.state.find_step(report.step), turn.state.step(report.step)
    if not isinstance(step, Action) or known.phase not in _BEGUN:
        return
    if known.attempt != report.attempt:
        return
    seen = report.observation
    if expectation.succeeded(seen):
        _record_applied(turn, step, report.attempt, seen)
    else:
        _failed(turn, step, attempt=report.attempt, observation=seen)


def _record_applied(
    turn: Turn, step: Action, attempt: int, observation: Observation
) -> None:
    turn.record(
        ActionApplied(
            at=turn.at, step=step.id, attempt=attempt, observation=observation
        )
    )
    turn.complete(step)


def _failed(
    turn: Turn, step: Action, *, attempt: int, observation: Observation
) -> None:
    turn.record(
        ActionFailed(at=turn.at, step=step.id, attempt=attempt, observation=observation)
    )
    why = "; ".join(expectation.judge((), observation).reasons)
    failing.failed(turn, step, f"'{step.title}' failed (line {step.line}): {why}")


def _intend(
    turn: Turn, step: Action, *, attempt: int, undo: Operation | None, covered: bool
) -> None:
    turn.record(
        ActionIntended(
            at=turn.at,
            step=step.id,
            attempt=attempt,
            operation=step.apply,
            undo=undo,
            covered=covered,
        )
    )
    turn.perform(Apply(step=step.id, attempt=attempt, operation=step.apply))


def way_back(
    state: RolloutState, step: Step, own: Operation | None
) -> tuple[Operation | None, bool]:
    """
    Return what reverses an action, and whether that is recorded already.

    Its own undo; else the rollback that the document gives for its stage, recorded
    once, with the first action that needs it.
    """
    stage = state.stage_of(step.id)
    if own is not None or stage.rollback is None or stage.rollback.operation is None:
        return own, False
    whole = stage.rollback.operation
    members = {each.id for each in stage.steps}
    recorded = [u for u in state.undos if u.step in members and u.operation == whole]
    if any(undo.phase is UndoPhase.ARMED for undo in recorded):
        return None, True
    # What is done by hand while, or after, the stage is taken back, is not taken back
    # with it; nor is that begun a second time: a person has to see to it.
    return (None if recorded else whole), False


def _ask_to_confirm(turn: Turn, step: Action) -> None:
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=QuestionId(f"{step.id}/confirm"),
            about=Asked.CONFIRM,
            subject=step.id,
            text=f"'{step.title}' (line {step.line}) destroys something. Run it?",
            choices=("yes", "no"),
        )
    )


def _settle(turn: Turn, step: Action, known: StepState) -> None:
    """
    Settle a doubt: its own check, else a repeat that does no harm, else a person.

    A repeat is something new: it waits while the rollout is held.
    """
    if step.check is not None:
        turn.perform(Observe(step=step.id, attempt=known.attempt, operation=step.check))
    elif step.apply.idempotent and not turn.state.held:
        _intend(turn, step, attempt=known.attempt + 1, undo=None, covered=True)
    elif step.apply.idempotent:
        return
    else:
        _ask_in_doubt(turn, step, "")


def _ask_in_doubt(turn: Turn, step: Action, why: str) -> None:
    text = (
        f"gonogo ended while '{step.title}' (line {step.line}) was under way. Was it "
        f"applied? {why}"
    )
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=_doubt(step, turn.state.step(step.id).attempt),
            about=Asked.IN_DOUBT,
            subject=step.id,
            text=text.strip(),
            choices=("applied", "not applied", "abort"),
        )
    )


def _doubt(step: Action, attempt: int) -> QuestionId:
    """Return the name of a doubt: what was said of one attempt settles no other."""
    again = f"-{attempt}" if attempt > 1 else ""
    return QuestionId(f"{step.id}/in-doubt{again}")


def observed_in_doubt(turn: Turn, step: Action, report: ReportObserved) -> None:
    """Settle a doubt by what the action's own check saw."""
    expected = (step.check_expects,) if step.check_expects else ()
    verdict = expectation.judge(expected, report.observation)
    if verdict.outcome is Outcome.PASS:
        _record_applied(turn, step, report.attempt, report.observation)
    elif verdict.outcome is Outcome.FAIL:
        _record_not_applied(turn, step)
    else:
        _ask_in_doubt(turn, step, "; ".join(verdict.reasons))


def settled_by(turn: Turn, step: Action, answer: str, by: Person) -> None:
    """Settle a doubt as a person says."""
    if answer == "applied":
        said = Observation(output=f"{by.name} says that it was applied")
        _record_applied(turn, step, turn.state.step(step.id).attempt, said)
    elif answer == "not applied":
        _record_not_applied(turn, step)


def _record_not_applied(turn: Turn, step: Action) -> None:
    turn.record(ActionNotApplied(at=turn.at, step=step.id))
    turn.withdraw(step.id, about=Asked.IN_DOUBT)
