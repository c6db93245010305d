"""
Which appends of a batch hold: judged one by one, on what the store holds now.

Pure. A store reads what is `Known` in the transaction in which it writes what was
found to hold, so that nothing can change in between.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gonogo.model.identifiers import RolloutId
from gonogo.model.record import FIRST_LINK, Record, Written, written
from gonogo.model.shard import Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.journal import (
    Append,
    Appended,
    FencedOff,
    JournalConflict,
    PlaceTaken,
)

Head = tuple[int, str]
"""Number and link of a rollout's last record."""

Place = tuple[str, str]
"""Service and environment."""

NO_HEAD: Head = (0, FIRST_LINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What a store holds of all that a batch of appends touches.

    Attributes:
        heads: Of the rollouts that have a record.
        epochs: Of the shards that were ever taken.
        waiting: The commands, by number and rollout, that are not consumed yet.
        holders: Who is under way, by place.
    """

    heads: Mapping[RolloutId, Head]
    epochs: Mapping[Shard, int]
    waiting: Collection[tuple[int, RolloutId]]
    holders: Mapping[Place, RolloutId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An append that holds, and the records that it adds."""

    append: Append
    written: tuple[Written, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """Return the records as values."""
        return tuple(each.record for each in self.written)


Judged = Held | JournalConflict | PlaceTaken


def place_of(standing: Standing) -> Place:
    """Return the place that a rollout holds while it is under way."""
    return (standing.service, standing.environment)


def judged(appends: Sequence[Append], known: Known) -> tuple[Judged, ...]:
    """
    Return what becomes of each append, in order.

    An append sees what those before it do: a place that one gives up is free for the
    next.
    """
    rollouts = [append.rollout for append in appends]
    assert len(rollouts) == len(set(rollouts)), "a rollout twice"  # noqa: S101
    holders = dict(known.holders)
    found: list[Judged] = []
    for append in appends:
        refusal = _refusal(append, known, holders)
        if refusal is None:
            _hold(append.standing, holders)
            found.append(_held(append, known))
        else:
            found.append(refusal)
    return tuple(found)


def appended(judgements: Sequence[Judged]) -> tuple[Appended, ...]:
    """Return what a journal answers."""
    return tuple(
        each.records if isinstance(each, Held) else each for each in judgements
    )


def _refusal(
    append: Append, known: Known, holders: Mapping[Place, RolloutId]
) -> JournalConflict | PlaceTaken | None:
    """Return why nothing of an append may be kept; None when it holds."""
    last, _ = known.heads.get(append.rollout, NO_HEAD)
    if append.fence is not None:
        shard, epoch = append.fence.shard, append.fence.epoch
        assert shard == shard_of(append.rollout), "another's fence"  # noqa: S101
        now = known.epochs.get(shard, 0)
        if epoch < now:
            return FencedOff(append.rollout, expected=epoch, found=now)
    if last != append.after:
        return JournalConflict(append.rollout, expected=append.after, found=last)
    if append.consumed is not None:
        waits = (append.consumed, append.rollout) in known.waiting
        if not waits:
            return JournalConflict(append.rollout, expected=last, found=last)
    return _taken(append.standing, holders)


def _taken(
    standing: Standing | None, holders: Mapping[Place, RolloutId]
) -> PlaceTaken | None:
    """Return who is under way at the place that a rollout wants."""
    if standing is None or standing.ended_at is not None:
        return None
    holder = holders.get(place_of(standing), standing.rollout)
    if holder == standing.rollout:
        return None
    return PlaceTaken(standing.rollout, holder)


def _hold(standing: Standing | None, holders: dict[Place, RolloutId]) -> None:
    """Take the place of a rollout under way, and give up that of an ended one."""
    if standing is None:
        return
    place = place_of(standing)
    if standing.ended_at is None:
        holders[place] = standing.rollout
    elif holders.get(place) == standing.rollout:
        del holders[place]


def _held(append: Append, known: Known) -> Held:
    _, previous = known.heads.get(append.rollout, NO_HEAD)
    records = written(
        append.rollout,
        append.events,
        after=append.after,
        previous=previous,
        recorded_at=append.recorded_at,
    )
    return Held(append=append, written=records)
