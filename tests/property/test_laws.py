"""
The laws of DESIGN.md, over random plans in random worlds.

`World` judges every one of them on every run, against the world's own truth; a
property here lets that part of the world go wrong which its law is about. A failure
names the seed, and the command that shows the run again.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.decision import decide, next_wake, replay
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model import event as events
from gonogo.model.command import Person
from gonogo.model.condition import Relative
from gonogo.model.judging import JudgeName
from gonogo.model.operation import Query
from gonogo.model.sample import Sample, Tally
from gonogo.model.verdict import Measurement, Observation
from gonogo.testing import laws
from gonogo.testing.clock import NOON
from gonogo.testing.plans import BAD
from gonogo.testing.strategies import plans
from gonogo.testing.world import CALM, Weather, World, world_of

# A world takes about 20 ms to live through: bounded in `make test`, not in `make fuzz`.
WANTED = settings().max_examples
BOUNDED = settings(max_examples=40 if WANTED == 100 else WANTED)
SEEDS = st.integers(0, 2**32)
ADA = Person(name="ada")
STORM = Weather(
    probes=15, actions=20, undos=50, people=25, crashes=6, repeats=20, meddling=5
)


def lived(plan, seed, **weather):
    """Return a world at its end, all laws checked on the way."""
    world = World(plan, seed, weather=replace(CALM, **weather))
    world.run()
    return world


@BOUNDED
@given(plans(), SEEDS)
def test_all_laws_hold_when_everything_goes_wrong_at_once(plan, seed):
    """Each law has to hold in the worst of worlds too."""
    assert World(plan, seed, weather=STORM).run().ended


@BOUNDED
@given(plans(), SEEDS)
def test_law_1_nothing_is_promoted_without_proof(plan, seed):
    """
    Nothing is promoted unless its gate was opened.

    "Nothing is promoted unless the journal holds the events that opened every part
    of its gate."
    """
    laws.promotion_is_proven(lived(plan, seed, probes=15, people=15).history)


@BOUNDED
@given(plans(), SEEDS)
def test_law_1_in_a_calm_world_every_plan_comes_to_its_end(plan, seed):
    """Where nothing goes wrong a rollout is not rolled back but for a gate's lack."""
    state = lived(plan, seed).state
    assert state.phase is Phase.COMPLETED or state.aborted is not None


@BOUNDED
@given(plans(), SEEDS)
def test_law_2_what_was_applied_is_undone_newest_first_or_named(plan, seed):
    """
    After an abort nothing that was applied is forgotten.

    "Every applied action undone, or reported as not undoable, newest first, as the
    journal recorded them."
    """
    laws.way_back_is_walked(lived(plan, seed, actions=25, undos=30).history)


