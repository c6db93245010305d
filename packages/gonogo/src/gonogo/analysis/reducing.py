"""
Reducing: from what a source gave to the arms of a sample.

What is not there stays not there: nothing, NaN and what is stale make an arm None, with
a sentence why, and never a zero. What is there and cannot be what was asked for is an
error with a sentence (`Unreadable`).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gonogo.analysis.buckets import (
    BucketsWrong,
    added,
    aligned,
    histogram_of,
    quantile_of,
)
from gonogo.analysis.many import check_addable, check_instances, label_text
from gonogo.analysis.stretch import (
    Stretch,
    Unreadable,
    current,
    inside,
    usable,
    why_nothing,
)
from gonogo.model.sample import Arm, Histogram, Level, MetricKind, Sample, Tally
from gonogo.model.series import Series

# More events than that among an exposure are no rounding: something else was asked.
_MOST_AMONG, _FEW = 1.5, 10
_MOST_NOTES = 4
_LONGEST_NOTE = 300  # characters; notes are journaled with every look


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a source gave about one arm; `exposure` is None where it was not asked."""

    events: Sequence[Series]
    exposure: Sequence[Series] | None = None


@dataclass(frozen=True, slots=True)
class _Reduced:
    """An arm, and what there is to say about it."""

    arm: Arm | None
    notes: tuple[str, ...] = ()


def sample_of(
    kind: MetricKind,
    *,
    stretch: Stretch,
    canary: Answers,
    control: Answers | None = None,
    before: Answers | None = None,
    instances: int = 1,
) -> Sample:
    """
    Return the sample of a look.

    Args:
        kind: Of the metric.
        stretch: What was asked about.
        canary: What was given about the arm that meets the change.
        control: About the other; None where it was not asked.
        before: About the control in the hour up to the stretch, for a quantile.
        instances: So many make an hour of the stretch so many instance-hours.

    Raises:
        Unreadable: An answer cannot be what was asked for.
    """
    reduce = _REDUCE[kind]
    meets = reduce(canary, stretch, "canary", instances)
    without = (
        None if control is None else reduce(control, stretch, "control", instances)
    )
    earlier = None if before is None else _earlier(before, stretch)
    arms = _level((meets, without, earlier))
    answers = [each for each in (canary, control) if each is not None]
    told = [
        note for each in (meets, without) if each is not None for note in each.notes
    ]
    return Sample(
        since=stretch.since,
        canary=arms[0],
        control=arms[1],
        before=arms[2] if isinstance(arms[2], Histogram) else None,
        resets=sum(series.resets for series in _all(answers)),
        notes=_few(
            [*told, *(note for series in _all(answers) for note in series.notes)]
        ),
    )


def shown(kind: MetricKind, arm: Arm | None, *, quantile: float) -> float | None:
    """
    Return the one number that people are shown of an arm.

    Returns:
        A proportion in percent, a count by its exposure (an hour of an instance, where
        none was asked), a quantile or level in the unit of its source. None when there
        is none: no data, no exposure, no observation.
    """
    match arm:
        case None:
            return None
        case Tally(events=events, exposure=exposure):
            if exposure <= 0:
                return None
            return events / exposure * (100 if kind is MetricKind.PROPORTION else 1)
        case Level(mean=mean):
            return mean
        case Histogram():
            return quantile_of(arm, quantile)


# -- one arm -------------------------------------------------------------------------


def _tally(answers: Answers, stretch: Stretch, who: str, instances: int) -> _Reduced:
    events, silent = _total(answers.events, stretch, f"{who}'s events")
    if answers.exposure is None:
        exposure, unexposed = instances * stretch.hours, ""
    else:
        found, unexposed = _total(answers.exposure, stretch, f"{who}'s exposure")
        exposure = 0.0 if found is None else found
    if silent and not unexposed and exposure > 0 and answers.exposure is not None:
        silent += (
            f" Its exposure gave {exposure:g}: if a series that is not there means "
            "none, the query has to say so (in PromQL, `… or vector(0)`)."
        )
    if events is None or unexposed:
        return _Reduced(None, tuple(filter(None, (silent, unexposed))))
    return _Reduced(Tally(events=events, exposure=exposure))


def _proportion(
    answers: Answers, stretch: Stretch, who: str, instances: int
) -> _Reduced:
    """Return a tally of which the events are among the exposure."""
    reduced = _tally(answers, stretch, who, instances)
    if not isinstance(reduced.arm, Tally):
        return reduced
    events, exposure = reduced.arm.events, reduced.arm.exposure
    if events > _MOST_AMONG * exposure + _FEW:
        message = (
            f"The {who} gave {events:g} events among {exposure:g}: of a proportion, "
            "the exposure has to count everything, the events included."
        )
        raise Unreadable(message)
    # Both are asked one after the other, and are extrapolated each by itself: an
    # event is never taken for less than an exposure of its own.
    return _Reduced(Tally(events=events, exposure=max(exposure, events)), reduced.notes)


