"""Sources of metrics, as the pieces are."""

import pytest

from hardening.core import Histogram, Kind, Measure, Sample


class Pool:
    """A source of all three kinds."""

    def __init__(self, name="main"):
        self.used = 0
        self.labels = (("pool", name),)
        self.waits = Histogram((0.1, 1.0))
        self.readings = 0

    def measures(self):
        """Return what was counted."""
        self.readings += 1
        return (
            Measure(
                "hardening_pool_uses",
                "How often it was used.",
                Kind.COUNTER,
                (Sample(self.used, self.labels),),
            ),
            Measure(
                "hardening_pool_size",
                "How large it is.",
                Kind.GAUGE,
                (Sample(20, self.labels),),
            ),
            Measure(
                "hardening_pool_wait_seconds",
                "How long uses waited.",
                Kind.HISTOGRAM,
                (Sample(self.waits.distribution(), self.labels),),
            ),
        )


class Broken:
    """A source that raises, before or after it gave something."""

    def __init__(self, first=()):
        self.first = first

    def measures(self):
        """Give what is there, then raise."""
        yield from self.first
        message = "no database"
        raise RuntimeError(message)


class Given:
    """A source of whatever a test makes up."""

    def __init__(self, *measures):
        self.given = measures

    def measures(self):
        """Return it."""
        return self.given


@pytest.fixture
def pool():
    """Give a source that counted three waits."""
    made = Pool()
    made.used = 3
    for wait_s in (0.05, 0.5, 5.0):
        made.waits.observe(wait_s)
    return made


@pytest.fixture
def sources():
    """Give the classes of sources."""
    return Pool, Broken, Given
