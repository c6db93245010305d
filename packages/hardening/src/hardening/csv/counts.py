"""What an importer counts, as plain numbers, apart for each state of its switch."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hardening.core import Kind, Measure, Sample
from hardening.csv.reject import Reason

ENDS = ("finished", "stopped")
"""How an import ends: with its source, or before it."""

Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Counts:
    """
    What happened since the importer was made; threads may lose a count to one another.

    Attributes:
        imported: Rows put into the table.
        rejected: Rows put into rejects files, by reason.
        ends: Imports, by how they ended.
        size: Bytes of sources whose rows are kept.
    """

    imported: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    size: int = 0


def measures_of(
    counts: Mapping[bool, Counts], disagreements: int, labels: Labels
) -> Iterable[Measure]:
    """
    Return an importer's measures.

    Args:
        counts: By whether the switch was on.
        disagreements: Quick phone readers that were wrong.
        labels: The importer's.
    """
    arms = [
        ((*labels, ("switch", "on" if on else "off")), held)
        for on, held in counts.items()
    ]
    imported = [Sample(held.imported, arm) for arm, held in arms]
    rejected = [
        Sample(held.rejected[reason], (*arm, ("reason", reason.value)))
        for arm, held in arms
        for reason in Reason
    ]
    ends = [
        Sample(held.ends[end], (*arm, ("end", end)))
        for arm, held in arms
        for end in ENDS
    ]
    sizes = [Sample(held.size, arm) for arm, held in arms]
    wrong = Sample(disagreements, labels)
    return (
        _counter("rows_imported", "Rows put into the table.", *imported),
        _counter("rows_rejected", "Rows put into rejects files.", *rejected),
        _counter("imports", "Imports, by how they ended.", *ends),
        _counter("bytes", "Bytes of sources whose rows are kept.", *sizes),
        _counter("phone_disagreements", "Quick phone readers found wrong.", wrong),
    )


def _counter(name: str, meaning: str, *samples: Sample) -> Measure:
    """Return one family of numbers."""
    return Measure(f"hardening_csv_{name}", meaning, Kind.COUNTER, samples)
