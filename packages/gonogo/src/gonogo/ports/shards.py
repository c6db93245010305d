"""Shards: who may run which part of the rollouts, from now until when."""

from collections.abc import Sequence
from typing import Protocol

from gonogo.model.shard import Fence, Shard


class Epochs(Protocol):
    """The part of a `ports.journal.Journal` that says who holds a shard."""

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """Take shards over; return the fence of each, and whether it was left clean."""
        ...

    def left(self, fences: Sequence[Fence]) -> None:
        """Mark shards as left with nothing under way."""
        ...


class Taker(Protocol):
    """
    A runner that takes turns at shards. Both calls may come from any thread.

    Between `taken` and `left` it alone runs the rollouts of the shard; should it be
    passed over meanwhile, because it stood still, the fence keeps it from appending.
    """

    def taken(self, fence: Fence, *, clean: bool) -> None:
        """
        Begin a turn.

        Args:
            fence: To append with.
            clean: Whether the last turn of the shard was left with nothing under way,
                so that no action of it can be in doubt.
        """
        ...

    def leave(self, shard: Shard) -> bool:
        """
        Ask to end a turn: begin nothing new there, and let go.

        Returns:
            Whether it was left, also when no turn of it was held; False while an
            action or undo is under way there. Then it is left as soon as that has
            ended, and is asked again meanwhile.
        """
        ...


class Shards(Protocol):
    """
    Gives turns to a taker, from `open` to `close`.

    Never two live takers at once hold one shard, but for one that stands still; every
    shard is held by somebody within seconds, as long as one taker lives.
    """

    def open(self, taker: Taker) -> None:
        """Begin to give turns; returns at once."""
        ...

    def fenced_off(self, fence: Fence) -> None:
        """
        Say that an append was refused with this fence: that turn is over.

        May come from any thread, and again; `Taker.leave` is not called for the turn.
        """
        ...

    def close(self) -> None:
        """Let every turn end as soon as nothing is under way in it, and return then."""
        ...

    def alive(self) -> bool:
        """Return whether it still gives turns; False once its engine has failed."""
        ...
