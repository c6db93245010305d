"""
Lag: services that gather from many machines know a minute only some time after it.

A look that asked for the last minute would count half of it, and never the rest. Such a
source is asked for a stretch that lies a little back (the option `delay`); its points
are given as of the look, so that the stretches of looks go on meeting without a gap.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.adapters.sources.instants import worth_telling
from gonogo.adapters.sources.opening import Opening, wall_clock
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Point, SourceFailed

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, None: 1}


@dataclass(frozen=True, slots=True)
class Lag:
    """
    How far back a source is asked.

    Attributes:
        now: The clock, by which a source's own is found to run ahead.
    """

    delay: timedelta
    now: Callable[[], datetime] = wall_clock

    @classmethod
    def of(cls, opening: Opening, *, usual_s: float) -> "Lag":
        """
        Return what the option `delay` says (`90`, `90s`, `2m`), else what is usual.

        Raises:
            SourceFailed: The option is no duration.
        """
        text = opening.options.get("delay", "").strip()
        if not text:
            return cls(timedelta(seconds=usual_s), opening.now)
        found = _DURATION.fullmatch(text)
        if found is None:
            message = f"its option `delay` is '{text}', no duration: write 90s, or 2m."
            raise opening.failed(message)
        seconds = float(found[1]) * _SECONDS[found[2]]
        return cls(timedelta(seconds=seconds), opening.now)

    def asked(self, instant: datetime) -> datetime:
        """Return the instant that the source is asked for."""
        return instant - self.delay

    def points(
        self,
        values: Mapping[datetime, float | None],
        *,
        since: datetime,
        until: datetime,
    ) -> tuple[Point, ...]:
        """
        Return those that say something about a look's stretch, oldest first.

        Args:
            values: By the source's instants; of a count, when its interval ended.
                None is no data.
            since: Of the look; exclusive.
            until: Of the look; inclusive.
        """
        given = (
            Point(at + self.delay, value)
            for at, value in values.items()
            if value is not None and math.isfinite(value)
        )
        return worth_telling(given, Stretch(since, until), now=self.now())


def number(cell: object, failed: Callable[[str], SourceFailed]) -> float | None:
    """
    Return a cell of an answer as a number; None for what is no data.

    Args:
        cell: As the service wrote it.
        failed: Makes the error of the source.

    Raises:
        SourceFailed: It is text, or something made of parts.
    """
    match cell:
        case None:
            return None
        case bool():
            return float(cell)
        case int() | float():
            return _finite(cell)
        case str() if _is_number(cell):
            return _finite(float(cell))
        case _:
            given = repr(str(cell)[:60])
            message = f"gave {given} where a number is wanted. Ask for one number."
            raise failed(message)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _finite(value: float) -> float | None:
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
