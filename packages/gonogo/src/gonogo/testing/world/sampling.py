"""What a source of measurements says in a world, and what it lies about."""

from collections.abc import Callable, Mapping
from datetime import datetime

from gonogo.model.operation import Query
from gonogo.model.sample import Sample, Tally
from gonogo.model.verdict import Observation
from gonogo.testing.plans import BAD, GOOD, Dice, pick

# From so few that no soak shows anything, to so many that every one does.
REQUESTS_PER_S = (0.2, 0.4, 10.0, 500.0)


def asked(query: Query, dice: Dice, since: datetime, at: datetime) -> Observation:
    """Return what a source answers while all is well: both arms fail one in a hundred."""
    return _counted(query, _traffic(query, dice), since, at, canary_pct=GOOD)


def broken(query: Query, dice: Dice, since: datetime, at: datetime) -> Observation:
    """Return what it answers while the change does harm."""
    return _counted(query, _traffic(query, dice), since, at, canary_pct=BAD)


def lying(query: Query, dice: Dice, since: datetime, at: datetime) -> Observation:
    """Return what it answers while it cannot be trusted, or has nothing to say."""
    return pick(dice, tuple(_LIES.values()))(query, _traffic(query, dice), since, at)


def _traffic(query: Query, dice: Dice) -> float:
    del query
    return pick(dice, REQUESTS_PER_S)


def _counted(
    query: Query,
    per_s: float,
    since: datetime,
    at: datetime,
    *,
    canary_pct: float = GOOD,
    control_pct: float = GOOD,
    share: float = 1.0,
) -> Observation:
    exposure = round(per_s * max((at - since).total_seconds(), 0.0))
    if not exposure:
        return _nothing(query, per_s, since, at)
    canary = Tally(
        events=round(exposure * share * canary_pct / 100), exposure=exposure * share
    )
    control = Tally(events=round(exposure * control_pct / 100), exposure=exposure)
    sample = Sample(
        since=since, canary=canary, control=control if query.control else None
    )
    return Observation(value=canary_pct, sample=sample)


def _nothing(query: Query, per_s: float, since: datetime, at: datetime) -> Observation:
    del query, per_s, at
    return Observation(sample=Sample(since=since, canary=None))


def _refused(query: Query, per_s: float, since: datetime, at: datetime) -> Observation:
    del query, per_s, since, at
    return Observation(error="refused")


def _number(query: Query, per_s: float, since: datetime, at: datetime) -> Observation:
    del query, per_s, since, at
    return Observation(value=GOOD)


def _both_bad(query: Query, per_s: float, since: datetime, at: datetime) -> Observation:
    return _counted(query, per_s, since, at, canary_pct=BAD, control_pct=BAD)


def _other_share(
    query: Query, per_s: float, since: datetime, at: datetime
) -> Observation:
    return _counted(query, per_s, since, at, share=0.2)


_LIES: Mapping[str, Callable[[Query, float, datetime, datetime], Observation]] = {
    "no data": _nothing,
    "refused": _refused,
    "a number alone": _number,
    "the control is bad too": _both_bad,
    "another share of the traffic": _other_share,
}
