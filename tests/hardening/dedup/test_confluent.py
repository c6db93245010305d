"""The loop of confluent-kafka: whatever ends it, nothing is lost."""

import threading
import time
from collections import Counter

import pytest
from confluent_kafka import Consumer, TopicPartition

from hardening.core import InvalidSetting
from hardening.dedup import (
    CommitFailed,
    Deduplicator,
    MemoryStore,
    OnFailure,
    StoreUnavailable,
    by_header,
)
from hardening.dedup.confluent import ConfluentLoop
from hardening.dedup.redis import RedisStore

EVENTS = [f"e{number}" for number in range(20)]


class Crash(BaseException):
    """The process ends here."""


class Consumption:
    """Loops over one topic with one store, one after the other, and what they did."""

    def __init__(self, topic, store, **settings):
        self.topic = topic
        self.store = store
        self.settings = {"batch": 5} | settings
        self.handled, self.told = [], []
        self.before = lambda _: None

    def handle(self, message):
        """Do what the test says, then the work."""
        identifier = dict(message.headers() or []).get("id", b"?").decode()
        self.before(identifier)
        self.handled.append(identifier)

    def loop(self, store=None):
        """Return a new loop, as a new process would have."""
        dedup = Deduplicator(store or self.store, key=by_header("id"), **self.settings)
        return ConfluentLoop(
            self.topic.config,
            [self.topic.name],
            dedup,
            self.handle,
            batch=7,
            poll_s=0.1,
            busy_s=0.01,
            listener=self.told.append,
        )

    def consume(self, until, store=None):
        """Consume by a new loop until a condition holds; 30 seconds at most."""
        deadline_s = time.monotonic() + 30
        with self.loop(store) as loop:
            loop.run(lambda: not until() and time.monotonic() < deadline_s)
        assert until()

    def committed(self, partition=0):
        """Return the group's offset."""
        consumer = Consumer(self.topic.config)
        places = [TopicPartition(self.topic.name, partition)]
        offset = consumer.committed(places, timeout=10)[0].offset
        consumer.close()
        return offset


@pytest.fixture
def store(redis_url):
    """Give a store that outlives a consumer."""
    made = RedisStore(redis_url, timeout_s=10)
    yield made
    made.close()


@pytest.fixture
def consumption(topic, store):
    """Give twenty events, each of which the producer sent twice."""
    topic.produce([event for event in EVENTS for _ in range(2)])
    return Consumption(topic, store)


def test_each_event_is_handled_once(consumption):
    """Copies are skipped and committed, and the order stays."""
    consumption.consume(lambda: consumption.handled == EVENTS)
    assert 40 >= consumption.committed() > 30
    consumption.topic.produce(["last"])
    consumption.consume(lambda: "last" in consumption.handled)
    assert [*EVENTS, "last"] == consumption.handled


def test_the_classic_protocol_of_groups_will_do(topic):
    """The loop needs nothing that older brokers do not have."""
    topic.protocol = "classic"
    topic.produce(["a", "a", "b"])
    consumption = Consumption(topic, MemoryStore())
    consumption.consume(lambda: consumption.handled == ["a", "b"])


def crash_while_handling(consumption):
    """The process ends inside of a handler."""

    def before(identifier):
        if identifier == "e7":
            consumption.before = lambda _: None
            raise Crash

    consumption.before = before


def crash_before_the_mark(consumption):
    """The process ends when the handlers have returned, before the mark."""
    return Crashing(consumption.store, before=True)


def crash_before_the_commit(consumption):
    """The process ends after the mark, before the commit."""
    return Crashing(consumption.store, before=False)


class Crashing:
    """A store on whose second mark the process ends."""

    def __init__(self, store, *, before):
        self.store, self.before, self.marks = store, before, 0

    def __getattr__(self, name):
        """Do everything else as the store does."""
        return getattr(self.store, name)

    def mark(self, keys, claim):
        """End the process before the mark, or after it."""
        self.marks += 1
        if self.marks == 2 and self.before:
            raise Crash
        self.store.mark(keys, claim)
        if self.marks == 2:
            raise Crash


CRASHES = {
    "while handling": (crash_while_handling, 0),
    "before the mark": (crash_before_the_mark, 5),
    "before the commit": (crash_before_the_commit, 0),
}


@pytest.mark.parametrize(("crash", "most"), CRASHES.values(), ids=CRASHES)
def test_a_crash_loses_nothing(consumption, crash, most):
    """
    Every event is handled; twice only what was handled since the last mark.

    That is one batch of the de-duplication at most, here five events.
    """
    store = crash(consumption)
    with pytest.raises(Crash):
        consumption.consume(lambda: False, store)
    consumption.consume(lambda: set(EVENTS) <= set(consumption.handled))
    times = Counter(consumption.handled)
    assert set(EVENTS) == set(times)
    assert most >= sum(count - 1 for count in times.values())
    if most == 0:
        assert EVENTS == consumption.handled


