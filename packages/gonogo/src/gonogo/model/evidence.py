"""
Evidence: what a test has seen of one gate so far, small enough to be journaled.

A state and the next sample give the next state; nothing else is needed to go on after a
restart. Evidence is said in natural logarithms; 0 is 'none, neither for nor against'.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Finding(StrEnum):
    """What a test has found; STATISTICS 6 says what each means for the change."""

    HARM = "harm"
    WITHIN_LIMIT = "within_limit"
    NO_HARM_SEEN = "no_harm_seen"
    UNDERPOWERED = "underpowered"
    UNDECIDED = "undecided"
    NO_DATA = "no_data"
    UNTRUSTED = "untrusted"
    NOT_ATTRIBUTABLE = "not_attributable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """
    The evidence of one test, averaged over the sizes and the onsets of an effect.

    Attributes:
        worths: What was staked on each size of the effect has become so much; empty
            before the first look with data.
        spent: Of the weights of the onsets; 1 once every onset has had its turn.
        now: The log of the evidence after the last look.
        best: The largest it has ever been, 0 at least: the any-time p is exp(-best).
    """

    worths: tuple[float, ...] = ()
    spent: float = 0.0
    now: float = 0.0
    best: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    What was seen since the test began.

    Attributes:
        canary_events: Of the canary, among `canary_exposure`.
        weighed_canary: The sum of canary events x control exposure / exposure of both,
            look by look; over `weighed_control` it is the ratio of the rates, and no
            drift or ramp shifts it (Mantel and Haenszel).
        safe_events: Of a quantile, the canary's beyond the bucket edge below its limit:
            safety is proven on these. None: on the same events as harm.
    """

    canary_events: float = 0.0
    canary_exposure: float = 0.0
    control_events: float = 0.0
    control_exposure: float = 0.0
    weighed_canary: float = 0.0
    weighed_control: float = 0.0
    safe_events: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    An instant to look back to.

    Attributes:
        totals: What had been seen until then.
    """

    at: datetime
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Onsets:
    """
    Since when harm may have been there, for a few sizes of it.

    Attributes:
        sums: Of each size the evidence since its mark, in logs; never below 0. Empty
            before the first look with data.
        marks: The last look at which nothing spoke for that size; None: nothing does
            now, or each look did so far.

    Source: Page (1954), the cumulative sum.
    """

    sums: tuple[float, ...] = ()
    marks: tuple[Mark | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """
    Looks of (nearly) equal shares of the exposure, for the final look.

    Attributes:
        chances: That an event is the canary's, at the limit; ascending, 16 at most.
        sizes: The events of both arms, each.
    """

    chances: tuple[float, ...] = ()
    sizes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """
    The log ratios of a gauge: of looks, or where noise is not known, of blocks.

    Attributes:
        count: So many are complete.
        mean: Of those.
        squares: The sum of their squared distances from the mean.
        open_sum: Of the looks of the block under way; `open_looks` of them.
        opened: When that block began.
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    open_sum: float = 0.0
    open_looks: int = 0
    opened: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceState:
    """
    All that a test has to remember from one look to the next.

    Attributes:
        test: A digest of what is tested; a state of another test is not continued.
        looks: With data. `missed`: those without.
        first: The instant of the first look with data; `last`, of the last one.
        harm: Evidence that the change is worse than its limit allows.
        safe: Evidence that it keeps its limit.
        control: Evidence that the control itself breaks a fixed limit.
        share_high: Evidence that the canary has more than its share of the traffic.
        share_low: Likewise, less.
        strata: For the final look; `safe_strata` likewise with `Totals.safe_events`.
        onsets: When harm began, if there is some; as it was found, once it is proven.
        finals: Final looks taken; each spends its own part of alpha.
        finding: So far. Harm, once proven, stays proven.
    """

    test: str
    looks: int = 0
    missed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    harm: Mixture = field(default_factory=Mixture)
    safe: Mixture = field(default_factory=Mixture)
    control: Mixture = field(default_factory=Mixture)
    share_high: Mixture = field(default_factory=Mixture)
    share_low: Mixture = field(default_factory=Mixture)
    totals: Totals = field(default_factory=Totals)
    strata: Strata = field(default_factory=Strata)
    safe_strata: Strata = field(default_factory=Strata)
    levels: Levels = field(default_factory=Levels)
    onsets: Onsets = field(default_factory=Onsets)
    finals: int = 0
    finding: Finding = Finding.UNDECIDED
