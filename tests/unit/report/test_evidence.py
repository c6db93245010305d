"""The evidence: each claim rests on records, and none claims more than they do."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.model import command as commands
from gonogo.model.command import Person
from gonogo.report.evidence_gates import median_of
from gonogo.report.history import EmptyJournal
from gonogo.report.report import report_of

CY = Person(name="cy", source="terminal")


def section(report, title):
    """Return the lines of a section of the Markdown report."""
    evidence = report.markdown.partition("\n# Evidence\n")[2]
    _, _, rest = evidence.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def left_open():
    """Return answers that leave every hand-over and task open."""
    return {f"undo-{n}": None for n in (1, 2, 3)} | {"incident-2": None}


def test_completed_rollout_says_so_with_its_proof(drive):
    """The outcome names the stages left, and the record that ended it."""
    driven = drive()
    text = section(report_of(driven.records), "Outcome")
    assert "**Completed**" in text
    assert "4 of 4 stages" in text
    assert f"[#{len(driven.records)}](#seq-{len(driven.records)})" in text


def test_rolled_back_outcome_names_gate_value_limit_and_line(drive, breach, line):
    """The reason of a rollback is told with all that it was decided on."""
    text = section(report_of(drive(measure=breach).records), "Outcome")
    assert "Turned back at the stage 'Stage 2: Enable (5 %)'" in text
    number = line("| Error rate")
    assert f"| Error rate | 5.25 % | < 1 % | line {number} |" in text


def test_undo_left_open_is_loud_in_outcome_and_rollback(drive, breach):
    """A change that is still there is the first thing that a reader sees."""
    driven = drive(measure=breach, undo_fails=9, answers=left_open())
    report = report_of(driven.records)
    assert "> ⚠ **3 of them gonogo could not undo" in section(report, "Outcome")
    first = section(report, "Rollback").strip().splitlines()[0]
    assert first.startswith("> ⚠ **NOT undone, a person has to do it: switch the flag")
    assert "Rolled back" not in section(report, "Outcome")
    assert "<title>The dlq &lt;script&gt;: Turned back" in report.html


def test_rollback_before_any_change_says_that_there_was_none(drive):
    """Nothing applied means nothing undone, and the report says just that."""
    report = report_of(drive(consents={"a-ops": False}).records)
    assert "Nothing had been applied" in section(report, "Outcome")
    assert "**refused**" in section(report, "Approvals")


def test_running_rollout_gives_an_interim_report(drive):
    """An unfinished rollout is never told as a finished one."""
    text = section(report_of(drive(until=5).records), "Outcome")
    assert "> ⚠ **Not over**" in text
    assert "interim report" in text


def test_gate_counts_what_was_measured(drive, breach):
    """Looks, spread, last value, fails and the trip are all told of a gate."""
    row = next(
        each
        for each in section(report_of(drive(measure=breach).records), "Gates").split(
            "\n"
        )
        if each.startswith("| Error rate")
    )
    assert "| 0.4 / 0.4 / 5.25 % |" in row
    assert "❌ FAIL" in row
    assert "1 fail, first [#" in row
    assert "**2030-01-01 14:00:" in row


def test_course_of_a_gate_is_one_line_in_the_table(drive, breach):
    """A reader of the raw Markdown sees when the value rose, without a drawing."""
    text = section(report_of(drive(measure=breach).records), "Gates")
    (row,) = [each for each in text.split("\n") if each.startswith("| Error rate")]
    assert re.search(r"\| `▁{20,}█` \|", row)


def test_looks_without_data_are_no_low_values_in_the_course(drive):
    """What was not measured is a question mark."""

    def gone(_, hours):
        return {"value": None if 1 < hours < 3 else 0.4 + hours / 100}

    text = section(report_of(drive(measure=gone, until=6).records), "Gates")
    (row,) = [each for each in text.split("\n") if each.startswith("| Error rate")]
    assert re.search(r"\| `▁+\?+[▁-█]+█` \|", row)


def test_gate_that_was_never_judged_is_named_as_such(drive, line):
    """A gate without a look has no verdict."""
    text = section(report_of(drive(consents={"a-ops": False}).records), "Gates")
    number = line("| Error rate")
    assert f"Never judged in this rollout: Error rate (line {number})" in text


def test_incident_tasks_are_held_against_their_deadlines(drive, breach):
    """A task done in time tells what was to spare; one left open is open."""
    done = section(report_of(drive(measure=breach).records), "Incident response")
    assert re.search(r"page the on-call.*\| yes, 4 min \d+ s to spare \|", done)
    world = {"measure": breach, "answers": left_open()}
    left = section(report_of(drive(**world).records), "Incident response")
    assert re.search(r"page the on-call.*\*\*not yet\*\* \| open \|", left)


def test_late_incident_task_is_told_as_late(drive, breach):
    """A deadline that was missed is told with how late it was."""
    driven = drive(measure=breach, answers=left_open())
    late = driven.now + timedelta(minutes=7)
    driven.do(commands.Answer(at=late, by=CY, question="incident-2", answer="done"))
    text = section(report_of(driven.records), "Incident response")
    assert re.search(r"page the on-call.*\*\*no, 2 min.* late\*\*", text)


def test_pauses_and_rejections_are_told(drive):
    """What people held, and what they asked in vain, is part of the record."""
    driven = drive(until=5)
    driven.do(commands.Pause(at=driven.now, by=CY, reason="lunch"))
    driven.do(commands.Resume(at=driven.now, by=CY))
    driven.do(commands.Resume(at=driven.now, by=CY))
    report = report_of(driven.records)
    assert "paused the rollout: lunch." in section(report, "Pauses and interruptions")
    assert "not paused" in section(report, "Rejected commands")


def test_every_pointer_leads_to_a_record(drive, breach):
    """No claim points at a record that the journal does not hold."""
    driven = drive(measure=breach, undo_fails=1)
    report = report_of(driven.records)
    pointed = {int(seq) for seq in re.findall(r"#seq-(\d+)", report.markdown)}
    anchored = {int(seq) for seq in re.findall(r'id="seq-(\d+)"', report.markdown)}
    assert set() == pointed - anchored
    assert {record.seq for record in driven.records} == anchored


def test_identity_names_digests_and_the_head_of_the_journal(drive, plan):
    """A report can be held against the plan and the journal that it is of."""
    driven = drive()
    text = section(report_of(driven.records), "Identity")
    assert f"`{plan.digest}`" in text
    assert f"{len(driven.records)} records, head `{driven.records[-1].link}`" in text
    assert "the text that the journal keeps" not in text


def test_document_that_is_not_the_plans_is_told(drive, document):
    """A journaled text of another digest than the plan's document is no secret."""
    driven = drive(document=document + "\nmore\n")
    assert "the text that the journal keeps has" in section(
        report_of(driven.records), "Identity"
    )


