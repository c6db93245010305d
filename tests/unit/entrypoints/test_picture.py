"""The picture: one screen, whatever its size, that says all by words and symbols."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from gonogo.entrypoints.cli.columns import bar, column
from gonogo.entrypoints.cli.picture import Screen, picture
from gonogo.model import event as events
from gonogo.model.command import Person
from gonogo.model.event import Asked
from gonogo.model.operation import Shell
from gonogo.model.plan import Stage
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict
from gonogo.report.status import status_of
from gonogo.testing.clock import NOON

HALF = NOON + timedelta(minutes=30)


def soaking(outcome=Outcome.PASS):
    """Return the events of a soak that began at noon and was just measured."""
    verdict = Verdict(outcome=outcome, reasons=("Errors is 1",))
    return (
        events.StageEntered(at=NOON, stage="1"),
        events.ActionIntended(
            at=NOON, step="a", attempt=1, operation=Shell(run="x"), undo=Shell(run="y")
        ),
        events.StepCompleted(at=NOON, step="a"),
        events.StepCompleted(at=NOON, step="c"),
        events.StageEntered(at=NOON, stage="2"),
        events.StepStarted(at=NOON, step="s"),
        events.MeasurementTaken(
            at=NOON,
            metric="Errors",
            measurement=Measurement(at=NOON, value=1.0),
            verdicts=(GateVerdict(gate="g", verdict=verdict),),
        ),
        events.SoakStarted(at=NOON, step="s", since=NOON),
    )


def drawn(state, *, width=80, height=40, now=HALF):
    """Return the lines of the picture of a state, without their colours."""
    lines = picture(status_of(state, now=now), Screen(width, height), footer="keys")
    return [line.plain for line in lines]


def test_a_soak_is_drawn_with_its_progress_and_its_gates(state_after):
    """Half an hour of an hour is half a bar; each gate has value, limit, verdict."""
    lines = drawn(state_after(*soaking()))
    (progress,) = [line for line in lines if "█" in line]
    assert "██████████░░░░░░░░░░  50 %  30 min of 1 h, until 13:00:00Z" in progress
    (gate,) = [line for line in lines if line.startswith("✓ Errors")]
    assert ["✓", "Errors", "1", "<", "5", "pass"] == gate.split()


def test_a_failing_gate_says_how_often_it_may(state_after):
    """A gate that needs three fails in a row shows how many there were."""
    lines = drawn(state_after(*soaking(Outcome.FAIL)))
    (gate,) = [line for line in lines if line.startswith("✗ Errors")]
    assert gate.rstrip().endswith("fail 1 of 3")


def test_stages_are_a_timeline(state_after):
    """What is done, what runs and what is to come have symbols of their own."""
    lines = drawn(state_after(*soaking()))
    assert ["✓ Prepare", "▶ Hold"] == [
        line[:9].strip() for line in lines if line[:1] in "✓▶" and "/" in line[40:]
    ]


def test_the_way_back_is_drawn_newest_first(state_after):
    """While it goes back, each undo stands there with its state."""
    aborted = events.RolloutAborted(at=HALF, subject="Errors", reason="Errors is 9")
    lines = drawn(state_after(*soaking(), aborted))
    assert "↩ ROLLING BACK" in lines[1]
    assert "  because Errors is 9" == lines[2]
    assert "○ armed       Deploy (line 10)" in lines


def test_what_is_waited_for_stands_with_the_line_to_type(state_after):
    """A long command wraps; it is never cut."""
    asked = events.QuestionAsked(
        at=NOON,
        question="q" * 90,
        about=Asked.ATTENTION,
        subject="q",
        text="What now?",
        choices=("continue",),
    )
    lines = drawn(state_after(*soaking(), asked))
    assert f"      gonogo answer shop-test-1 {'q' * 90} continue" in lines


def test_a_pause_says_who_and_how_to_go_on(state_after):
    """A paused rollout names the person and the line that lets it go on."""
    paused = events.RolloutPaused(at=NOON, by=Person(name="ada"), reason="lunch")
    lines = drawn(state_after(*soaking(), paused))
    assert "‖ PAUSED" in lines[1]
    assert "  paused by ada: lunch" in lines
    assert "      gonogo resume shop-test-1" in lines


@pytest.mark.parametrize("width", [40, 79, 80, 81, 200])
def test_no_line_is_wider_than_the_screen(state_after, width):
    """The picture fits every width, with titles of any length."""
    state = state_after(*soaking())
    long = replace(state.plan, title="漢字 " * 60)
    lines = drawn(replace(state, plan=long), width=width)
    assert [] == [line for line in lines if cell_len(line) > width]


@pytest.mark.parametrize("height", [8, 15, 24])
def test_a_low_screen_keeps_the_present(state_after, height):
    """With thirty stages the current one stays in sight, and what is next."""
    many = tuple(
        Stage(id=f"x{number}", line=40, title=f"Later {number}", steps=())
        for number in range(30)
    )
    state = state_after(*soaking())
    plan = replace(state.plan, stages=(*state.plan.stages, *many))
    lines = drawn(replace(state, plan=plan), height=height)
    assert len(lines) <= height
    assert any(line.startswith("▶ Hold") for line in lines)


@pytest.mark.parametrize(
    ("share", "filled"), [(-1, 0), (0, 0), (0.999, 19), (1, 20), (2, 20)]
)
def test_a_bar_is_full_only_at_the_end(share, filled):
    """Nearly is not yet."""
    assert "█" * filled + "░" * (20 - filled) == bar(share)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab", 3, "ab "), ("漢字", 3, "漢…")],
    ids=["fits", "is cut", "is padded", "wide characters"],
)
def test_a_column_is_as_wide_as_asked(text, width, shown):
    """Cut text ends in an ellipsis; cells are counted, not characters."""
    assert shown == column(text, width)
