"""What a de-duplication counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hardening.core import Kind, Measure, Sample
from hardening.dedup.settling import Outcome


@dataclass(slots=True)
class Counts:
    """
    Plain numbers; threads may lose a count to one another.

    Attributes:
        processed: Events handled, new within the window.
        duplicates: Events skipped.
        unchecked: Events handled without asking.
        off: Events handled while the switch was off.
        busy: Events that somebody else was at.
        keyless: Events without a key.
    """

    processed: int = 0
    duplicates: int = 0
    unchecked: int = 0
    off: int = 0
    busy: int = 0
    keyless: int = 0

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count a batch's outcomes."""
        self.processed += outcomes.count(Outcome.PROCESSED)
        self.duplicates += outcomes.count(Outcome.DUPLICATE)
        self.unchecked += outcomes.count(Outcome.UNCHECKED)
        self.off += outcomes.count(Outcome.OFF)
        self.busy += outcomes.count(Outcome.BUSY)

    def measures(self, name: str) -> Iterable[Measure]:
        """Return the counts, labelled by the de-duplication's name."""
        label = (("name", name),)
        outcomes = {
            Outcome.PROCESSED: self.processed,
            Outcome.DUPLICATE: self.duplicates,
            Outcome.UNCHECKED: self.unchecked,
            Outcome.OFF: self.off,
            Outcome.BUSY: self.busy,
        }
        yield Measure(
            "hardening_dedup_events",
            "Events, by what became of them.",
            Kind.COUNTER,
            tuple(
                Sample(count, (*label, ("outcome", str(outcome))))
                for outcome, count in outcomes.items()
            ),
        )
        yield Measure(
            "hardening_dedup_keys_missing",
            "Events without a key.",
            Kind.COUNTER,
            (Sample(self.keyless, label),),
        )
