"""The agenda: the last word about a rollout counts, and nobody is woken twice."""

from datetime import timedelta

from gonogo.runner.agenda import Agenda
from gonogo.testing.clock import NOON

SECOND = timedelta(seconds=1)


def due(agenda, now, most=10):
    """The rollouts that are taken out as due."""
    return [rollout for rollout, _ in agenda.take_due(now, most)]


def test_rollouts_come_out_by_their_time_from_that_instant_on():
    """Rollouts come out by their time from that instant on."""
    agenda = Agenda()
    agenda.put("late", NOON + 2 * SECOND)
    agenda.put("soon", NOON + SECOND)
    assert [] == due(agenda, NOON + SECOND * 0.999)
    assert ["soon"] == due(agenda, NOON + SECOND)
    assert ["late"] == due(agenda, NOON + 3 * SECOND)


def test_the_last_word_about_a_rollout_counts():
    """The last word about a rollout counts."""
    agenda = Agenda()
    agenda.put("r", NOON)
    agenda.put("r", NOON + SECOND)
    assert [] == due(agenda, NOON)
    assert NOON + SECOND == agenda.next()
    agenda.put("r", None)
    assert agenda.next() is None
    assert [] == due(agenda, NOON + SECOND)


def test_who_was_taken_out_is_not_woken_again():
    """Who was taken out is not woken again."""
    agenda = Agenda()
    agenda.put("r", NOON)
    assert ["r"] == due(agenda, NOON)
    assert [] == due(agenda, NOON + SECOND)
    agenda.put("r", NOON)
    assert ["r"] == due(agenda, NOON)


def test_a_crowd_comes_out_in_parts_the_earliest_first():
    """A crowd comes out in parts the earliest first."""
    agenda = Agenda()
    for number in range(5):
        agenda.put(f"r{number}", NOON + SECOND * number)
    assert ["r0", "r1"] == due(agenda, NOON + 9 * SECOND, most=2)
    assert ["r2", "r3", "r4"] == due(agenda, NOON + 9 * SECOND)
    assert 0 == len(agenda)
