"""
The soak: how long a stage must hold, with every gate passing without interruption.

The hold counts from the first moment at which all gates have passed since the soak
began, and anew after any verdict that is not a pass (Kargo's `requiredSoakTime`). It
is over when the time is, and every gate has passed once more at or after its end.
"""

from datetime import datetime

from gonogo.decision.state import RolloutState, StepState
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.event import SoakReset, SoakStarted, StepStarted
from gonogo.model.plan import Soak
from gonogo.model.verdict import Outcome


def advance(turn: Turn, step: Soak) -> bool:
    """Hold; return whether more may follow at once."""
    known = turn.state.step(step.id)
    if known.phase is StepPhase.PENDING:
        turn.record(StepStarted(at=turn.at, step=step.id))
        return True
    since = known.since
    if since is None:
        return _begin_hold(turn, step, known)
    doubt = _not_passing(turn.state, step)
    if doubt:
        turn.record(SoakReset(at=turn.at, step=step.id, reason=doubt))
        return True
    if _proven(turn, step, since, known.started_at or since):
        return turn.complete(step)
    _call_when_late(turn, step, known)
    return False


def _begin_hold(turn: Turn, step: Soak, known: StepState) -> bool:
    """Let the hold count, once every gate has passed since the soak began."""
    judged = [turn.state.gates.get(gate) for gate in step.gates]
    began = known.started_at or turn.at
    if not all(gate and gate.holds and gate.judged_at >= began for gate in judged):
        _call_when_late(turn, step, known)
        return False
    since = _held_since(turn, step) if step.counts_held else turn.at
    turn.record(SoakStarted(at=turn.at, step=step.id, since=since))
    return True


def _held_since(turn: Turn, step: Soak) -> datetime:
    """Return since when all gates have passed and nothing was changed."""
    state = turn.state
    gates = (state.gates[gate].held_since or turn.at for gate in step.gates)
    return max(state.changed_at or state.started_at, *gates, state.started_at)


def _not_passing(state: RolloutState, step: Soak) -> str:
    judged = [state.gates[gate].verdict for gate in step.gates]
    doubts = [found for found in judged if found.outcome is not Outcome.PASS]
    return "; ".join(reason for found in doubts for reason in found.reasons)


def _proven(turn: Turn, step: Soak, since: datetime, began: datetime) -> bool:
    """
    Return whether the time is over, and every gate passed at or after its end.

    Without a duration, every gate has to have passed since the soak began.
    """
    end = since + step.duration if step.duration else began
    if turn.at < end:
        return False
    return all(turn.state.gates[gate].judged_at >= end for gate in step.gates)


def _call_when_late(turn: Turn, step: Soak, known: StepState) -> None:
    patience_from = known.patience_from or turn.at
    if turn.at < patience_from + step.limit or turn.state.held:
        return
    why = _not_passing_yet(turn.state, step)
    turn.call(step.id, f"'{step.title}' (line {step.line}) is not over in time: {why}")


def _not_passing_yet(state: RolloutState, step: Soak) -> str:
    known = [state.gates[gate] for gate in step.gates if gate in state.gates]
    reasons = [r for gate in known if not gate.passes for r in gate.verdict.reasons]
    return "; ".join(reasons) or "its gates have not all been measured"
