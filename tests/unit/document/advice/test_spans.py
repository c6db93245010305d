"""Advice about deadlines and estimates."""

import pytest

INCIDENT = """
## Stage 1: Enable

- [ ] Enable it

## Incident Response

1. **Within 10 minutes:**
   - Wait {minutes} minutes for the queue to drain
   - Page the on-call

## Contacts

| Issue | Contact | Method |
|-------|---------|--------|
| Cart | Kim | phone |
"""


@pytest.mark.parametrize(
    ("minutes", "found"),
    [(9, []), (10, []), (11, [("GNG420", 9)])],
    ids=["fits", "just fits", "does not fit"],
)
def test_a_deadline_is_as_long_as_what_stands_in_it(advised, minutes, found):
    """Ten minutes are enough for ten minutes, and not for eleven."""
    assert found == advised(INCIDENT.format(minutes=minutes))


def test_an_estimate_is_told_to_hold_nothing(advised):
    """A title's '(30 minutes)' makes nobody wait."""
    document = "## Stage 1: Enable (30 minutes)\n\n- [ ] Enable it\n"
    assert [("GNG421", 3)] == advised(document)


def test_a_wait_is_no_estimate(advised):
    """'Wait 30 minutes' holds."""
    document = "## Stage 1: Enable\n\n- [ ] Enable it\n- [ ] Wait 30 minutes\n"
    assert [] == advised(document)
