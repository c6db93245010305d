"""Fences: which line ends a block that its author closed by too short or deep a line."""

import pytest

from gonogo.document.reader.layout.fences import mended

OPEN = "````json\n{}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (OPEN + "```\n\n## Next", 2),
        (OPEN + "\t```\n\n## Next", 2),
        ("```json\n{}\n\t```\n\n## Next", 2),
        ("- step\n\n  ````sh\n  run\n  ```\n\n## Next", 4),
        ("~~~~sh\nrun\n~~~\n\n## Next", 2),
    ],
    ids=["shorter", "shorter and deep", "deep", "in a list", "tildes"],
)
def test_what_is_meant_as_an_end_becomes_one(text, line):
    """The opener's own marks take the place of the line, and nothing else changes."""
    lines = text.split("\n")
    opener = next(t for t in lines if "```" in t or "~~~" in t)
    changed = [n for n, new in enumerate(mended(lines)) if new != lines[n]]
    assert changed == [line]
    assert mended(lines)[line].strip() == opener.strip(" jsonh")


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nrun\n```\n\n## Next",
        "````markdown\n```\nrun\n```\n## Inside\n````",
        "````\n```\nrun\n```\n## Inside\n````",
        "````json\n```sh\nrun\n```\n## Inside\n````",
        OPEN + "```\n\nNo heading behind it",
        "```sh\nrun\n\n## No end at all",
    ],
    ids=["closed", "of Markdown", "bare", "around a fence", "no heading", "no end"],
)
def test_what_is_written_right_stays(text):
    """A fence around fences, and one that nothing closes, are as Markdown has them."""
    lines = text.split("\n")
    assert mended(lines) == lines


def test_the_line_that_closed_it_by_chance_opens_nothing():
    """The longer line far below would else open a block of its own."""
    lines = [*OPEN.split("\n")[:2], "```", "## Next", "- [ ] Go", "````"]
    assert mended(lines) == ["````json", "{}", "````", "## Next", "- [ ] Go", ""]


def test_many_slips_are_mended_up_to_a_bound():
    """Each slip may cost a walk to the end; so there are not many."""
    slip = [*OPEN.split("\n")[:2], "```", "## Next"]
    changed = [n for n, t in enumerate(mended(slip * 40)) if t != (slip * 40)[n]]
    assert changed == [2 + 4 * n for n in range(20)]
