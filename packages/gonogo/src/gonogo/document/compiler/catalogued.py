"""Ready metrics as bindings: the catalogue's query, with what tells the arms apart."""

from collections.abc import Sequence
from dataclasses import replace

from gonogo.document.bindings.bound import MetricBinding, ReadyBinding, SourceBinding
from gonogo.document.ready_metrics import CATALOGUE, Ready, ready, source_kinds
from gonogo.model.judging import Judging
from gonogo.model.operation import Asked, Query


def catalogued(asked: ReadyBinding, source: SourceBinding) -> MetricBinding | None:
    """
    Return what measures a ready metric; None where a source of this kind has it not.

    What tells the arms apart is taken from the source, where the metric does not say.

    Raises:
        ParameterMissing, ParameterUnknown: It cannot be asked so; the text says why.
    """
    found = ready(asked.name, source.source.kind)
    if found is None:
        return None
    query = Query(
        source=asked.source,
        metric_kind=found.kind,
        canary=_arm(found, asked, asked.canary, source.canary),
        control=_control(found, asked, source),
        instances=asked.instances,
    )
    judging = Judging(quantile=found.quantile)
    if asked.deadline is not None:
        query = replace(query, deadline=asked.deadline)
    if found.quantile is not None:
        query = replace(query, quantile=found.quantile)
    named = ReadyBinding(name=found.name, source=asked.source)
    return MetricBinding(
        probe=query, unit=found.unit or None, judging=judging, ready=named
    )


def names_for(kind: str) -> Sequence[str]:
    """Return the names of the metrics that are ready for a kind of source."""
    return tuple(name for name, each in CATALOGUE.items() if kind in source_kinds(each))


def _control(found: Ready, asked: ReadyBinding, source: SourceBinding) -> Asked | None:
    by_source = source.control if found.has_arms else None
    if asked.control is None and by_source is None:
        return None
    return _arm(found, asked, asked.control, source.control)


def _arm(
    found: Ready, asked: ReadyBinding, own: str | None, other: str | None
) -> Asked:
    """Return what one arm is asked for; the source's own selector where it has arms."""
    selector = own if own is not None else other if found.has_arms else None
    return found.asked(selector or "", dict(asked.parameters))
