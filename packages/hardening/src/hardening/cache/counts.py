"""What the caches count, as plain integers, and how it reads on a graph."""

from dataclasses import dataclass, field

from hardening.core import SECONDS, Histogram, Kind, Measure, Sample

# A process that was killed holds an invalidation up for `stale_s`, which is 10 s unless
# it was set: that must not look like one that took too long.
_BOUNDS_S = (*SECONDS, 12.5, 30.0)


@dataclass(slots=True)
class Counts:
    """
    What happened since the cache was made; threads may lose a count to one another.

    Attributes:
        hits: Reads that a stored value answered.
        late_hits: Reads that an expired value answered, while another caller loaded.
        loads: Loads that were begun; those of a cache that is switched off are the
            caller's own.
        overtaken: Loads whose value was not kept, because of an invalidation.
        direct_loads: Loads that nobody shared, because Redis or a load took too long.
        unreachable: Times that Redis could not be asked.
        refused: Values too large or of a kind that could not be stored or read.
        unconfirmed: Invalidations that were not confirmed.
        invalidations: Seconds that confirmed invalidations took.
    """

    hits: int = 0
    late_hits: int = 0
    loads: int = 0
    overtaken: int = 0
    direct_loads: int = 0
    unreachable: int = 0
    refused: int = 0
    unconfirmed: int = 0
    invalidations: Histogram = field(default_factory=lambda: Histogram(_BOUNDS_S))


_MEANINGS = {
    "hits": "Reads that a stored value answered.",
    "late_hits": "Reads that an expired value answered while another caller loaded.",
    "loads": "Loads that were begun.",
    "overtaken": "Loads whose value was not kept because of an invalidation.",
    "direct_loads": "Loads that nobody shared: Redis or another's load took too long.",
    "unreachable": "Times that Redis could not be asked.",
    "refused": "Values that could not be stored, or could not be read.",
    "unconfirmed": "Invalidations that were not confirmed.",
}


def measures_of(cache: str, counts: Counts) -> tuple[Measure, ...]:
    """Return a cache's measures, labelled with its name."""
    labels = (("cache", cache),)
    counted = tuple(
        Measure(
            name=f"hardening_cache_{name}",
            meaning=meaning,
            kind=Kind.COUNTER,
            samples=(Sample(getattr(counts, name), labels),),
        )
        for name, meaning in _MEANINGS.items()
    )
    took = Measure(
        name="hardening_cache_invalidation_seconds",
        meaning="How long invalidations took to be confirmed.",
        kind=Kind.HISTOGRAM,
        samples=(Sample(counts.invalidations.distribution(), labels),),
    )
    return (*counted, took)
