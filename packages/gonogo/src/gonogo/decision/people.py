"""
What people say: answers, consents, pause, resume and abort.

What may not be is refused with a reason, as an event; nothing a person says is lost,
and the same word twice counts once (law 7).
"""

from gonogo.decision import action, approval, control, question, rollback, soak
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Abort, Answer, Approve, Pause, Resume
from gonogo.model.effect import AskApproval, Notify
from gonogo.model.event import (
    ApprovalGiven,
    ApprovalRefused,
    Asked,
    QuestionAnswered,
    QuestionAsked,
    RolloutPaused,
    RolloutResumed,
    SoakExtended,
)
from gonogo.model.identifiers import StepId
from gonogo.model.plan import (
    CHOICES,
    Action,
    Approval,
    Baseline,
    Question,
    Soak,
    Step,
)


def answer(turn: Turn, command: Answer) -> None:
    """Take an answer to an open question, or to one of the plan that comes later."""
    asked = turn.state.questions.get(command.question)
    if asked is None:
        _answer_early(turn, command)
        return
    word = _chosen(command.answer, asked.choices)
    if word is None:
        choices = "', '".join(asked.choices)
        _refuse(turn, command, f"'{command.answer}' is none of '{choices}'")
        return
    reason = control.may_not_agree(turn.state, asked, command, word)
    reason = reason or _may_not_proceed(turn.state, asked, command, word)
    if reason is not None:
        _refuse(turn, command, reason)
        return
    turn.record(_answered(turn, command, word, early=False))
    _act(turn, asked, word, command)


def _may_not_proceed(
    state: RolloutState, asked: QuestionAsked, command: Answer, word: str
) -> str | None:
    """Return why this person may not let a soak be over that has shown too little."""
    step = state.find_step(asked.subject)
    if asked.about is not Asked.UNDECIDED or not isinstance(step, Soak):
        return None
    if word != soak.PROCEED:
        return None
    named = control.approvers(state, step.id)
    speaker = command.by.name.casefold()
    if named and speaker not in {name.casefold() for name in named}:
        return f"only who approves its stage may proceed: {', '.join(named)}"
    return soak.may_not_proceed(state, step, command.comment)


def approve(turn: Turn, command: Approve) -> None:
    """Take a consent or a refusal; it may come before it is asked for."""
    step = turn.state.find_step(command.step)
    if command.digest != turn.state.plan.digest:
        _refuse_other_plan(turn, step, command)
        return
    if not isinstance(step, Approval):
        _refuse(turn, command, f"the plan has no approval '{command.step}'")
        return
    if _may_lapse(turn.state, step):
        approval.lapse(turn, step)
    if _said_before(turn, step, command):
        return
    reason = _may_not(turn, step, command)
    if reason is not None:
        _refuse(turn, command, reason)
        return
    turn.record(_consent(turn, step, command))


def _may_lapse(state: RolloutState, step: Approval) -> bool:
    """
    Return whether an old consent may be let go of, to be given anew.

    Not in the middle of a soak behind it: to go back to the consent, while the
    rollout is held, would leave the gates of the soak unwatched (law 4).
    """
    at = state.current_step
    watched = isinstance(at, Soak | Baseline) and state.step(at.id).started_at
    return state.stage_of(step.id) is state.current_stage and not watched


def _refuse_other_plan(turn: Turn, step: Step | None, command: Approve) -> None:
    """Refuse a consent to another plan, and ask who was asked before it changed."""
    _refuse(turn, command, "it is for another plan: the digest differs")
    if isinstance(step, Approval) and approval.is_awaited(turn.state, step):
        turn.perform(AskApproval(step=step.id, role=step.role))


def _said_before(turn: Turn, step: Approval, command: Approve) -> bool:
    if command.granted:
        return approval.holds(turn.state, step, turn.at)
    return isinstance(turn.state.approvals.get(step.id), ApprovalRefused)


