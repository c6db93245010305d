"""Plots made by hand: a look a minute from noon on."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.model.verdict import Outcome
from gonogo.report.plots import Look, Plot

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def looks_at(values, **others):
    """Return looks at these values; `others` give what else each look has."""
    return tuple(
        Look(
            at=NOON + n * MINUTE,
            outcome=Outcome.PASS if value is not None else Outcome.INCONCLUSIVE,
            value=value,
            **{name: of[n] for name, of in others.items()},
        )
        for n, value in enumerate(values)
    )


@pytest.fixture(scope="session")
def noon():
    """Give the instant of the first look."""
    return NOON


@pytest.fixture(scope="session")
def plotted():
    """Give a function: the plot of these values and of what else is said."""

    def plot(values, *, control=None, evidence=None, bar=3.7, **fields):
        others = {}
        if control is not None:
            others["control"] = control
        if evidence is not None:
            others |= {"against": evidence, "bar": [bar] * len(evidence)}
        shape = {"title": "Error rate", "unit": "%", "limit_text": "< 1 %"}
        return Plot(looks=looks_at(values, **others), **(shape | fields))

    return plot
