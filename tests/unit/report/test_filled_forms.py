"""Forms: the other shapes that blanks, boxes and approvals take in documents."""

from datetime import timedelta

import pytest

from gonogo.document.lines import Cell
from gonogo.model import command as commands
from gonogo.model.operation import Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Check,
    Plan,
    Purpose,
    Question,
    Rollback,
    Stage,
)
from gonogo.model.sealing import sealed
from gonogo.report.edits import append, fill_cell, is_blank, page_of
from gonogo.report.filled import filled_document
from gonogo.report.report import report_of

DOCUMENT = """\
# Deploy

## Stage 1: Do it

- [ ] Prepare
  - [ ] Stop the queue
  - [ ] Start the queue

```bash
./deploy.sh
# Expected output: done
```

| Metric | Threshold | Actual | Status |
|--------|-----------|--------|--------|
| Mood of the support team | calm | <!-- ask them --> | ☐ |

| Role | Name | Signature | Date |
|------|------|-----------|------|
| Release Manager | | ____ | ____ |
"""
WAY_BACK = Shell(run="./deploy.sh --back", idempotent=True)


def question(name, line, purpose):
    """Return a question."""
    return Question(id=name, line=line, title=name, purpose=purpose, why="")


def a_plan(timeout=None):
    """Return the plan of the document: two deeds by hand, a block, a mood, a word."""
    steps = (
        question("stop", 6, Purpose.DO),
        question("start", 7, Purpose.DO),
        Action(id="deploy", line=9, title="Deploy", apply=Shell(run="./deploy.sh")),
        Check(id="look", line=10, title="Look", probe=Shell(run="true")),
        question("mood", 16, Purpose.JUDGE),
        Approval(
            id="word", line=20, title="Word", role="Release Manager", timeout=timeout
        ),
    )
    stage = Stage(
        id="one",
        line=3,
        title="Stage 1: Do it",
        steps=steps,
        rollback=Rollback(line=3, title="Back", operation=WAY_BACK),
    )
    return sealed(
        Plan(
            title="Deploy",
            service="s",
            environment="e",
            document="d.md",
            document_digest="sha256:0",
            stages=(stage,),
        )
    )


@pytest.fixture
def run(drive):
    """Give a function that runs the document in a world."""

    def go(timeout=None, **world):
        return drive(plan=a_plan(timeout), document=DOCUMENT, **world)

    return go


def test_deeds_by_hand_name_who_did_them(run):
    """A box that a person did carries the name; the group around is ticked with it."""
    lines = filled_document(run().records).splitlines()
    assert "- [x] Prepare" == lines[4]
    assert "  - [x] Stop the queue — ✓ bob, 2030-01-01 12:00:01Z" == lines[5]


def test_group_stays_open_while_a_box_within_is(run):
    """A box around boxes claims no more than they do."""
    lines = filled_document(run(answers={"start": None}).records).splitlines()
    assert "- [ ] Prepare" == lines[4]
    assert lines[5].startswith("  - [x]")


def test_metric_that_a_person_judged_is_filled_with_their_word(run):
    """Where no probe measures, the answer and the name stand in the cell."""
    text = filled_document(run().records)
    assert (
        "| Mood of the support team | calm | yes (bob) <!-- ask them --> | ✅ PASS |"
        in text
    )


def test_metric_that_a_person_judged_bad_fails(run):
    """A no is a FAIL, in the same cells."""
    text = filled_document(run(answers={"mood": "no"}).records)
    assert "no <!-- ask them --> | ❌ FAIL |" in text


def test_form_of_an_approval_is_named_signed_and_dated(run):
    """Underscores are blanks, too."""
    text = filled_document(run().records)
    assert "| Release Manager | alice | alice (answers.yaml:3) | 2030-01-01 |" in text


def test_approval_that_timed_out_is_told_as_such(run):
    """Nobody's answer is not a refusal."""
    driven = run(timeout=timedelta(hours=1), consents={"word": None})
    assert "✗ timed out 2030-01-01 13:0" in filled_document(driven.records)
    assert "**timed out**" in report_of(driven.records).markdown


def test_rollback_of_a_stage_covers_all_its_actions(run):
    """One way back for several actions is told at each of them."""
    text = filled_document(run(answers={"mood": "no"}).records)
    lines = text.splitlines()
    for line in (lines[5], lines[6]):
        assert "- [ ]" in line
        assert "↩ applied 2030-01-01 12:00:0" in line


def test_block_is_never_written_into(run):
    """A command that ran stands in the document as it was written."""
    text = filled_document(run().records)
    assert "```bash\n./deploy.sh\n# Expected output: done\n```\n" in text


def test_page_tells_the_proof_behind_a_block(run):
    """What a block led to is a pointer away from it, and each line is an anchor."""
    html = report_of(run().records).html
    assert '<span id="L10">./deploy.sh</span>' in html
    assert '<p class="refs">Evidence: <a class="ref"' in html


def test_crash_in_the_middle_of_an_action_is_told(run):
    """An action without a result is in doubt, in the document and the evidence."""
    driven = run(answers={"mood": None})
    records = driven.records
    intended = next(
        n
        for n, r in enumerate(records, 1)
        if type(r.event).__name__ == "ActionIntended"
    )
    report = report_of(records[:intended])
    assert "no result in the journal" in report.markdown


def test_runner_that_took_over_is_told(run):
    """A recovery is part of what happened."""
    driven = run(answers={"mood": None})
    driven.do(commands.Recover(at=driven.now))
    assert "Another runner took over" in report_of(driven.records).markdown


@pytest.mark.parametrize("text", ["", "  ", "____", "☐", "[ ]", "…", "TBD", "-"])
def test_sign_that_something_is_to_be_filled_in(text):
    """These signs are replaced by what is filled in."""
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "< 1%", "alice", "no", "[x]"])
def test_words_of_a_person_are_no_blank(text):
    """What somebody wrote is never replaced."""
    assert not is_blank(text)


def test_filled_cell_keeps_its_width_where_it_can():
    """A table that was aligned stays so."""
    page = page_of("| a |        |\n")
    edit = fill_cell(page, Cell(line=1, start=6, end=14, text=""), "0.4 %")
    assert "| a | 0.4 %  |\n" == page.edited([edit])


def test_cell_that_a_person_filled_is_added_to():
    """Their words stay, ours stand behind."""
    page = page_of("| a | fine |\n")
    edit = fill_cell(page, Cell(line=1, start=6, end=12, text="fine"), "0.4 %")
    assert "| a | fine 0.4 % |\n" == page.edited([edit])


def test_note_stands_before_a_comment_that_goes_on():
    """A note is never swallowed by a comment that a line opens."""
    page = page_of("- [ ] x <!-- a\nb -->\n")
    edit = append(page, 1, " — ✗ no")
    assert "- [ ] x — ✗ no <!-- a\nb -->\n" == page.edited([edit])
