"""
Who judges a gate, and what a look means to it.

By evidence where a source counts and the limit can be tested so; as Kayenta does where
a gate says so; else by the plain limit. Teams that come from Argo count measurements:
then what is judged is how many went which way.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gonogo.analysis import threshold
from gonogo.analysis.counting import Counts, Limits, Phase, assess, counted
from gonogo.analysis.evidence import Trial, Unfit, judge, trial_of
from gonogo.analysis.shares import by_evidence, share_of
from gonogo.decision.hold import ends_at_last_look, is_counted
from gonogo.decision.state import GateState, RolloutState, Seen
from gonogo.model.condition import Relative
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.identifiers import GateId
from gonogo.model.judging import Counting, JudgeName
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric, Soak
from gonogo.model.sample import Arm
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict

# So many looks are kept for a judge that looks back: an hour of one a minute is what
# Kayenta asks for; more would make every record of the state larger.
MOST_SEEN = 60

Trials = Mapping[GateId, Trial | Unfit]

_DECIDED = frozenset(
    {
        Finding.HARM,
        Finding.WITHIN_LIMIT,
        Finding.NO_HARM_SEEN,
        Finding.UNDERPOWERED,
    }
)
_PLAIN = Unfit("its gate asks for it")
_NUMBER = Unfit("its source gave no more than a number")


def trials(
    state: RolloutState, gates: Mapping[GateId, Gate], soak: Soak | None
) -> Trials:
    """
    Return what is tested of each gate of a source, or why evidence does not judge it.

    The share of false alarms that the plan allows is divided between the gates by
    evidence that may be in force together.
    """
    asked = {name: gate for name, gate in gates.items() if is_counted(state, name)}
    if not asked:
        return {}
    alpha = share_of(state.plan)
    return {
        name: _trial(state, gate, soak, alpha=alpha) for name, gate in asked.items()
    }


def _trial(
    state: RolloutState, gate: Gate, soak: Soak | None, *, alpha: float
) -> Trial | Unfit:
    metric = state.metric(gate.metric)
    if not by_evidence(gate, metric):
        return _PLAIN
    own = soak is not None and gate.id in soak.gates
    # A soak of a single look ends no test: what it may show then is said in the plan.
    duration = soak.duration or None if soak is not None and own else None
    baseline = state.tallies.get(metric.name)
    return trial_of(gate, metric, duration=duration, alpha=alpha, baseline=baseline)


# -- one look ------------------------------------------------------------------------


def judged(
    state: RolloutState,
    gate: Gate,
    measurement: Measurement,
    trial: Trial | Unfit | None,
    soak: Soak | None,
) -> GateVerdict:
    """
    Return the verdict of one look on a gate.

    Args:
        state: Before it.
        gate: In force.
        measurement: Of its metric.
        trial: Of the gate; None where its metric is a plain number.
        soak: Under way.
    """
    if isinstance(trial, Trial):
        final = soak is not None and _is_final(state, gate, measurement.at, soak)
        return _weighed(state, gate, measurement, trial, final=final)
    if gate.judge is JudgeName.KAYENTA:
        verdict = _as_kayenta(state, gate, measurement, state.gates.get(gate.id))
    else:
        verdict = _by_limit(state, gate, measurement, trial)
    return _as_counted(state, gate, verdict)


def _as_counted(state: RolloutState, gate: Gate, verdict: Verdict) -> GateVerdict:
    """Return a verdict as it counts: by itself, or among the others."""
    counting = state.metric(gate.metric).counting
    if counting is None:
        return GateVerdict(gate=gate.id, verdict=verdict)
    return _counted(gate, verdict, state.gates.get(gate.id), counting)


def _is_final(state: RolloutState, gate: Gate, at: datetime, soak: Soak) -> bool:
    """Tell whether this look ends the planned soak for its gate: one look does."""
    known = state.gates.get(gate.id)
    if gate.id not in soak.gates or not soak.duration:
        return False
    if known is not None and known.concluded is not None:
        return False
    return ends_at_last_look(state, soak, at)


def _weighed(
    state: RolloutState,
    gate: Gate,
    measurement: Measurement,
    trial: Trial,
    *,
    final: bool,
) -> GateVerdict:
    sample = measurement.sample
    if sample is None and measurement.value is not None:
        return GateVerdict(
            gate=gate.id, verdict=_by_limit(state, gate, measurement, _NUMBER)
        )
    if sample is None:
        verdict = threshold.judge(gate, measurement, None)
        return GateVerdict(gate=gate.id, verdict=verdict, finding=Finding.NO_DATA)
    known = state.gates.get(gate.id)
    before: EvidenceState | None = known.evidence if known else None
    found = judge(trial, before, sample, at=measurement.at, final=final)
    return GateVerdict(
        gate=gate.id,
        verdict=found.verdict,
        finding=found.finding,
        evidence=found.state,
        final=final and found.finding in _DECIDED,
    )


# -- the plain limit -----------------------------------------------------------------


def _by_limit(
    state: RolloutState, gate: Gate, measurement: Measurement, unfit: Unfit | None
) -> Verdict:
    seen = _looked_back(state, gate, measurement)
    return threshold.judge(
        gate,
        measurement,
        _compared_with(state, gate, seen),
        seen=tuple(each.canary for each in seen if each.canary is not None),
        why=unfit.reason if unfit else "",
    )


def _looked_back(
    state: RolloutState, gate: Gate, measurement: Measurement
) -> tuple[Seen, ...]:
    """Return the looks of a gate's window, this one last; only this one without."""
    this = seen_in(state.metric(gate.metric), measurement)
    known = state.gates.get(gate.id)
    if gate.window is None or known is None:
        return (this,)
    first = measurement.at - gate.window
    return (*(each for each in known.seen if each.at > first), this)


