"""What the tests of power share: a day of two streams, and what a test may spend."""

from datetime import timedelta

import pytest

from gonogo.analysis.power.chances import Terms
from gonogo.analysis.power.laws import TwoStreams
from gonogo.analysis.power.outlook import Outlook
from gonogo.analysis.power.promise import promised
from gonogo.analysis.power.prospect import Compared

DAY = timedelta(days=1)
HALVES = Terms(anytime=0.025, final=0.025)


@pytest.fixture
def streams():
    """Give the law of a day: half a percent of errors at so many requests a second."""

    def law(per_s=1.0, limit=1.0, control=1.0):
        events = 432 * per_s
        return TwoStreams(limit=limit, canary=events, control=events * control)

    return law


@pytest.fixture
def promise_of():
    """Give the promise of a law over a day, a look a minute."""

    def promise(law, alternative=2.0, terms=HALVES):
        outlook = Outlook(prospect=Compared(law, terms), alternative=alternative)
        return promised(outlook, DAY, look=timedelta(minutes=1))

    return promise
