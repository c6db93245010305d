"""Comments: a binding beside a line leaves the reading of the line alone."""

from dataclasses import replace

import pytest

from gonogo.document.reader.read import read

DOCUMENT = """# Plan

## Stage 1: Switch on (5%)

- [ ] Enable the flag

| Metric | Threshold | Actual |
|---|---|---|
| Error rate | < 1% | |

```bash
make deploy
```
"""


@pytest.mark.parametrize("line", [3, 5, 7, 9])
def test_a_comment_at_the_end_of_a_line_changes_nothing(line):
    """A heading, a box and a table row read the same with a binding behind them."""
    lines = DOCUMENT.split("\n")
    lines[line - 1] += " <!-- gonogo: {a: 1} -->"
    got = read("\n".join(lines).encode(), "x")
    want = read(DOCUMENT.encode(), "x")
    for key in ("stages", "boxes", "gates", "commands", "placeholders"):
        assert getattr(want, key) == getattr(got, key)
    assert [(line, line, "gonogo: {a: 1}")] == [
        (c.line, c.owner_line, c.text) for c in got.comments
    ]


def test_a_comment_alone_belongs_to_the_line_below():
    """A binding above a fence is the fence's."""
    text = "# A\n\n<!-- gonogo: {b: 2} -->\n```bash\nmake\n```\n"
    (comment,) = read(text.encode(), "x").comments
    assert (3, 4) == (comment.line, comment.owner_line)


def test_a_comment_may_run_over_lines():
    """First and last line of a longer comment are both kept."""
    (comment,) = read(b"# A\n\n<!-- gonogo:\n  x: 1\n-->\n\ntext\n", "x").comments
    assert (3, 5, "gonogo:\n  x: 1") == (comment.line, comment.last_line, comment.text)


def test_a_comment_in_a_fence_or_in_code_is_text():
    """What looks like a comment inside code is code."""
    text = "# A\n\n```html\n<!-- a -->\n```\n\nWrite `<!-- b -->` there.\n"
    assert () == read(text.encode(), "x").comments


@pytest.mark.parametrize(
    ("want", "line"),
    [
        (["a", "b"], "x <!-- a --><!-- b --> y"),
        (["b"], "`<!-- a -->` <!-- b -->"),
        (["b"], "``<!-- ` -->`` <!-- b -->"),
        (["a"], "a back-quote ` alone <!-- a -->"),
        (["a `", "b"], "<!-- a ` --> ` <!-- b -->"),
    ],
)
def test_comments_on_one_line_are_told_from_code(want, line):
    """Back-quotes that nothing closes are no code; those in a comment open none."""
    assert want == [c.text for c in read(f"# A\n\n{line}\n".encode(), "x").comments]


def test_an_open_comment_is_told():
    """A comment that never closes is a warning, and its text is still read."""
    reading = read(b"# A\n\nx <!-- y\n", "x")
    assert ["GNG113"] == [d.code for d in reading.diagnostics if d.code == "GNG113"]


def test_front_matter_is_kept_apart():
    """The YAML block at the top is kept whole and read as no prose."""
    front = read(b"---\ngonogo:\n  a: 1\n---\n# A\n", "x").front_matter
    assert (1, 4, "gonogo:\n  a: 1") == (front.line, front.last_line, front.text)
    assert replace(front, text="") is not front
