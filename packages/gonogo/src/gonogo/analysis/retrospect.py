"""
Retrospect: a stretch of the past judged look by look, as a soak would have been.

The same judges look at the same samples in the same order, so that what is found is
what a rollout would have found, and when.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.analysis import threshold
from gonogo.analysis.evidence.judge import judge
from gonogo.analysis.evidence.trial import Trial, Unfit, trial_of
from gonogo.analysis.shares import by_evidence
from gonogo.model.condition import Relative
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.judging import JudgeName
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import Arm
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospect:
    """
    What was found of one gate.

    Attributes:
        judge: Who judged it.
        verdict: The last one; where harm was proven, that.
        finding: Of evidence; None where another judged.
        at: When it was decided: harm proven, or the limit proven kept; None: only at
            the end, or not at all.
        looks: With data; `missed`, those without.
        estimate: As seen at the end, for display; None where there is none.
        bar: What evidence has to reach before the end to be a proof, ln.
        course: Look by look, for plots; to the one that decided, if that is harm.
    """

    gate: Gate
    metric: Metric
    judge: JudgeName
    verdict: Verdict
    finding: Finding | None
    at: datetime | None
    looks: int
    missed: int
    estimate: float | None = None
    bar: float | None = None
    course: tuple[tuple[Measurement, GateVerdict], ...] = ()


def retrospect(
    gate: Gate,
    metric: Metric,
    looks: Sequence[Measurement],
    *,
    duration: timedelta,
    alpha: float,
) -> Retrospect:
    """
    Judge one gate over the past.

    Args:
        gate: With its limit.
        metric: Of the gate; its probe is a query.
        looks: Its measurements, oldest first, non-empty; with the last the soak ends.
        duration: From the beginning to the last look.
        alpha: The gate's share of the false alarms.
    """
    if gate.judge is JudgeName.KAYENTA:
        return _as_kayenta(gate, metric, looks)
    trial: Trial | Unfit = Unfit("its gate asks for it")
    if by_evidence(gate, metric):
        trial = trial_of(gate, metric, duration=duration, alpha=alpha)
    if isinstance(trial, Unfit):
        return _by_limit(gate, metric, looks, trial)
    return _by_evidence(gate, metric, looks, trial)


def _by_evidence(
    gate: Gate, metric: Metric, looks: Sequence[Measurement], trial: Trial
) -> Retrospect:
    state: EvidenceState | None = None
    course: list[tuple[Measurement, GateVerdict]] = []
    estimate, decided = None, None
    for look in looks:
        found = _weighed(gate, look, trial, state, final=look is looks[-1])
        if isinstance(found, GateVerdict):
            course.append((look, found))
            continue
        verdict, estimate, state = found
        course.append((look, verdict))
        decided = _decided_at(decided, look, verdict)
        if verdict.finding is Finding.HARM:
            break
    last = course[-1][1]
    return Retrospect(
        gate=gate,
        metric=metric,
        judge=JudgeName.EVIDENCE,
        verdict=last.verdict,
        finding=last.finding,
        at=decided,
        looks=state.looks if state else 0,
        missed=len(course) - (state.looks if state else 0),
        estimate=estimate,
        bar=-math.log(trial.alpha_anytime),
        course=tuple(course),
    )


def _weighed(
    gate: Gate,
    look: Measurement,
    trial: Trial,
    state: EvidenceState | None,
    *,
    final: bool,
) -> GateVerdict | tuple[GateVerdict, float | None, EvidenceState]:
    """Return the verdict of a look, and how to go on; a look without data is skipped."""
    if look.sample is None:
        verdict = threshold.judge(gate, look, None)
        return GateVerdict(gate=gate.id, verdict=verdict, finding=Finding.NO_DATA)
    found = judge(trial, state, look.sample, at=look.at, final=final)
    verdict = found.verdict
    said = GateVerdict(
        gate=gate.id, verdict=verdict, finding=found.finding, evidence=found.state
    )
    return said, found.estimate, found.state


def _decided_at(
    decided: datetime | None, look: Measurement, said: GateVerdict
) -> datetime | None:
    if said.finding is Finding.HARM:
        return look.at
    if said.finding is Finding.WITHIN_LIMIT:
        return decided or look.at
    return decided


def _by_limit(
    gate: Gate, metric: Metric, looks: Sequence[Measurement], unfit: Unfit
) -> Retrospect:
    """Judge by the plain limit; so many bad looks in a row fail as the gate says."""
    bad, missed = 0, 0
    course: list[tuple[Measurement, GateVerdict]] = []
    for look in looks:
        verdict = threshold.judge(
            gate, look, _control(gate, metric, look), why=unfit.reason
        )
        course.append((look, GateVerdict(gate=gate.id, verdict=verdict)))
        missed += verdict.outcome in {Outcome.ERROR, Outcome.INCONCLUSIVE}
        bad = bad + 1 if verdict.outcome is Outcome.FAIL else 0
        if bad >= gate.consecutive:
            break
    failed = bad >= gate.consecutive
    return Retrospect(
        gate=gate,
        metric=metric,
        judge=JudgeName.THRESHOLD,
        verdict=course[-1][1].verdict,
        finding=None,
        at=course[-1][0].at if failed else None,
        looks=len(course) - missed,
        missed=missed,
        course=tuple(course),
    )


def _control(gate: Gate, metric: Metric, look: Measurement) -> float | None:
    if gate.condition.relative is not Relative.CONTROL or look.sample is None:
        return None
    return _shown(metric, look.sample.control)


def _as_kayenta(gate: Gate, metric: Metric, looks: Sequence[Measurement]) -> Retrospect:
    # Not at the top: few plans ask for it.
    from gonogo.analysis.kayenta import judge_kayenta  # noqa: PLC0415

    samples = [look.sample for look in looks if look.sample is not None]
    canary = [_shown(metric, each.canary) for each in samples]
    control = [_shown(metric, each.control) for each in samples]
    verdict = judge_kayenta(gate, _known(canary), _known(control))
    known = len(_known(canary))
    return Retrospect(
        gate=gate,
        metric=metric,
        judge=JudgeName.KAYENTA,
        verdict=verdict,
        finding=None,
        at=None,
        looks=known,
        missed=len(looks) - known,
        course=((looks[-1], GateVerdict(gate=gate.id, verdict=verdict)),),
    )


def _known(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _shown(metric: Metric, arm: Arm | None) -> float | None:
    from gonogo.analysis.reducing import shown  # noqa: PLC0415  # as above

    if not isinstance(metric.probe, Query):
        return None
    return shown(metric.probe.metric_kind, arm, quantile=metric.probe.quantile)