@settings(BOUNDED, max_examples=max(BOUNDED.max_examples // 4, 10))
@given(plans(), SEEDS, st.booleans())
def test_law_2_and_3_abort_leads_back_from_every_reachable_state(plan, seed, works):
    """
    "From every reachable state, abort leads in bounded steps" to the end of the way
    back: with nobody to answer anything, paused, and though no undo works.
    """
    history = lived(plan, seed, probes=5, crashes=3).history
    for length in range(1, len(history), 7):
        state = replay(history[:length])
        if state.phase is Phase.RUNNING:
            _walk_back(state, works=works)


def _walk_back(state, *, works):
    """Pause, abort, and answer every effect; nobody answers a question."""
    at = state.at
    paused = decide(state, commands.Pause(at=at, by=ADA))
    state = paused.state
    decision = decide(state, commands.Abort(at=at, by=ADA))
    under_way = [each.id for each in state.actions_under_way()]
    seen = Observation() if works else Observation(exit_status=1)
    # What was due at that very instant may have turned back before anybody spoke.
    steps, waiting = 0, [*paused.effects, *decision.effects]
    state = decision.state
    for step in under_way:
        attempt = state.step(step).attempt
        state_now = commands.ReportApplied(
            at=at, step=step, attempt=attempt, observation=seen
        )
        decision = decide(state, state_now)
        state, waiting = decision.state, [*waiting, *decision.effects]
    while not state.ended:
        steps += 1
        asked = next((e for e in waiting if isinstance(e, ANSWERED)), None)
        if asked is not None:
            waiting.remove(asked)
            command = _answer(asked, state.at, seen)
        else:
            wake = next_wake(state)
            assert wake is not None, "it waits for nothing"
            command = commands.Tick(at=wake)
        decision = decide(state, command)
        state, waiting = decision.state, [*waiting, *decision.effects]
        assert steps <= 8 * len(state.undos) + 8
    left = {undo.phase for undo in state.undos}
    wanted = {UndoPhase.UNDONE, UndoPhase.HANDED_OVER}
    assert left <= (wanted if works else {UndoPhase.HANDED_OVER})


ANSWERED = (effects.Undo, effects.Find, effects.Observe)


def _answer(asked, at, seen):
    """Return what comes of an effect: nothing is found, and nobody can look."""
    match asked:
        case effects.Undo(undo=undo, attempt=attempt):
            return commands.ReportUndone(
                at=at, undo=undo, attempt=attempt, observation=seen
            )
        case effects.Find(sought=sought):
            return commands.ReportNotFound(at=at, sought=sought)
        case _:
            return commands.ReportObserved(
                at=at,
                step=asked.step,
                attempt=asked.attempt,
                observation=Observation(error="no"),
            )


@BOUNDED
@given(plans(), SEEDS)
def test_law_3_a_failing_undo_is_retried_then_handed_over(plan, seed):
    """
    "A failing undo is retried, then handed to a person, and the rest of the rollback
    goes on": every undo is tried three times, and the rollback has its end. A world
    that lives for long grows kind: an undo begun then succeeds before its third time.
    """
    world = lived(plan, seed, actions=30, undos=100)
    failed = [e for e in world.history if isinstance(e, events.UndoFailed)]
    for undo in world.state.undos:
        if undo.operation is not None and world.state.phase is Phase.ROLLED_BACK:
            failures = sum(each.undo == undo.number for each in failed)
            assert (3 == failures) == (undo.phase is UndoPhase.HANDED_OVER)


@BOUNDED
@given(plans(), SEEDS, st.data())
def test_law_4_a_bad_value_turns_back_whatever_is_going_on(plan, seed, data):
    """
    "Triggers and guardrails are judged at every tick, also in the middle of a soak,
    an approval or a step", and though the rollout is paused.
    """
    history = lived(plan, seed, people=10, meddling=3).history
    length = data.draw(st.integers(1, len(history)))
    state = replay(history[:length])
    watch = laws.Watch(plan)
    for event in history[:length]:
        watch.take(event)
    held = decide(state, commands.Pause(at=state.at, by=ADA))
    for event in held.events:
        watch.take(event)
    state = held.state
    for gate in watch.in_force().values():
        if _looks_back(state, gate):
            continue
        if gate.condition.relative and gate.metric not in state.baselines:
            continue
        after = state
        for _ in range(gate.consecutive):
            after = _measured_bad(after, gate.metric)
        assert after.phase in {Phase.ROLLING_BACK, Phase.ROLLED_BACK}


def _looks_back(state, gate):
    """Tell whether one bad value is not enough: many are counted, or their mean is."""
    counted = state.metric(gate.metric).counting is not None
    others = gate.judge is JudgeName.KAYENTA or gate.window is not None
    return counted or others or gate.condition.relative is Relative.CONTROL


def _measured_bad(state, metric, sample=None):
    if state.phase is not Phase.RUNNING:
        return state
    known = state.metrics.get(metric)
    at = state.at + state.metric(metric).cadence
    at = max(at, known.last.at + state.metric(metric).cadence) if known else at
    measurement = Measurement(at=at, value=BAD * 10, sample=sample)
    report = commands.ReportMeasured(at=at, metric=metric, measurement=measurement)
    return decide(state, report).state


@BOUNDED
@given(plans(), SEEDS, st.data())
def test_law_4_proven_harm_turns_back_whatever_is_going_on(plan, seed, data):
    """One look with overwhelming evidence is enough, though the rollout is paused."""
    history = lived(plan, seed, people=10, meddling=3).history
    length = data.draw(st.integers(1, len(history)))
    state = decide(replay(history[:length]), commands.Pause(at=NOON, by=ADA)).state
    watch = laws.Watch(plan)
    for event in history[:length]:
        watch.take(event)
    all_bad = Sample(
        since=NOON,
        canary=Tally(events=90_000, exposure=100_000),
        control=Tally(events=1_000, exposure=100_000),
    )
    weighed = [g for g in watch.in_force().values() if _is_weighed(state, g)]
    for gate in weighed if state.phase is Phase.RUNNING else ():
        after = _measured_bad(state, gate.metric, all_bad)
        assert after.phase in {Phase.ROLLING_BACK, Phase.ROLLED_BACK}


def _is_weighed(state, gate):
    """Tell whether evidence judges a gate."""
    metric = state.metric(gate.metric)
    plain = metric.counting is not None or gate.judge not in {
        None,
        JudgeName.EVIDENCE,
    }
    return isinstance(metric.probe, Query) and not plain


@BOUNDED
@given(plans(), SEEDS)
def test_law_5_the_intent_is_journaled_and_nothing_is_run_twice(plan, seed):
    """
    "An action's intent is journaled before it runs, its result after. Never silently
    run twice." The world counts how often each action really ran.
    """
    world = lived(plan, seed, crashes=12, repeats=10)
    laws.intents_come_first(world.history)


@BOUNDED
@given(plans(), SEEDS)
def test_law_6_what_a_stalled_worker_reports_changes_nothing(plan, seed):
    """
    "A stalled worker that comes back changes nothing": reports of a runner that died
    come late, twice, and out of order.
    """
    world = lived(plan, seed, crashes=8, repeats=60)
    laws.check_journal(world.history)


@BOUNDED
@given(plans(), SEEDS)
def test_law_7_consents_and_answers_count_once(plan, seed):
    """
    A consent and an answer count, and count once.

    "Refused, timed out and never asked are three different things; an answer given
    early counts exactly once."
    """
    world = lived(plan, seed, people=40, meddling=20, repeats=20)
    laws.consents_count_once(world.history)
    laws.every_question_is_settled_once(world.history)


@BOUNDED
@given(plans(), SEEDS)
def test_a_running_rollout_waits_for_something_that_can_come(plan, seed):
    """Somebody was asked, something is under way, or an instant lies ahead."""
    assert lived(plan, seed, people=100, meddling=10).state.ended


def test_the_same_seed_lives_through_the_same_world():
    """A seed is all it takes to see a failure again, on any machine."""
    one, other = world_of("x"), world_of("x")
    one.run()
    other.run()
    assert one.history == other.history


def test_a_broken_law_names_the_command_that_shows_it_again():
    """What a failed simulation prints can be typed in as it stands."""
    world = world_of(1)
    world.truth.stands["left over"] = 1.0
    with pytest.raises(laws.LawBroken, match=r"world --seed 1$"):
        world.run()
