"""
Gathering: the measures of many sources as one family for each name.

What a server of metrics would refuse together with the whole scrape is refused here by
itself: a bad name, a family of two kinds, the same series twice.
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
        families: dict[str, _Family] = {}
        for source in self._sources:
            for measure in self._of(source):
                try:
                    _check(measure)
                    families.setdefault(measure.name, _Family(measure)).add(measure)
                except Exception as error:  # noqa: BLE001 - the others are to be shown
                    self._failed(source, error)
        return (*(family.merged() for family in families.values()), self._own())

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


def _check(measure: Measure) -> None:
    """
    Refuse what no server of metrics takes.

    Raises:
        BadMeasure: Says why.
    """
    if not _NAME.match(measure.name):
        raise BadMeasure(measure.name, "letters, digits and underscores make a name")
    if measure.name == _ERRORS:
        raise BadMeasure(measure.name, "the name is taken")
    for sample in measure.samples:
        if not all(_NAME.match(name) for name, _ in sample.labels):
            raise BadMeasure(measure.name, "a label has a bad name")
        if isinstance(sample.value, Distribution) is not (
            measure.kind is Kind.HISTOGRAM
        ):
            raise BadMeasure(
                measure.name, f"{sample.value!r} is not of a {measure.kind}"
            )
