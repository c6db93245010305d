"""Spans: a rollout as one trace, whoever worked on it."""

from dataclasses import replace

import pytest

from gonogo.adapters.telemetry.spans import follow, spans_of
from gonogo.adapters.telemetry.trail import MOST_MOMENTS, ROOT, Trail
from gonogo.decision import replay
from gonogo.model.tracing import root_span, trace_of, traceparent_of, work_span
from gonogo.testing.clock import NOON
from gonogo.testing.plans import Dice
from tests.conformance.played import Played, lived

SEEDS = range(12)


def traced(played):
    """Return the spans of a rollout by name."""
    return {span.name: span for span in spans_of(played.records, played.state)}


def test_a_rollout_is_the_root_of_its_stages_and_they_of_their_steps():
    """The tree is: rollout, stage, step, attempt."""
    played = Played()
    played.completed()
    spans = traced(played)
    root, stage = spans["RUN A scene"], spans["stage canary"]
    assert (None, root.span) == (root.parent, stage.parent)
    parents = {spans[name].parent for name in ("Sign-off", "Ship it", "Look")}
    assert {stage.span} == parents
    attempts = [
        span.parent
        for span in spans_of(played.records, played.state)
        if span.name == "attempt 1"
    ]
    assert [spans["Ship it"].span, spans["Look"].span] == attempts


def test_an_approval_lasts_as_long_as_it_was_waited_for():
    """How long people were waited for is the length of the approval's span."""
    played = Played()
    played.completed()
    span = traced(played)["Sign-off"]
    assert 300 == (span.ended - span.began).total_seconds()
    assert "Ops" == span.attributes["gonogo.role"]


@pytest.mark.parametrize(
    ("how", "result", "status", "error"),
    [
        ("completed", "success", "succeeded", None),
        ("tripped", "failure", "failed", "gate"),
        ("called_off", "cancellation", "failed", None),
    ],
)
def test_the_root_says_what_came_of_the_rollout(how, result, status, error):
    """By the names of the semantic conventions for CI/CD and deployments."""
    played = Played()
    getattr(played, how)()
    attributes = traced(played)["RUN A scene"].attributes
    assert result == attributes["cicd.pipeline.result"]
    assert status == attributes["deployment.status"]
    assert error == attributes.get("error.type")


def test_a_gate_that_trips_is_a_moment_and_its_rollback_a_span():
    """Who looks at the trace sees the gate, and what was undone for it."""
    played = Played()
    played.tripped()
    spans = traced(played)
    moments = {moment.name: moment for moment in spans["RUN A scene"].moments}
    tripped = moments["gonogo.gate.tripped"]
    assert "errors-low" == tripped.attributes["gonogo.gate.id"]
    undo = spans["undo Ship it"]
    assert spans["rollback"].span == undo.parent
    assert (work_span(undo.trace, "ship", 1),) == undo.links


def test_no_name_of_a_person_and_no_word_of_theirs_is_in_a_trace():
    """A trace may go to another company: people stay in the journal."""
    played = Played()
    played.called_off()
    text = repr(spans_of(played.records, played.state))
    assert [] == [word for word in ("ada", "sam", "not today") if word in text]


def test_an_action_in_doubt_ends_its_attempt_as_an_error():
    """After a crash the attempt has no result: that is said."""
    played = Played()
    played.approved("ok")
    played.prepared("ship")
    played.after(seconds=9).recover()
    ended = spans_of(played.records, played.state)
    attempt = next(span for span in ended if span.name == "attempt 1")
    assert ("in_doubt", 9.0) == (
        attempt.bad,
        (attempt.ended - attempt.began).total_seconds(),
    )


def test_a_step_keeps_the_title_that_it_had_when_a_plan_is_amended():
    """What was done is told as it was done, by whoever reads the journal later."""
    played = Played()
    played.completed()
    before = traced(played)
    other = replace(played.state, plan=replace(played.plan, stages=()))
    after = {span.name: span for span in spans_of(played.records, other)}
    assert before == after


@pytest.mark.parametrize("seed", SEEDS)
def test_every_span_stands_below_the_one_root_of_its_trace(seed):
    """Over random plans and worlds: one tree, no name twice, no time backwards."""
    records, state = lived(seed)
    spans = spans_of(records, state)
    names = [span.span for span in spans]
    assert len(set(names)) == len(names)
    assert {trace_of(state.rollout, state.started_at)} == {s.trace for s in spans}
    assert [spans[-1]] == [span for span in spans if span.parent is None]
    assert set() == {span.parent for span in spans[:-1]} - set(names)
    assert [] == [span for span in spans if span.ended < span.began]


@pytest.mark.parametrize("seed", SEEDS)
def test_any_number_of_workers_make_the_same_trace_as_one(seed):
    """A worker that takes over derives what is open from the journal, and goes on."""
    records, state = lived(seed)
    dice = Dice("workers", seed)
    found, trail = [], None
    for number, record in enumerate(records):
        if trail is None or dice.number(4) == 0:
            trail = Trail(state.rollout, state.started_at)
            for earlier in records[:number]:
                follow(trail, earlier, state)
            trail.ended()
        now = replay(each.event for each in records[: number + 1])
        follow(trail, record, now)
        found.extend(trail.ended())
    assert spans_of(records, state) == tuple(found)


@pytest.mark.parametrize("count", [MOST_MOMENTS - 1, MOST_MOMENTS, MOST_MOMENTS + 1])
def test_a_span_keeps_a_bounded_number_of_moments(count):
    """A soak that is reset for a week does not fill the memory."""
    trail = Trail("r-1", NOON)
    root = root_span(trail.trace)
    trail.begin(ROOT, NOON, span=root, name="RUN", within=None, attributes={})
    for _ in range(count):
        trail.note(ROOT, NOON, "soak.reset")
    trail.end(ROOT, NOON, "success")
    assert min(count, MOST_MOMENTS) == len(trail.ended()[0].moments)


def test_a_trace_has_the_form_of_w3c_and_two_starts_differ():
    """A script's own spans stand below its attempt; equal names are told apart."""
    trace = trace_of("r-1", NOON)
    parent = traceparent_of("r-1", NOON, "ship", 1)
    assert f"00-{trace:032x}-{work_span(trace, 'ship', 1):016x}-01" == parent
    assert 55 == len(parent)
    assert trace != trace_of("r-1", NOON.replace(hour=13))


def test_a_look_without_an_attempt_is_traced_below_the_rollout():
    """A measurement belongs to no step."""
    root = root_span(trace_of("r-1", NOON))
    assert f"{root:016x}" in traceparent_of("r-1", NOON, "errors", None)