@pytest.mark.parametrize("error", [ValueError("e1"), KeyboardInterrupt("e1")])
def test_a_failed_message_is_the_next_to_be_read(consumption, error):
    """The handler's error, or an interrupt, ends the loop, which may then go on."""

    def before(identifier):
        if identifier == "e1":
            consumption.before = lambda _: None
            raise error

    consumption.before = before
    with consumption.loop() as loop:
        with pytest.raises(type(error), match="e1"):
            loop.run(lambda: True)
        deadline_s = time.monotonic() + 20
        loop.run(
            lambda: consumption.handled != EVENTS and time.monotonic() < deadline_s
        )
    assert EVENTS == consumption.handled


def test_a_failed_message_leaves_those_before_it_committed(consumption):
    """A new process starts at the failed message."""

    def before(identifier):
        if identifier == "e1":
            raise ValueError(identifier)

    consumption.before = before
    with pytest.raises(ValueError, match="e1"):
        consumption.consume(lambda: False)
    assert 2 == consumption.committed()


def test_messages_without_an_identifier_are_all_handled(topic):
    """They cannot be told apart, so none is skipped."""
    topic.produce([None, "a", None, "a"])
    consumption = Consumption(topic, MemoryStore())
    consumption.consume(lambda: len(consumption.handled) == 3)
    assert ["?", "a", "?"] == consumption.handled


def test_a_store_that_is_away_holds_the_messages_back_if_asked(topic, own_redis):
    """Nothing is handled or committed until the store is back."""
    topic.produce(EVENTS)
    store = RedisStore(own_redis.url, timeout_s=1)
    consumption = Consumption(topic, store, on_failure=OnFailure.RAISE)
    own_redis.kill()
    with pytest.raises(StoreUnavailable):
        consumption.consume(lambda: False)
    assert [] == consumption.handled
    own_redis.start()
    consumption.consume(lambda: consumption.handled == EVENTS)
    store.close()


def test_a_group_that_changes_loses_nothing(topic, store):
    """
    A second consumer comes while the first is at work, and later the first goes.

    Both share the store and claim, so that each event is handled once, by one of them.
    """
    events = {n: [f"{n}-{i}" for i in range(60)] for n in range(4)}
    for partition, identifiers in events.items():
        topic.produce(identifiers, partition)
    consumption = Consumption(topic, store, claim_s=20)
    consumption.before = lambda _: time.sleep(0.002)
    wanted = {event for part in events.values() for event in part}
    stop = threading.Event()

    def consume(goes_on):
        with consumption.loop() as loop:
            loop.run(goes_on)

    deadline_s = time.monotonic() + 40
    first = threading.Thread(
        target=consume, args=(lambda: len(consumption.handled) < 100,)
    )
    second = threading.Thread(target=consume, args=(lambda: not stop.is_set(),))
    first.start()
    second.start()
    while len(set(consumption.handled)) < len(wanted) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    stop.set()
    first.join(20)
    second.join(20)
    assert dict.fromkeys(wanted, 1) == Counter(consumption.handled)


def test_a_commit_that_fails_is_told_and_not_raised(consumption):
    """The messages come again, and are duplicates."""
    with consumption.loop() as loop:
        while not consumption.handled:
            loop.step()
        # A partition that no broker knows: the broker itself refuses the commit.
        loop._commit([TopicPartition("no-topic-at-all", 99, 1)])
    refused = [each for each in consumption.told if isinstance(each, CommitFailed)]
    assert [consumption.topic.group] == [each.subject for each in refused]


@pytest.mark.parametrize(
    ("config", "settings", "name"),
    [
        ({}, {}, "group.id"),
        ({"group.id": "g", "enable.auto.commit": True}, {}, "enable.auto.commit"),
        ({"group.id": "g", "enable.auto.commit": "true"}, {}, "enable.auto.commit"),
        ({"group.id": "g"}, {"topics": []}, "topics"),
        ({"group.id": "g"}, {"batch": 0}, "batch"),
        ({"group.id": "g"}, {"poll_s": -1}, "poll_s"),
        ({"group.id": "g"}, {"poll_s": float("inf")}, "ConfluentLoop.poll_s"),
        ({"group.id": "g"}, {"busy_s": 0}, "busy_s"),
    ],
)
def test_a_loop_that_would_lose_messages_is_refused(config, settings, name):
    """A client that commits by itself commits what was never handled."""
    dedup = Deduplicator(MemoryStore(), key=by_header("id"))
    topics = settings.pop("topics", ["t"])
    with pytest.raises(InvalidSetting, match=name):
        ConfluentLoop(config, topics, dedup, print, **settings)
