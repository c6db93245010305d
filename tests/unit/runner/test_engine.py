"""The engine: many rollouts, one commit, and nobody who waits behind a crowd."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from gonogo.model.command import Abort, Pause, Recover, Start
from gonogo.model.effect import Apply, Find, Measure
from gonogo.model.shard import shard_of
from gonogo.ports.journal import (
    JournalConflict,
    JournalUnavailable,
    PlaceTaken,
    Unread,
)
from tests.unit.runner.fleet import ADA, MINUTE, drive, plan_of

HOUR = 60 * MINUTE


def abort(fleet, rollout):
    """A person's word to a rollout, in its inbox."""
    fleet.journal.send(rollout, Abort(at=fleet.clock.now(), by=ADA))


def test_many_rollouts_come_to_their_end_side_by_side(fleet):
    """Many rollouts come to their end side by side."""
    names = [f"r{number}" for number in range(20)]
    fleet.begin(*names)
    engine, hands, _ = fleet.engine()
    fleet.give(engine, *names)
    drive(engine, hands)
    for _ in range(61):
        fleet.clock.advance(MINUTE)
        drive(engine, hands, 3)
    assert {"RolloutCompleted"} == {fleet.history(name)[-1] for name in names}


def test_what_came_up_together_is_kept_with_one_commit(fleet):
    """What came up together is kept with one commit."""
    names = [f"r{number}" for number in range(20)]
    fleet.begin(*names)
    journal = Counting(fleet.journal)
    engine, hands, _ = fleet.engine(journal)
    fleet.give(engine, *names)
    drive(engine, hands)
    fleet.clock.advance(MINUTE)
    engine.turn()
    hands.work()
    journal.commits.clear()
    engine.turn()
    assert [20] == journal.commits


def test_a_crowd_that_is_due_does_not_keep_an_abort_waiting(fleet):
    """A crowd that is due does not keep an abort waiting."""
    names = [f"r{number}" for number in range(300)]
    fleet.begin(*names)
    engine, hands, watching = fleet.engine()
    fleet.give(engine, *names)
    drive(engine, hands, 30)
    fleet.clock.advance(MINUTE)
    abort(fleet, names[-1])
    watching.events.clear()
    engine.turn()
    assert (names[-1], "RolloutAborted") in watching.events
    measured = [e for r, e in hands.begun[-300:] if isinstance(e, Measure)]
    assert len(measured) < len(names), "a crowd is woken in parts"


def test_a_measurement_under_way_is_not_begun_again(fleet):
    """A measurement under way is not begun again."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands)
    fleet.clock.advance(MINUTE)
    engine.turn()
    before = len(hands.begun)
    for _ in range(5):
        fleet.clock.advance(timedelta(seconds=1))
        engine.turn()
    assert before == len(hands.begun)


def test_a_rollout_whose_journal_is_damaged_is_set_aside_and_the_others_go_on(fleet):
    """A rollout whose journal is damaged is set aside and the others go on."""
    fleet.begin("good", "bad")
    engine, hands, watching = fleet.engine()
    broken = fleet.journal.records["bad"][0]
    event = replace(broken.event, plan=None)
    fleet.journal.records["bad"][0] = replace(broken, event=event)
    fleet.give(engine, "good", "bad")
    drive(engine, hands)
    assert ["bad"] == [rollout for rollout, _ in watching.aside]
    assert "SoakStarted" in fleet.history("good")


def test_a_journal_that_is_away_costs_nothing_but_time(fleet):
    """A journal that is away costs nothing but time."""
    fleet.begin("r")
    journal = Failing(fleet.journal)
    engine, hands, _ = fleet.engine(journal)
    fleet.give(engine, "r")
    engine.turn()
    hands.work()
    journal.away = True
    with pytest.raises(JournalUnavailable):
        engine.turn()
    with pytest.raises(JournalUnavailable):
        engine.turn()
    journal.away = False
    drive(engine, hands)
    assert 1 == fleet.history("r").count("ActionIntended")
    assert "SoakStarted" in fleet.history("r")


def test_a_commit_that_went_through_though_it_seemed_to_fail_counts_once(fleet):
    """A commit that went through though it seemed to fail counts once."""
    fleet.begin("r")
    journal = Failing(fleet.journal)
    engine, hands, _ = fleet.engine(journal)
    fleet.give(engine, "r")
    engine.turn()
    hands.work()
    journal.lies = True
    with pytest.raises(JournalUnavailable):
        engine.turn()
    journal.lies = False
    drive(engine, hands)
    assert 1 == fleet.history("r").count("ActionIntended")
    assert 1 == hands.kinds("r").count(Apply)


def test_a_word_that_said_nothing_new_is_consumed_once_though_that_seemed_to_fail(
    fleet,
):
    """Law 5: to find nobody's events there is no reason to doubt a deed under way."""
    fleet.begin("r")
    journal = Failing(fleet.journal)
    engine, hands, _ = fleet.engine(journal)
    fleet.give(engine, "r")
    drive(engine, hands, 2, but=(Apply,))
    pause = Pause(at=fleet.clock.now(), by=ADA)
    fleet.journal.send("r", pause)
    engine.turn()
    fleet.journal.send("r", pause)
    journal.lies = True
    with pytest.raises(JournalUnavailable):
        engine.turn()
    journal.lies = False
    drive(engine, hands, but=(Apply,))
    assert "RunnerRecovered" not in fleet.history("r")
    assert 1 == hands.kinds("r").count(Apply)
    assert Find not in hands.kinds("r")


