"""What a piece's part is: it serves one request, and says what the piece counted."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hardening.core import Clock, Distribution, Measure, Sample, SystemClock

LEAST: Final = 20
"""Values below which a quantile, or a mean, is not given but as 0."""


class Piece:
    """
    One service with one piece of the kit in it, behind the place's switch.

    Attributes:
        workers: How many requests are served at once.
        clock: Measures how long a request takes.
    """

    workers = 1
    clock: Clock = SystemClock()

    def serve(self, user: str) -> None:
        """
        Serve one request of a user.

        Raises:
            Exception: The request has failed: the user got no answer.
        """
        raise NotImplementedError

    def readings(self) -> Mapping[str, float]:
        """Return the piece's own numbers, by the names that the document asks for."""
        raise NotImplementedError


class UpstreamFailed(Exception):
    """What the service depends on did not answer."""


class Upstream:
    """
    Something far away that answers, but for every so-manieth call.

    Args:
        fails_every: 400 is a service that nobody worries about.
    """

    def __init__(self, fails_every: int = 400) -> None:
        self._fails_every = fails_every
        self._calls = 0

    def ask(self, *_: object) -> str:
        """Return an answer, whatever the question, or raise `UpstreamFailed`."""
        self._calls += 1
        if self._calls % self._fails_every == 0:
            raise UpstreamFailed
        return "an answer"


class SimulatedClock(SystemClock):
    """The system's clock, on which a wait is over at once, and counts all the same."""

    def __init__(self) -> None:
        super().__init__()
        self._waited_s = 0.0

    def monotonic_s(self) -> float:
        """Return seconds since a start, waits included."""
        return super().monotonic_s() + self._waited_s

    def wait(self, span_s: float) -> None:
        """Count a wait."""
        self._waited_s += span_s

    async def wait_async(self, span_s: float) -> None:
        """Count a wait."""
        self._waited_s += span_s


def total(measures: Iterable[Measure], name: str, **labels: str) -> float:
    """
    Return the sum of a measure's samples that have these labels; 0 without any.

    The value of a histogram is how many values it has seen.
    """
    return sum(
        sample.value.count if isinstance(sample.value, Distribution) else sample.value
        for sample in _samples(measures, name, labels)
    )


def quantile_ms(
    measures: Iterable[Measure], name: str, share: float, **labels: str
) -> float:
    """Return the bound, in milliseconds, that this share of a histogram does not pass."""
    for seen in _distributions(measures, name, labels):
        return 1000 * next(b for b, n in seen.buckets if n >= share * seen.count)
    return 0.0


def mean_ms(measures: Iterable[Measure], name: str) -> float:
    """Return the mean of a histogram, in milliseconds."""
    for seen in _distributions(measures, name, {}):
        return 1000 * seen.total / seen.count
    return 0.0


def rate_pct(part: float, whole: float, *, least: int = LEAST) -> float:
    """Return a share in percent; of fewer than the least it says nothing, and is 0."""
    return pct(part, whole) if whole >= least else 0.0


def hit_rate_pct(hits: float, misses: float) -> float:
    """Return the share of hits in percent; a few look-ups say nothing, and are 100."""
    return pct(hits, hits + misses) if hits + misses >= LEAST else 100.0


def pct(part: float, whole: float) -> float:
    """Return a share in percent; 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def _distributions(
    measures: Iterable[Measure], name: str, labels: Mapping[str, str]
) -> Iterator[Distribution]:
    """Yield the distributions of a measure; a few values say nothing yet."""
    for sample in _samples(measures, name, labels):
        if isinstance(sample.value, Distribution) and sample.value.count >= LEAST:
            yield sample.value


def _samples(
    measures: Iterable[Measure], name: str, labels: Mapping[str, str]
) -> Iterator[Sample]:
    """Yield a measure's samples that have these labels."""
    for measure in measures:
        for sample in measure.samples if measure.name == name else ():
            if labels.items() <= dict(sample.labels).items():
                yield sample
