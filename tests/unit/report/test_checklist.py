"""The checklist: a plan as a document, each part on the line that the plan then has."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.document.planfile.write import plan_as_yaml
from gonogo.document.reader.read import read
from gonogo.report.checklist import checklist_of
from gonogo.report.evidence_outcome import identity_section
from gonogo.report.history import history_of
from gonogo.report.report import report_of
from gonogo.testing.strategies import plans

TITLES = st.text(st.sampled_from("ab1 .-*_`[]()#<>|&☐—:\n"), min_size=1, max_size=20)


def as_plan_file(records):
    """Return the records as they would be, had the rollout run from a plan file."""
    first = records[0]
    text = plan_as_yaml(first.event.plan)
    return (replace(first, event=replace(first.event, document=text)), *records[1:])


@settings(max_examples=50)
@given(plan=plans(), title=TITLES)
def test_every_step_and_gate_of_a_stage_has_a_box_on_its_line(plan, title):
    """Whatever a title holds, the reader finds the box that is to be ticked."""
    first = plan.stages[0]
    steps = tuple(replace(step, title=title) for step in first.steps)
    plan = replace(plan, stages=(replace(first, steps=steps), *plan.stages[1:]))
    text, listed = checklist_of(plan)
    boxes = {box.line for box in read(text.encode(), "plan").boxes}
    lines = [part.line for s in listed.stages for part in (*s.steps, *s.gates)]
    assert sorted(boxes) == lines


@given(plan=plans())
def test_nothing_of_a_plan_changes_but_its_lines(plan):
    """The report tells of the plan that was run: its digest is the one approved."""
    _, listed = checklist_of(plan)
    before = [(s.id, s.title, [t.id for t in s.steps]) for s in plan.stages]
    after = [(s.id, s.title, [t.id for t in s.steps]) for s in listed.stages]
    assert (plan.digest, before) == (listed.digest, after)


def test_a_plan_file_is_reported_by_its_checklist(drive):
    """The boxes are ticked by the rules of every other document."""
    records = as_plan_file(drive().records)
    report = report_of(records)
    assert "The plan of `rollout.md` as a checklist" in report.markdown
    assert "\nstages:\n" not in report.markdown
    assert "- [x] Verify the table" in report.markdown


def test_the_identity_names_the_text_that_was_run(drive):
    """The digest of the plan file stands beside that of the document."""
    history = history_of(as_plan_file(drive().records))
    (table,) = identity_section(history).blocks
    (document,) = (row for row in table.rows if row[0] == ("Document",))
    assert "; the text that the journal keeps has " in document[1]


def test_a_document_is_filled_in_as_it_is(drive):
    """Markdown stays the document that people wrote."""
    records = drive().records
    assert records[0].event.document == history_of(records).text
