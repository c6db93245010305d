"""The agenda: which rollout has to be woken when, and which falls due next."""

import heapq
from collections.abc import Iterator
from datetime import datetime

from gonogo.model.identifiers import RolloutId


class Agenda:
    """
    Instants by rollout; the last word about one counts.

    Putting and taking cost the logarithm of the number of rollouts: an entry that was
    overtaken stays in the heap until its time comes, and is passed over then.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._heap: list[tuple[datetime, RolloutId]] = []
        self._due: dict[RolloutId, datetime] = {}

    def __len__(self) -> int:
        """Return how many rollouts wait for their time."""
        return len(self._due)

    def put(self, rollout: RolloutId, due: datetime | None) -> None:
        """Wake a rollout at an instant; None: at no time."""
        if due is None:
            self._due.pop(rollout, None)
        elif self._due.get(rollout) != due:
            self._due[rollout] = due
            heapq.heappush(self._heap, (due, rollout))

    def next(self) -> datetime | None:
        """Return the earliest instant of all."""
        while self._heap and self._overtaken(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take_due(
        self, now: datetime, most: int
    ) -> Iterator[tuple[RolloutId, datetime]]:
        """Take out the rollouts that are due, earliest first, `most` of them."""
        for _ in range(most):
            due = self.next()
            if due is None or due > now:
                return
            _, rollout = heapq.heappop(self._heap)
            del self._due[rollout]
            yield rollout, due

    def _overtaken(self, due: datetime, rollout: RolloutId) -> bool:
        return self._due.get(rollout) != due
