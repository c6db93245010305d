"""
What goes astray among the turns, and how it is put right.

DBOS leaves the turn of a dead worker with that worker until somebody resumes it. A
turn can also be lost on the way: an operator cancels it, or the database goes away
while DBOS hands it out or notes its end. Whoever of the living workers has the lock
looks after all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from dbos import DBOSClient, WorkflowStatus

from gonogo.adapters.shards.chain import QUEUE, Chain, turn_id
from gonogo.model.shard import SHARDS, Shard

# Finished turns say nothing that anybody reads; a minute is for a person with a
# question. At 64 turns a minute the table stays at some hundred rows.
_KEPT = timedelta(minutes=1)
_DELETED_AT_ONCE = 500


def share(takers: int) -> int:
    """Return how many shards one of so many workers may hold at most."""
    return -(-SHARDS // max(1, takers))


def set_share(client: DBOSClient, *, limit: int, poll_s: float) -> None:
    """Let no worker hold more shards than this; those that do end their turns first."""
    client.register_queue(
        QUEUE,
        worker_concurrency=limit,
        partition_concurrency=1,
        polling_interval_sec=poll_s,
        on_conflict="always_update",
    )


class Care:
    """
    Looks after the turns of all workers.

    Args:
        name: This worker's.
        client: That raises when the database is away; it must not wait in here.
        chain: The turns.
    """

    def __init__(self, name: str, client: DBOSClient, chain: Chain) -> None:
        self._name, self._client, self._chain = name, client, chain
        self._suspects: frozenset[str] = frozenset()

    def look(self, *, alive: Collection[str], running: Collection[str]) -> None:
        """
        Give stray turns to whoever is free, and begin chains that broke off.

        Args:
            alive: The names of the living workers.
            running: The turns that run in this process.
        """
        # The numbers come first: a chain that moves on in between is no broken one,
        # and `pass_on` finds out that its number is past.
        numbers = self._chain.numbers()
        live = self._client.list_workflows(
            queue_name=QUEUE,
            status=["ENQUEUED", "PENDING"],
            load_input=False,
            load_output=False,
        )
        stray = self._stray(live, alive=alive, running=running)
        if stray:
            self._client.resume_workflows(stray, queue_name=QUEUE)
        self._mend(numbers, {turn.workflow_id for turn in live})

    def clear(self, now: datetime) -> None:
        """Delete the turns that ended some time ago."""
        ended = self._client.list_workflows(
            queue_name=QUEUE,
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=(now.astimezone(UTC) - _KEPT).isoformat(),
            limit=_DELETED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if ended:
            self._client.delete_workflows([turn.workflow_id for turn in ended])

    def _stray(
        self,
        live: Sequence[WorkflowStatus],
        *,
        alive: Collection[str],
        running: Collection[str],
    ) -> list[str]:
        """Return the turns that nobody will end: of the dead, and lost here."""
        pending = [turn for turn in live if turn.status == "PENDING"]
        orphans = [t.workflow_id for t in pending if t.executor_id not in alive]
        here = {t.workflow_id for t in pending if t.executor_id == self._name}
        missing = frozenset(here.difference(running))
        # Twice in a row: a turn just handed out, or just ended, is missing for a moment.
        lost = missing & self._suspects
        self._suspects = missing - lost
        return [*orphans, *lost]

    def _mend(self, numbers: Mapping[Shard, int], live: Collection[str]) -> None:
        for shard, number in numbers.items():
            if turn_id(shard, number) not in live:
                self._chain.pass_on(shard, number, None)
