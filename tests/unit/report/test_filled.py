"""The filled document: ticked where the journal proves it, and nowhere else."""

from dataclasses import replace

import pytest

from gonogo.model import command as commands
from gonogo.model.command import Person
from gonogo.model.plan import Purpose, Question, Stage
from gonogo.model.sealing import sealed
from gonogo.report.edits import Edit, page_of
from gonogo.report.filled import edits_of, filled_document, reading_of
from gonogo.report.history import EmptyJournal, history_of

WORLDS = {
    "completed": {},
    "rolled back": {"measure": "breach"},
    "handed over": {"measure": "breach", "undo_fails": 9},
    "refused": {"consents": {"a-ops": False}},
    "answered no": {"answers": {"backup": "no"}},
    "failed": {"apply_error": "boom | <b>`x`</b>"},
    "interim": {"until": 5},
    "waiting": {"consents": {"a-dev": None}},
}


@pytest.fixture(params=list(WORLDS.values()), ids=list(WORLDS))
def world(request, breach):
    """Give each way in which a rollout can go."""
    measure = {"measure": breach} if "measure" in request.param else {}
    return {**request.param, **measure}


def line_with(text, words):
    """Return the one line that holds these words."""
    (found,) = [line for line in text.splitlines() if words in line]
    return found


def test_completed_rollout_fills_every_blank(drive):
    """Boxes, values, verdicts, approvals and sign-offs are all filled in."""
    text = filled_document(drive().records)
    wanted = [
        "| @alok | Dev Lead | ☑ alice | 2030-01-01 |",
        "- [x] Database backup created — ✓ bob, 2030-01-01 12:00:03Z",
        "- [x] Verify the table",
        "- [x] Wait 24 hours",
        "| Error rate | < 1% | 0.4 % | ✅ PASS |",
        "| Dev Lead | alice | 2030-01-02 |",
    ]
    assert wanted == [each for each in text.splitlines() if each in wanted]
    assert "[ ]" not in text


def test_tick_of_a_machine_names_nobody(drive):
    """Only a box that rests on a person's word names a person."""
    text = filled_document(drive().records)
    assert "- [x] Set the flag to 5 %" == line_with(text, "Set the flag")


def test_undone_action_is_unticked_with_both_times(drive, breach):
    """After a rollback a box says when it was applied and when undone."""
    text = filled_document(drive(measure=breach).records)
    assert (
        "- [ ] Set the flag to 5 % — ↩ applied 2030-01-01 12:00:09Z, undone 14:00:11Z"
        == line_with(text, "Set the flag")
    )


def test_check_that_held_stays_ticked_after_a_rollback(drive, breach):
    """What was verified was verified; only changes are taken back."""
    text = filled_document(drive(measure=breach).records)
    assert "- [x] Verify the table" == line_with(text, "Verify the table")


def test_tripped_gate_shows_the_value_that_tripped_it(drive, breach):
    """The 'Actual' cell keeps the last value, the status says FAIL."""
    text = filled_document(drive(measure=breach).records)
    assert "| Error rate | < 1% | 5.25 % | ❌ FAIL |" == line_with(text, "Error rate")


def test_relative_value_is_told_with_its_baseline(drive):
    """A change is meaningless without what it is a change of."""
    text = filled_document(drive().records)
    assert "% against a baseline of 100 | ✅ PASS |" in line_with(text, "| Latency")


def test_undo_left_to_a_person_is_loud_and_never_called_undone(drive, breach):
    """A box whose change is still there says so."""
    driven = drive(measure=breach, undo_fails=9, answers=left_open())
    found = line_with(filled_document(driven.records), "Set the flag")
    assert "- [ ] " == found[:6]
    assert "**NOT undone**, handed to a person: it failed 3 times" in found


def left_open():
    """Return answers that leave every hand-over and task open."""
    return {f"undo-{n}": None for n in (1, 2, 3)} | {"incident-2": None}


def test_undo_by_hand_is_told_as_a_persons_word(drive, breach):
    """A hand-over that a person confirms is told with their name."""
    driven = drive(measure=breach, undo_fails=9)
    found = line_with(filled_document(driven.records), "Set the flag")
    assert "undone by hand: bob says so" in found


def test_refusal_is_told_in_the_cell_that_waited_for_consent(drive):
    """A refused approval stays unticked and names who refused."""
    text = filled_document(drive(consents={"a-ops": False}).records)
    assert (
        "| @ops | Ops On-Call | ☐ ✗ refused: alice, 2030-01-01 12:00:02Z | |"
        == line_with(text, "@ops")
    )


def test_answer_no_is_told_at_its_box(drive):
    """A question that stopped the rollout says who answered what."""
    text = filled_document(drive(answers={"backup": "no"}).records)
    assert "- [ ] Database backup created — ✗ bob answered 'no'" in text


def test_failure_is_escaped_at_its_box(drive):
    """An error's text stands in the document as words, never as mark-up."""
    text = filled_document(drive(apply_error="boom | <b>`x`</b>").records)
    assert r"✗ failed: boom \| \<b>\`x\`\</b>; ↩ undone" in text


