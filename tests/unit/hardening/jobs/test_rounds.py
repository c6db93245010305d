"""Rounds: a look again and again, whatever becomes of one."""

import asyncio

import pytest

from hardening.core import InvalidSetting
from hardening.jobs import Monitor, Watchdog, WatchFailed
from hardening.jobs.rounds import Rounds
from hardening.testing import FakeClock
from tests.unit.hardening.jobs.looking import looks

BAD = [0, -1, float("inf"), float("nan"), "60", True, None]


class Watch:
    """Fails at the second look, and has enough at the fourth."""

    def __init__(self):
        """Begin with none."""
        self.made, self.told, self.clock = 0, [], FakeClock()
        self.rounds = Rounds(
            watcher="monitor",
            look=self.look,
            listener=self.told.append,
            clock=self.clock,
        )

    def look(self):
        """Look once."""
        self.made += 1
        if self.made == 2:
            raise OSError

    def done(self):
        """Tell whether there were enough."""
        return self.made == 4


def test_a_look_that_fails_is_told_and_the_next_one_comes():
    """The watch outlives what it watches with, and keeps its pace."""
    watch = Watch()
    watch.rounds.go(5.0, watch.done)
    assert (4, [5.0] * 4) == (watch.made, watch.clock.waits)
    assert [(WatchFailed, "monitor")] == [(type(t), t.watcher) for t in watch.told]


def test_the_rounds_of_a_loop_go_on_until_cancelled():
    """On an event loop too, a failure ends nothing; being cancelled ends it at once."""
    watch = Watch()
    asyncio.run(looks(watch.rounds.go_async(5.0), watch.clock, 3))
    assert 1 == len(watch.told)


@pytest.mark.parametrize("every_s", BAD)
@pytest.mark.parametrize("watcher", [Monitor, Watchdog])
def test_a_span_between_looks_that_is_none_is_named(watcher, every_s):
    """Looks without a pause would take a core; it is said before the first of them."""
    named = rf"{watcher.__name__}\.run every_s"
    watching = watcher(None)
    with pytest.raises(InvalidSetting, match=named):
        watching.run(every_s=every_s, until=lambda: True)
    with pytest.raises(InvalidSetting, match=named):
        asyncio.run(watching.run_async(every_s=every_s))
