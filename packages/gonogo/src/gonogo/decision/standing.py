"""The standing of a rollout, read off its state."""

from gonogo.decision.schedule import next_wake
from gonogo.decision.state import RolloutState
from gonogo.model.plan import Soak
from gonogo.model.standing import Standing


def standing_of(state: RolloutState) -> Standing:
    """Return the line that a journal keeps about a rollout."""
    return Standing(
        rollout=state.rollout,
        service=state.plan.service,
        environment=state.plan.environment,
        title=state.plan.title,
        digest=state.document_plan,
        phase=state.phase.value,
        started_at=state.started_at,
        due=next_wake(state),
        ended_at=state.ended_at,
        soaking=_soaking(state),
    )


def _soaking(state: RolloutState) -> bool:
    if state.going_back or state.questions:
        return False
    return isinstance(state.current_step, Soak)
