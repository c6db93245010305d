"""
The chain of turns: each turn at a shard enqueues the next one, with proof.

Beside what DBOS keeps stands one row a shard: the number of its present turn and the
epoch that the turn appends with. A turn enqueues the next one in the transaction that
moves this row on, and the row moves only for who still is its turn: a worker that stood
still and comes back neither forks the chain nor breaks it.
"""

from threading import Lock

import psycopg
import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions, WorkflowSerializationFormat

from gonogo.model.shard import SHARDS, Fence, Shard
from gonogo.ports.shards import Epochs

APPLICATION = "gonogo"
QUEUE = "gonogo-shards"
WORKFLOW = "gonogo-turn"

# Pinned: a turn carries nothing that a later gonogo could not read, so that workers of
# two versions share the shards while one replaces the other.
VERSION = "1"

_TABLE = """
CREATE TABLE IF NOT EXISTS gonogo.turn (
    shard  integer PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0,
    epoch  bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50)
"""
_ROWS = """
INSERT INTO gonogo.turn (shard) SELECT generate_series(0, %s)
ON CONFLICT (shard) DO NOTHING
"""
_LOCK = "SELECT 1 FROM gonogo.turn WHERE shard = :shard AND number = :number FOR UPDATE"
_CLAIM = "UPDATE gonogo.turn SET epoch = :epoch WHERE shard = :shard"
_MOVE_ON = """
UPDATE gonogo.turn SET number = number + 1
WHERE shard = :shard AND number = :number AND (:epoch = 0 OR epoch = :epoch)
"""
_NUMBERS = "SELECT shard, number FROM gonogo.turn"


def turn_id(shard: Shard, number: int) -> str:
    """Return the identifier of one turn in DBOS."""
    return f"{WORKFLOW}-{shard}-{number}"


def create_turns(connection: psycopg.Connection) -> None:
    """Create the table of the turns and a row for each shard, unless they are there."""
    connection.execute(_TABLE)
    connection.execute(_ROWS, (SHARDS - 1,))


class Chain:
    """
    The turns of all shards, in the database.

    Args:
        engine: Of the database in which DBOS keeps its tables too.
        client: Enqueues in a transaction of `engine`.
        epochs: The journal; one call at a time.
    """

    def __init__(self, engine: sa.Engine, client: DBOSClient, epochs: Epochs) -> None:
        self._engine, self._client, self._epochs = engine, client, epochs
        # One claim at a time: a claim holds a connection while it calls the journal.
        self._claiming = Lock()

    def claim(self, shard: Shard, number: int) -> tuple[Fence, bool] | None:
        """
        Take a shard over for its turn of this number.

        Returns:
            The fence, and whether the shard was left clean; None when the turn is past.
        """
        row = {"shard": shard, "number": number}
        with self._claiming, self._engine.begin() as connection:
            # Locked, so that the number cannot move on before the epoch is written.
            if connection.execute(sa.text(_LOCK), row).first() is None:
                return None
            ((fence, clean),) = self._epochs.next_epochs((shard,))
            claim = {"shard": shard, "epoch": fence.epoch}
            connection.execute(sa.text(_CLAIM), claim)
        return fence, clean

    def left(self, fence: Fence) -> None:
        """Mark a shard as left with nothing under way."""
        with self._claiming:
            self._epochs.left((fence,))

    def pass_on(self, shard: Shard, number: int, fence: Fence | None) -> bool:
        """
        Enqueue the next turn, if this one is still the present one.

        Args:
            shard: Whose chain it is.
            number: Of the turn that ends.
            fence: Of that turn; None when nobody took it, so that it has no epoch.

        Returns:
            Whether it was; False when somebody else has moved on.
        """
        epoch = 0 if fence is None else fence.epoch
        row = {"shard": shard, "number": number, "epoch": epoch}
        with self._engine.begin() as connection:
            if connection.execute(sa.text(_MOVE_ON), row).rowcount == 0:
                return False
            following = _enqueued(shard, number + 1)
            self._client.enqueue_in_transaction(
                connection, following, int(shard), number + 1
            )
        return True

    def numbers(self) -> dict[Shard, int]:
        """Return the number of the present turn of every shard."""
        with self._engine.begin() as connection:
            rows = connection.execute(sa.text(_NUMBERS)).all()
        return {Shard(shard): number for shard, number in rows}


def _enqueued(shard: Shard, number: int) -> EnqueueOptions:
    """Return where and as what a turn waits."""
    return EnqueueOptions(
        workflow_name=WORKFLOW,
        queue_name=QUEUE,
        workflow_id=turn_id(shard, number),
        queue_partition_key=str(shard),
        app_version=VERSION,
        # JSON: what is read back from the database is data, never code (pickle).
        serialization_type=WorkflowSerializationFormat.PORTABLE,
    )
