"""The view of one process: what it may serve, and what it must not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.cache.machine import (
    Expired,
    Held,
    Nothing,
    Question,
    Ready,
    Terms,
    View,
    dropped,
    loaded,
    looked,
    read,
    ready,
    told,
)

TERMS = Terms(stale_s=10, grace_s=5)


def verified(*, asked_s=0.0, expires_s=100.0):
    """Return a view that holds a value of generation 7."""
    return View(era=3, generation="7", asked_s=asked_s, held=Held("old", expires_s))


def test_nothing_is_served_before_redis_has_answered():
    """A process that has just started knows nothing."""
    assert Nothing.UNVERIFIED == read(View(), TERMS, 0)
    assert ready(View(), TERMS) is None


@pytest.mark.parametrize(
    ("now_s", "reading"),
    [
        (9.9, Ready("old", 10)),
        (10.0, Nothing.UNVERIFIED),
        (10.1, Nothing.UNVERIFIED),
    ],
)
def test_a_value_is_served_for_ten_seconds_unverified(now_s, reading):
    """The time runs from when Redis was asked, not from when it answered."""
    assert reading == read(verified(), TERMS, now_s)


@pytest.mark.parametrize(
    ("now_s", "reading"),
    [
        (3.9, Ready("old", 4)),
        (4.0, Expired("old")),
        (8.9, Expired("old")),
        (9.0, Nothing.ABSENT),
    ],
)
def test_an_expired_value_has_its_grace(now_s, reading):
    """Five seconds longer, for those who come while another caller loads."""
    assert reading == read(verified(expires_s=4), TERMS, now_s)


def test_a_value_is_ready_until_it_expires_or_lapses():
    """The earlier of the two counts."""
    assert Ready("old", 4) == ready(verified(expires_s=4), TERMS)
    assert Ready("old", 10) == ready(verified(expires_s=40), TERMS)


def test_an_announced_generation_ends_the_era():
    """Nothing of the old one is served, and nothing verified."""
    view = told(verified(), "8")
    assert (View(era=4), Nothing.UNVERIFIED) == (view, read(view, TERMS, 0))


def test_an_announcement_of_the_same_generation_is_no_news():
    """The process knew already."""
    assert verified() == told(verified(), "7")


def test_an_answer_with_the_same_generation_extends_the_time():
    """The value is good for another ten seconds."""
    view = looked(verified(), Question(3, 6.0), "7")
    assert Ready("old", 16) == read(view, TERMS, 15.9)


def test_an_answer_with_another_generation_verifies_nothing():
    """Redis has to hear first that the old value is gone."""
    assert View(era=4) == looked(verified(), Question(3, 6.0), "8")


def test_an_answer_to_an_older_question_is_no_news():
    """What was asked in another era says nothing about this one."""
    view = dropped(verified())
    assert view == looked(view, Question(3, 6.0), "7")


def test_an_overtaken_load_is_not_kept():
    """A load that began before an invalidation never caches its value."""
    view = looked(dropped(verified()), Question(4, 6.0), "8")
    assert view == loaded(view, era=3, held=Held("old", 100))
    assert Held("new", 100) == loaded(view, era=4, held=Held("new", 100)).held


def test_a_value_is_not_in_a_repr():
    """It may be a secret."""
    assert "old" not in repr(verified())


class World:
    """Three processes, a Redis and a network that loses, delays and reorders."""

    def __init__(self):
        self.now_s = 0.0
        self.count = 1
        self.truth = 0
        self.confirmed = 0
        self.seen = {}
        self.waiting = []
        self.members = [Member(self, number) for number in range(3)]

    def invalidate(self):
        """Change the value, then raise the generation."""
        self.truth += 1
        self.count += 1
        self.waiting.append((self.count, self.truth, self.now_s + TERMS.stale_s))
        for member in self.members:
            member.announced.append(str(self.count))

    def settle(self):
        """Confirm what everybody has seen, or has had the time to forget."""
        for count, truth, lapse_s in list(self.waiting):
            behind = [name for name, seen in self.seen.items() if seen < count]
            if behind and self.now_s < lapse_s:
                continue
            for name in behind:
                del self.seen[name]
            self.waiting.remove((count, truth, lapse_s))
            self.confirmed = max(self.confirmed, truth)

    def tick(self):
        """Let three seconds pass."""
        self.now_s += 3


class Member:
    """One process: asks, is told, loads, and is slow with each."""

    def __init__(self, world, name):
        self.world = world
        self.name = name
        self.view = View()
        self.announced = []
        self.question = self.answer = None
        self.loads = []

    def ask(self):
        """Send a question."""
        if self.question is None:
            self.question = Question(self.view.era, self.world.now_s)
            self.serving = self.view.generation or ""

    def be_heard(self):
        """Have Redis answer it."""
        if self.question is not None and self.answer is None:
            self.answer = str(self.world.count)
            if self.serving in {"", self.answer}:
                self.world.seen[self.name] = self.world.count

    def hear(self):
        """Receive the answer."""
        if self.answer is not None:
            self.view = looked(self.view, self.question, self.answer)
            self.question = self.answer = None

    def be_told(self):
        """Receive an announcement."""
        if self.announced:
            self.view = told(self.view, self.announced.pop(0))

    def miss(self):
        """Lose an announcement."""
        if self.announced:
            self.announced.pop()

    def begin(self):
        """Begin a load, as a reader who finds nothing does."""
        if read(self.view, TERMS, self.world.now_s) == Nothing.ABSENT:
            self.loads.append((self.view.era, self.world.truth))

    def end(self):
        """End the load that began last: those before it are slow."""
        if self.loads:
            era, value = self.loads.pop()
            held = Held(value, self.world.now_s + 60)
            self.view = loaded(self.view, era=era, held=held)

    def look(self):
        """Ask, be heard and hear at once."""
        self.ask()
        self.be_heard()
        self.hear()

    def read(self):
        """Read as a caller does."""
        return read(self.view, TERMS, self.world.now_s)


OF_A_MEMBER = (
    *("ask", "be_heard", "hear", "be_told", "miss"),
    *("look", "look", "begin", "begin", "end", "end"),
)
STEPS = st.one_of(
    st.sampled_from([("invalidate", None), ("settle", None), ("tick", None)]),
    st.tuples(st.sampled_from(OF_A_MEMBER), st.integers(0, 2)),
)


@settings(max_examples=120)
@given(st.lists(STEPS, min_size=40, max_size=80))
def test_no_read_after_a_confirmed_invalidation_is_stale(steps):
    """
    The law: what is served after an invalidation was confirmed was loaded after it,
    whatever the network loses or delays.
    """
    world = World()
    for name, number in steps:
        getattr(world if number is None else world.members[number], name)()
        for member in world.members:
            found = member.read()
            if isinstance(found, Ready | Expired):
                assert found.value >= world.confirmed
