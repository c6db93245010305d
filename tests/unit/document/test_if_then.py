"""If-then: sentences that say on what to go back, stop or look into it."""

import pytest

from gonogo.document.reader.limits.if_then import conditionals, unwished_lead


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If writes fail, roll back", "writes fail"),
        ("Roll back if writes fail", "writes fail"),
        ("If lag > 5 s rollback immediately", "lag > 5 s"),
        ("When users sign in twice: abort", "users sign in twice"),
        ("If pages break → stop and investigate", "pages break"),
        ("Errors > 5% → rollback", "Errors > 5%"),
        ("Automatic rollback on failure", "failure"),
        ("All is well. If it crashes, halt the rollout", "it crashes"),
        ("Wenn Fehler auftreten, abbrechen", "Fehler auftreten"),
        ("Any FAIL → stop, mend, run again", "Any FAIL"),
        ("One of the probes fails: stop and call", "One of the probes fails"),
        ("If any box fails, file an issue", "any box fails"),
        ("If the ledger does not balance, stop", "the ledger does not balance"),
        (
            "If the id, the sum or the size is wrong, stop",
            "the id, the sum or the size is wrong",
        ),
        ("A lost order is a reason to stop", "A lost order"),
        ("A failed restore means no-go", "A failed restore"),
        ("If errors climb, point the name back to blue", "errors climb"),
        ("Do not widen the ramp if a probe fails", "a probe fails"),
        ("Use when the cache is stale", "the cache is stale"),
        ("Invoke this ONLY when a probe fails", "a probe fails"),
        ("Data wrong → roll back", "Data wrong"),
        ("Is the queue empty? No → roll back", "Is the queue empty? No"),
    ],
)
def test_the_condition_is_read_in_every_order(text, condition):
    """Condition and response are told apart whichever comes first."""
    assert [c.condition for c in conditionals(text)] == [condition]


@pytest.mark.parametrize(
    "text",
    [
        "If needed, roll back",
        "If all checks pass, stop the old worker",
        "If you use containers, stop the old one",
        "Rollback is simple if issues come up",
        "This tells how to roll back if writes fail",
        "Stop the timer when done",
        "Errors < 5% → continue",
        "Users → rollback of the session",
        "Any branch → merge it",
        "Each migration requires a rollback script",
        "The old pipeline means rollback scripts are kept",
        "Use when the mirror is near",
        "Log the typo when you find one",
        "Después del rollback, se puede trabajar",
        "Rollback if any of the critical triggers occurs",
    ],
)
def test_wishes_and_descriptions_are_no_triggers(text):
    """An ordinary step, an empty condition or a description sets nothing off."""
    assert conditionals(text) == ()


def test_each_sentence_of_a_paragraph_is_read():
    """Two sentences with a condition each are two."""
    text = "Abort if writes fail. If reads break, pause the rollout."
    assert [c.leading for c in conditionals(text)] == [False, True]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If issues are found:", "issues are found"),
        ("Must say PASS. If it says FAIL:", "it says FAIL"),
        ("If healthy:", None),
        ("If no errors are seen:", None),
        ("If rollback is needed:", None),
        ("Issues:", None),
    ],
)
def test_a_lead_is_a_trigger_where_nobody_wishes_for_it(text, condition):
    """'If it fails:' leads to what is done then; 'If healthy:' goes on."""
    assert unwished_lead(text) == condition
