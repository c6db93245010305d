"""The seat: what is on its way is neither undone nor told twice."""

import pytest

from hardening.breaker import FailureRate, Policy, State, View
from hardening.breaker.seat import RedisSeat


class Link:
    """A link that carries nothing before the test does."""

    def __init__(self):
        self.words = []
        self.is_up = True

    def tell(self, _seat, *words):
        """Remember words."""
        self.words.append(words)


@pytest.fixture
def link():
    """Give a link."""
    return Link()


@pytest.fixture
def followed():
    """Give what the breaker was told to follow."""
    return []


@pytest.fixture
def seat(link, followed):
    """Give the seat of a circuit that is open here, for another 20 s."""
    held = View(state=State.OPEN, retry_in_s=20.0)
    return RedisSeat(link, "key", Policy(), followed.append, lambda: held)


def test_what_redis_lost_is_told_again(seat, link):
    """With the wait that is left."""
    seat.learn(View(state=State.CLOSED, version=0))
    assert [("opened", 20_000)] == link.words


def test_what_is_on_its_way_is_not_told_again(seat, link):
    """Redis does not know it yet, and will."""
    seat.opened(60.0)
    seat.learn(View(state=State.CLOSED, version=0))
    assert [("opened", 60_000)] == link.words


def test_a_view_from_before_what_was_told_is_not_current(seat):
    """It would undo it; one from after is."""
    view = View(state=State.CLOSED, version=5)
    seat.opened(60.0)
    assert not seat.is_current(view)
    seat.arrived()
    assert seat.is_current(view)


def test_an_older_view_is_not_followed(seat, followed):
    """Two connections may answer in another order than Redis did."""
    newer, older = View(state=State.OPEN, version=6), View(state=State.OPEN, version=5)
    seat.learn(newer)
    seat.learn(older)
    assert [newer] == followed
    seat.forget()
    seat.learn(older)
    assert [newer, older] == followed


def test_failures_are_not_kept_for_a_redis_that_is_gone(seat, link):
    """What matters of them is how the circuit stands when it returns."""
    link.is_up = False
    seat.failed()
    seat.succeeded()
    assert [] == link.words


def test_failures_that_nobody_counts_are_not_told(link):
    """A policy with a rate alone has no use for them."""
    policy = Policy(failures=None, rate=FailureRate())
    seat = RedisSeat(link, "key", policy, lambda _: None, lambda: None)
    seat.failed()
    assert [] == link.words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("settled", 7, "failed"), []),
        (("opened", 60_000), [("opened", 20_000)]),
        (("ordered", "closed"), [("opened", 20_000)]),
    ],
)
def test_an_opening_that_did_not_arrive_is_told_once_redis_is_back(
    seat, link, words, told
):
    """As the circuit stands by then; a lost trial call is made up for by the next."""
    seat.given_up(words)
    seat._told = seat._said
    seat.learn(View(state=State.CLOSED, version=5))
    assert told == link.words
