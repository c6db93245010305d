"""Charting: which gate is drawn below the picture, and from what."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO, TextIOWrapper

import pytest
from rich.console import Console

from gonogo.decision import evolve, replay
from gonogo.entrypoints.cli import charting
from gonogo.entrypoints.cli.charting import Charts
from gonogo.entrypoints.cli.picture import Screen, picture
from gonogo.model import event as events
from gonogo.model.operation import Shell
from gonogo.model.plan import Metric
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict
from gonogo.report.status import status_of
from gonogo.testing.clock import NOON

FAIL = Outcome.FAIL


def at(minute):
    """Return the instant so many minutes after noon."""
    return NOON + timedelta(minutes=minute)


def measured(minute, value, outcome=Outcome.PASS, gate="g", metric="Errors"):
    """Return the event of one look."""
    verdict = Verdict(outcome=outcome, reasons=("it is so",))
    return events.MeasurementTaken(
        at=at(minute),
        metric=metric,
        measurement=Measurement(at=at(minute), value=value),
        verdicts=(GateVerdict(gate=gate, verdict=verdict),),
    )


def entered(minute=0):
    """Return the events of a rollout that has come to its soak."""
    return (
        events.StageEntered(at=at(minute), stage="2"),
        events.StepStarted(at=at(minute), step="s"),
    )


def console(encoding="utf-8"):
    """Return a console that is no terminal, of an encoding."""
    return Console(file=TextIOWrapper(BytesIO(), encoding=encoding))


@pytest.fixture
def two_gates(started):
    """Give the start of a rollout whose second stage has a second gate."""
    plan = started.plan
    stage = plan.stages[1]
    other = replace(stage.gates[0], id="h", title="Latency", metric="Latency")
    stages = (plan.stages[0], replace(stage, gates=(*stage.gates, other)))
    metrics = (*plan.metrics, Metric(name="Latency", probe=Shell(run="latency")))
    return replace(started, plan=replace(plan, stages=stages, metrics=metrics))


def drawn(start, *told, of=None):
    """Return the chart after these events, and the state that they left."""
    charts, state = Charts(), None
    for event in (start, *entered(), *told):
        state = replay((event,)) if state is None else evolve(state, event)
        charts.saw(state, event)
    return charts.lines(state, of or console()), state


def test_a_gate_is_drawn_from_its_second_number_on(started):
    """One look is no curve yet; two are."""
    one, _ = drawn(started, measured(0, 1.0))
    two, _ = drawn(started, measured(0, 1.0), measured(1, 2.0))
    assert () == one
    assert "Errors  2  limit < 5" == two[0]


def test_the_gate_that_does_not_pass_is_drawn(two_gates):
    """Of several gates the one that somebody has to look at is shown."""
    looks = [measured(n, 1.0 + n) for n in range(2)]
    fine = [measured(n, 2.0 + n, gate="h", metric="Latency") for n in range(2)]
    bad = measured(2, 9.0, FAIL, gate="h", metric="Latency")
    assert drawn(two_gates, *looks, *fine)[0][0].startswith("Errors")
    assert drawn(two_gates, *looks, *fine, bad)[0][0].startswith("Latency")


def test_the_gate_that_tripped_stays_on_the_screen(two_gates):
    """After a rollback the picture shows what caused it, and when."""
    looks = [measured(n, 9.0 * n, FAIL if n else Outcome.PASS) for n in range(2)]
    bad = [measured(n, 9.0, FAIL, gate="h", metric="Latency") for n in range(2)]
    aborted = events.RolloutAborted(at=at(1), subject="Errors", reason="x", gate="g")
    lines, _ = drawn(two_gates, *looks, *bad, aborted)
    assert lines[0].startswith("Errors")
    assert lines[-1].endswith("▲ tripped 12:01:00Z")


def test_a_terminal_without_unicode_gets_plain_letters(started):
    """What a terminal cannot show is drawn with what it can."""
    lines, _ = drawn(
        started, measured(0, 1.0), measured(1, 2.0), of=console(encoding="ascii")
    )
    assert "".join(lines).isascii()


def test_a_new_look_is_drawn_at_once(started):
    """What is drawn again and again without news is the same; news is shown."""
    charts, state = Charts(), replay((started, *entered()))
    shown = []
    for look in (measured(0, 1.0), measured(1, 2.0), measured(2, 3.0)):
        state = evolve(state, look)
        charts.saw(state, look)
        shown.append(charts.lines(state, console()))
        assert shown[-1] == charts.lines(state, console())
    assert [0, 6, 6] == [len(lines) for lines in shown]
    assert shown[1] != shown[2]


def test_memory_stays_bounded(started, monkeypatch):
    """A soak of weeks does not fill the memory; the latest looks are kept."""
    monkeypatch.setattr(charting, "MOST", 10)
    charts, state = Charts(), replay((started, *entered()))
    for n in range(100):
        state = evolve(state, measured(n, float(n)))
        charts.saw(state, measured(n, float(n)))
    (looks,) = charts._looks.values()
    assert len(looks) <= 10
    assert 99.0 == looks[-1].value


def test_a_gate_that_an_amendment_took_out_is_no_fault(started):
    """A look at a gate that the plan does not have any more is passed over."""
    told = [replace(m, verdicts=(replace(m.verdicts[0], gate="gone"),))
            for m in (measured(0, 1.0), measured(1, 2.0))]  # fmt: skip
    charts, state = Charts(), replay((started, *entered()))
    for event in told:
        charts.saw(state, event)
    assert () == charts.lines(state, console())


@pytest.mark.parametrize(("spare", "shown"), [(-1, False), (0, True), (1, True)])
def test_a_chart_stands_there_only_while_all_else_fits(started, spare, shown):
    """A low screen shows what counts; the chart is the first to go."""
    lines, state = drawn(started, measured(0, 1.0), measured(1, 2.0))
    status = status_of(state, now=at(2))
    without = picture(status, Screen(80, 40))
    height = len(without) + len(lines) + 1 + spare
    plain = [row.plain for row in picture(status, Screen(80, height), chart=lines)]
    assert shown == (lines[0] in plain)
    assert len(plain) <= height
