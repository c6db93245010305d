"""A rollout for the reports: a document, its plan, and the machine driven over it."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.decision import decide, next_wake
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Person
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.operation import Http, KillFlags, Migrate, SetFlag, Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Gate,
    IncidentTask,
    Metric,
    Plan,
    Purpose,
    Question,
    Soak,
    Stage,
)
from gonogo.model.record import FIRST_LINK, chained
from gonogo.model.sealing import digest_of, sealed
from gonogo.model.verdict import Measurement, Observation

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert('x')</script> | `tick` **bold** ![i](http://evil/i.png)"

DOCUMENT = """\
# Rollout of the `dlq` | <script>alert(1)</script>

## Approvals

| Approver | Role | Approved | Date |
|----------|------|----------|------|
| @alok | Dev Lead | ☐ | |
| @ops | Ops On-Call | ☐ | |

## Stage 1: Migrate

- [ ] Database backup created
- [ ] Run migration 001 <!-- gonogo: {migrate: {up: 001.sql, connection: qc}} -->
- [ ] Verify the table
- [ ] Capture baseline metrics

![picture](http://evil.example/x.png)

## Stage 2: Enable (5 %)

- [ ] Set the flag to 5 %
- [ ] Wait 24 hours

| Metric | Threshold | Actual | Status |
|--------|-----------|--------|--------|
| Error rate | < 1% | | |
| Latency | < +15% |        | |

## Sign-off

| Role | Name | Date |
|------|------|------|
| Dev Lead | | |

## Incident Response

1. **Immediately:** switch the flag off
2. **Within 5 minutes:** page the on-call
"""


def line_of(words):
    """Return the number of the first line of the document that holds these words."""
    lines = DOCUMENT.splitlines()
    return next(n for n, line in enumerate(lines, 1) if words in line)


def condition(value, unit, relative=None):
    """Return a condition 'less than'."""
    return Condition(
        comparator=Comparator.LESS, value=value, unit=unit, relative=relative
    )


def approval(name, words, role):
    """Return an approval on the line with these words."""
    return Approval(id=name, line=line_of(words), title=role, role=role)


def a_plan():
    """Return the plan of the document."""
    flag = SetFlag(file="$FLAGS", flag="DLQ", percentage=5)
    gates = (
        Gate(
            id="g-error",
            line=line_of("| Error rate"),
            title="Error rate",
            metric="Error rate",
            condition=condition(1, "%"),
        ),
        Gate(
            id="g-latency",
            line=line_of("| Latency"),
            title="Latency",
            metric="Latency",
            condition=condition(15, "%", Relative.BASELINE),
        ),
    )
    return sealed(
        Plan(
            title="The dlq <script>",
            service="qc",
            environment="production",
            document="rollout.md",
            document_digest=digest_of(DOCUMENT.encode()),
            metrics=(
                Metric(name="Error rate", probe=Http(url="$U", json="$.e")),
                Metric(
                    name="Latency",
                    probe=Http(url="$U", json="$.l"),
                    unit="ms",
                    baseline=True,
                ),
            ),
            stages=(
                Stage(
                    id="approvals",
                    line=line_of("## Approvals"),
                    title="Approvals",
                    steps=(
                        approval("a-dev", "| @alok", "Dev Lead"),
                        approval("a-ops", "| @ops", "Ops On-Call"),
                    ),
                ),
                Stage(
                    id="migrate",
                    line=line_of("## Stage 1"),
                    title="Stage 1: Migrate",
                    steps=migrate_steps(),
                ),
                Stage(
                    id="enable",
                    line=line_of("## Stage 2"),
                    title="Stage 2: Enable (5 %)",
                    exposure_pct=5,
                    gates=gates,
                    steps=(
                        Action(
                            id="flag",
                            line=line_of("Set the flag"),
                            title="Set the flag to 5 %",
                            apply=flag,
                        ),
                        Soak(
                            id="soak",
                            line=line_of("Wait 24"),
                            title="Wait 24 hours",
                            duration=24 * HOUR,
                            gates=("g-error", "g-latency"),
                            limit=72 * HOUR,
                        ),
                    ),
                ),
                Stage(
                    id="sign-off",
                    line=line_of("## Sign-off"),
                    title="Sign-off",
                    steps=(approval("s-dev", "| Dev Lead | | |", "Dev Lead"),),
                ),
            ),
            incident=(
                IncidentTask(
                    id="incident-1",
                    line=line_of("**Immediately:**"),
                    title="switch the flag off",
                    within=timedelta(),
                    operation=KillFlags(file="$FLAGS", flags=("DLQ",)),
                ),
                IncidentTask(
                    id="incident-2",
                    line=line_of("**Within 5"),
                    title="page the on-call",
                    within=timedelta(minutes=5),
                ),
            ),
        )
    )


def migrate_steps():
    """Return the steps of the stage of the migration."""
    return (
        Question(
            id="backup",
            line=line_of("Database backup"),
            title="Database backup created",
            purpose=Purpose.VERIFY,
            why="only a person knows",
        ),
        Action(
            id="migration",
            line=line_of("Run migration"),
            title="Run migration 001",
            apply=Migrate(up="001.sql", down="001.down.sql", connection="qc"),
        ),
        Check(
            id="table",
            line=line_of("Verify the table"),
            title="Verify the table",
            probe=Shell(run="psql -c '\\d job_dlq'"),
        ),
        Baseline(
            id="baseline",
            line=line_of("Capture baseline"),
            title="Capture baseline metrics",
            metrics=("Latency",),
        ),
    )


@dataclass
class World:
    """
    What the effects of a rollout meet.

    Attributes:
        measure: From metric and hours since the start to a measurement's fields.
        answers: By question; a question that is not named gets its first choice,
            None leaves it open.
        consents: By step: True, False, or None for no word.
        undo_fails: How often each undo fails.
        until: Where the clock is stopped, in hours.
    """

    measure: object = None
    answers: dict = field(default_factory=dict)
    consents: dict = field(default_factory=dict)
    apply_error: str | None = None
    undo_fails: int = 0
    until: float = 10_000
    output: str = HOSTILE
    cadence: timedelta | None = None

    def measured(self, metric, hours):
        """Return the fields of one measurement."""
        if self.measure is not None:
            return self.measure(metric, hours)
        return {"value": 0.4 if metric == "Error rate" else 100.0 + hours % 7}


class Drive:
    """Drives the machine through a world until it ends, or nothing more happens."""

    def __init__(self, plan, world, document):
        self.plan, self.world = plan, world
        self.now, self.records, self.failed = START, (), {}
        self.queue = deque()
        self.state = None
        start = commands.Start(
            at=START,
            rollout="qc-1",
            plan=plan,
            document=document,
            by=Person(name="cy", source="terminal"),
        )
        self.do(start)

    def do(self, command):
        """Give the machine a command and journal what comes of it."""
        decision = decide(self.state, command)
        self.state = decision.state
        last = self.records[-1].link if self.records else FIRST_LINK
        self.records += chained(
            "qc-1",
            decision.events,
            after=len(self.records),
            previous=last,
            recorded_at=self.now,
        )
        fresh = [e for e in decision.effects if e not in self.queue]
        self.queue.extend(fresh)

    def run(self):
        """Go on to the end, or to where the world stops."""
        while not self.state.ended or self.queue:
            if self.queue:
                self.perform(self.queue.popleft())
                continue
            wake = next_wake(self.state)
            if wake is None or (wake - START) > self.world.until * HOUR:
                break
            self.now = max(self.now, wake)
            self.do(commands.Tick(at=self.now))
        return self

    def perform(self, effect):
        """Let the world answer one effect a second later."""
        command = self.answer(effect)
        if command is not None:
            self.now += timedelta(seconds=1)
            self.do(replace(command, at=self.now))

    def answer(self, effect):  # noqa: PLR0911  # one for each effect
        """Return what the world says to an effect; None for nothing."""
        world, now = self.world, self.now
        match effect:
            case effects.Prepare():
                undo = SetFlag(file="$FLAGS", flag="DLQ", percentage=0)
                return commands.ReportPrepared(at=now, step=effect.step, undo=undo)
            case effects.Apply():
                seen = Observation(
                    output=world.output, error=world.apply_error, took_s=1.5
                )
                return commands.ReportApplied(
                    at=now, step=effect.step, attempt=effect.attempt, observation=seen
                )
            case effects.Observe():
                seen = Observation(output=world.output, exit_status=0)
                return commands.ReportObserved(
                    at=now, step=effect.step, attempt=effect.attempt, observation=seen
                )
            case effects.Measure():
                hours = (now - START) / HOUR
                taken = Measurement(at=now, **world.measured(effect.metric, hours))
                return commands.ReportMeasured(
                    at=now, metric=effect.metric, measurement=taken
                )
            case effects.Undo():
                return self.undo(effect)
            case effects.Ask():
                return self.say(effect.question)
            case effects.AskApproval():
                return self.consent(effect.step)
            case _:
                return None

    def undo(self, effect):
        """Answer an undo, failing as often as the world says."""
        failed = self.failed.get(effect.undo, 0)
        self.failed[effect.undo] = failed + 1
        error = "the flag file is locked" if failed < self.world.undo_fails else None
        return commands.ReportUndone(
            at=self.now,
            undo=effect.undo,
            attempt=effect.attempt,
            observation=Observation(error=error),
        )

    def say(self, question):
        """Answer a question, if somebody does."""
        asked = self.state.questions.get(question)
        if asked is None:
            return None
        first = asked.choices[0] if asked.choices else "v1.2.3"
        answer = self.world.answers.get(question, first)
        if answer is None:
            return None
        return commands.Answer(
            at=self.now, by=Person(name="bob"), question=question, answer=answer
        )

    def consent(self, step):
        """Give or refuse a consent, if somebody does."""
        granted = self.world.consents.get(step, True)
        if granted is None:
            return None
        return commands.Approve(
            at=self.now,
            by=Person(name="alice", source="answers.yaml:3"),
            step=step,
            digest=self.plan.digest,
            granted=granted,
            comment="go | <b>ahead</b>",
        )


@pytest.fixture
def document():
    """Give the text of the document."""
    return DOCUMENT


@pytest.fixture
def line():
    """Give the function that finds the line of some words."""
    return line_of


@pytest.fixture
def plan():
    """Give the plan of the document."""
    return a_plan()


@pytest.fixture
def drive():
    """Give a function that runs the document's rollout in a world."""

    def run(plan=None, document=DOCUMENT, **world):
        plan = plan or a_plan()
        return Drive(plan, World(**world), document).run()

    return run


@pytest.fixture
def breach():
    """Give measurements whose error rate rises over its limit after two hours."""

    def measure(metric, hours):
        if metric == "Error rate":
            return {"value": 0.4 if hours < 2 else 5.25}
        return {"value": 100.0}

    return measure
