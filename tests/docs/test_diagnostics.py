"""Every diagnostic is explained, by an example that yields it."""

from pathlib import Path

import pytest

from gonogo.document import codes
from gonogo.document.advice import codes as advice
from gonogo.document.catalogue import RULES
from gonogo.document.planfile import codes as planfile
from gonogo.document.reader.layout import codes as reader
from gonogo.entrypoints.cli.rule_page import example, explained, yielded

FOLDER = Path(__file__).parents[2] / "packages/gonogo/src/gonogo/entrypoints/cli/rules"

# The net below all rules: what ends in it is a defect of another.
NET = {"GNG321"}


@pytest.mark.parametrize("code", sorted(set(RULES) - NET))
def test_the_example_of_a_code_yields_it(code):
    """Lint says of the example what the page says; no template is left unfilled."""
    found = yielded(code)
    assert found
    assert RULES[code].severity is found[0].severity
    assert [] == [each for each in found if "{" in each.message.replace("{…}", "")]


@pytest.mark.parametrize("code", sorted(NET))
def test_a_code_that_nothing_yields_is_known_as_such(code):
    """A code that comes to life loses its excuse."""
    assert () == yielded(code)


def test_every_code_has_its_page_and_every_page_its_code():
    """A rule that goes takes its page with it."""
    assert set(RULES) == {path.stem for path in FOLDER.iterdir()}


@pytest.mark.parametrize("code", RULES)
def test_a_page_says_what_a_code_means_and_what_to_do(code):
    """A title is not enough: why it matters takes a sentence more."""
    assert len(example(code).meaning) > len(RULES[code].title)
    assert "**Remedy.** " in explained(code)


def test_codes_are_unique_over_all_tables():
    """The catalogue holds one rule for each code of all tables."""
    modules = [reader, codes, advice, planfile]
    assert [set(each.Code) for each in modules] == [set(each.RULES) for each in modules]
    assert len(RULES) == sum(len(each.RULES) for each in modules)
