"""The gates of a status: those in force, and those that the current stage judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

from gonogo.analysis.threshold import limit_text
from gonogo.decision import RolloutState
from gonogo.decision.gate import in_force, trial_under_way
from gonogo.decision.transitions import Phase
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.plan import Gate, Holds, Soak
from gonogo.model.verdict import Outcome
from gonogo.report.wording import number_text, unit_of, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStatus:
    """
    One gate with its last measurement.

    Attributes:
        limit: As people write it: '< 500 ms', '< +5 % against baseline'.
        in_force: It may end the rollout now; else it is shown for what it said last.
        value: The metric's last value; None when not measured, or without data.
        shown: The same for people, with its unit: '0.4 %', 'no data'.
        error: Why the last measurement could not be taken.
        verdict: None before the first.
        bad: So many fails in a row; `consecutive` of them end the rollout.
        tripped: It is what turned the rollout back.
        evidence: What was found so far, where evidence judges it; '' elsewhere.
    """

    id: GateId
    title: str
    line: int
    metric: MetricName
    limit: str
    holds: Holds
    in_force: bool
    value: float | str | None
    shown: str
    error: str | None
    measured_at: datetime | None
    verdict: Outcome | None
    reasons: tuple[str, ...]
    held_since: datetime | None
    bad: int
    consecutive: int
    tripped: bool
    evidence: str = ""


def gates_of(state: RolloutState) -> tuple[GateStatus, ...]:
    """Return the gates that matter now, in the order of the plan."""
    forcing = {gate.id for gate in in_force(state)}
    soak = _soak_gates(state)
    tripped = state.aborted.gate if state.aborted else None
    wanted = forcing | soak | {gate for gate in (tripped,) if gate}
    stage = state.current_stage
    every = (*state.plan.triggers, *(stage.gates if stage else ()))
    return tuple(
        _status(state, gate, in_force=gate.id in forcing, tripped=gate.id == tripped)
        for gate in every
        if gate.id in wanted or gate.id in state.gates
    )


def _soak_gates(state: RolloutState) -> set[GateId]:
    step = state.current_step
    running = state.phase is Phase.RUNNING
    return set(step.gates) if running and isinstance(step, Soak) else set()


def _status(
    state: RolloutState, gate: Gate, *, in_force: bool, tripped: bool
) -> GateStatus:
    metric = state.metrics.get(gate.metric)
    judged = state.gates.get(gate.id)
    last = metric.last if metric else None
    return GateStatus(
        id=gate.id,
        title=gate.title,
        line=gate.line,
        metric=gate.metric,
        limit=limit_text(gate.condition),
        holds=gate.holds,
        in_force=in_force,
        value=last.value if last else None,
        shown=_shown(state, gate),
        error=last.error if last else None,
        measured_at=last.at if last else None,
        verdict=judged.verdict.outcome if judged else None,
        reasons=judged.verdict.reasons if judged else (),
        held_since=judged.held_since if judged else None,
        bad=judged.bad if judged else 0,
        consecutive=gate.consecutive,
        tripped=tripped,
        evidence=_evidence(state, gate),
    )


# A weight of evidence above this is as good as certain; the number says no more.
_CERTAIN = 1_000_000
_FOUND: Mapping[Finding, str] = {
    Finding.HARM: "harm is proven",
    Finding.WITHIN_LIMIT: "the limit is proven kept",
    Finding.NO_HARM_SEEN: "no harm seen",
    Finding.UNDERPOWERED: "too little shown",
    Finding.UNDECIDED: "no harm shown",
    Finding.NO_DATA: "no data",
    Finding.UNTRUSTED: "not to be trusted",
    Finding.NOT_ATTRIBUTABLE: "not to be laid to the change",
}


def _evidence(state: RolloutState, gate: Gate) -> str:
    """Return how a test stands, in a phrase: 'evidence 1.2 of 40 against; no harm shown'."""
    known, trial = state.gates.get(gate.id), trial_under_way(state, gate.id)
    if known is None or known.finding is None:
        return ""
    found = _FOUND[known.finding]
    if known.evidence is None or trial is None or known.finding is Finding.WITHIN_LIMIT:
        return found
    weight = min(exp(min(known.evidence.harm.now, log(_CERTAIN))), _CERTAIN)
    bar = 1 / trial.alpha_anytime
    return f"evidence {number_text(weight)} of {number_text(bar)} against; {found}"


def _shown(state: RolloutState, gate: Gate) -> str:
    known = state.metrics.get(gate.metric)
    if known is None:
        return "not measured yet"
    if known.last.error is not None:
        return "not measured"
    metric = next((m for m in state.plan.metrics if m.name == gate.metric), None)
    return value_text(known.last.value, unit_of(gate, metric))
