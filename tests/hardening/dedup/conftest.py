"""A Kafka cluster of librdkafka's own, inside this process."""

from itertools import count

import pytest
from confluent_kafka import Producer

_NUMBERS = count(1)
PARTITIONS = 4


class Topic:
    """A topic that only one test knows, and a group for it."""

    def __init__(self, servers):
        self.servers = servers
        self.name = f"topic-{next(_NUMBERS)}"
        self.protocol = "consumer"  # joins a group at once; 'classic' takes 3 s
        self.group = f"group-of-{self.name}"

    def produce(self, identifiers, partition=0):
        """Produce a message for each identifier, in a header; None has no header."""
        producer = Producer({"bootstrap.servers": self.servers, "linger.ms": 0})
        for identifier in identifiers:
            headers = [] if identifier is None else [("id", identifier.encode())]
            producer.produce(
                self.name, value=b"x", headers=headers, partition=partition
            )
        assert 0 == producer.flush(20)

    @property
    def config(self):
        """A consumer's configuration, as librdkafka names it."""
        return {
            "bootstrap.servers": self.servers,
            "group.id": self.group,
            "group.protocol": self.protocol,
            "fetch.wait.max.ms": 50,
            "log_level": 2,
        }

    @property
    def options(self):
        """A consumer's options, as aiokafka names them."""
        return {
            "bootstrap_servers": self.servers,
            "group_id": self.group,
            "session_timeout_ms": 6000,
            "heartbeat_interval_ms": 100,
            "fetch_max_wait_ms": 50,
        }


@pytest.fixture(scope="session")
def kafka():
    """Give the addresses of the cluster, which ends with the producer that hosts it."""
    host = Producer({"test.mock.num.brokers": 1, "log_level": 2})
    brokers = host.list_topics(timeout=20).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    host.flush(1)


@pytest.fixture
def topic(kafka):
    """Give a topic of four partitions that only this test knows."""
    return Topic(kafka)
