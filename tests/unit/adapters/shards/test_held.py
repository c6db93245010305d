"""The turns of one process, when they end in an unusual order."""

import pytest

from gonogo.adapters.shards.held import HeldTurns
from gonogo.model.shard import Fence, Shard

SHARD = Shard(7)


class _Noting:
    """Notes what it is told; leaves when it may."""

    def __init__(self):
        self.told = []
        self.free = True

    def taken(self, fence, *, clean):
        self.told.append(("taken", fence.epoch, clean))

    def leave(self, shard):
        self.told.append(("leave", shard))
        return self.free


@pytest.fixture
def taker():
    """Give a taker that notes what it is told."""
    return _Noting()


@pytest.fixture
def held(taker):
    """Give the turns of that taker."""
    return HeldTurns(taker)


def _fence(epoch):
    return Fence(shard=SHARD, epoch=epoch)


def _taken(held, number):
    turn = held.begin(SHARD, number)
    held.take(turn, _fence(number), clean=True)
    return turn


def test_a_turn_is_left_when_the_taker_lets_go(held, taker):
    """An action under way keeps the turn until it has ended."""
    turn = _taken(held, 1)
    taker.free = False
    assert not held.leave(turn)
    taker.free = True
    assert held.leave(turn)
    held.done(turn)
    assert () == held.running()


def test_an_earlier_turn_does_not_let_go_what_a_later_one_holds(held, taker):
    """After the process stood still, two turns of a shard can hang here at once."""
    earlier = _taken(held, 1)
    later = _taken(held, 2)
    assert earlier.lost
    assert held.leave(earlier)
    assert [("taken", 1, True), ("taken", 2, True)] == taker.told
    held.done(earlier)
    held.leave(later)
    assert ("leave", SHARD) == taker.told[-1]


def test_a_turn_that_was_lost_before_it_was_taken_is_never_given(held, taker):
    """Its fence is past already; the taker would run into it at once."""
    earlier = held.begin(SHARD, 1)
    later = held.begin(SHARD, 2)
    held.take(earlier, _fence(1), clean=True)
    assert [] == taker.told
    held.take(later, _fence(2), clean=False)
    assert [("taken", 2, False)] == taker.told


def test_a_dropped_turn_ends_without_asking_the_taker(held, taker):
    """The taker said itself that the fence holds no more."""
    turn = _taken(held, 1)
    held.drop(_fence(1))
    turn.wait(60)  # returns at once
    assert turn.lost
    assert held.leave(turn)
    assert [("taken", 1, True)] == taker.told


def test_a_late_word_about_an_earlier_fence_changes_nothing(held):
    """Refusals of an old turn come in while a new one runs."""
    _taken(held, 1)
    later = _taken(held, 2)
    held.drop(_fence(1))
    assert not later.lost
    assert _fence(2) == later.fence
