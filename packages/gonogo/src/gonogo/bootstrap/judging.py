"""
Judging the past: a plan's sources asked about stretches that are long over.

The sources are the plan's, and so is the operator that asks them; only its clock stands
where the past is looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from gonogo.adapters.operators import RedactingOperator, Redactor
from gonogo.adapters.sources import QueryOperator, opened
from gonogo.analysis.calibration import (
    Calibrated,
    TooLittle,
    calibrated_counts,
    calibrated_gauge,
)
from gonogo.analysis.expecting import Expected, covered, expected_of, knows
from gonogo.analysis.halving import Look, counted, differences, members, split
from gonogo.analysis.measuring import measurement_of
from gonogo.analysis.retrospect import Retrospect, retrospect
from gonogo.analysis.shares import share_of
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.bootstrap.performers import own_values, values_of
from gonogo.model.identifiers import MetricName, RolloutId
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric, Plan
from gonogo.model.sample import MetricKind, Sample
from gonogo.model.series import Series
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Measurement
from gonogo.ports.source import SourceFailed

_NOBODY = RolloutId("past")
"""Queries may name the rollout; of the past there is none."""

DAY = timedelta(days=1)

Progress = Callable[[str, int, int], None]
"""Told which metric is asked, and how many looks of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """
    A stretch of the past, and how often it is looked at.

    Attributes:
        since: Exclusive; `until` is inclusive, and later.
        every: Between two looks; > 0.
    """

    since: datetime
    until: datetime
    every: timedelta

    @property
    def duration(self) -> timedelta:
        """Return how long it is."""
        return self.until - self.since

    @property
    def looks(self) -> int:
        """Return how many looks it has."""
        return -(-self.duration // self.every)

    def stretches(self) -> Iterator[Stretch]:
        """Yield the stretches of the looks, oldest first; the last may be short."""
        for number in range(self.looks):
            start = self.since + number * self.every
            yield Stretch(start, min(start + self.every, self.until))


class NotCalibrated(Exception):
    """The noise of a metric could not be measured; the text says why."""


class Past:
    """
    The sources of a plan, as they were.

    Args:
        plan: Has the sources.
        environ: The environment of the process.
        folder: The document's.
        progress: Told after each look.
    """

    def __init__(
        self,
        plan: Plan,
        environ: Mapping[str, str],
        folder: Path,
        progress: Progress | None = None,
    ) -> None:
        self._plan, self._progress = plan, progress
        self._at: datetime | None = None
        self._redact = Redactor(values_of(plan, environ, _NOBODY).secrets())
        own = own_values(plan, _NOBODY)
        self._sources = opened(plan, environ, folder=folder, own=own)
        operator = QueryOperator(self._sources, now=self._now)
        self._operator = RedactingOperator(operator, self._redact)

    def __enter__(self) -> Self:
        """Return the sources, which `with` closes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of files and connections."""
        self._sources.close()

    def measurements(self, metric: Metric, period: Period) -> tuple[Measurement, ...]:
        """Return what a counted metric gave, look by look, oldest first."""
        looks = self._told(metric, period)
        return tuple(self._measured(metric, stretch) for stretch in looks)

    def judged(
        self, gates: Iterable[tuple[Gate, Metric]], period: Period
    ) -> Iterator[Retrospect]:
        """Yield what is found of each gate over a period, each metric asked once."""
        known: dict[MetricName, tuple[Measurement, ...]] = {}
        for gate, metric in gates:
            if metric.name not in known:
                known[metric.name] = self.measurements(metric, period)
            yield retrospect(
                gate,
                replace(metric, cadence=period.every),
                known[metric.name],
                duration=period.duration,
                alpha=share_of(self._plan),
            )

    def expected(self, metric: Metric, now: datetime) -> Expected:
        """
        Return what was usual of a metric in the day before.

        A source that is younger than that is asked about the time it has data of.
        """
        day = self._measured(metric, Stretch(now - DAY, now))
        if not knows(day):
            return expected_of(day, DAY)

        def knows_of_before(age: timedelta) -> bool:
            return knows(self._measured(metric, Stretch(now - DAY, now - age)))

        known = covered(knows_of_before, DAY, metric.cadence)
        if known >= DAY:
            return expected_of(day, DAY)
        return expected_of(self._measured(metric, Stretch(now - known, now)), known)

    def calibrated(self, metric: Metric, query: Query, period: Period) -> "Noisy":
        """
        Return the noise that a period showed of a metric.

        Raises:
            NotCalibrated: The source could not be asked, or showed too little.
        """
        try:
            return self._calibrated(metric, query, period)
        except (SourceFailed, TooLittle, Unreadable) as failed:
            raise NotCalibrated(self._redact(str(failed))) from failed

    def _calibrated(self, metric: Metric, query: Query, period: Period) -> "Noisy":
        looks = tuple(
            self._look(query, stretch) for stretch in self._told(metric, period)
        )
        found = members(looks)
        if len(found) > 1:
            samples: tuple[Sample, ...] = tuple(split(query, looks))
        elif query.control is not None:
            samples = self._arms(metric, period)
        else:
            text = (
                "it gives one series, which cannot be split in halves: ask for it by "
                "instance, or give it a control"
            )
            raise TooLittle(text)
        calibrated = _noise(query, samples)
        return Noisy(metric=metric, calibrated=calibrated, members=len(found))

    def _arms(self, metric: Metric, period: Period) -> tuple[Sample, ...]:
        """Return the canary beside the control, for times when both ran the same."""
        seen = self.measurements(metric, period)
        return tuple(each.sample for each in seen if each.sample is not None)

    def _look(self, query: Query, stretch: Stretch) -> Look:
        """Return what the control gave; the canary, where there is no control."""
        self._at = stretch.until
        asked: Asked = query.control or query.canary
        events = self._series(query, asked.events, stretch)
        exposure = (
            None
            if asked.exposure is None
            else self._series(query, asked.exposure, stretch)
        )
        return Look(stretch, tuple(events), exposure)

    def _series(self, query: Query, text: str, stretch: Stretch) -> tuple[Series, ...]:
        source = self._sources.get(query.source)
        if source is None:
            message = f"The plan has no source '{query.source}'."
            raise SourceFailed(message)
        found = source.series(
            self._sources.names.query(text),
            since=stretch.since,
            until=stretch.until,
            deadline=query.deadline,
        )
        return tuple(found)

    def _measured(self, metric: Metric, stretch: Stretch) -> Measurement:
        self._at = stretch.until
        ticket = Ticket(rollout=_NOBODY, subject=metric.name, since=stretch.since)
        seen = self._operator.perform(metric.probe, _Never(), ticket)
        return measurement_of(seen, stretch.until)

    def _told(self, metric: Metric, period: Period) -> Iterator[Stretch]:
        """Yield the stretches of a period, each told when the next is wanted."""
        for number, stretch in enumerate(period.stretches(), start=1):
            yield stretch
            if self._progress is not None:
                self._progress(metric.name, number, period.looks)

    def _now(self) -> datetime:
        assert self._at is not None  # noqa: S101  # set before anything is asked
        return self._at


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy:
    """
    The noise of one metric.

    Attributes:
        members: So many instances were split in halves; 1: the canary stood beside the
            control, which is right only for a time when both ran the same.
    """

    metric: Metric
    calibrated: Calibrated
    members: int


def _noise(query: Query, samples: tuple[Sample, ...]) -> Calibrated:
    if query.metric_kind is MetricKind.GAUGE:
        return calibrated_gauge(differences(samples))
    return calibrated_counts(counted(query.metric_kind, samples, query.quantile))


class _Never:
    """Nobody cancels a look at the past but by ending the command."""

    def is_set(self) -> bool:
        """Return False."""
        return False
