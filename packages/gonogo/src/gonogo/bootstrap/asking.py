"""
Asking: every source and metric of a plan tried once, as a run would ask them.

What is pushed to us, and what counts since ever, has nothing to say at a first look; for
these a trial waits a while between two looks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from gonogo.adapters.operators import RedactingOperator, Redactor, all_operators
from gonogo.adapters.sources import QueryOperator, Sources, kinds, opened
from gonogo.bootstrap.performers import own_values, values_of
from gonogo.model.identifiers import MetricName, RolloutId
from gonogo.model.operation import Operation, Query, Shell
from gonogo.model.plan import Metric, Plan
from gonogo.model.sample import Sample
from gonogo.model.series import Series
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Operator
from gonogo.ports.source import Source, SourceFailed

__all__ = ["Tried", "TriedMetric", "TriedSource", "kinds", "tried"]

_NOBODY = RolloutId("sources-check")
"""Queries may name the rollout; nobody's is tried."""

_AT_ONCE = 8
_SLOW = timedelta(seconds=1)  # after so long a person wants to know what is waited for
_NEVER = Event()

Progress = Callable[[Sequence[str]], None]
"""Told, each second, the metrics that are still waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedMetric:
    """
    What came of asking for a metric.

    Attributes:
        source: Its name; '' where the metric is not asked of a source.
        value: As people see it; None where there is none.
        age: How old the newest number of the canary is; None where nobody dates it.
        problem: Why there is no value, and what to do; None with a value.
        tried: False for a script, which a trial does not run.
    """

    metric: MetricName
    unit: str | None
    source: str
    value: float | str | None = None
    sample: Sample | None = None
    age: timedelta | None = None
    took_s: float = 0.0
    problem: str | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedSource:
    """
    What came of opening a source.

    Attributes:
        problem: Why it cannot be opened, and what to do; None when it was.
        heard: What was pushed to it, in words; '' for one that is asked.
    """

    name: str
    kind: str
    problem: str | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a trial."""

    sources: tuple[TriedSource, ...]
    metrics: tuple[TriedMetric, ...]

    @property
    def is_good(self) -> bool:
        """Return whether everything that was tried gave a number."""
        problems = (
            *(source.problem for source in self.sources),
            *(metric.problem for metric in self.metrics),
        )
        return all(problem is None for problem in problems)


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_waiting: Sequence[str]) -> None:
    """Tell nobody."""


def _wait(span: timedelta) -> None:
    _NEVER.wait(span.total_seconds())


def tried(
    plan: Plan,
    environ: Mapping[str, str],
    *,
    folder: Path,
    window: timedelta | None = None,
    between: timedelta = timedelta(),
    progress: Progress = _silent,
    pause: Callable[[timedelta], None] = _wait,
    now: Callable[[], datetime] = _now,
) -> Tried:
    """
    Ask every metric of a plan once, all at the same time.

    Args:
        plan: Its sources and metrics.
        environ: Where its values and connections stand.
        folder: The document's.
        window: Of a look; None: the metric's own cadence, as a run has it.
        between: How long to wait between a first look, which is thrown away, and the
            one that counts; it asks about the time since the first.
        progress: Told what is waited for.
        pause: Waits.
        now: The clock.
    """
    values = values_of(plan, environ, _NOBODY)
    redact = Redactor(values.secrets())
    own = own_values(plan, _NOBODY)
    sources = _Dated(opened(plan, environ, folder=folder, own=own, now=now))
    try:
        with TemporaryDirectory() as sessions:
            others = all_operators(
                values=values, redact=redact, folder=folder, sessions=Path(sessions)
            )
            asking = RedactingOperator(QueryOperator(sources, now=now), redact)
            look = _Look({**others, Query: asking}, sources, window=window, now=now)
            first = now()
            opening = [_opened(sources, each, plan, redact) for each in plan.sources]
            if between:
                _asked(plan, look, progress)
                pause(between)
                # As in a run, a look asks about the time since the one before it.
                look = replace(look, since=first)
            found = _asked(plan, look, progress)
        heard = (_with_heard(one, sources) for one in opening)
        return Tried(sources=tuple(heard), metrics=found)
    finally:
        sources.close()


