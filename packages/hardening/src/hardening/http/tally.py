"""The tally: how many calls, how they ended, and how long they took, by provider."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hardening.core import Histogram, Kind, Measure, Sample
from hardening.http.provider import Provider


class Arm(NamedTuple):
    """
    Whose calls are counted together: with the switch off, a call fails otherwise.

    Attributes:
        provider: Its name.
        is_guarded: Whether there were circuit, retrier, budget and cache.
    """

    provider: str
    is_guarded: bool

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Return how it is told apart on a graph."""
        switch = "on" if self.is_guarded else "off"
        return (("provider", self.provider), ("switch", switch))


@dataclass(slots=True)
class Counts:
    """
    What is counted for one arm; threads may lose a count to one another.

    Attributes:
        calls: By outcome: 'ok', 'cached', 'abandoned', or an error's word.
        attempts: Requests that were sent.
        invalid_json: Answers that were not what was expected.
        cache_hits: Answers from the store.
        cache_misses: Calls that the store could not answer.
        cache_failures: Times the store raised.
        seconds: How long calls took, those from the store left out.
    """

    calls: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    invalid_json: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    cache_failures: int = 0
    seconds: Histogram = field(default_factory=Histogram)


_PLAIN: tuple[tuple[str, str], ...] = (
    ("attempts", "Requests sent to the provider, repeats included."),
    ("invalid_json", "Answers that were not the JSON that was expected."),
    ("cache_hits", "Calls answered from the cache."),
    ("cache_misses", "Calls that the cache could not answer."),
    ("cache_failures", "Times the cache raised; the provider was asked instead."),
)


def measures_of(
    providers: Iterable[Provider], counts: Mapping[Arm, Counts]
) -> tuple[Measure, ...]:
    """Return all numbers, as they stand."""
    return (
        _measure("calls", "Calls, by how they ended.", Kind.COUNTER, _calls(counts)),
        *(
            _measure(name, meaning, Kind.COUNTER, _numbers(counts, name))
            for name, meaning in _PLAIN
        ),
        _measure(
            "call_seconds",
            "Duration of calls, all attempts and waits included.",
            Kind.HISTOGRAM,
            [
                Sample(held.seconds.distribution(), arm.labels)
                for arm, held in counts.items()
            ],
        ),
        _measure(
            "budget_left",
            "What may be spent now, in the budget's unit.",
            Kind.GAUGE,
            [
                Sample(provider.budget.left, (("provider", provider.name),))
                for provider in providers
                if provider.budget is not None
            ],
        ),
    )


def _calls(counts: Mapping[Arm, Counts]) -> list[Sample]:
    return [
        Sample(number, (*arm.labels, ("outcome", outcome)))
        for arm, held in counts.items()
        for outcome, number in sorted(held.calls.items())
    ]


def _numbers(counts: Mapping[Arm, Counts], field_name: str) -> list[Sample]:
    return [
        Sample(getattr(held, field_name), arm.labels) for arm, held in counts.items()
    ]


def _measure(name: str, meaning: str, kind: Kind, samples: list[Sample]) -> Measure:
    return Measure(f"hardening_http_{name}", meaning, kind, tuple(samples))
