"""What a soak ended with, for a gate by evidence, in a few words."""

from gonogo.analysis.figures import figures, share_text
from gonogo.model.evidence import Finding, Totals
from gonogo.model.operation import Query
from gonogo.model.plan import Metric
from gonogo.model.sample import MetricKind
from gonogo.model.verdict import GateVerdict

_FOUND = {
    Finding.HARM: "worse than its limit allows",
    Finding.WITHIN_LIMIT: "proven to keep its limit",
    Finding.NO_HARM_SEEN: "no harm seen, and harm would have been",
    Finding.UNDERPOWERED: "undecided, harm could have gone unseen",
    Finding.UNDECIDED: "no harm shown so far",
    Finding.NO_DATA: "no data",
    Finding.UNTRUSTED: "not to be trusted",
    Finding.NOT_ATTRIBUTABLE: "not the change's doing",
}


def found_text(metric: Metric | None, found: GateVerdict) -> str:
    """
    Return a finding and what the arms came to: 'proven to keep its limit, canary 5 %'.

    Returns:
        '' where another judge than that by evidence has judged.
    """
    if found.finding is None:
        return ""
    probe, evidence = metric.probe if metric else None, found.evidence
    arms: tuple[str, ...] = ()
    if evidence is not None and isinstance(probe, Query):
        arms = _arms(probe.metric_kind, evidence.totals)
    return ", ".join((_FOUND[found.finding], *arms))


def _arms(kind: MetricKind, totals: Totals) -> tuple[str, ...]:
    """Return what was counted of each arm; of levels, only their ratio is kept."""
    if kind is MetricKind.GAUGE:
        return ()
    arms = {
        "canary": (totals.canary_events, totals.canary_exposure),
        "control": (totals.control_events, totals.control_exposure),
    }
    return tuple(
        f"{name} {_rate(kind, events / exposure)}"
        for name, (events, exposure) in arms.items()
        if exposure > 0
    )


def _rate(kind: MetricKind, rate: float) -> str:
    match kind:
        case MetricKind.COUNT:
            return f"{figures(rate)} an hour"
        case MetricKind.QUANTILE:
            return f"{share_text(rate)} slow"
        case _:
            return share_text(rate)
