"""
The loop of a confluent-kafka consumer: poll, skip duplicates, handle, mark, commit.

    config = {"bootstrap.servers": "kafka:9092", "group.id": "orders"}
    with ConfluentLoop(config, ["orders"], dedup, handle) as loop:
        loop.run(lambda: not stopping.is_set())

Nothing is committed before it is settled, so that a crash anywhere loses no message.
Rebalances happen while the loop polls, when everything settled is committed; a partition
that moves away meanwhile fails its commit, is delivered to its new owner, and there the
shared store knows what was processed.
"""

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from hardening.core import Clock, Listener, SystemClock, ignore, require
from hardening.dedup.deduplicator import Deduplicator
from hardening.dedup.events import CommitFailed, ConsumerEvent, ConsumerTroubled
from hardening.dedup.offsets import Partition, Place, commits, rewinds
from hardening.dedup.polling import require_spans
from hardening.dedup.settling import Outcome, Settled

_CLOCK = SystemClock()


class ConfluentLoop:
    """
    Consumes topics through a de-duplication; used by one thread.

    An error of the handler ends `step` and `run`, once what was settled before it is
    committed; the failed message is the next to be read, by this loop or the next
    process. Whether to try it again or to set it aside is the handler's to decide.

    Args:
        config: Of the consumer, as librdkafka names it, with a 'group.id'. Messages are
            committed here and not by the client; where the group has no offset, reading
            starts with the oldest message, unless 'auto.offset.reset' says else.
        topics: What to subscribe to.
        dedup: Reads keys from messages: `by_header("event_id")` and the like.
        handler: Is called with each message that is new.
        batch: How many messages are polled at once. All of them have to be handled
            within 'max.poll.interval.ms', 5 minutes.
        poll_s: How long to wait for the first message.
        busy_s: How long to wait for somebody else's claim before asking again.
        listener: Told of failed commits and of the client's troubles.
        clock: Waits.

    Raises:
        InvalidSetting: No group, or the client is to commit by itself.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        topics: Sequence[str],
        dedup: Deduplicator[Message],
        handler: Callable[[Message], object],
        *,
        batch: int = 500,
        poll_s: float = 1.0,
        busy_s: float = 0.1,
        listener: Listener[ConsumerEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        self._group = _group(config)
        require("ConfluentLoop.topics", topics, "one or more", holds=bool(topics))
        require("ConfluentLoop.batch", batch, "1 or more", holds=batch >= 1)
        require_spans("ConfluentLoop", poll_s, busy_s=busy_s)
        self._dedup = dedup
        self._handler = handler
        self._batch = batch
        self._poll_s = poll_s
        self._busy_s = busy_s
        self._listener = listener
        self._clock = clock
        ours = {"enable.auto.commit": False}
        self._consumer = Consumer({"auto.offset.reset": "earliest", **config, **ours})
        self._consumer.subscribe(list(topics))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def run(self, goes_on: Callable[[], bool]) -> None:
        """
        Consume until told to stop, which is asked after each batch.

        Raises:
            Exception: The handler's own, or `StoreUnavailable`, or a fatal error of the
                client; everything settled before is committed.
        """
        while goes_on():
            self.step()

    def step(self) -> int:
        """
        Consume one batch.

        Returns:
            How many messages were settled: handled or skipped, and committed.

        Raises:
            Exception: As `run` does.
        """
        polled = self._consumer.consume(self._batch, self._poll_s)
        messages = [message for message in polled if self._is_sound(message)]
        if not messages:
            return 0
        try:
            settled = self._dedup.settle(messages, self._handler)
        except BaseException:
            # Whoever goes on after an interrupt would commit past what was not handled.
            self._rewind([_place(message) for message in messages])
            raise
        self._acknowledge(messages, settled.count)
        self._wait_or_raise(settled)
        return settled.count

    def close(self) -> None:
        """Leave the group; what was settled is committed already."""
        self._consumer.close()

    def _is_sound(self, message: Message) -> bool:
        """Tell messages from reports of trouble; tell the listener of those."""
        error = message.error()
        if error is None:
            return True
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - named so in C
            return False
        if error.fatal():
            raise KafkaException(error)
        self._listener(ConsumerTroubled(group=self._group, error=KafkaException(error)))
        return False

    def _acknowledge(self, messages: Sequence[Message], count: int) -> None:
        """Commit the first so many messages, and read the others again."""
        places = [_place(message) for message in messages]
        assigned = self._assigned()
        self._commit(
            [
                TopicPartition(*partition, offset)
                for partition, offset in commits(places[:count]).items()
                if partition in assigned
            ]
        )
        self._rewind(places[count:])

    def _rewind(self, unsettled: Sequence[Place]) -> None:
        """Read these messages again; others read those of partitions given away."""
        assigned = self._assigned() if unsettled else ()
        for partition, offset in rewinds(unsettled).items():
            if partition in assigned:
                self._consumer.seek(TopicPartition(*partition, offset))

    def _assigned(self) -> set[Partition]:
        """Return the partitions that are this consumer's."""
        assigned = self._consumer.assignment()
        return {Partition(each.topic, each.partition) for each in assigned}

    def _commit(self, offsets: list[TopicPartition]) -> None:
        """Commit; where that fails the messages come again, and are duplicates."""
        if not offsets:
            return
        try:
            done = self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            if _is_fatal(error):
                raise
            self._listener(CommitFailed(group=self._group, error=error))
            return
        for each in done:
            if each.error is not None:
                failed = KafkaException(each.error)
                self._listener(CommitFailed(group=self._group, error=failed))

    def _wait_or_raise(self, settled: Settled) -> None:
        """Raise what ended the batch, or give a claim's owner time."""
        if settled.error is not None:
            raise settled.error
        if settled.outcomes[-1:] == (Outcome.BUSY,):
            self._clock.wait(self._busy_s)


def _group(config: Mapping[str, Any]) -> str:
    """Return the consumer group of a configuration that loses no message."""
    group = config.get("group.id")
    require("ConfluentLoop.config 'group.id'", group, "a name", holds=bool(group))
    commits_itself = config.get("enable.auto.commit", False)
    holds = str(commits_itself).lower() == "false"
    rule = "False: a message committed before it is handled is lost by a crash"
    name = "ConfluentLoop.config 'enable.auto.commit'"
    require(name, commits_itself, rule, holds=holds)
    return str(group)


def _place(message: Message) -> Place:
    """Return where a message stands; one without an error always stands somewhere."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise AssertionError(message)
    return Place(Partition(topic, partition), offset)


def _is_fatal(error: KafkaException) -> bool:
    """Tell whether the client can never work again."""
    reason = error.args[0] if error.args else None
    return isinstance(reason, KafkaError) and reason.fatal()