def test_who_was_passed_over_changes_nothing(fleet):
    """Law 6: a stalled worker that comes back changes nothing."""
    fleet.begin("r")
    stalled, hands, _ = fleet.engine()
    fleet.give(stalled, "r")
    stalled.turn()
    hands.work()
    other, its_hands, _ = fleet.engine()
    fleet.give(other, "r", clean=False)
    drive(other, its_hands)
    before = fleet.history("r")
    refused = []
    stalled.holding.refused = refused.append
    stalled.turn()
    assert before == fleet.history("r")
    assert Apply not in hands.kinds("r")
    assert [shard_of("r")] == [fence.shard for fence in refused]
    fleet.clock.advance(MINUTE)
    abort(fleet, "r")
    stalled.turn()
    assert before == fleet.history("r"), "it let go of the shard"


def test_a_shard_is_not_left_while_an_action_is_under_way(fleet):
    """A shard is not left while an action is under way."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands, but=Apply)
    assert not leave(engine, "r")
    hands.work()
    assert leave(engine, "r"), "its result is journaled before it is left"
    assert "ActionApplied" in fleet.history("r")


def test_a_shard_left_clean_is_gone_on_with_and_nobody_hears_of_it(fleet):
    """A shard left clean is gone on with and nobody hears of it."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands)
    assert leave(engine, "r")
    before = fleet.history("r")
    other, its_hands, _ = fleet.engine()
    fleet.give(other, "r", clean=True)
    other.turn()
    assert before == fleet.history("r")
    fleet.clock.advance(MINUTE)
    drive(other, its_hands)
    assert "MeasurementTaken" == fleet.history("r")[-1]


def test_a_shard_that_was_lost_is_recovered_and_a_deed_is_sought_before_all_else(fleet):
    """A shard that was lost is recovered and a deed is sought before all else."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands, but=Apply)
    other, its_hands, _ = fleet.engine()
    fleet.give(other, "r", clean=False)
    other.turn()
    assert "RunnerRecovered" in fleet.history("r")
    assert Find in its_hands.kinds("r")
    assert Apply not in its_hands.kinds("r")


def test_a_shard_that_comes_back_is_gone_on_with_as_it_was(fleet):
    """A shard that comes back is gone on with as it was."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands)
    assert leave(engine, "r")
    fleet.clock.advance(MINUTE)
    engine.turn()
    assert Measure is not hands.kinds("r")[-1] or not hands.waiting
    fleet.give(engine, "r", clean=True)
    engine.turn()
    fleet.clock.advance(MINUTE)
    drive(engine, hands)
    assert "RunnerRecovered" not in fleet.history("r")
    assert 2 <= fleet.history("r").count("MeasurementTaken")


def test_a_deed_that_its_own_next_turn_overtook_is_not_forgotten(fleet):
    """
    Between its intent and its begin the shard's next turn may have come to the same
    worker: it was not done then, and nobody else would ever find out.
    """
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    asked = []
    begin = hands.begin

    def late(effect, state, report, *, may):
        if not isinstance(effect, Apply) or asked:
            return begin(effect, state, report, may=may)
        ((fence, clean),) = fleet.journal.next_epochs((shard_of("r"),))
        asked.append(may())
        report(None)
        engine.holding.taken(fence, clean=clean)
        return Event()

    hands.begin = late
    drive(engine, hands, 20)
    assert [False] == asked
    assert "RunnerRecovered" in fleet.history("r")
    assert Find in hands.kinds("r")


