"""Additions: an entry more in a bindings file, and nothing else changed."""

import pytest

from gonogo.document.open_points.additions import Addition, NoPlaceForIt, added

ADA = Addition(section="people", name="Dev Lead", value="[ada]")
MANY = "steps:\n  Deploy:\n    shell: |\n      # first\n      ./x\n"
ROWS = {
    "no file yet": ("", "people:\n  Dev Lead: [ada]\n"),
    "comments alone": ("# ours\n", "# ours\npeople:\n  Dev Lead: [ada]\n"),
    "no such section": (
        "service: shop  # ours\n",
        "service: shop  # ours\npeople:\n  Dev Lead: [ada]\n",
    ),
    "no line end": ("service: shop", "service: shop\npeople:\n  Dev Lead: [ada]\n"),
    "a section of four spaces": (
        "people:\n    Owner: [bob]\n\n# next\nservice: shop\n",
        "people:\n    Owner: [bob]\n    Dev Lead: [ada]\n\n# next\nservice: shop\n",
    ),
    "a comment of the section": (
        "people:\n  Owner: [bob]\n  # and others\n",
        "people:\n  Owner: [bob]\n  # and others\n  Dev Lead: [ada]\n",
    ),
    "an empty section": (
        "people:  # nobody\nservice: shop\n",
        "people:  # nobody\n  Dev Lead: [ada]\nservice: shop\n",
    ),
    "a section on one line": (
        "people: {Owner: [bob]}  # two\n",
        "people: {Owner: [bob], Dev Lead: [ada]}  # two\n",
    ),
    "an empty section on one line": (
        "people: {}\n",
        "people: {Dev Lead: [ada]}\n",
    ),
    "all on one line": (
        "{service: shop}\n",
        "{service: shop, people: {Dev Lead: [ada]}}\n",
    ),
    "under gonogo": (
        "gonogo:\n  service: shop\nother: 1\n",
        "gonogo:\n  service: shop\n  people:\n    Dev Lead: [ada]\nother: 1\n",
    ),
    "a text of many lines above": (
        MANY,
        f"{MANY}people:\n  Dev Lead: [ada]\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), ROWS.values(), ids=ROWS)
def test_an_entry_stands_where_a_person_would_write_it(before, after):
    """The section's own form is kept, and so is every comment."""
    assert after == added(before, ADA)


def test_a_name_that_yaml_would_misread_is_quoted():
    """A title with a colon is still one key."""
    addition = Addition(section="rollbacks", name="Stage 1: 5%", value="{ask: true}")
    assert "rollbacks:\n  'Stage 1: 5%': {ask: true}\n" == added("", addition)


UNFIT = {
    "a section that is another's": "a: &a {x: 1}\npeople: *a\n",
    "a section that is a text": "people: nobody\n",
    "a list": "- one\n",
    "broken": "people: {\n",
}


@pytest.mark.parametrize("text", UNFIT.values(), ids=UNFIT)
def test_a_file_that_would_change_its_meaning_is_left_alone(text):
    """Whatever cannot be added without touching the rest is said, with what to do."""
    with pytest.raises(NoPlaceForIt, match="Add it there by hand"):
        added(text, ADA)
