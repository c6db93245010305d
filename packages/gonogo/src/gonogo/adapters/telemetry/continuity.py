"""Continuity: whether a watcher saw every record of a rollout since its last look."""

from collections.abc import Callable, Sequence

from gonogo.model.record import Record


class Continuity:
    """
    Remembers up to where a watcher knows each rollout; for one thread.

    A rollout may go to another runner and come back: what happened meanwhile, and what
    an outbox let go of, has to be read from the journal.
    """

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def seen(
        self,
        records: Sequence[Record],
        *,
        ended: bool,
        offer: Callable[[bool], bool],
        wanted: bool,
    ) -> None:
        """
        Take note of records, and hand on what is of interest in them.

        Args:
            records: Of one rollout, never none.
            ended: Whether they are its last.
            offer: Hands on, told whether all since the last hand-over was seen;
                returns whether it was taken.
            wanted: Whether anything in them is of interest.
        """
        rollout, first = records[0].rollout, records[0].seq
        whole = self._last.get(rollout, 0) == first - 1
        known = offer(whole) if wanted else whole
        if known and not ended:
            self._last[rollout] = records[-1].seq
        else:
            self._last.pop(rollout, None)
