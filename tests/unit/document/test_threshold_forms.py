"""Threshold forms: the orders of tokens that state a condition."""

from itertools import product

import pytest

from gonogo.document.reader.limits import threshold_forms
from gonogo.document.reader.limits.threshold_forms import longest
from gonogo.document.reader.limits.tokens import runs


@pytest.mark.parametrize(
    ("text", "form", "used", "quantities"),
    [
        ("< 5 %", "compared", 3, ["5%"]),
        ("5 ms <", "compared", 3, ["5ms"]),
        ("at least 10 + min", "compared", 4, ["10"]),
        ("± 20 %", "within", 3, ["20%"]),
        ("between 40 and 60 %", "between", 5, ["40", "60%"]),
        ("10 + min", "at_least", 3, ["10"]),
        ("~ 45 ms", "about", 3, ["45ms"]),
        ("5 / 6", "all_of", 3, ["6"]),
        ("+3 %", "exact", 3, ["+3%"]),
        # What states nothing more ends it: the longest beginning counts.
        ("< 5 % 7", "compared", 3, ["5%"]),
        ("5 to", "exact", 1, ["5"]),
    ],
)
def test_the_longest_form_counts(text, form, used, quantities):
    """The longest beginning that states a condition is taken, with its quantities."""
    stated = longest(runs(text)[0])
    said = ["".join(t.text for t in part) for part in stated.quantities]
    assert (form, used, quantities) == (stated.form, len(stated.tokens), said)


@pytest.mark.parametrize("text", ["<", "to 5", "%", "< ~ <"])
def test_what_states_nothing_has_no_form(text):
    """Tokens that no form begins with are no condition."""
    assert longest(runs(text)[0]) is None


def test_no_text_is_stated_by_two_forms():
    """Up to four tokens, in every order, at most one form fits."""
    letters = "".join(threshold_forms._LETTERS.values())
    for length in range(1, 5):
        for kinds in map("".join, product(letters, repeat=length)):
            fit = [f for f, e in threshold_forms._EXPRESSIONS if e.fullmatch(kinds)]
            assert len(fit) <= 1, kinds
