"""Trials and samples, as the tests of the judge say them."""

from datetime import timedelta

import pytest

from gonogo.analysis.evidence import Null, Trial, judge
from gonogo.model.judging import Noise
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.testing.clock import NOON

MINUTE = timedelta(minutes=1)


class Soak:
    """A soak under way: looks are taken one by one, a minute apart unless said."""

    def __init__(self, trial):
        """Begin it."""
        self.trial, self.state, self.at = trial, None, NOON
        self.last = None

    def look(self, sample, *, final=False, after=MINUTE):
        """Take a look; return what is judged."""
        self.at += after
        self.last = judge(self.trial, self.state, sample, at=self.at, final=final)
        self.state = self.last.state
        return self.last

    def count(self, canary, control=None, *, final=False, after=MINUTE, **rest):
        """Look at events among exposures: pairs, or None for an arm without data."""
        sample = Sample(since=self.at, canary=tally(canary), **rest)
        if control is not None:
            sample = Sample(
                since=self.at, canary=tally(canary), control=tally(control), **rest
            )
        return self.look(sample, final=final, after=after)

    def many(self, times, canary, control=None):
        """Take the same look so many times; return the last."""
        return [self.count(canary, control) for _ in range(times)][-1]


def tally(pair):
    """Return the tally of events among an exposure; None stays None."""
    return None if pair is None else Tally(events=pair[0], exposure=pair[1])


@pytest.fixture
def soak():
    """Return how a soak is begun: of a ratio of +10 % unless changed, noise known."""

    def begin(null=Null.RATIO, kind=MetricKind.PROPORTION, **changes):
        known = {
            "metric": "errors",
            "limit": 1.1,
            "noise": Noise(),
            "calibrated": True,
            "concurrent": null is Null.RATIO,
            "promised": 1.21,
        }
        return Soak(Trial(null=null, kind=kind, **(known | changes)))

    return begin