def test_states_that_were_let_go_of_are_read_when_they_are_due(fleet):
    """States that were let go of are read when they are due."""
    names = [f"r{number}" for number in range(12)]
    fleet.begin(*names)
    engine, hands, _ = fleet.engine(most_at_hand=3)
    fleet.give(engine, *names)
    drive(engine, hands)
    for _ in range(3):
        fleet.clock.advance(MINUTE)
        drive(engine, hands, 4)
    counts = {fleet.history(name).count("MeasurementTaken") for name in names}
    assert counts == {4}
    assert all(fleet.journal.snapshot(name) is not None for name in names)


def test_a_rollout_handed_over_is_taken_up(fleet):
    """A rollout handed over is taken up."""
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    engine.turn()
    fleet.begin("r")
    fleet.journal.send("r", Recover(at=fleet.clock.now(), clean=True))
    drive(engine, hands)
    assert "ActionApplied" in fleet.history("r")
    assert "RunnerRecovered" not in fleet.history("r")
    assert () == fleet.journal.received("r")


def test_a_rollout_that_another_process_drives_is_left_to_it(fleet):
    """A rollout that another process drives is left to it."""
    fleet.begin("r")
    free = []
    engine, hands, _ = fleet.engine(free=lambda rollout: rollout in free)
    fleet.give(engine, "r", clean=False)
    drive(engine, hands)
    assert [] == hands.begun
    free.append("r")
    fleet.clock.advance(MINUTE)
    drive(engine, hands)
    assert "RunnerRecovered" in fleet.history("r")


def test_two_rollouts_never_hold_one_place(fleet):
    """Two rollouts never hold one place."""
    fleet.begin("r")
    engine, _, _ = fleet.engine()
    plan = plan_of("r")
    at = fleet.clock.now()
    engine._alarms = None
    with pytest.raises(PlaceTaken):
        engine.start(Start(at=at, rollout="r2", plan=plan, document="", by=ADA))


def test_a_conflict_without_alarms_is_raised(fleet):
    """A run alone stops at once when another writes to its rollout."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    engine._alarms = None
    engine.take_over("r")
    hands.work()
    other, _, _ = fleet.engine()
    other._alarms = None
    other.take_over("r")
    with pytest.raises(JournalConflict):
        drive(engine, hands)


def test_a_command_that_does_not_read_is_told_once_and_holds_up_nobody(fleet):
    """A later version sent it; the rollout, and its other commands, go on."""
    fleet.begin("r")
    why = ValueError("a later version sent it")
    journal = Garbled(fleet.journal, Unread(number=0, rollout="r", why=why))
    engine, hands, watching = fleet.engine(journal)
    fleet.give(engine, "r")
    drive(engine, hands)
    abort(fleet, "r")
    engine.turn()
    assert ["r"] == watching.unheard
    assert "RolloutAborted" in fleet.history("r")


def leave(engine, rollout):
    """Ask an engine to leave the shard of a rollout, and return its answer."""
    answers = []
    shard = shard_of(rollout)
    engine._mail.put(lambda: answers.append(engine.holding._let_go(shard)))
    engine.turn()
    return answers[0]


class Counting:
    """A journal that counts how much each commit keeps."""

    def __init__(self, journal):
        self._journal, self.commits = journal, []

    def __getattr__(self, name):
        return getattr(self._journal, name)

    def append_all(self, appends):
        """Count, and append."""
        self.commits.append(len(appends))
        return self._journal.append_all(appends)


class Failing(Counting):
    """A journal that is away, or loses its answer after it has kept everything."""

    away = lies = False

    def append_all(self, appends):
        """Fail before, or after."""
        if self.away:
            raise JournalUnavailable
        answers = super().append_all(appends)
        if self.lies:
            raise JournalUnavailable
        return answers


class Garbled(Counting):
    """A journal with a command in its inbox that does not read."""

    def __init__(self, journal, unread):
        super().__init__(journal)
        self._unread = unread

    def received_since(self, number, *, most):
        """Return it before all others."""
        return (self._unread, *self._journal.received_since(number, most=most - 1))
