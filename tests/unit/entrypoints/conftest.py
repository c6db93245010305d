"""A plan of two stages, and the state that any events leave behind."""

from datetime import timedelta

import pytest

from gonogo.decision import replay
from gonogo.model.command import Person
from gonogo.model.condition import Comparator, Condition
from gonogo.model.event import RolloutStarted
from gonogo.model.operation import Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Gate,
    Metric,
    Plan,
    Purpose,
    Question,
    Soak,
    Stage,
)
from gonogo.model.sealing import sealed
from gonogo.testing.clock import NOON

CAROL = Person(name="carol")
DEPLOY = Action(
    id="a",
    line=10,
    title="Deploy",
    apply=Shell(run="deploy"),
    undo=Shell(run="undeploy"),
)
GATE = Gate(
    id="g",
    line=20,
    title="Errors",
    metric="Errors",
    condition=Condition(comparator=Comparator.LESS, value=5.0),
    consecutive=3,
)
SOAK = Soak(
    id="s",
    line=21,
    title="Hold",
    duration=timedelta(hours=1),
    gates=("g",),
    limit=timedelta(hours=4),
)
CONSENT = Approval(id="c", line=5, title="Dev Lead · ada", role="Dev Lead")
LOOK = Question(
    id="q", line=30, title="Looks right?", purpose=Purpose.VERIFY, why="no probe"
)


@pytest.fixture
def plan():
    """Give a plan with a consent, an action, a soak and a question."""
    return sealed(
        Plan(
            title="Switch the shop to the new cart",
            service="shop",
            environment="test",
            document="rollout.md",
            document_digest="sha256:0",
            stages=(
                Stage(id="1", line=4, title="Prepare", steps=(CONSENT, DEPLOY)),
                Stage(id="2", line=19, title="Hold", steps=(SOAK, LOOK), gates=(GATE,)),
            ),
            metrics=(Metric(name="Errors", probe=Shell(run="errors")),),
        )
    )


@pytest.fixture
def started(plan):
    """Give the event that begins a rollout of the plan."""
    return RolloutStarted(
        at=NOON, rollout="shop-test-1", plan=plan, document="", by=CAROL
    )


@pytest.fixture
def state_after(started):
    """Give a function: the state after the start and these events."""
    return lambda *events: replay((started, *events))