def test_interim_report_says_what_is_under_way(drive):
    """A soak that goes on is not ticked; it tells since when."""
    text = filled_document(drive(until=5).records)
    assert "- [ ] Wait 24 hours — ⏳ under way since 2030-01-01 12:00:09Z" == line_with(
        text, "Wait 24"
    )


def test_incident_tasks_are_told_on_their_lines(drive, breach):
    """A task that a person did names them; one that nobody did says when it is due."""
    done = filled_document(drive(measure=breach).records)
    left = filled_document(drive(measure=breach, answers=left_open()).records)
    assert "page the on-call — ✓ bob, 2030-01-01 14:0" in done
    assert "page the on-call — ⚠ **not done**, due 2030-01-01 14:05:08Z" in left


def test_binding_comment_is_kept_behind_what_is_told(drive, breach):
    """The bindings beside a line survive, unchanged."""
    found = line_with(filled_document(drive(measure=breach).records), "Run migration")
    assert found.endswith("Z <!-- gonogo: {migrate: {up: 001.sql, connection: qc}} -->")


FORMS = {
    "LF": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "byte-order mark": lambda text: f"\ufeff{text}",
    "no last newline": lambda text: text.rstrip("\n"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_taking_the_insertions_away_gives_the_source_back(drive, document, world, form):
    """Every other byte of the document is unchanged, whatever ends its lines."""
    source = form(document)
    driven = drive(document=source, **world)
    history = history_of(driven.records)
    edits = edits_of(history, reading_of(history))
    assert source == taken_away(filled_document(driven.records), source, edits)


def taken_away(filled, source, edits):
    """Undo edits from the last of a line to its first."""
    page, before = page_of(filled), page_of(source)
    lines = list(page.lines)
    for number in {edit.line for edit in edits}:
        mine = sorted(
            (edit for edit in edits if edit.line == number),
            key=lambda edit: (edit.start, edit.end),
        )
        lines[number - 1] = restored(lines[number - 1], before.line(number), mine)
    ends = (*page.ends, "")
    return page.mark + "".join(a + b for a, b in zip(lines, ends, strict=True))


def restored(line, before, edits):
    """Put back what edits replaced, asserting that each is where it said."""
    at, out, moved = 0, [], 0
    for edit in edits:
        start = edit.start + moved
        out.append(line[at:start])
        assert edit.text == line[start : start + len(edit.text)]
        out.append(before[edit.start : edit.end])
        at = start + len(edit.text)
        moved += len(edit.text) - (edit.end - edit.start)
    return "".join((*out, line[at:]))


def test_line_is_ticked_only_when_all_its_steps_are_done(drive, plan, line):
    """Two steps on one line share its box; one left open leaves it open."""
    stage = plan.stages[1]
    second = Question(
        id="second",
        line=line("Database backup"),
        title="Second",
        purpose=Purpose.VERIFY,
        why="",
    )
    both = replace(stage, steps=(stage.steps[0], second, *stage.steps[1:]))
    shared = sealed(replace(plan, stages=(plan.stages[0], both, *plan.stages[2:])))
    open_ = filled_document(drive(plan=shared, answers={"second": None}).records)
    done = filled_document(drive(plan=shared).records)
    assert "- [ ] Database backup" in open_
    assert "- [x] Database backup" in done


FORM = """\
# Deploy

## Stage 1: Prepare

- [ ] Version to deploy: ______
- [ ] Tell the team
"""


def test_blank_is_filled_with_the_answer(drive, plan):
    """What a person fills in stands where the blank was."""
    step = Question(
        id="version",
        line=5,
        title="Version to deploy",
        purpose=Purpose.FILL_IN,
        why="",
    )
    stage = Stage(id="one", line=3, title="Stage 1", steps=(step,))
    small = sealed(replace(plan, stages=(stage,), incident=(), metrics=()))
    driven = drive(plan=small, document=FORM, answers={"version": "v1|2"})
    text = filled_document(driven.records)
    assert r"- [x] Version to deploy: v1\|2 — ✓ bob, 2030-01-01 12:00:01Z" in text


def test_box_without_a_step_is_left_as_its_author_wrote_it(drive, document):
    """A tick or a blank that no step stands behind is not the report's to change."""
    more = document + "\n- [x] done before\n- [ ] for next year\n"
    text = filled_document(drive(document=more).records)
    assert text.endswith("\n- [x] done before\n- [ ] for next year\n")


def test_overlapping_edits_never_garble_a_line():
    """Of two edits of one place the first is made, the other left."""
    page = page_of("| ☐ |\n")
    edits = [
        Edit(line=1, start=2, end=3, text="☑"),
        Edit(line=1, start=2, end=3, text="✗"),
    ]
    assert "| ☑ |\n" == page.edited(edits)


def test_empty_journal_is_a_typed_error():
    """Without a single record there is nothing to claim."""
    with pytest.raises(EmptyJournal, match="no record"):
        filled_document(())


def test_persons_abort_leaves_the_running_soak_open(drive):
    """A soak that was cut off says that it was not finished."""
    driven = drive(until=5)
    by = Person(name="cy", source="terminal")
    driven.do(commands.Abort(at=driven.now, by=by, reason="enough"))
    text = filled_document(driven.run().records)
    assert "Wait 24 hours — ✗ not finished when the rollout turned back" in text
