"""Lanes: a source that hangs fills its own lane, and holds up no other."""

import threading

import pytest

from gonogo.runner.lanes import Lanes

LONG_S = 30


class Gate:
    """A job that tells when it is at work, and goes on when it is let."""

    def __init__(self):
        self.at_work = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self):
        """Work."""
        self.at_work.release()
        assert self.open.wait(LONG_S)

    def wait_for(self, jobs):
        """Return whether so many jobs come to work."""
        return all(self.at_work.acquire(timeout=LONG_S) for _ in range(jobs))


@pytest.fixture
def hanging():
    """Give a job that hangs until the test is over."""
    gate = Gate()
    yield gate
    gate.open.set()


def test_a_lane_that_hangs_does_not_hold_up_another(hanging):
    """A lane that hangs does not hold up another."""
    lanes, done = Lanes("looks", most=4, most_each=2), threading.Event()
    for _ in range(10):
        lanes.submit("hangs", hanging)
    assert hanging.wait_for(2)
    lanes.submit("quick", done.set)
    assert done.wait(LONG_S)
    assert not hanging.at_work.acquire(blocking=False), "a third job was begun"


def test_jobs_of_one_lane_are_begun_in_order(hanging):
    """Jobs of one lane are begun in order."""
    lanes, order, last = Lanes("deeds", most=4, most_each=1), [], threading.Event()
    lanes.submit("r", hanging)
    assert hanging.wait_for(1)
    for number in range(5):
        lanes.submit("r", lambda number=number: order.append(number))
    lanes.submit("r", last.set)
    assert [] == order
    hanging.open.set()
    assert last.wait(LONG_S)
    assert list(range(5)) == order


def test_a_crowd_in_one_lane_is_ahead_by_no_more_than_its_limit(hanging):
    """A crowd in one lane is ahead by no more than its limit."""
    lanes, order, all_done = Lanes("looks", most=1, most_each=2), [], threading.Event()
    lanes.submit("first", hanging)
    assert hanging.wait_for(1)
    for number in range(6):
        lanes.submit("crowd", lambda number=number: order.append(f"crowd {number}"))
    lanes.submit("single", lambda: order.append("single"))
    lanes.submit("crowd", all_done.set)
    hanging.open.set()
    assert all_done.wait(LONG_S)
    assert 2 == order.index("single")


def test_more_threads_than_most_are_never_started(hanging):
    """More threads than most are never started."""
    lanes, done = Lanes("looks", most=3, most_each=1), threading.Event()
    for number in range(6):
        lanes.submit(f"source {number}", hanging)
    assert hanging.wait_for(3)
    lanes.submit("late", done.set)
    assert not done.wait(0.05)
    assert not hanging.at_work.acquire(blocking=False)
    hanging.open.set()
    assert done.wait(LONG_S)
