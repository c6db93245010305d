"""A plan with one of everything, and functions that simulate it."""

from datetime import timedelta

import pytest

from gonogo.model.condition import Comparator, Condition
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.operation import SetFlag, Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Check,
    Gate,
    Metric,
    Plan,
    Purpose,
    Question,
    Soak,
    Stage,
)
from gonogo.model.sealing import sealed
from gonogo.simulation import Terms, simulate
from gonogo.simulation.script import Text, read_script
from gonogo.testing.laws import check_journal

HOUR = timedelta(hours=1)


def at_percent(step, line, percentage):
    """Return an action that sets the flag of the plan."""
    flag = SetFlag(file="flags.json", flag="cart", percentage=percentage)
    title = f"Turn cart on for {percentage} %"
    return Action(id=step, line=line, title=title, apply=flag)


def gate(name, line, metric, limit, unit):
    """Return a gate: the metric has to be below the limit."""
    below = Condition(comparator=Comparator.LESS, value=limit, unit=unit)
    return Gate(id=name, line=line, title=metric, metric=metric, condition=below)


def hold(step, line, gates):
    """Return a soak of a day."""
    return Soak(
        id=step,
        line=line,
        title=f"Hold for a day, {step}",
        duration=24 * HOUR,
        gates=gates,
        limit=48 * HOUR,
    )


DEPLOY = Action(
    id="deploy",
    line=12,
    title="Deploy the release",
    apply=Shell(run="./deploy.sh"),
    undo=Shell(run="./deploy.sh --back", idempotent=True),
)
HEALTH = Check(
    id="health",
    line=13,
    title="Check the health page",
    probe=Shell(run="curl health"),
    expectations=(Expectation(line=13, kind=ExpectationKind.CONTAINS, value="UP"),),
)
PAGE = Question(
    id="page",
    line=31,
    title="Verify that the page looks right",
    purpose=Purpose.VERIFY,
    why="Only a person can.",
    role="Support",
)


@pytest.fixture
def plan():
    """Give a plan: consents, a deployment, 5 % for a day, everybody for a day."""
    errors = gate("g21", 21, "Error rate", 1.0, "%")
    latency = gate("g22", 22, "P99 latency", 500.0, "ms")
    return sealed(
        Plan(
            title="Switch to the new cart",
            service="shop",
            environment="production",
            document="cart.md",
            document_digest="sha256:0",
            stages=(
                Stage(
                    id="consents",
                    line=4,
                    title="Consents",
                    steps=(
                        Approval(id="a5", line=5, title="Dev", role="Dev Lead"),
                        Approval(id="a6", line=6, title="Ops", role="Ops On-Call"),
                    ),
                ),
                Stage(
                    id="deployed",
                    line=11,
                    title="Stage 0: Deploy",
                    steps=(DEPLOY, HEALTH),
                ),
                Stage(
                    id="canary",
                    line=15,
                    title="Stage 1: 5 % canary",
                    steps=(
                        at_percent("five", 16, 5.0),
                        hold("s17", 17, ("g21", "g22")),
                    ),
                    gates=(errors, latency),
                ),
                Stage(
                    id="all",
                    line=28,
                    title="Stage 2: Everybody",
                    steps=(
                        at_percent("hundred", 29, 100.0),
                        hold("s30", 30, ("g21", "g22")),
                        PAGE,
                    ),
                    gates=(errors, latency),
                ),
            ),
            metrics=(
                Metric(name="Error rate", probe=Shell(run="errors"), unit="%"),
                Metric(
                    name="P99 latency",
                    probe=Shell(run="latency"),
                    unit="ms",
                    cadence=timedelta(minutes=20),
                ),
            ),
        )
    )


@pytest.fixture
def rules_of(plan):
    """Give a function: the rules of some lines."""

    def read(*lines):
        texts = [Text(file="w", line=n, text=t) for n, t in enumerate(lines, start=1)]
        return read_script(texts, plan)

    return read


@pytest.fixture
def simulated(plan, rules_of):
    """Give a function: the plan simulated in a world, its journal held to the laws."""

    def run(*lines, **terms):
        found = simulate(plan, rules_of(*lines), Terms(**terms))
        check_journal(found.journal)
        return found

    return run
