"""Reading is linear: twice the document takes about twice the work."""

import sys

import pytest

from gonogo.document.reader.read import read

SHAPES = {
    "boxes": "- [ ] Verify error rate < 1%\n",
    "headings": "## Phase 1\n\n- [ ] a\n\n",
    "tables": "| Metric | Threshold |\n|---|---|\n| a | < 1% |\n\n",
    "rollbacks": "## Rollback\n\n```bash\nmake back\n```\n\n",
    "labels": "**Rollback triggers:**\n\n- a > 1%\n\n",
    "steps": "**Step 1: a**\n\n1. b\n   - c\n\n",
    "scenarios": "## Rollback\n\n### Option 1\n\n1. `a b`\n\n",
    "rows": "| Stage | Rollback |\n|---|---|\n| a | `b c` |\n\n",
    "comments": "`a` <!-- b --> ",
    "unclosed": "`a` <!-- b ",
    "waits": "- Monitor the canary at 5% for 30 minutes (daily)\n",
    "contacts": "## Contacts\n\n- Name: Ann\n- Phone: 1\n- CTO\n\n",
    "approvals": "## Sign-off\n\n- [ ] **QA:** approved by the lead\n\n",
}


def calls(text):
    """Return how many functions reading `text` calls."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read(text.encode(), "x")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_work_grows_with_the_length(shape):
    """Four times the document calls less than six times the functions."""
    calls(shape)
    assert calls(shape * 400) < 6 * calls(shape * 100)


@pytest.mark.parametrize(
    "shape",
    [
        "- [ ] Verify error rate {n} < {n}% for {n} minutes\n",
        "## Phase {n}: a\n\nIf errors exceed {n}%, roll back to {n}.\n\n",
        "| Metric {n} | Threshold |\n|---|---|\n| a {n} | < {n}% |\n\n",
        "```bash\ncurl -s http://localhost:{n}/health # expect {n}\n```\n\n",
        "`{n}` <!-- {n} --> ",
    ],
    ids=["items", "sections", "tables", "commands", "comments"],
)
def test_work_grows_with_the_length_where_no_line_is_like_another(shape):
    """Nothing that is remembered of equal lines hides work that grows faster."""

    def numbered(first, count):
        return "".join(shape.format(n=n) for n in range(first, first + count))

    calls(numbered(1000, 1))
    assert calls(numbered(2000, 400)) < 6 * calls(numbered(3000, 100))


def test_a_deep_list_and_a_wide_table_are_read():
    """A thousand nested items and ten thousand rows end in a reading."""
    deep = "".join("  " * n + "- [ ] a\n" for n in range(1000))
    wide = "| Metric | Threshold |\n|---|---|\n" + "| a | < 1% |\n" * 10_000
    assert 10_000 == len(read(wide.encode(), "x").gates)
    assert 1000 == read(deep.encode(), "x").accounts[-1].last_line