def _consent(
    turn: Turn, step: Approval, command: Approve
) -> ApprovalGiven | ApprovalRefused:
    given = ApprovalGiven(
        at=turn.at,
        step=step.id,
        role=step.role,
        by=command.by,
        digest=command.digest,
        comment=command.comment,
        early=turn.state.step(step.id).started_at is None,
    )
    if command.granted:
        return given
    return ApprovalRefused(
        at=given.at,
        step=given.step,
        role=given.role,
        by=given.by,
        digest=given.digest,
        comment=given.comment,
    )


def pause(turn: Turn, command: Pause) -> None:
    """Hold the rollout; pausing twice is pausing."""
    if turn.state.phase is not Phase.RUNNING:
        _refuse(turn, command, f"the rollout is {turn.state.phase}, not running")
    elif turn.state.paused is None:
        turn.record(RolloutPaused(at=turn.at, by=command.by, reason=command.reason))


def resume(turn: Turn, command: Resume) -> None:
    """Let a paused rollout go on."""
    if turn.state.paused is None:
        _refuse(turn, command, "the rollout is not paused")
    else:
        turn.record(RolloutResumed(at=turn.at, by=command.by))


def abort(turn: Turn, command: Abort) -> None:
    """Turn back because a person says so."""
    if turn.state.phase is not Phase.RUNNING:
        _refuse(turn, command, f"the rollout is {turn.state.phase}, not running")
        return
    why = f": {command.reason}" if command.reason else ""
    reason = f"{command.by.name} aborted{why}"
    rollback.abort(turn, subject=command.by.name, reason=reason, by=command.by)


PeoplesCommand = Answer | Approve | Pause | Resume | Abort


def _refuse(turn: Turn, command: PeoplesCommand, reason: str) -> None:
    turn.reject(type(command).__name__.lower(), reason, command.by)


def _answer_early(turn: Turn, command: Answer) -> None:
    step = turn.state.find_step(command.question)
    if not isinstance(step, Question):
        _refuse(turn, command, f"no question '{command.question}' is open or to come")
        return
    if turn.state.ended:
        _answer_after_end(turn, step, command)
        return
    if command.question in turn.state.answers or turn.state.step(step.id).ended_at:
        _refuse(turn, command, f"'{command.question}' has been answered")
        return
    word = _chosen(command.answer, CHOICES[step.purpose])
    if word is None:
        choices = "', '".join(CHOICES[step.purpose])
        _refuse(turn, command, f"'{command.answer}' is none of '{choices}'")
    elif turn.state.going_back:
        _answer_too_late(turn, step, word, command)
    else:
        turn.record(_answered(turn, command, word, early=True))
        if question.is_deed(step, word):
            question.done_by_hand(turn, step, command.by)


def _answer_too_late(turn: Turn, step: Question, word: str, command: Answer) -> None:
    """Take note of what a person has done all the same, so that it is undone."""
    begun = turn.state.step(step.id).phase is StepPhase.UNDER_WAY
    if begun and question.is_deed(step, word):
        question.answered(turn, step, word, command.by)
    elif question.is_deed(step, word):
        _have_undone(turn, step, command)
    else:
        _refuse(turn, command, "the rollout is rolling back: nothing is asked any more")


def _answer_after_end(turn: Turn, step: Question, command: Answer) -> None:
    """Refuse an answer; but who has done something is told that it stands."""
    state = turn.state
    known = command.question in state.answers or state.step(step.id).ended_at
    word = _chosen(command.answer, CHOICES[step.purpose]) or ""
    if state.phase is Phase.ROLLED_BACK and not known and question.is_deed(step, word):
        _have_undone(turn, step, command)
    else:
        _refuse(turn, command, f"no question '{command.question}' is open or to come")


