"""Spans: the stages with the lines they run over, and which of them a line stands in."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.document.reader.words.titles import exposures
from gonogo.document.reader.words.vocabulary import Vocabulary
from gonogo.document.reading import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """The stages and substages, and which of them every line stands in."""

    stages: tuple[Stage, ...]
    substages: tuple[Stage, ...]

    def place(self, line: int) -> tuple[int | None, int | None]:
        """Return stage and substage of a line; None for what it stands outside of."""
        stage = holding(self.stages, line)
        if stage is None:
            return None, None
        sub = holding(self.substages, line)
        return stage.line, sub.line if sub and sub.stage_line == stage.line else None


def stage_of(
    line: int,
    last: int,
    title: str,
    known: Vocabulary,
    stage_line: int | None = None,
    *,
    exposed: str = "",
) -> Stage:
    """
    Return the stage that a title opens.

    Args:
        line: Where the title stands.
        last: The stage's last line.
        title: Plain words; a percentage in them is the exposure.
        known: The words that give its topics.
        stage_line: For a substage, the line of its stage.
        exposed: What else names the exposure, if the title does not.
    """
    found = exposures(title) or exposures(exposed)
    return Stage(
        line=line,
        last_line=last,
        title=title,
        exposure_pct=found[0] if len(set(found)) == 1 else None,
        exposures_pct=found,
        stage_line=stage_line,
        topics=frozenset(t.value for t in known.topics(title)),
    )


def holding(stages: Sequence[Stage], line: int) -> Stage | None:
    """Return the last of the ordered stages that opens before a line and holds it."""
    low, high = 0, len(stages)
    while low < high:
        middle = (low + high) // 2
        if stages[middle].line <= line:
            low = middle + 1
        else:
            high = middle
    if not low or stages[low - 1].last_line < line:
        return None
    return stages[low - 1]
