"""Placeholders: what a person must fill in, and what only looks like it."""

import pytest

from gonogo.document.reader.read import read


def placeholders(text):
    """Return the texts of a document's placeholders."""
    return [each.text for each in read(text.encode(), "d.md").placeholders]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("gonogo:\n  people:\n    Dev Lead: [alok]", []),
        ("title: Release\nowner: [Name]", ["[Name]"]),
    ],
    ids=["a list in the bindings", "a template's own key"],
)
def test_a_list_in_the_bindings_is_not_there_to_be_filled_in(keys, expected):
    """YAML's brackets are bindings; in a template's front matter they may be blanks."""
    assert expected == placeholders(f"---\n{keys}\n---\n\n# Rollout\n")