def _have_undone(turn: Turn, step: Question, command: Answer) -> None:
    """Call people to undo a deed that came to be known when nothing is undone for it."""
    # They may have said so in time, with no runner there to hear it: it stands, and
    # law 2 wants it named.
    where = f"the rollout is {turn.state.phase}"
    what = f"undo by hand what was done for '{step.title}' (line {step.line})"
    _refuse(turn, command, f"{where}: {what}")
    turn.perform(Notify(text=f"{command.by.name}: {what}: {where}.", urgent=True))


def _answered(
    turn: Turn, command: Answer, word: str, *, early: bool
) -> QuestionAnswered:
    return QuestionAnswered(
        at=turn.at,
        question=command.question,
        answer=word,
        by=command.by,
        comment=command.comment,
        early=early,
    )


def _chosen(answer: str, choices: tuple[str, ...]) -> str | None:
    """Return the choice that an answer names; any text where there are none."""
    said = answer.strip()
    if not choices:
        return said or None
    return next((each for each in choices if each.casefold() == said.casefold()), None)


def _act(turn: Turn, asked: QuestionAsked, word: str, command: Answer) -> None:
    step = turn.state.find_step(asked.subject)
    if asked.about is Asked.STEP and step is not None:
        question.answered(turn, step, word, command.by)
    elif asked.about is Asked.IN_DOUBT and isinstance(step, Action):
        action.settled_by(turn, step, word, command.by)
    elif asked.about is Asked.ATTENTION and isinstance(step, Soak) and word != "abort":
        turn.record(SoakExtended(at=turn.at, step=StepId(asked.subject)))
    elif asked.about is Asked.UNDECIDED and isinstance(step, Soak):
        soak.settled(turn, step, word, command.by, command.comment)
    elif step is not None:
        _act_on_failure(turn, asked, word, command, step)
    turns_back = {
        Asked.CONFIRM: "no",
        Asked.IN_DOUBT: "abort",
        Asked.ATTENTION: "abort",
        Asked.FAILED: "abort",
        Asked.UNDECIDED: soak.BACK,
    }
    if turns_back.get(asked.about) == word:
        reason = f"{command.by.name} answered '{word}' to: {asked.text}"
        rollback.abort(turn, subject=asked.subject, reason=reason, by=command.by)


def _act_on_failure(
    turn: Turn, asked: QuestionAsked, word: str, command: Answer, step: Step
) -> None:
    """Try a failed step again, or leave a step out, as people say."""
    if asked.about is Asked.SKIP and word == "yes":
        control.skipped(turn, step, command.by)
    elif asked.about is Asked.FAILED and word == "retry":
        control.retried(turn, step, command.by, command.comment)
    elif asked.about is Asked.FAILED and word == "skip":
        reason = command.comment or "it failed"
        control.ask_to_skip(turn, step, command.by, reason)


def _may_not(turn: Turn, step: Approval, command: Approve) -> str | None:
    """Return why this person may not give this consent now; None when they may."""
    state = turn.state
    if state.phase is not Phase.RUNNING:
        return f"the rollout is {state.phase}: there is nothing to approve"
    if state.step(step.id).ended_at is not None:
        return f"'{step.role}' has approved already"
    if approval.timed_out(state, step, turn.at):
        return f"it comes too late: nobody answered as {step.role} in time"
    said = state.approvals.get(step.id)
    if isinstance(said, ApprovalRefused) and state.step(step.id).started_at:
        return f"{said.by.name} has refused as {step.role}: that stands"
    return _may_not_at_all(state, step, command)


def _may_not_at_all(
    state: RolloutState, step: Approval, command: Approve
) -> str | None:
    if step.people and command.by.name not in step.people:
        names = ", ".join(step.people)
        return f"only {names} may approve as {step.role}"
    if command.granted and _own(state, command) and not state.plan.self_approval:
        return "nobody approves a rollout of their own, unless the plan says so"
    return None


def _own(state: RolloutState, command: Approve) -> bool:
    """Tell whether the plan, or a change to it, is the speaker's own."""
    authors = (state.started_by, *state.amended_by)
    return command.by.name.casefold() in {each.name.casefold() for each in authors}
