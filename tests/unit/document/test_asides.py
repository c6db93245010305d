"""Asides: titles that describe, tell or append, beside those of something to do."""

import pytest

from gonogo.document.reader.staging.asides import is_alternative, is_aside


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (True, "Rollout strategy"),
        (True, "Certificate Management"),
        (True, "Migration types"),
        (True, "What this does not do"),
        (True, "Lo que no hace esta entrega"),
        (True, "Why in this order"),
        (True, "Current deployment"),
        (True, "7. Historical playbook"),
        (True, "9. Quick test commands"),
        (True, "Appendix B: Names"),
        (False, "Manage the queue"),
        (False, "Current users first"),
        (False, "Deploy the model server"),
        (False, "Quick check"),
        (False, "Whatsapp checks"),
    ],
)
def test_an_aside_is_told_from_something_to_do(want, title):
    """The form of a title tells: its last word, its question, its place."""
    assert is_aside(title) is want


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (True, "Option A: By script"),
        (True, "Method 2 - Console"),
        (True, "Opción B"),
        (True, "Alternative: by hand"),
        (False, "Optional: warm the cache"),
        (False, "Method of payment"),
        (False, "Path to production"),
        (False, "Step 1: Choose an option"),
    ],
)
def test_an_alternative_is_named_and_numbered(want, title):
    """Several ways to do the same are not done one after another."""
    assert is_alternative(title) is want
