"""
An approval: a person's consent, in a role, to one step of the plan of one digest.

Law 7: refused, timed out and never asked are three different things; a consent that
came early counts exactly once; one that grew too old has to be given again.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from gonogo.decision import rollback
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.effect import AskApproval
from gonogo.model.event import (
    ApprovalAsked,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalRefused,
    ApprovalTimedOut,
)
from gonogo.model.plan import Approval


def advance(turn: Turn, step: Approval) -> bool:
    """Ask for a consent, and go on, back, or wait."""
    together = asked_together(turn.state, step)
    _ask(turn, together)
    if any(_turns_back(turn, each) for each in together):
        return True
    given = turn.state.approvals.get(step.id)
    if given is None:
        return False
    return lapse(turn, step) or turn.complete(step)


def asked_together(state: RolloutState, step: Approval) -> tuple[Approval, ...]:
    """Return this consent and those right behind it: they do not wait in line."""
    stage = state.stage_of(step.id)
    behind = stage.steps[stage.steps.index(step) :]
    approvals = takewhile(lambda each: isinstance(each, Approval), behind)
    return tuple(each for each in approvals if isinstance(each, Approval))


def deadlines(state: RolloutState, step: Approval) -> Iterator[datetime]:
    """Yield when the consents that are asked for now are timed out."""
    for each in asked_together(state, step):
        expires = state.step(each.id).expires
        if expires is not None and each.id not in state.approvals:
            yield expires


def lapse(turn: Turn, step: Approval) -> bool:
    """Let a consent go that is too old to count; return whether it was."""
    given = turn.state.approvals.get(step.id)
    if not isinstance(given, ApprovalGiven) or holds(turn.state, step, turn.at):
        return False
    turn.record(ApprovalLapsed(at=turn.at, step=step.id, by=given.by))
    return True


def holds(state: RolloutState, step: Approval, at: datetime) -> bool:
    """Return whether a consent was given, and is not too old to count."""
    given = state.approvals.get(step.id)
    return isinstance(given, ApprovalGiven) and at - given.at <= step.valid_for


def is_awaited(state: RolloutState, step: Approval) -> bool:
    """Return whether a consent was asked for, and nobody has answered."""
    asked = state.step(step.id).phase is StepPhase.UNDER_WAY
    return asked and step.id not in state.approvals


def timed_out(state: RolloutState, step: Approval, at: datetime) -> bool:
    """Return whether a consent was asked for and did not come in time."""
    expires = state.step(step.id).expires
    return step.id not in state.approvals and expires is not None and at >= expires


def _ask(turn: Turn, together: tuple[Approval, ...]) -> None:
    for each in together:
        if turn.state.step(each.id).phase is not StepPhase.PENDING:
            continue
        expires = turn.at + each.timeout if each.timeout else None
        turn.record(
            ApprovalAsked(at=turn.at, step=each.id, role=each.role, expires=expires)
        )
        if each.id not in turn.state.approvals:
            turn.perform(AskApproval(step=each.id, role=each.role))


def _turns_back(turn: Turn, step: Approval) -> bool:
    """Abort on a refusal and on silence, whoever else is still to answer."""
    given = turn.state.approvals.get(step.id)
    if isinstance(given, ApprovalRefused):
        reason = f"{given.by.name} refused, as {step.role} (line {step.line})"
        rollback.abort(turn, subject=step.id, reason=reason, by=given.by)
        return True
    if timed_out(turn.state, step, turn.at):
        turn.record(ApprovalTimedOut(at=turn.at, step=step.id))
        reason = f"nobody answered as {step.role} in time (line {step.line})"
        rollback.abort(turn, subject=step.id, reason=reason)
        return True
    return False
