"""Bucketing: the same numbers as flagd for every key, sticky and monotone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo_flags import PercentageInvalid, Snapshot, bucket
from gonogo_flags.bucketing import hash_of, limits, weights_of

# Computed once from a murmur3 (x86, 32 bits, seed 0) written out by hand; a change of
# any of them would move production traffic from one side of a flag to the other.
GOLDEN = {
    "plain": ("new-checkout", "user-1", 100, 45),
    "other key": ("new-checkout", "user-42", 100, 55),
    "key beyond ASCII": ("new-checkout", "usér-日本", 100, 51),
    "fine weights": ("DLQ_ENABLED", "tenant-7", 100_000, 24_473),
    "largest total": ("JOB_HEARTBEAT", "tenant-7", 2**31 - 1, 2_108_719_541),
    "nothing to hash": ("", "", 100, 0),
}

thousandths = st.integers(0, 100_000)
keys = st.text(min_size=1, max_size=12)


def percent(thousandth):
    """Return a percentage given in thousandths of a percent."""
    return Decimal(thousandth) / 1000


def is_on(thousandth, key):
    """Tell by the definition whether a percentage reaches a key."""
    on, off = weights_of(percent(thousandth))
    return bucket("flag", key, on + off) < on


@pytest.mark.parametrize(
    ("flag", "key", "total", "expected"), GOLDEN.values(), ids=GOLDEN
)
def test_bucket_is_that_of_flagd(flag, key, total, expected):
    """A key falls into the bucket that flagd's second arithmetic puts it in."""
    assert expected == bucket(flag, key, total)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=5).filter(any), keys)
def test_limits_over_the_hash_say_what_the_buckets_say(weights, key):
    """The compiled form and the definition put each key on the same variant."""
    in_bucket, cumulated, by_definition = bucket("f", key, sum(weights)), 0, None
    for at, weight in enumerate(weights):
        cumulated += weight
        if by_definition is None and in_bucket < cumulated:
            by_definition = at
    compiled = sum(limit <= hash_of("f", key) for limit in limits(weights))
    assert by_definition == compiled


@given(thousandths, thousandths, keys)
def test_a_higher_percentage_keeps_everyone_who_was_on(one, other, key):
    """Monotone "in the percentage": growing it never takes a key off."""
    low, high = sorted((one, other))
    assert not is_on(low, key) or is_on(high, key)


@given(keys)
def test_the_ends_of_the_scale_are_exact(key):
    """0 % reaches nobody and 100 % reaches everybody."""
    assert (False, True) == (is_on(0, key), is_on(100_000, key))


def test_share_of_keys_is_close_to_the_percentage():
    """5 % of many keys is 5 %, give or take what chance allows."""
    reached = sum(is_on(5_000, f"tenant-{n}") for n in range(20_000))
    assert reached == pytest.approx(1_000, abs=150)


WEIGHTS = {
    "none": (0, (0, 100)),
    "whole": (5, (5, 95)),
    "whole as float": (5.0, (5, 95)),
    "all": (100, (100, 0)),
    "half a percent": (0.5, (500, 99_500)),
    "finest": (0.001, (1, 99_999)),
    "decimal": (Decimal("99.999"), (99_999, 1)),
}


@pytest.mark.parametrize(("pct", "expected"), WEIGHTS.values(), ids=WEIGHTS)
def test_percentage_becomes_integer_weights(pct, expected):
    """Whole percentages weigh out of 100, finer ones out of 100,000."""
    assert expected == weights_of(pct)


@pytest.mark.parametrize(
    "pct",
    [-0.001, 100.001, 0.0001, float("nan"), float("inf"), "many", None, True],
)
def test_what_is_no_percentage_is_refused(pct):
    """Outside 0 to 100, finer than 0.001 and other things are one clear error."""
    with pytest.raises(PercentageInvalid, match="from 0 to 100"):
        weights_of(pct)


def test_a_key_without_utf8_form_has_a_bucket_all_the_same():
    """A lone surrogate, as JSON can carry, is no reason to fail a request."""
    flag = '{"state":"ENABLED","variants":{"on":true,"off":false},'
    flag += '"defaultVariant":"off","targeting":{"fractional":[["on",1],["off",1]]}}'
    snapshot = Snapshot.parse(f'{{"flags":{{"f":{flag}}}}}')
    assert snapshot.is_on("f", "\ud800") is snapshot.is_on("f", "\ud800")
