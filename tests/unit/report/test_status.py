"""The status: what a terminal shows of a rollout at one moment."""

import json
from datetime import timedelta

from gonogo.model import command as commands
from gonogo.model.command import Person
from gonogo.model.verdict import Outcome
from gonogo.report.status import status_of
from gonogo.report.status_json import status_as_json
from gonogo.report.status_stages import StageMark

HOUR = timedelta(hours=1)
CY = Person(name="cy", source="terminal")


def status(driven, **after):
    """Return the status some time after the last event."""
    return status_of(driven.state, now=driven.state.at + timedelta(**after))


def test_waiting_names_the_role_and_the_command_to_type(drive):
    """Who is waited for reads what to type, ready to be copied."""
    found = status(drive(consents={"a-ops": None}), minutes=7)
    (waiting,) = found.waiting
    assert ("Ops On-Call", "gonogo approve qc-1 a-ops") == (
        waiting.role,
        *waiting.commands,
    )


def test_question_offers_one_command_for_each_choice(drive):
    """A question shows every answer that it takes, as a line to type."""
    (waiting,) = status(drive(answers={"backup": None})).waiting
    assert (
        "gonogo answer qc-1 backup yes",
        "gonogo answer qc-1 backup no",
    ) == waiting.commands
    assert 12 == waiting.line


def test_command_quotes_what_a_shell_would_split(drive):
    """An answer of two words is one argument."""
    driven = drive(undo_fails=9, measure=failing, answers={"undo-1": None})
    texts = [c for w in status(driven).waiting for c in w.commands]
    assert "gonogo answer qc-1 undo-1 done" in texts


def failing(metric, hours):
    """Measure an error rate over its limit after an hour."""
    if metric == "Error rate":
        return {"value": 0.4 if hours < 1 else 7.0}
    return {"value": 100.0}


def test_soak_tells_how_long_it_has_held(drive):
    """The hold so far and its end are told while a soak goes on."""
    found = status(drive(until=5))
    soak = found.soak
    assert timedelta(hours=24) == soak.required
    assert found.now - soak.since == soak.held
    assert soak.since + 24 * HOUR == soak.ends_at
    assert "" == soak.doubt


def test_soak_that_does_not_hold_says_why(drive):
    """A gate without data keeps the soak from counting, and is named."""

    def silent(metric, hours):
        return {"value": None if metric == "Error rate" else 100.0 + hours}

    soak = status(drive(until=0.02, measure=silent)).soak
    assert soak.since is None
    assert timedelta() == soak.held
    assert "Error rate: no data" in soak.doubt


def test_held_time_never_exceeds_what_is_required(drive):
    """A late look at an old state does not promise more than the soak asks for."""
    found = status(drive(until=5), hours=1000)
    assert timedelta(hours=24) == found.soak.held


def test_gates_show_value_limit_and_verdict(drive):
    """Each gate in force shows its last value beside its limit."""
    gates = status(drive(until=5)).gates
    assert [("0.4 %", "< 1 %"), ("105 ms", "< +15 % against baseline")] == [
        (gate.shown, gate.limit) for gate in gates
    ]
    assert {Outcome.PASS} == {gate.verdict for gate in gates}
    assert all(gate.in_force and not gate.tripped for gate in gates)


def test_gate_that_tripped_is_marked_during_and_after_the_rollback(drive):
    """After a rollback the status still shows which gate caused it."""
    gates = status(drive(measure=failing)).gates
    assert ["g-error"] == [gate.id for gate in gates if gate.tripped]
    assert not any(gate.in_force for gate in gates)


def test_timeline_marks_each_stage(drive):
    """Done, current and pending stages are told apart."""
    found = status(drive(until=5)).stages
    assert [
        StageMark.DONE,
        StageMark.DONE,
        StageMark.CURRENT,
        StageMark.PENDING,
    ] == [stage.state for stage in found]
    assert (4, 4) == (found[1].done, found[1].steps)


def test_timeline_of_a_rollback_marks_what_was_undone(drive):
    """A stage whose actions were undone is rolled back; others keep their mark."""
    found = status(drive(measure=failing)).stages
    assert [
        StageMark.DONE,
        StageMark.ROLLED_BACK,
        StageMark.ROLLED_BACK,
        StageMark.PENDING,
    ] == [stage.state for stage in found]


def test_stage_with_an_undo_left_to_people_is_never_called_rolled_back(drive):
    """What nobody has undone is not told as undone."""
    found = status(drive(measure=failing, undo_fails=9))
    assert StageMark.BY_HAND is found.stages[2].state
    assert {True} == {"3 times" in undo.reason for undo in found.undos}


def test_stage_in_which_nothing_was_changed_is_stopped(drive):
    """A refusal before the first change stops a stage, and undoes nothing."""
    found = status(drive(consents={"a-ops": False}))
    assert StageMark.STOPPED is found.stages[0].state
    assert () == found.undos


def test_stage_durations_add_up_to_the_rollout(drive):
    """Stages follow one another without a gap."""
    found = status(drive())
    total = sum((stage.duration for stage in found.stages), timedelta())
    assert found.elapsed == total


def test_pause_tells_who_and_why(drive):
    """A paused rollout says who holds it."""
    driven = drive(until=5)
    driven.do(commands.Pause(at=driven.now, by=CY, reason="lunch"))
    paused = status(driven).paused
    assert ("cy", "lunch") == (paused.by, paused.reason)


def test_overdue_incident_task_is_marked(drive):
    """A task is overdue the moment after it was due, and not before."""
    driven = drive(measure=failing, answers={"incident-2": None})
    (task,) = status(driven).incident
    at_the_deadline = status_of(driven.state, now=task.due)
    just_after = status_of(driven.state, now=task.due + timedelta(seconds=1))
    assert [False, True] == [
        at_the_deadline.incident[0].overdue,
        just_after.incident[0].overdue,
    ]


def test_done_incident_task_is_not_overdue(drive):
    """A task that a person has reported done stays done."""
    (task,) = status(drive(measure=failing), days=3).incident
    assert (True, False) == (task.done, task.overdue)


def test_ended_rollout_waits_for_nothing_and_counts_no_further(drive):
    """A completed rollout has no next wake-up, no step, and a fixed duration."""
    driven = drive()
    early, late = status(driven), status(driven, days=9)
    assert (None, None, ()) == (late.next_wake_at, late.step, late.waiting)
    assert early.elapsed == late.elapsed


def test_json_is_plain_and_names_units(drive):
    """The JSON form survives a round trip; spans are seconds and say so."""
    written = status_as_json(status(drive(until=5)))
    assert written == json.loads(json.dumps(written))
    assert 86_400.0 == written["soak"]["required_s"]
    assert "pass" == written["gates"][0]["verdict"]
    assert "2030-01-01T12:00:00+00:00" == written["started_at"]
