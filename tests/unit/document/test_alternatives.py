"""Alternatives: each set of variants is told once; what only looks like one is none."""

import pytest

from gonogo.document.reader.read import read


def alternatives(*labelled):
    """Return the variants' sets of blocks that stand below these lines, in order."""
    blocks = "".join(f"{label}\n\n```sh\nmake {n}\n```\n\n" for n, label in labelled)
    found = read(f"# R\n\n## Step 1: Go\n\n{blocks}".encode(), "r.md")
    return [c.alternatives is not None for c in found.commands], found.diagnostics


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("**macOS:**", "**Linux:**"),
        ("**Using Docker:**", "**Bare metal:**"),
        ("**Option 1: fast**", "**Option 2: slow**"),
        ("**Staging:**", "**Production:**"),
        ("### Method A", "### Method B"),
        ("- On Heroku:", "- On Render:"),
        ("First this:", "Or, if that is down:"),
    ],
)
def test_labels_of_one_family_side_by_side_are_variants(first, second):
    """Two names of platforms, environments or options, or an 'Or', make a choice."""
    indent = "  " if first.startswith("-") else ""
    text = "# R\n\n## Step 1: Go\n\n" + "\n\n".join(
        f"{label}\n\n{indent}```sh\n{indent}make it\n{indent}```"
        for label in (first, second)
    )
    found = read(text.encode(), "r.md")
    assert [True, True] == [c.alternatives is not None for c in found.commands]
    assert ["GNG132"] == [d.code for d in found.diagnostics if d.code == "GNG132"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("**Backup:**", "**Migrate:**"),
        ("**Heroku:**", "**Migrate:**"),
        ("**Heroku:**", "**Production:**"),
        ("## Staging", "## Production"),
        ("**Check 1:**", "**Check 2:**"),
    ],
)
def test_labels_that_name_steps_are_no_variants(first, second):
    """One name of a platform alone, or names of steps, leave nothing to choose."""
    assert [False, False] == alternatives((1, first), (2, second))[0]
