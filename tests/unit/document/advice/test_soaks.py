"""Advice about soaks: how long, and how often."""

import pytest

STAGE = """
## Stage 1: Enable

- [ ] Enable it
{hold}

| Metric | Threshold |
|--------|-----------|
| Errors | {limit} |
"""
PROBE = "metrics: {{Errors: {{shell: cat errors.txt, every: {every}}}}}"


@pytest.mark.parametrize(
    ("hold", "limit", "found"),
    [
        ("", "< 5", [("GNG410", 10)]),
        ("- [ ] Monitor for 1 hour", "< 5", []),
        ("", "< 5 over 15 minutes", []),
    ],
    ids=["neither", "a soak", "a window"],
)
def test_a_limit_is_looked_at_for_a_time(advised, hold, limit, found):
    """The stage, or the limit itself, has to say for how long."""
    document = STAGE.format(hold=hold, limit=limit)
    assert found == advised(document, PROBE.format(every="1m"))


def test_several_bad_looks_in_a_row_are_a_time_too(advised):
    """A gate that counts three looks is not decided by one."""
    bindings = "metrics: {Errors: {shell: cat errors.txt, consecutive: 3}}"
    assert [] == advised(STAGE.format(hold="", limit="< 5"), bindings)


@pytest.mark.parametrize(
    ("every", "found"),
    [("59m", []), ("60m", []), ("61m", [("GNG413", 6)])],
    ids=["more often", "once", "too seldom"],
)
def test_a_metric_is_measured_within_its_soak(advised, every, found):
    """A cadence longer than the soak leaves it without a look."""
    document = STAGE.format(hold="- [ ] Monitor for 1 hour", limit="< 5")
    assert found == advised(document, PROBE.format(every=every))


@pytest.mark.parametrize(
    ("said", "found"),
    [("30 minutes for 1 hour", []), ("2 hours for 1 hour", [("GNG413", 6)])],
)
def test_a_sentence_that_contradicts_itself_is_named(advised, said, found):
    """Nobody looks 'every 2 hours for 1 hour'."""
    assert found == advised(
        f"## Stage 1: Enable\n\n- [ ] Enable it\n- [ ] Monitor every {said}\n"
    )
