"""
The hold of a soak: when it ends, and what of the time does not count.

Time without data proves nothing: while a gate by evidence has had none for a while, the
hold stands still, and its end is later by as much (STATISTICS 6).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gonogo.decision.remembering import remembered
from gonogo.decision.state import GateState, RolloutState, StepState
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId
from gonogo.model.operation import Query
from gonogo.model.plan import Soak
from gonogo.model.verdict import Outcome

# A gate is unwatched, and data are missing, when so many looks in a row gave nothing.
STALE_LOOKS = 3

# Of a soak's time so much may be without data before a person is asked.
# Source: STATISTICS 6.
MOST_IDLE_PART = 0.1
MOST_IDLE = timedelta(minutes=15)

_UNDECIDED = frozenset({Outcome.INCONCLUSIVE, Outcome.ERROR})


def end_of(step: Soak, known: StepState) -> datetime | None:
    """
    Return when the hold will have lasted long enough; None while it does not count.

    Time that stands still just now is not in it.
    """
    if known.since is None:
        return None
    return known.since + step.duration + known.extra


def held(step: Soak, known: StepState, at: datetime) -> timedelta:
    """Return how much of the hold has counted by now."""
    end = end_of(step, known)
    if end is None:
        return timedelta()
    left = max(end - (known.paused_since or at), timedelta())
    return max(step.duration - left, timedelta())


def ends_at_last_look(state: RolloutState, step: Soak, at: datetime) -> bool:
    """Tell whether a look at this instant is at or behind the end of the hold."""
    known = state.step(step.id)
    end = end_of(step, known)
    return end is not None and known.paused_since is None and at >= end


def awaits_end(state: RolloutState, step: Soak, end: datetime) -> bool:
    """
    Tell whether something happens at the end of a hold: a look, or that it is over.

    What a source counts is not looked at there, but when it is due anyway.
    """
    if not step.gates:
        return True
    plain = _looked_at_end(state)
    if end > state.at:
        return bool(plain)
    known = (state.gates.get(name) for name in plain)
    return any(gate is None or gate.judged_at < end for gate in known)


@remembered
def _looked_at_end(state: RolloutState) -> tuple[GateId, ...]:
    """Return the gates of the soak under way that its end is looked at for."""
    step = state.current_step
    gates = step.gates if isinstance(step, Soak) else ()
    return tuple(gate for gate in gates if not is_counted(state, gate))


def is_counted(state: RolloutState, gate: GateId) -> bool:
    """Tell whether the metric of a gate is asked of a source."""
    return isinstance(state.metric(state.gate(gate).metric).probe, Query)


def in_doubt(gate: GateState) -> bool:
    """Tell whether a gate by evidence has nothing now that it could be judged by."""
    if gate.finding is None or gate.finding is Finding.UNDERPOWERED:
        return False
    return gate.verdict.outcome in _UNDECIDED


def doubtful(state: RolloutState, step: Soak) -> Sequence[GateState]:
    """Return the gates of a soak that have nothing to be judged by, in their order."""
    known = state.gates
    judged = [known[name] for name in step.gates if name in known]
    # Asked at every event, and most gates are plain limits: a call each is too much.
    return [each for each in judged if each.finding is not None and in_doubt(each)]


def still_since(state: RolloutState, step: Soak, at: datetime) -> datetime | None:
    """
    Return since when nothing has counted, if that is long enough for the hold to stand.

    A look or two that gave nothing are made good by the next, which covers their time.
    """
    known = state.step(step.id)
    since = min((_since(gate) for gate in doubtful(state, step)), default=None)
    if since is None or known.since is None:
        return None
    return max(since, known.since) if at - since > _patience(state, step) else None


def idle(known: StepState, at: datetime) -> timedelta:
    """Return the time that did not count since a person last spoke."""
    now = timedelta() if known.paused_since is None else at - _from(known)
    return known.idle + max(now, timedelta())


def most_idle(state: RolloutState, step: Soak) -> timedelta:
    """Return how much of a soak may be without data before a person is asked."""
    part = min(step.duration * MOST_IDLE_PART, MOST_IDLE)
    return max(part, _patience(state, step))


def longest_cadence(state: RolloutState, step: Soak) -> timedelta:
    """Return the time between two looks of the gate that is looked at least often."""
    metrics = (state.metric(state.gate(gate).metric) for gate in step.gates)
    return max((metric.cadence for metric in metrics), default=timedelta())


def _from(known: StepState) -> datetime:
    """Return from when the pause counts that a person has not spoken of."""
    assert known.paused_since is not None  # noqa: S101  asked while it is paused
    return max(known.paused_since, known.patience_from or known.paused_since)


def _patience(state: RolloutState, step: Soak) -> timedelta:
    return STALE_LOOKS * longest_cadence(state, step)


def _since(gate: GateState) -> datetime:
    return gate.doubtful_since or gate.judged_at