def _compared_with(
    state: RolloutState, gate: Gate, seen: Sequence[Seen]
) -> float | None:
    """Return what a relative limit is held against; None where there is nothing."""
    if gate.condition.relative is Relative.CONTROL:
        beside = [each.control for each in seen if each.control is not None]
        return sum(beside) / len(beside) if beside else None
    return state.baselines.get(gate.metric)


# -- as others judge -----------------------------------------------------------------


def _as_kayenta(
    state: RolloutState, gate: Gate, measurement: Measurement, known: GateState | None
) -> Verdict:
    if measurement.error is not None:
        return threshold.judge(gate, measurement, None)
    # Not at the top: few plans need it, and every command reads this module.
    from gonogo.analysis.kayenta import judge_kayenta  # noqa: PLC0415

    this = seen_in(state.metric(gate.metric), measurement)
    seen = (*(known.seen if known else ()), this)
    return judge_kayenta(
        gate,
        tuple(each.canary for each in seen if each.canary is not None),
        tuple(each.control for each in seen if each.control is not None),
    )


def _counted(
    gate: Gate, verdict: Verdict, known: GateState | None, counting: Counting
) -> GateVerdict:
    before = known.counts if known and known.counts else Counts()
    limits = Limits(
        failure=counting.failure,
        inconclusive=counting.inconclusive,
        consecutive_error=counting.consecutive_error,
        consecutive_success=counting.consecutive_success,
        repeats=True,
    )
    found = assess(limits, counted(before, verdict.outcome))
    counts_success = counting.consecutive_success > 0
    going_on = Outcome.INCONCLUSIVE if counts_success else Outcome.PASS
    outcome = _PHASES.get(found.phase, going_on)
    reasons = (*verdict.reasons, f"counted: {found.reason}")
    return GateVerdict(
        gate=gate.id,
        verdict=Verdict(outcome=outcome, reasons=reasons),
        measured=verdict.outcome,
    )


_PHASES: Mapping[Phase, Outcome] = {
    Phase.SUCCESSFUL: Outcome.PASS,
    Phase.FAILED: Outcome.FAIL,
    Phase.INCONCLUSIVE: Outcome.INCONCLUSIVE,
    Phase.ERROR: Outcome.ERROR,
}


# -- what is looked back over --------------------------------------------------------


def seen_in(metric: Metric, measurement: Measurement) -> Seen:
    """Return what a judge that looks back needs of one look."""
    sample, probe = measurement.sample, metric.probe
    if sample is None or not isinstance(probe, Query):
        value = measurement.value
        number = None if isinstance(value, str) or value is None else float(value)
        return Seen(at=measurement.at, canary=number)
    return Seen(
        at=measurement.at,
        canary=_shown(probe, sample.canary),
        control=_shown(probe, sample.control),
    )


def _shown(probe: Query, arm: Arm | None) -> float | None:
    # Not at the top: only what a source counts needs it.
    from gonogo.analysis.reducing import shown  # noqa: PLC0415

    return shown(probe.metric_kind, arm, quantile=probe.quantile)


def is_plain(state: RolloutState, gate: Gate) -> bool:
    """Tell whether one number and one limit are all there is to judge by."""
    metric = state.metric(gate.metric)
    more = isinstance(metric.probe, Query) or metric.counting is not None
    return not (more or looks_back(gate))


def looks_back(gate: Gate) -> bool:
    """Tell whether the judge of a gate needs earlier looks than the last."""
    return gate.window is not None or gate.judge is JudgeName.KAYENTA
