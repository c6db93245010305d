"""
Gathering: the measures of many sources as one family for each name.

What a server of metrics would refuse together with the whole scrape is refused here by
itself: a bad name, a value that is no number, a family of two kinds, the same series
twice.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hardening.core import (
    Distribution,
    Kind,
    Listener,
    Measure,
    Measured,
    Sample,
    ignore,
)
from hardening.metrics.events import MetricsSourceFailed

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_ERRORS = "hardening_metrics_source_errors"


class BadMeasure(Exception):
    """A measure cannot be shown beside the others."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"The measure {name!r} is left out: {why}.")


@dataclass(slots=True)
class _Family:
    """The samples of one name, from all sources, by their labels."""

    measure: Measure
    samples: dict[tuple[tuple[str, str], ...], Sample] = field(default_factory=dict)

    def add(self, measure: Measure) -> None:
        """
        Take in a source's samples, all or none.

        Raises:
            BadMeasure: They do not fit those of the other sources.
        """
        if measure.kind is not self.measure.kind:
            raise BadMeasure(measure.name, f"it is a {self.measure.kind} elsewhere")
        new = {_series(sample): sample for sample in measure.samples}
        if len(new) < len(measure.samples) or not new.keys().isdisjoint(self.samples):
            raise BadMeasure(measure.name, "another sample has the same labels")
        every = {tuple(name for name, _ in series) for series in (*self.samples, *new)}
        if len(every) > 1:
            raise BadMeasure(measure.name, "its samples have other labels elsewhere")
        self.samples |= new

    def merged(self) -> Measure:
        """Return the family as one measure."""
        one = self.measure
        return Measure(one.name, one.meaning, one.kind, tuple(self.samples.values()))


class _Families:
    """
    All families of one reading, and the names that they are written under.

    Args:
        own: What the gatherer adds itself; nobody else has its names.
    """

    def __init__(self, own: Measure) -> None:
        self._families: dict[str, _Family] = {}
        self._owners = dict.fromkeys(_written(own), "the gatherer")

    def add(self, measure: Measure) -> None:
        """
        Take in a measure.

        Raises:
            BadMeasure: It cannot be shown beside the others.
        """
        _check(measure)
        names = _written(measure)
        for name in names:
            owner = self._owners.get(name, measure.name)
            if owner != measure.name:
                raise BadMeasure(measure.name, f"{name!r} is taken by {owner}")
        family = self._families.get(measure.name) or _Family(measure)
        family.add(measure)
        self._families[measure.name] = family
        self._owners |= dict.fromkeys(names, measure.name)

    def merged(self) -> Iterator[Measure]:
        """Yield each family as one measure."""
        return (family.merged() for family in self._families.values())


class Gatherer:
    """
    Reads sources; thread-safe.

    Args:
        sources: What counts.
        listener: Told of each source that failed, at each reading.
    """

    __slots__ = ("_errors", "_listener", "_sources")

    def __init__(
        self,
        sources: Iterable[Measured],
        listener: Listener[MetricsSourceFailed] = ignore,
    ) -> None:
        self._sources = tuple(sources)
        self._listener = listener
        self._errors: Counter[str] = Counter()

    def measures(self) -> tuple[Measure, ...]:
        """Return one measure for each name, and last the sources' errors."""
        own = self._own()
        families = _Families(own)
        for source in self._sources:
            for measure in self._of(source):
                try:
                    families.add(measure)
                except Exception as error:  # noqa: BLE001 - the others are to be shown
                    self._failed(source, error)
        return (*families.merged(), self._own())

    def _of(self, source: Measured) -> Iterator[Measure]:
        """Yield a source's measures, up to its error."""
        try:
            yield from source.measures()
        except Exception as error:  # noqa: BLE001 - the others are to be shown
            self._failed(source, error)

    def _failed(self, source: Measured, error: Exception) -> None:
        """Report a source."""
        name = type(source).__name__
        self._errors[name] += 1
        self._listener(MetricsSourceFailed(source=name, error=error))

    def _own(self) -> Measure:
        """Return how often sources failed."""
        names = {type(source).__name__: None for source in self._sources}
        return Measure(
            _ERRORS,
            "How often a source of metrics could not be read, or not be shown.",
            Kind.COUNTER,
            tuple(Sample(self._errors[name], (("source", name),)) for name in names),
        )


def _series(sample: Sample) -> tuple[tuple[str, str], ...]:
    """Return what tells a series from its siblings."""
    return tuple((name, str(label)) for name, label in sorted(sample.labels))


def _written(measure: Measure) -> tuple[str, ...]:
    """Return the names that Prometheus, or OpenTelemetry, has a measure under."""
    name = measure.name
    match measure.kind:
        case Kind.COUNTER:
            return (name, f"{name.removesuffix('_total')}_total")
        case Kind.HISTOGRAM:
            return (name, f"{name}_bucket", f"{name}_count", f"{name}_sum")
        case _:
            return (name,)


def _check(measure: Measure) -> None:
    """
    Refuse what no server of metrics takes.

    Raises:
        BadMeasure: Says why.
    """
    if not _NAME.match(measure.name):
        raise BadMeasure(measure.name, "letters, digits and underscores make a name")
    if not _is_text(measure.meaning):
        raise BadMeasure(measure.name, "its meaning is no text")
    for sample in measure.samples:
        _check_labels(measure.name, sample)
        _check_value(measure, sample.value)


def _check_labels(name: str, sample: Sample) -> None:
    """Refuse labels that cannot be written."""
    if not all(_NAME.match(label) for label, _ in sample.labels):
        raise BadMeasure(name, "a label has a bad name")
    if not all(_is_text(str(content)) for _, content in sample.labels):
        raise BadMeasure(name, "a label holds what UTF-8 cannot")


def _check_value(measure: Measure, value: object) -> None:
    """Refuse what is no number, and a number of another kind."""
    if isinstance(value, Distribution) is not (measure.kind is Kind.HISTOGRAM):
        raise BadMeasure(measure.name, f"{value!r} is not of a {measure.kind}")
    numbers = _numbers_of(value) if isinstance(value, Distribution) else (value,)
    if not numbers or not all(map(_is_number, numbers)):
        raise BadMeasure(measure.name, f"{value!r} is no number")


def _numbers_of(values: Distribution) -> tuple[object, ...]:
    """Return what a distribution is written as; nothing for one without buckets."""
    bounds = tuple(number for bucket in values.buckets for number in bucket)
    return (*bounds, values.total) if bounds else ()


def _is_number(value: object) -> bool:
    """Tell what can be written as a float; some whole numbers are too large."""
    try:
        return isinstance(value, int | float) and float(value) is not None
    except OverflowError:
        return False


def _is_text(text: object) -> bool:
    """Tell what UTF-8 can hold; half of a surrogate pair it cannot."""
    try:
        return isinstance(text, str) and text.encode() is not None
    except UnicodeEncodeError:
        return False
