"""A private Redis, as the kit's users and its own tests start one."""

import pytest

redis = pytest.importorskip("redis")


def test_a_killed_server_comes_back_at_the_same_address(own_redis):
    """A test that kills its server brings it back, empty, where it was."""
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("kept", "no")
        own_redis.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        own_redis.start()
        assert client.get("kept") is None


def test_a_frozen_server_answers_nothing_until_it_is_thawed(own_redis):
    """A frozen server takes a connection and leaves its client waiting."""
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.1, retry=None) as client:
        client.set("kept", "yes")
        own_redis.freeze()
        with pytest.raises(redis.TimeoutError):
            client.get("kept")
        own_redis.thaw()
        assert client.get("kept") == b"yes"
