"""What the dead letters of one process count, and how they show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from hardening.core import Kind, Measure, Sample
from hardening.jobs.letter import LetterStatistics


@dataclass(slots=True)
class LetterCounts:
    """
    Plain integers, since this process began; and what the table held when last asked.

    Attributes:
        put: Letters put.
        known: Letters put again, which were there already.
        redriven: Jobs sent again.
        refused: Letters that could not be sent.
        purged: Letters deleted past their retention.
        seen: The last statistics that were asked for.
    """

    put: int = 0
    known: int = 0
    redriven: int = 0
    refused: int = 0
    purged: int = 0
    seen: LetterStatistics | None = None

    def measures(self) -> Iterable[Measure]:
        """Return the counts, and the last statistics where there are any."""
        for name, meaning, count in (
            ("put", "Dead letters put by this process.", self.put),
            ("put_again", "Dead letters put that were there already.", self.known),
            ("redriven", "Jobs sent again from their letters.", self.redriven),
            ("refused", "Dead letters that could not be redriven.", self.refused),
            ("purged", "Dead letters deleted past their retention.", self.purged),
        ):
            full_name = f"hardening_jobs_dead_letters_{name}"
            yield Measure(full_name, meaning, Kind.COUNTER, (Sample(count),))
        if self.seen is not None:
            yield from _standing(self.seen)


def _standing(seen: LetterStatistics) -> Iterable[Measure]:
    """Return what the table held."""
    by_reason = tuple(
        Sample(letters, (("reason", reason),))
        for reason, letters in seen.by_reason.items()
    )
    yield Measure(
        "hardening_jobs_dead_letters_waiting",
        "Dead letters that wait, as of the last look.",
        Kind.GAUGE,
        by_reason or (Sample(0, (("reason", "failed"),)),),
    )
    yield Measure(
        "hardening_jobs_dead_letters_oldest_age_seconds",
        "Age of the oldest dead letter that waits, as of the last look.",
        Kind.GAUGE,
        (Sample(seen.oldest_age_s or 0.0),),
    )
    yield Measure(
        "hardening_jobs_false_positive_rate",
        "Stuck jobs that came to a good end after all, of all stuck ones.",
        Kind.GAUGE,
        (Sample(seen.false_positive_rate),),
    )
