"""Passages: every line of a document beside how it was understood."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.document import Beside, compile_document
from gonogo.document.kinds import Use
from gonogo.document.lines import Account
from gonogo.document.reading import Reading
from gonogo.report.explained.form import Form
from gonogo.report.explained.passage import passages_of

FRAGMENTS = st.sampled_from([
    "# Plan", "## Stage 1: Enable (5%)", "### Rollback", "---", "", "   ", "> quote",
    "- [ ] Verify error rate < 1% for 24h", "  - [x] nested", "1. [ ] Wait 24 hours",
    "| Metric | Threshold | Actual |", "|---|---|---|", "| p99 | <5ms | |", "```bash",
    "make it", "```", "# Expected: 1 row", "**Rollback triggers:**", "- Error rate > 2%",
    "<!-- gonogo: {a: 1} -->", "- DB: @ops", "    code", "1. **Immediately:** disable",
])  # fmt: skip
TEXTS = st.lists(st.one_of(FRAGMENTS, st.text(max_size=40)), max_size=30)


def passages(text, bindings=None):
    """Return the passages of a document."""
    beside = bindings and Beside(name="x.bindings.yaml", text=bindings)
    data = text.encode("utf-8", "replace")
    return passages_of(*compile_document(data, name="x", beside=beside))


def starting(found, line):
    """Return the passage that a line stands in."""
    return next(each for each in found if line in {it.number for it in each.lines})


@given(TEXTS)
def test_every_line_stands_in_one_passage_and_is_accounted_for(parts):
    """Law 9: every line of the document is accounted for."""
    data = "\n".join(parts).encode("utf-8", "replace")
    reading, compiled = compile_document(data, name="x")
    found = passages_of(reading, compiled)
    lines = [line for passage in found for line in passage.lines]
    text = reading.text.removesuffix("\n").split("\n") if reading.accounts else []
    assert list(range(1, len(lines) + 1)) == [line.number for line in lines]
    assert text == [line.text for line in lines][: len(text)]
    assert all(passage.entries for passage in found)
    told = {
        number
        for passage in found
        for entry in passage.entries
        for first, last in entry.spans
        for number in range(first, last + 1)
    }
    assert all(line.form is Form.BLANK for line in lines if line.number not in told)


@given(TEXTS)
def test_every_row_of_the_plan_and_every_finding_stands_at_its_line(parts):
    """Nothing that is said of a line of the document is lost on the way to it."""
    data = "\n".join(parts).encode("utf-8", "replace")
    reading, compiled = compile_document(data, name="x")
    entries = [e for p in passages_of(reading, compiled) for e in p.entries]
    rows = [row.line for entry in entries for row in entry.rows]
    stages = compiled.plan.stages if compiled.plan else ()
    steps = [step.line for stage in stages for step in stage.steps]
    assert set(steps) <= set(rows)
    assert all(row.line == entry.first for entry in entries for row in entry.rows)
    last = reading.accounts[-1].last_line if reading.accounts else 0
    wanted = [d for d in compiled.diagnostics if d.file is None and d.line <= last]
    assert sorted(wanted) == sorted(d for e in entries for d in e.findings)


BOX = """\
## Stage 1

- [ ] Verify that it is there

  ```bash
  ls it
  # Expected: it
  ```

Words between.

- [ ] Look at it
"""


def test_a_block_stands_with_the_box_that_it_belongs_to():
    """Box, block and expectation are one step, and are read as one."""
    passage = starting(passages(BOX), 3)
    assert [3, 4, 5, 6, 7, 8, 9] == [line.number for line in passage.lines]
    assert "commands" in {entry.element for entry in passage.entries}


def test_words_between_two_boxes_stand_for_themselves():
    """What belongs to no step is shown, and says so."""
    (entry,) = starting(passages(BOX), 10).entries
    assert (Use.SHOWN, "prose", ((10, 10),)) == (entry.use, entry.element, entry.spans)


def test_a_way_back_stands_with_its_heading():
    """Whoever reads a rollback sees its lines and what is made of them together."""
    text = "## Stage 1\n\n- [ ] Do it\n\n### Rollback\n\n```bash\nmake back\n```\n"
    passage = starting(passages(text), 5)
    assert 9 == passage.lines[-1].number
    assert "ROLLBACK" == passage.entries[0].rows[0].kind


def test_a_box_that_heads_others_says_so():
    """A box with boxes below it is no step of its own."""
    text = "## Stage 1\n\n- [ ] Both\n  - [ ] Verify one\n  - [ ] Verify two\n"
    (entry,) = starting(passages(text), 3).entries
    assert ("group", ()) == (entry.element, entry.rows)


def test_a_finding_of_the_file_beside_stands_at_no_line_of_the_document():
    """The line of a bindings file is not a line of the document."""
    text = "## Stage 1\n\n- [ ] Do it\n"
    found = passages(text, bindings="nonsense: 1\n")
    findings = [f for p in found for e in p.entries for f in e.findings]
    assert [] == [each for each in findings if each.file is not None]


def test_what_cannot_be_read_has_no_passages():
    """No text, no lines; the error stands on top of the page."""
    reading, compiled = compile_document(b"\xff\xfe", name="x")
    assert () == passages_of(reading, compiled)
    assert compiled.diagnostics


LEFT_OUT = """\
## Stage 1

- [ ] Look

## Rollback Triggers

- Error rate > 2%

## Stage 2

- [ ] Look again

## Incident Response

1. **Within 5 minutes:**
   - Page the on-call
"""


@pytest.mark.parametrize(
    ("line", "unplanned"),
    [(1, False), (3, False), (7, True), (15, False), (16, False)],
    ids=["stage", "question", "trigger of people", "incident", "its item"],
)
def test_what_the_plan_has_nothing_for_says_so(line, unplanned):
    """A line that asks for something, and gets nothing, is not passed over."""
    entry = next(
        e for e in starting(passages(LEFT_OUT), line).entries if e.spans[0][0] == line
    )
    assert unplanned == entry.unplanned


def test_without_a_plan_no_line_is_blamed_for_having_no_part_in_it():
    """The one error on top says it for all lines."""
    reading, compiled = compile_document(LEFT_OUT.encode(), name="x")
    found = passages_of(reading, replace(compiled, plan=None))
    assert {False} == {e.unplanned for p in found for e in p.entries}


def test_a_plan_file_names_the_lines_of_its_document_and_not_its_own():
    """No row is put beside a line that it does not come from."""
    _, compiled = compile_document(BOX.encode(), name="x")
    text = "title: Stage 1\nstages: []\n"
    whole = Account(first_line=1, last_line=2, use=Use.STRUCTURE, element="plan")
    read = Reading(name="x.yaml", digest="sha256:0", text=text, accounts=(whole,))
    (passage,) = passages_of(read, compiled)
    assert [1, 2] == [line.number for line in passage.lines]
    assert {5, 12} <= {row.line for row in passage.entries[0].rows}
