"""Stages and steps: entered, started, judged and completed."""

from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import phased, stepped
from gonogo.decision.state import GateState, RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.model import event as events
from gonogo.model.plan import Check, Soak
from gonogo.model.verdict import Outcome


@fold.register
def _(event: events.StageEntered, state: RolloutState) -> RolloutState:
    ids = [stage.id for stage in state.plan.stages]
    return changed(state, stage=ids.index(event.stage))


@fold.register
def _(event: events.StepStarted, state: RolloutState) -> RolloutState:
    step = state.find_step(event.step)
    if isinstance(step, Soak):
        state = _tested_anew(state, step)
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        attempt=event.attempt,
        started_at=state.step(event.step).started_at or event.at,
        patience_from=event.at,
        not_before=None,
    )


@fold.register
def _(event: events.StepCompleted, state: RolloutState) -> RolloutState:
    # A deed that its window kept waiting may have been done by hand before.
    state = changed(state, awaited=None) if state.awaited else state
    return stepped(state, event.step, StepPhase.DONE, ended_at=event.at)


@fold.register
def _(event: events.RolloutCompleted, state: RolloutState) -> RolloutState:
    return changed(phased(state, Phase.COMPLETED), ended_at=event.at)


@fold.register
def _(event: events.CheckJudged, state: RolloutState) -> RolloutState:
    step = state.find_step(event.step)
    if not isinstance(step, Check) or event.verdict.outcome is Outcome.PASS:
        return state
    if event.verdict.outcome is Outcome.INCONCLUSIVE:
        return state
    retry_at = event.at + step.retry_delay
    return stepped(state, event.step, StepPhase.PENDING, not_before=retry_at)


def _tested_anew(state: RolloutState, step: Soak) -> RolloutState:
    """Return the state with a test that begins now for each gate of a soak."""
    known = {name: state.gates[name] for name in step.gates if name in state.gates}
    anew = {name: _gate_anew(state, step, gate) for name, gate in known.items()}
    return changed(state, gates={**state.gates, **anew}) if anew else state


def _gate_anew(state: RolloutState, step: Soak, gate: GateState) -> GateState:
    """
    Return a gate as a soak begins with it: what was held may count, no final look does.

    The final look of an earlier soak was one of another length: were it taken for this
    one's, the soak would be over with nothing shown (law 1).
    """
    if step.counts_held and _is_of_now(state, gate):
        return changed(gate, concluded=None)
    return changed(gate, evidence=None, concluded=None, seen=(), counts=None)


def _is_of_now(state: RolloutState, gate: GateState) -> bool:
    """Tell whether all that a test has seen came after the last change."""
    first = gate.evidence.first if gate.evidence else None
    return first is not None and first >= (state.changed_at or state.started_at)