def test_other_pace_is_told_with_both_times(drive):
    """A paced rollout shows how long it really took."""
    driven = drive()
    start = driven.records[0].recorded_at
    paced = [
        replace(record, recorded_at=start + (record.at - start) / 3600)
        for record in driven.records
    ]
    assert "Real time" in section(report_of(paced), "Identity")
    assert "Real time" not in section(report_of(driven.records), "Identity")


def test_hostile_output_is_kept_in_its_fold(drive):
    """Output is shown in a block that it cannot end."""
    text = section(report_of(drive().records), "Actions")
    assert "```text\n<script>alert('x')</script> | `tick`" in text


def test_comment_of_an_approval_cannot_break_the_table(drive):
    """A pipe within a comment is a pipe, not a cell."""
    text = section(report_of(drive().records), "Approvals")
    assert r"go \| \<b>ahead\</b>" in text


@pytest.mark.parametrize(
    ("numbers", "median"), [((1,), 1), ((1, 9), 5), ((9, 1, 2), 2)], ids=str
)
def test_median_is_the_middle(numbers, median):
    """Half of the values lie on either side."""
    assert median == median_of(numbers)


def test_no_records_is_a_typed_error():
    """A report of nothing is refused, with what to do."""
    with pytest.raises(EmptyJournal, match="gonogo run"):
        report_of(())
