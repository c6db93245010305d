"""
Many trials at once: the same numbers as one by one, for fleets and for simulations.

    many = Many.of(trial, 2000)                    # or Many([trial, trial, ...])
    many.look(canary_events, canary_exposure, control_events, control_exposure)
    many.harm.best >= many.bar                     # arrays, one value a trial
    final_tails(events, sizes, chances)            # of the final looks

It keeps evidence only: no totals, no guards, no words. All trials have to be of one
null: ratios, rates, fractions or means (of these, `look(values)`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.final import upper_tail
from gonogo.analysis.evidence.mixture import HUGE, LARGEST_STEP, TINY
from gonogo.analysis.evidence.sides import Side, sides_of

Numbers = npt.NDArray[np.float64]
NONE: Numbers = np.zeros(0)
OF_STREAMS = frozenset({Null.RATE, Null.FRACTION, Null.GAUSS})


class Many:
    """
    The evidence of many trials after each look.

    Attributes:
        harm: Evidence that the limit is broken.
        safe: Evidence that it is kept.
        bar: What the evidence has to reach, by trial, in logs.
        alarmed_at: The look at which harm was proven, from 1 on; 0: not proven.
        looks: So many were taken.
    """

    def __init__(self, trials: Sequence[Trial]) -> None:
        """Prepare for trials of one null, at least one."""
        nulls = {trial.null for trial in trials}
        self._null = nulls.pop()
        summed = self._null is Null.RATIO or self._null in OF_STREAMS
        assert not nulls, "trials of one null"  # noqa: S101
        assert summed, "trials whose evidence adds up look by look"  # noqa: S101
        sides = [sides_of(trial) for trial in trials]
        self.bar: Numbers = np.array([each.bar for each in sides])
        self.harm = ManyMixtures([each.harm for each in sides])
        self.safe = ManyMixtures([each.safe for each in sides])
        self._phi: Numbers = np.array([trial.noise.phi for trial in trials])
        self.alarmed_at = np.zeros(len(trials), dtype=np.int64)
        self.looks = 0

    @classmethod
    def of(cls, trial: Trial, count: int) -> "Many":
        """Return so many of the same trial: simulated soaks, say."""
        return cls([trial] * count)

    def look(
        self,
        canary_events: Numbers,
        canary_exposure: Numbers = NONE,
        control_events: Numbers = NONE,
        control_exposure: Numbers = NONE,
    ) -> None:
        """
        Take one look at every trial.

        Args:
            canary_events: By trial; of means, the log ratio of this look.
            canary_exposure: By trial; not of means.
            control_events: Of ratios.
            control_exposure: Of ratios.
        """
        self.looks += 1
        if self._null is Null.RATIO:
            self._ratios(
                canary_events, canary_exposure, control_events, control_exposure
            )
        else:
            self._streams(canary_events, canary_exposure)
        new = (self.alarmed_at == 0) & (self.harm.best >= self.bar)
        self.alarmed_at[new] = self.looks

    def _ratios(
        self, events: Numbers, canary: Numbers, beside: Numbers, control: Numbers
    ) -> None:
        seen = (canary > 0) & (control > 0)
        total = (events + beside) / self._phi
        for mixtures in (self.harm, self.safe):
            # Without exposure there is no chance, and no evidence: it is left out.
            at_limit = mixtures.limit * canary
            chance = np.where(seen, at_limit / np.where(seen, at_limit + control, 1), 0)
            steps = events * mixtures.of_events
            steps -= total * np.log1p(chance * mixtures.of_exposure)
            mixtures.grow(steps, seen)

    def _streams(self, events: Numbers, exposure: Numbers) -> None:
        if self._null is Null.GAUSS:
            left, seen = np.ones_like(events), np.ones(events.shape, dtype=np.bool_)
        else:
            left = exposure - events if self._null is Null.FRACTION else exposure
            seen = exposure > 0
        for mixtures in (self.harm, self.safe):
            off = events - mixtures.limit if self._null is Null.GAUSS else events
            steps = off * mixtures.of_events + left * mixtures.of_exposure
            mixtures.grow(steps, seen)


class ManyMixtures:
    """
    One side of many trials; arrays have a row for each effect, a column for each trial.

    Attributes:
        now: The log of the evidence, by trial.
        best: The largest it has ever been, 0 at least.
    """

    def __init__(self, sides: Sequence[Side]) -> None:
        """Prepare for the tests of one side."""
        rows = max(len(side.grid.effects) for side in sides)
        self.limit: Numbers = np.array([side.limit for side in sides])
        self.of_events = _columns([side.of_events for side in sides], rows, 0.0)
        self.of_exposure = _columns([side.of_exposure for side in sides], rows, 0.0)
        self._weights = _columns([side.grid.weights for side in sides], rows, 0.0)
        self._first: Numbers = np.array([side.onset.first for side in sides])
        self._later: Numbers = np.array([side.onset.later for side in sides])
        self._worths: Numbers = np.zeros((rows, len(sides)))
        self._spent: Numbers = np.zeros(len(sides))
        self.now: Numbers = np.zeros(len(sides))
        self.best: Numbers = np.zeros(len(sides))

    def grow(self, steps: Numbers, seen: npt.NDArray[np.bool_]) -> None:
        """Add the log likelihood ratios of one look, where something was seen."""
        left = 1.0 - self._spent
        placed = np.where(self._spent > 0, np.minimum(self._later, left), self._first)
        with np.errstate(over="ignore", under="ignore"):
            worths = (self._worths + placed) * np.exp(np.minimum(steps, LARGEST_STEP))
        np.minimum(worths, HUGE, out=worths)
        spent = self._spent + placed
        evidence = (worths * self._weights).sum(axis=0) + (1.0 - spent)
        now = np.log(np.clip(evidence, TINY, HUGE))
        if seen.all():
            self._worths, self._spent, self.now = worths, spent, now
        else:
            self._worths = np.where(seen, worths, self._worths)
            self._spent = np.where(seen, spent, self._spent)
            self.now = np.where(seen, now, self.now)
        self.best = np.maximum(self.best, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """What the looks of one soak come to: sizes and chances, as `upper_tail` has them."""

    sizes: Numbers
    chances: Numbers


def final_tails(events: Numbers, sizes: Numbers, chances: Numbers) -> Numbers:
    """
    Return the p-values of many final looks.

    Args:
        events: The canary's, by soak.
        sizes: The events of both arms, by soak and look.
        chances: That each is the canary's at the limit, by soak and look.

    Returns:
        As `upper_tail` has them where they are below a tenth; above, where nothing
        depends on them, by the normal distribution.
    """
    mean = (sizes * chances).sum(axis=1)
    deviation = np.sqrt((sizes * chances * (1 - chances)).sum(axis=1))
    from scipy.special import ndtr  # noqa: PLC0415  # slow to load

    rough: Numbers = ndtr(-(events - 0.5 - mean) / np.maximum(deviation, 1e-300))
    for soak in np.flatnonzero(rough < _ROUGHLY):
        there = sizes[soak] > 0
        pooled = _pooled(sizes[soak][there], chances[soak][there])
        rough[soak] = upper_tail(
            float(events[soak]), pooled.sizes.tolist(), pooled.chances.tolist()
        )
    return rough


_ROUGHLY = 0.1
_GROUPS = 128


def _pooled(sizes: Numbers, chances: Numbers) -> Pooled:
    """Take looks of nearly equal chances together; their sum keeps its mean."""
    if len(sizes) <= _GROUPS:
        return Pooled(sizes=sizes, chances=chances)
    order = np.argsort(chances)
    starts = np.linspace(0, len(order), _GROUPS, endpoint=False).astype(np.int64)
    summed = np.add.reduceat(sizes[order], starts)
    events = np.add.reduceat((sizes * chances)[order], starts)
    return Pooled(sizes=summed, chances=events / summed)


def _columns(rows: Sequence[Sequence[float]], height: int, fill: float) -> Numbers:
    """Return ragged rows as columns of equal height; one column where all are equal."""
    if len(set(map(id, rows))) == 1:
        rows = rows[:1]
    filled = [[*row, *[fill] * (height - len(row))] for row in rows]
    return np.array(filled).T.copy()
