"""What the kit's tests with real servers may ask for, beside the private PostgreSQL."""

import logging
import os

import pytest

from hardening.testing.redis import RedisNotFound, private_redis


@pytest.fixture(autouse=True)
def _root_logger():
    """Give the root logger back as it was: a worker of Celery makes it its own."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def shared_redis():
    """
    Give the run's private Redis.

    Without the server's program the test is skipped on a person's machine; in CI that
    is an error.
    """
    try:
        with private_redis() as server:
            yield server
    except RedisNotFound as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture
def redis_url(shared_redis):
    """Give the address of an empty Redis; it is emptied before each test."""
    redis = pytest.importorskip("redis")
    with redis.Redis.from_url(shared_redis.url) as client:
        client.flushall()
    return shared_redis.url


@pytest.fixture
def own_redis(shared_redis):  # noqa: ARG001 - skips where there is no server
    """Give a private Redis that the test may kill, freeze and start again."""
    with private_redis() as server:
        yield server