def _level_of(answers: Answers, stretch: Stretch, who: str, _: int) -> _Reduced:
    given = usable(answers.events, stretch)
    now = [(each, current(each, stretch)) for each in given]
    levels = [level for _, level in now if level is not None]
    if not levels:
        return _Reduced(None, (why_nothing(answers.events, stretch, f"{who}'s level"),))
    check_instances([each for each, level in now if level is not None], who)
    notes: tuple[str, ...] = ()
    if len(levels) < len(given):
        gone = len(given) - len(levels)
        notes = (f"Of {len(given)} instances of the {who} {gone} gave nothing new.",)
    mean = math.fsum(levels) / len(levels)
    return _Reduced(Level(mean=mean, instances=len(levels)), notes)


def _histogram(answers: Answers, stretch: Stretch, who: str, _: int) -> _Reduced:
    given = usable(answers.events, stretch)
    counts = [(each, inside(each.points, stretch)) for each in given]
    if not any(points for _, points in counts):
        what = f"{who}'s buckets"
        return _Reduced(None, (why_nothing(answers.events, stretch, what),))
    by_rest: dict[tuple[tuple[str, str], ...], dict[float, float]] = {}
    for series, points in counts:
        bound = _bound(series, who)
        rest = tuple(sorted((k, v) for k, v in series.labels.items() if k != "le"))
        if points:
            buckets = by_rest.setdefault(rest, {})
            values = (buckets.get(bound, 0.0), *(point.value for point in points))
            buckets[bound] = math.fsum(values)
    try:
        return _Reduced(added([histogram_of(each) for each in by_rest.values()]))
    except BucketsWrong as wrong:
        message = f"The {who}'s buckets are no histogram: {wrong}."
        raise Unreadable(message) from wrong


_REDUCE = {
    MetricKind.PROPORTION: _proportion,
    MetricKind.COUNT: _tally,
    MetricKind.QUANTILE: _histogram,
    MetricKind.GAUGE: _level_of,
}


def _earlier(before: Answers, stretch: Stretch) -> _Reduced:
    """Return the control's observations of the hour up to the stretch."""
    hour = Stretch(stretch.since - timedelta(hours=1), stretch.since)
    return _histogram(before, hour, "control", 1)


def _level(reduced: Sequence[_Reduced | None]) -> list[Arm | None]:
    """Return the arms, all histograms among them over the same edges."""
    arms = [None if each is None else each.arm for each in reduced]
    same = iter(aligned([arm for arm in arms if isinstance(arm, Histogram)]))
    return [next(same) if isinstance(arm, Histogram) else arm for arm in arms]


def _total(
    answer: Sequence[Series], stretch: Stretch, what: str
) -> tuple[float | None, str]:
    """Return the sum over all series, or None and the sentence why there is none."""
    given = usable(answer, stretch)
    check_addable(given, what)
    values = [point.value for each in given for point in inside(each.points, stretch)]
    if not values:
        return None, why_nothing(answer, stretch, what)
    negative = min(values)
    if negative < 0:
        message = (
            f"The {what} gave {negative:g}: a count is never negative. Ask for the "
            "increase of a counter, with the query of one metric."
        )
        raise Unreadable(message)
    return math.fsum(values), ""


def _bound(series: Series, who: str) -> float:
    """Return the upper bound of a bucket."""
    text = series.labels.get("le")
    if text is None:
        message = (
            f"The {who} gave {label_text(series)}, which is no bucket: percentiles "
            "can be neither added nor compared. Ask for the buckets: "
            "`sum by (le) (increase(NAME_bucket[$window]))`, or columns `le` and "
            "`value`."
        )
        raise Unreadable(message)
    try:
        bound = float(text)
    except ValueError:
        bound = math.nan
    if math.isnan(bound):
        message = f"The {who} gave a bucket up to '{text}', which is no number."
        raise Unreadable(message)
    return bound


def _all(answers: Iterable[Answers]) -> Iterator[Series]:
    for each in answers:
        yield from each.events
        yield from each.exposure or ()


def _few(notes: Iterable[str]) -> tuple[str, ...]:
    """Return each note once, short, and not too many."""
    short = (note.strip()[:_LONGEST_NOTE] for note in notes if note.strip())
    return tuple(dict.fromkeys(short))[:_MOST_NOTES]
