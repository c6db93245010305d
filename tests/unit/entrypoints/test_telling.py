"""Lines: every event is told, or is silent on purpose."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from gonogo.decision import replay
from gonogo.entrypoints.cli import telling, telling_people
from gonogo.entrypoints.cli.line import Line, Tone
from gonogo.entrypoints.cli.output import safe
from gonogo.entrypoints.cli.telling import Teller
from gonogo.model import event as events
from gonogo.model import operation
from gonogo.model.command import Person
from gonogo.model.event import Asked, Event
from gonogo.model.evidence import EvidenceState, Finding, Totals
from gonogo.model.plan import Metric
from gonogo.model.sample import MetricKind
from gonogo.model.verdict import (
    GateVerdict,
    Measurement,
    Observation,
    Outcome,
    Verdict,
)
from gonogo.testing.clock import NOON

WITHIN, UNHARMED = Finding.WITHIN_LIMIT, Finding.NO_HARM_SEEN
ADA = Person(name="ada", source="terminal")
# Said by another line of the same instant, or of no interest while it runs.
SILENT = {events.StepStarted, events.StagePromoted}
# Of the line, and in no journal of a rollout.
SILENT |= {events.LineStopped, events.LineReleased}


def measured(minute, outcome, value=1.0):
    """Return a measurement of the gate, so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    verdict = Verdict(outcome=outcome, reasons=(f"Errors is {value:g}",))
    return events.MeasurementTaken(
        at=at,
        metric="Errors",
        measurement=Measurement(at=at, value=value),
        verdicts=(GateVerdict(gate="g", verdict=verdict),),
    )


def told(teller, event, state):
    """Return the texts of an event's lines."""
    return [line.text for line in teller.tell(event, state)]


def test_every_event_is_told_or_silent_on_purpose():
    """A new event cannot be forgotten: it is registered, or listed as silent."""
    registered = {
        kind
        for dispatch in (
            telling_people._line.registry,
            vars(Teller)["_line"].dispatcher.registry,
        )
        for kind in dispatch
    }
    assert set(get_args(Event)) - SILENT == registered - {object}


def test_a_verdict_is_told_when_it_changes(state_after):
    """A gate that goes on passing is not news; one that turns is."""
    teller, state = Teller(), state_after()
    said = [
        told(teller, measured(minute, outcome), state)
        for minute, outcome in enumerate(
            [Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.FAIL, Outcome.PASS]
        )
    ]
    assert [1, 0, 1, 0, 1] == [len(lines) for lines in said]
    assert ["gate  fail: Errors is 1 (line 20)"] == said[2]


@pytest.mark.parametrize(
    ("minutes", "count"),
    [
        ((14,), 0),
        ((15,), 1),
        ((15, 16, 29), 1),
        ((15, 30, 45), 3),
        ((45,), 1),
        ((60,), 0),
    ],
    ids=str,
)
def test_a_soak_is_told_at_each_quarter(state_after, minutes, count):
    """A soak of an hour is told at each quarter of an hour, and not in between."""
    state = state_after(
        events.StageEntered(at=NOON, stage="2"),
        events.StepStarted(at=NOON, step="s"),
        measured(0, Outcome.PASS),
        events.SoakStarted(at=NOON, step="s", since=NOON),
    )
    teller = Teller()
    teller.tell(measured(0, Outcome.PASS), state)
    every = [told(teller, measured(m, Outcome.PASS), state) for m in minutes]
    assert count == sum(len(lines) for lines in every)


def ended(gate, finding, failed):
    """Return the measurement that ended the soak for a gate."""
    totals = Totals(
        canary_events=failed,
        canary_exposure=100,
        control_events=5,
        control_exposure=100,
    )
    found = GateVerdict(
        gate=gate,
        verdict=Verdict(outcome=Outcome.PASS, reasons=("so it is",)),
        finding=finding,
        evidence=EvidenceState(test="t", totals=totals),
        final=True,
    )
    taken = Measurement(at=NOON, value=1.0)
    return events.MeasurementTaken(
        at=NOON, metric="Errors", measurement=taken, verdicts=(found,)
    )


