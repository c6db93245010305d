"""Expectations: a stated result is typed by its form."""

import pytest

from gonogo.document.reader.expectations import classify
from gonogo.model.expectation import ExpectationKind as Kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("0", Kind.NUMBER),
        ("exit 0", Kind.NUMBER),
        ("1 row", Kind.ROWS),
        ("5-6 containers", Kind.ROWS),
        ("> 0", Kind.COMPARATOR),
        ("401 Unauthorized", Kind.HTTP_STATUS),
        ("HTTP 200", Kind.HTTP_STATUS),
        ('{"status": "ok"}', Kind.JSON),
        ("no errors", Kind.ABSENCE),
        ("empty", Kind.ABSENCE),
        ("inactive", Kind.EXACT),
        ("OVERALL: HEALTHY", Kind.CONTAINS),
        ('"ready"', Kind.CONTAINS),
        ("the page is shown with all its parts", Kind.HUMAN),
    ],
)
def test_a_result_is_typed_by_its_form(value, kind):
    """What a machine can compare gets its kind; the rest goes to a person."""
    assert kind is classify(value)


@pytest.mark.parametrize(
    ("command", "kind"),
    [("curl -s http://x", Kind.HTTP_STATUS), ("wc -l f", Kind.NUMBER)],
)
def test_three_digits_are_a_status_only_behind_a_request(command, kind):
    """'200' is a status where something was requested, and else a number."""
    assert kind is classify("200", command)