# -- metrics -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks at one metric after another."""

    operators: Mapping[type[Operation], Operator]
    sources: "_Dated"
    window: timedelta | None
    now: Callable[[], datetime]
    since: datetime | None = None

    def at(self, metric: Metric) -> TriedMetric:
        """Return what a metric gives now."""
        probe = metric.probe
        source = probe.source if isinstance(probe, Query) else ""
        if isinstance(probe, Shell):
            return TriedMetric(
                metric=metric.name, unit=metric.unit, source="", tried=False
            )
        since = self.since or self.now() - (self.window or metric.cadence)
        ticket = Ticket(rollout=_NOBODY, subject=f"metric/{metric.name}", since=since)
        seen = self.operators[type(probe)].perform(probe, _NEVER, ticket)
        return TriedMetric(
            metric=metric.name,
            unit=metric.unit,
            source=source,
            value=seen.value,
            sample=seen.sample,
            age=self.sources.age(probe, self.now()),
            took_s=seen.took_s,
            problem=_problem(seen),
        )


def _asked(plan: Plan, look: _Look, progress: Progress) -> tuple[TriedMetric, ...]:
    """Return what every metric gives, in the order of the plan."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {pool.submit(look.at, metric): metric.name for metric in plan.metrics}
        left: set[Future[TriedMetric]] = set(asked)
        while left:
            done, left = wait(left, _SLOW.total_seconds(), FIRST_COMPLETED)
            if left and not done:
                progress([name for each, name in asked.items() if each in left])
        return tuple(each.result() for each in asked)


def _problem(seen: Observation) -> str | None:
    if seen.error is not None:
        return seen.error
    if seen.value is not None:
        return None
    notes = seen.sample.notes if seen.sample is not None else ()
    return " ".join(notes) or "It gave no data. Look at the query, and at the window."


# -- sources -------------------------------------------------------------------------


class _Dated(Sources):
    """Another plan's sources, which remember how new their newest numbers were."""

    def __init__(self, inner: Sources) -> None:
        self._inner, self.names = inner, inner.names
        self._newest: dict[tuple[str, str], datetime] = {}

    def __getitem__(self, name: str) -> Source:
        return _DatedSource(self._inner[name], name, self._newest)

    def __iter__(self) -> Iterator[str]:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)

    def close(self) -> None:
        """Let go of all of them."""
        self._inner.close()

    def heard(self, name: str) -> str:
        """Return what was pushed to a source; '' for one that is asked."""
        return str(getattr(self._inner[name], "heard", ""))

    def age(self, probe: Operation, now: datetime) -> timedelta | None:
        """Return how old the newest number of a probe's canary is."""
        if not isinstance(probe, Query):
            return None
        try:
            text = self.names.query(probe.canary.events)
        except SourceFailed:
            return None
        at = self._newest.get((probe.source, text))
        return None if at is None else max(now - at, timedelta())


@dataclass(frozen=True, slots=True)
class _DatedSource:
    inner: Source
    name: str
    newest: dict[tuple[str, str], datetime]

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        found = self.inner.series(query, since=since, until=until, deadline=deadline)
        dates = [point.at for series in found for point in series.points]
        if dates:
            self.newest[self.name, query] = max(dates)
        return found


def _opened(
    sources: _Dated, name: str, plan: Plan, redact: Callable[[str], str]
) -> TriedSource:
    kind = plan.sources[name].kind
    try:
        sources[name]
    except SourceFailed as failed:
        return TriedSource(name=name, kind=kind, problem=redact(str(failed)))
    return TriedSource(name=name, kind=kind)


def _with_heard(one: TriedSource, sources: _Dated) -> TriedSource:
    if one.problem is not None:
        return one
    return TriedSource(name=one.name, kind=one.kind, heard=sources.heard(one.name))