@pytest.fixture
def counted(plan):
    """Give the plan with its metric counted by a source, and a soak of two gates."""
    errors = operation.Asked(events="errors", exposure="requests")
    probe = operation.Query(
        source="prom", metric_kind=MetricKind.PROPORTION, canary=errors, control=errors
    )
    first, last = plan.stages
    (gate,), (soak, look) = last.gates, last.steps
    slow = replace(gate, id="h", title="Slow ones")
    soak = replace(soak, gates=("g", "h"))
    return replace(
        plan,
        metrics=(Metric(name="Errors", probe=probe),),
        stages=(first, replace(last, gates=(gate, slow), steps=(soak, look))),
    )


@pytest.mark.parametrize(
    ("findings", "told_of_it"),
    [
        ({}, ""),
        ({"g": (WITHIN, 4)}, ": proven to keep its limit, canary 4 %, control 5 %"),
        (
            {"g": (WITHIN, 4), "h": (UNHARMED, 6)},
            (
                ": Errors proven to keep its limit, canary 4 %, control 5 %; Slow ones "
                "no harm seen, and harm would have been, canary 6 %, control 5 %"
            ),
        ),
    ],
    ids=["plain", "one gate", "two gates"],
)
def test_a_held_soak_says_what_it_has_proven(started, counted, findings, told_of_it):
    """Who watches the terminal learns what the hold has shown of each gate."""
    state = replay([replace(started, plan=counted)])
    teller = Teller()
    for gate, (finding, number) in findings.items():
        teller.tell(ended(gate, finding, number), state)
    # A glance on the way out shows less, and is not what the soak ended with.
    teller.tell(measured(61, Outcome.PASS), state)
    done = events.StepCompleted(at=NOON, step="s")
    assert [f"held  Hold (line 21) for 1 h{told_of_it}"] == told(teller, done, state)
    assert ["held  Hold (line 21) for 1 h"] == told(teller, done, state)


def test_a_failure_comes_with_the_last_lines_of_the_output(state_after):
    """What a script said last is what a person looks at first."""
    output = "\n".join(f"line {number}" for number in range(20))
    failed = events.ActionFailed(
        at=NOON,
        step="a",
        attempt=1,
        observation=Observation(output=output, exit_status=3),
    )
    (line,) = Teller().tell(failed, state_after())
    assert "failed  Deploy (line 10): exit status 3" == line.text
    assert ("line 18", "line 19") == line.details[-2:]
    assert telling.tail(Observation()) == ()


def test_a_question_comes_with_the_lines_that_answer_it(state_after):
    """A person copies the line; one for each choice."""
    asked = events.QuestionAsked(
        at=NOON,
        question="q",
        about=Asked.STEP,
        subject="q",
        text="Looks right?",
        choices=("yes", "no"),
        role="Dev Lead",
    )
    (line,) = Teller().tell(asked, state_after())
    assert "asks Dev Lead: Looks right?" == line.text
    assert (
        "gonogo answer shop-test-1 q yes",
        "gonogo answer shop-test-1 q no",
    ) == line.details


def test_a_refused_word_is_told_with_its_reason(state_after):
    """Nothing that a person says is lost in silence."""
    rejected = events.CommandRejected(
        at=NOON, command="approve", reason="it is for another plan", by=ADA
    )
    expected = ["refused the approve of ada: it is for another plan"]
    assert expected == told(Teller(), rejected, state_after())


def test_a_plain_line_begins_with_its_instant_and_a_symbol():
    """The symbol says what the colour says, so that nothing is lost without it."""
    line = Line(NOON, Tone.BAD, "it broke", ("the reason",))
    expected = f"2030-01-01 12:00:00Z  ✗ it broke\n{' ' * 24}the reason"
    assert expected == line.plain()


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[31mb", "a\N{REPLACEMENT CHARACTER}[31mb"), ("a\tb\nc", "a\tb\nc")],
    ids=["an escape", "white space"],
)
def test_control_codes_of_others_do_not_reach_the_terminal(text, shown):
    """A script's output cannot move the cursor or set a title."""
    assert shown == safe(text)
