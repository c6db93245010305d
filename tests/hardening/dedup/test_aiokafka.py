"""The loop of aiokafka: whatever ends it, nothing is lost."""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError
from confluent_kafka import Consumer, TopicPartition

from hardening.core import InvalidSetting
from hardening.dedup import Deduplicator, MemoryStore, by_header
from hardening.dedup.aiokafka import AiokafkaLoop, _BetweenBatches

EVENTS = [f"e{number}" for number in range(20)]


class Consumption:
    """Loops over one topic with one store, and what they handled."""

    def __init__(self, topic):
        self.topic = topic
        self.dedup = Deduplicator(MemoryStore(), key=by_header("id"), batch=5)
        self.handled, self.faults = [], {}

    async def handle(self, record):
        """Do what the test says, then the work."""
        identifier = dict(record.headers)["id"].decode()
        if identifier in self.faults:
            await self.faults.pop(identifier)()
        self.handled.append(identifier)

    def loop(self):
        """Return a new loop, as a new process would have."""
        return AiokafkaLoop(
            self.topic.options,
            [self.topic.name],
            self.dedup,
            self.handle,
            batch=7,
            poll_s=0.1,
        )

    def unfinished(self):
        """Return a question that is true until all is handled; 30 s at most."""
        deadline_s = time.monotonic() + 30
        return lambda: (
            set(self.handled) != set(EVENTS) and time.monotonic() < deadline_s
        )

    def committed(self):
        """Return the group's offset."""
        self.topic.protocol = "classic"
        consumer = Consumer(self.topic.config)
        places = [TopicPartition(self.topic.name, 0)]
        offset = consumer.committed(places, timeout=10)[0].offset
        consumer.close()
        return offset


class Broken(Exception):
    """What a handler raises."""


async def fail():
    """Fail, as a handler does."""
    raise Broken


def test_a_failed_record_is_the_next_to_be_read(topic):
    """Copies are skipped; the handler's error ends the loop, and loses nothing."""
    topic.produce([event for event in EVENTS for _ in range(2)])
    consumption = Consumption(topic)
    consumption.faults = {"e1": fail}

    async def work():
        async with consumption.loop() as loop:
            with pytest.raises(Broken):
                await loop.run(consumption.unfinished())
            before = consumption.committed()
            await loop.run(consumption.unfinished())
            return before

    assert 2 == asyncio.run(work())
    assert EVENTS == consumption.handled
    assert 40 >= consumption.committed() > 30


def test_a_cancelled_loop_loses_nothing_when_it_goes_on(topic):
    """What was handled is marked; the rest of the batch is read again."""
    topic.produce(EVENTS)
    consumption = Consumption(topic)

    async def work():
        reached = asyncio.Event()

        async def hang():
            reached.set()
            await asyncio.Event().wait()

        consumption.faults = {"e3": hang}
        async with consumption.loop() as loop:
            task = asyncio.create_task(loop.run(consumption.unfinished()))
            await asyncio.wait_for(reached.wait(), 20)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await loop.run(consumption.unfinished())

    asyncio.run(work())
    assert EVENTS == consumption.handled


@pytest.mark.parametrize(("limit_s", "waited"), [(10, True), (0.05, False)])
def test_a_partition_waits_for_the_end_of_a_batch(limit_s, waited):
    """It is given away between two batches; a batch that hangs holds it for a while."""

    async def work():
        batches = asyncio.Lock()
        await batches.acquire()
        revoked = asyncio.create_task(
            _BetweenBatches(batches, limit_s).on_partitions_revoked([])
        )
        await asyncio.sleep(0.01)
        assert not revoked.done()
        if waited:
            batches.release()
        await asyncio.wait_for(revoked, 5)
        return batches.locked()

    assert waited is not asyncio.run(work())


def test_a_loop_outside_of_its_block_says_so():
    """The consumer exists inside of `async with` only."""
    dedup = Deduplicator(MemoryStore(), key=by_header("id"))
    loop = AiokafkaLoop({"group_id": "g"}, ["t"], dedup, print)
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(loop.step())


@pytest.mark.parametrize(
    ("options", "settings", "name"),
    [
        ({}, {}, "group_id"),
        ({"group_id": "g", "enable_auto_commit": True}, {}, "enable_auto_commit"),
        ({"group_id": "g"}, {"topics": []}, "topics"),
        ({"group_id": "g"}, {"batch": 0}, "batch"),
        ({"group_id": "g"}, {"poll_s": -1}, "AiokafkaLoop.poll_s"),
        ({"group_id": "g"}, {"poll_s": float("inf")}, "AiokafkaLoop.poll_s"),
        ({"group_id": "g"}, {"busy_s": 0}, "busy_s"),
        ({"group_id": "g"}, {"rebalance_s": 0}, "rebalance_s"),
    ],
)
def test_a_loop_that_would_lose_records_is_refused(options, settings, name):
    """A client that commits by itself commits what was never handled."""
    dedup = Deduplicator(MemoryStore(), key=by_header("id"))
    topics = settings.pop("topics", ["t"])
    with pytest.raises(InvalidSetting, match=name):
        AiokafkaLoop(options, topics, dedup, print, **settings)


def test_a_consumer_that_cannot_start_is_closed():
    """Whoever tries again collects none of them."""
    stopped = []

    class Unstarted(AIOKafkaConsumer):
        async def stop(self):
            stopped.append(self)
            await super().stop()

    async def go():
        options = {"bootstrap_servers": "localhost:1", "group_id": "g"}
        dedup = Deduplicator(MemoryStore(), key=by_header("id"))
        with pytest.raises(KafkaConnectionError):
            async with AiokafkaLoop(options, ["t"], dedup, print):
                pass

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hardening.dedup.aiokafka.AIOKafkaConsumer", Unstarted)
        asyncio.run(go())
    assert 1 == len(stopped)
