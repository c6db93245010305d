"""Advice about limits of one metric."""

import pytest

TABLE = """
## Stage 1: Enable

- [ ] Enable it
- [ ] Monitor for 1 hour

| Metric | Threshold |
|--------|-----------|
| Errors | {one} |
| {name} | {other} |
"""
TRIGGER = """
## Stage 1: Enable

- [ ] Enable it
- [ ] Monitor for 1 hour

| Metric | Threshold |
|--------|-----------|
| Errors | {limit} |

## Rollback Triggers

- Errors {trigger}
"""


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("< 5", "> 4", []),
        ("< 5", "> 5", [("GNG411", 11)]),
        ("<= 5", ">= 5", []),
        ("< 5", "> 6", [("GNG411", 11)]),
        ("< 500 ms", "> 0.4 s", []),
        ("< 500 ms", "> 0.6 s", [("GNG411", 11)]),
    ],
)
def test_limits_that_no_value_holds_are_named(advised, one, other, found):
    """Two limits of a metric contradict where nothing lies between them."""
    assert found == advised(TABLE.format(one=one, other=other, name="Errors"))


def test_limits_of_two_metrics_do_not_contradict(advised):
    """What is few for one may be many for another."""
    assert [] == advised(TABLE.format(one="< 5", other="> 6", name="Orders"))


@pytest.mark.parametrize(
    ("trigger", "found"),
    [("> 4%", [("GNG412", 14)]), ("> 5%", []), ("> 6%", [])],
    ids=["inside", "at the limit", "beyond"],
)
def test_a_trigger_stands_at_the_limit_or_beyond(advised, trigger, found):
    """A trigger at 4 % turns back what the limit of 5 % still calls good."""
    assert found == advised(TRIGGER.format(limit="< 5%", trigger=trigger))
