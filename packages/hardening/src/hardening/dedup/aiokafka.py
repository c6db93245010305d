"""
The loop of an aiokafka consumer: poll, skip duplicates, handle, mark, commit.

    options = {"bootstrap_servers": "kafka:9092", "group_id": "orders"}
    async with AiokafkaLoop(options, ["orders"], dedup, handle) as loop:
        await loop.run(lambda: not stopping.is_set())

aiokafka rebalances in a task of its own, also while a handler runs. A partition is given
away only between two batches, when everything settled is committed, and after
`rebalance_s` at the latest.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from hardening.core import Clock, Listener, SystemClock, ignore, require
from hardening.dedup.deduplicator import Deduplicator
from hardening.dedup.events import CommitFailed, ConsumerEvent, ConsumerTroubled
from hardening.dedup.offsets import Partition, Place, commits, rewinds
from hardening.dedup.polling import require_spans
from hardening.dedup.settling import Outcome, Settled

_CLOCK = SystemClock()


class AiokafkaLoop:
    """
    Consumes topics through a de-duplication; used by one task.

    It fails, commits and goes on as `ConfluentLoop` does.

    Args:
        options: Of `AIOKafkaConsumer`, with a 'group_id'. Messages are committed here
            and not by the client; where the group has no offset, reading starts with the
            oldest message, unless 'auto_offset_reset' says else.
        topics: What to subscribe to.
        dedup: Reads keys from records: `by_header("event_id")` and the like.
        handler: A coroutine function, called with each record that is new.
        batch: How many records are polled at once.
        poll_s: How long to wait for the first record.
        busy_s: How long to wait for somebody else's claim before asking again.
        rebalance_s: How long a partition waits for the end of a batch before it is
            given away all the same.
        listener: Told of failed commits and of the client's troubles.
        clock: Waits.

    Raises:
        InvalidSetting: No group, or the client is to commit by itself.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        topics: Sequence[str],
        dedup: Deduplicator[ConsumerRecord],
        handler: Callable[[ConsumerRecord], Awaitable[object]],
        *,
        batch: int = 500,
        poll_s: float = 1.0,
        busy_s: float = 0.1,
        rebalance_s: float = 30.0,
        listener: Listener[ConsumerEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        self._group = _group(options)
        require("AiokafkaLoop.topics", topics, "one or more", holds=bool(topics))
        require("AiokafkaLoop.batch", batch, "1 or more", holds=batch >= 1)
        require_spans("AiokafkaLoop", poll_s, busy_s=busy_s, rebalance_s=rebalance_s)
        ours = {"enable_auto_commit": False}
        self._options = {"auto_offset_reset": "earliest", **options, **ours}
        self._topics = tuple(topics)
        self._dedup = dedup
        self._handler = handler
        self._batch = batch
        self._poll_ms = int(poll_s * 1000)
        self._busy_s = busy_s
        self._rebalance_s = rebalance_s
        self._listener = listener
        self._clock = clock
        self._batches = asyncio.Lock()
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        consumer = AIOKafkaConsumer(**self._options)
        between = _BetweenBatches(self._batches, self._rebalance_s)
        consumer.subscribe(list(self._topics), listener=between)
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    async def run(self, goes_on: Callable[[], bool]) -> None:
        """
        Consume until told to stop, which is asked after each batch.

        Raises:
            Exception: The handler's own, or `StoreUnavailable`; everything settled
                before is committed.
        """
        while goes_on():
            await self.step()

    async def step(self) -> int:
        """
        Consume one batch; inside the `async with` block.

        Returns:
            How many records were settled: handled or skipped, and committed.

        Raises:
            Exception: As `run` does.
        """
        consumer = self._consumer
        if consumer is None:
            message = "Consume inside of `async with AiokafkaLoop(…) as loop:`."
            raise RuntimeError(message)
        try:
            polled = await consumer.getmany(
                timeout_ms=self._poll_ms, max_records=self._batch
            )
        except KafkaError as error:
            if not error.retriable:
                raise
            self._listener(ConsumerTroubled(group=self._group, error=error))
            return 0
        records = [record for part in polled.values() for record in part]
        try:
            async with self._batches:
                settled = await self._settle(consumer, records)
        except BaseException:
            # Whoever goes on after a cancellation would commit past what was not
            # handled.
            _rewind(consumer, map(_place, records))
            raise
        await self._wait_or_raise(settled)
        return settled.count

    async def _settle(
        self, consumer: AIOKafkaConsumer, polled: Sequence[ConsumerRecord]
    ) -> Settled:
        """Handle what was polled, but for partitions that were given away since."""
        assigned = consumer.assignment()
        records = [
            each for each in polled if TopicPartition(*_place(each)[0]) in assigned
        ]
        if not records:
            return Settled(())
        settled = await self._dedup.settle_async(records, self._handler)
        places = [_place(record) for record in records]
        _rewind(consumer, places[settled.count :])
        await self._commit(consumer, places[: settled.count])
        return settled

    async def _commit(
        self, consumer: AIOKafkaConsumer, settled: Sequence[Place]
    ) -> None:
        """Commit; where that fails the records come again, and are duplicates."""
        offsets = _assigned(consumer, commits(settled))
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except KafkaError as error:
            self._listener(CommitFailed(group=self._group, error=error))

    async def _wait_or_raise(self, settled: Settled) -> None:
        """Raise what ended the batch, or give a claim's owner time."""
        if settled.error is not None:
            raise settled.error
        if settled.outcomes[-1:] == (Outcome.BUSY,):
            await self._clock.wait_async(self._busy_s)


class _BetweenBatches(ConsumerRebalanceListener):  # type: ignore[misc] # untyped
    """Lets a partition go between two batches, or when a batch takes too long."""

    def __init__(self, batches: asyncio.Lock, wait_s: float) -> None:
        self._batches = batches
        self._wait_s = wait_s

    async def on_partitions_revoked(
        self,
        revoked: Collection[TopicPartition],  # noqa: ARG002 - all wait alike
    ) -> None:
        """Wait until the running batch is committed."""
        try:
            async with asyncio.timeout(self._wait_s), self._batches:
                return
        except TimeoutError:
            return  # its commit fails, and the new owner gets the records again

    async def on_partitions_assigned(
        self, assigned: Collection[TopicPartition]
    ) -> None:
        """Do nothing: reading goes on where the group committed."""


def _place(record: ConsumerRecord) -> Place:
    """Return where a record stands."""
    return Place(Partition(record.topic, record.partition), record.offset)


def _rewind(consumer: AIOKafkaConsumer, unsettled: Iterable[Place]) -> None:
    """Read these records again; others read those of partitions given away."""
    for partition, offset in _assigned(consumer, rewinds(unsettled)).items():
        consumer.seek(partition, offset)


def _assigned(
    consumer: AIOKafkaConsumer, offsets: Mapping[Partition, int]
) -> dict[TopicPartition, int]:
    """Return the offsets of this consumer's partitions, as aiokafka names them."""
    named = {TopicPartition(*each): offset for each, offset in offsets.items()}
    assigned = consumer.assignment()
    return {each: offset for each, offset in named.items() if each in assigned}


def _group(options: Mapping[str, Any]) -> str:
    """Return the consumer group of options that lose no message."""
    group = options.get("group_id")
    require("AiokafkaLoop.options 'group_id'", group, "a name", holds=bool(group))
    commits_itself = options.get("enable_auto_commit", False)
    rule = "False: a message committed before it is handled is lost by a crash"
    name = "AiokafkaLoop.options 'enable_auto_commit'"
    require(name, commits_itself, rule, holds=commits_itself is False)
    return str(group)
