"""
Scenes: *given these events, when this command, then these events*, in few words.

A `Scene` holds one rollout of one small plan and an instant that only the test moves.
Each of its verbs is one command; it returns the events that the command led to.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from gonogo.decision import RolloutState, decide
from gonogo.model import command as commands
from gonogo.model.command import Command, Person
from gonogo.model.condition import Comparator, Condition
from gonogo.model.effect import Effect, Find
from gonogo.model.event import Event
from gonogo.model.identifiers import (
    GateId,
    MetricName,
    QuestionId,
    RolloutId,
    StageId,
    StepId,
)
from gonogo.model.operation import Http, Operation
from gonogo.model.plan import Gate, IncidentTask, Metric, Plan, Rollback, Stage, Step
from gonogo.model.sample import Sample
from gonogo.model.sealing import sealed
from gonogo.model.verdict import Measurement, Observation
from gonogo.testing.clock import NOON

ADA, BEN, SAM = (Person(name=name) for name in ("ada", "ben", "sam"))
ERRORS = Metric(name=MetricName("errors"), probe=Http(url="$URL/errors", json="$.rate"))
DONE = Observation(exit_status=0)


def gate(name: str = "gate", **changes: Any) -> Gate:  # noqa: ANN401
    """Return a gate: errors have to be below 5, or what `changes` make of it."""
    known: dict[str, Any] = {
        "id": GateId(name),
        "line": 1,
        "title": name,
        "metric": ERRORS.name,
        "condition": Condition(comparator=Comparator.LESS, value=5.0),
    }
    return Gate(**(known | changes))


def stage(
    *steps: Step,
    name: str = "stage",
    gates: Iterable[Gate] = (),
    rollback: Operation | None = None,
) -> Stage:
    """Return a stage; `rollback` is the one way back that its document gives."""
    way = Rollback(line=90, title="Back", operation=rollback) if rollback else None
    return Stage(
        id=StageId(name),
        line=1,
        title=name,
        steps=steps,
        gates=tuple(gates),
        rollback=way,
    )


def plan(
    *stages: Stage,
    triggers: Sequence[Gate] = (),
    incident: Sequence[IncidentTask] = (),
    metrics: Sequence[Metric] = (ERRORS,),
    self_approval: bool = False,
    **changes: Any,  # noqa: ANN401  # of the plan
) -> Plan:
    """Return a sealed plan of these stages."""
    return sealed(
        Plan(
            title="A scene",
            service="service",
            environment="test",
            document="scene.md",
            document_digest="sha256:0",
            stages=stages,
            metrics=tuple(metrics),
            triggers=tuple(triggers),
            incident=tuple(incident),
            self_approval=self_approval,
            **changes,
        )
    )


class Scene:
    """
    One rollout, from its start.

    Attributes:
        history: All events so far.
        effects: What the last command asked the runner for.
        now: The instant of the next command.
    """

    def __init__(self, what: Plan) -> None:
        """Start the rollout at noon, by Sam."""
        self.plan = what
        self.now: datetime = NOON
        self.history: list[Event] = []
        self.effects: tuple[Effect, ...] = ()
        self._state: RolloutState | None = None
        self.take(
            commands.Start(
                at=self.now,
                rollout=RolloutId("r-1"),
                plan=what,
                document="# A scene",
                by=SAM,
            )
        )

    @property
    def state(self) -> RolloutState:
        """Return the state after the last command."""
        assert self._state is not None, "a scene is started"  # noqa: S101
        return self._state

    def take(self, command: Command) -> tuple[Event, ...]:
        """Let a command come; return its events."""
        decision = decide(self._state, command)
        self._state, self.effects = decision.state, decision.effects
        self.history.extend(decision.events)
        return decision.events

    def after(self, **span: float) -> "Scene":
        """Move the instant on, by the words of `timedelta`; return the scene."""
        self.now += timedelta(**span)
        return self

    def lost(self) -> tuple[Event, ...]:
        """Let nothing be found of whatever the last command sought."""
        told: list[Event] = []
        for each in self.effects:
            if isinstance(each, Find):
                report = commands.ReportNotFound(at=self.now, sought=each.sought)
                told.extend(self.take(report))
        return tuple(told)

    def tick(self) -> tuple[Event, ...]:
        """Let time have passed."""
        return self.take(commands.Tick(at=self.now))

    def recover(self) -> tuple[Event, ...]:
        """Let another runner take over."""
        return self.take(commands.Recover(at=self.now))

    def prepared(
        self, step: str, undo: Operation | None = None, error: str | None = None
    ) -> tuple[Event, ...]:
        """Report what reverses an action."""
        return self.take(
            commands.ReportPrepared(
                at=self.now, step=StepId(step), undo=undo, error=error
            )
        )

    def applied(
        self, step: str, seen: Observation = DONE, *, attempt: int = 1
    ) -> tuple[Event, ...]:
        """Report what came of an action."""
        return self.take(
            commands.ReportApplied(
                at=self.now, step=StepId(step), attempt=attempt, observation=seen
            )
        )

    def observed(
        self, step: str, seen: Observation = DONE, *, attempt: int = 1
    ) -> tuple[Event, ...]:
        """Report what a look gave."""
        return self.take(
            commands.ReportObserved(
                at=self.now, step=StepId(step), attempt=attempt, observation=seen
            )
        )

    def measured(
        self,
        value: float | str | None = None,
        *,
        error: str | None = None,
        metric: str = "errors",
        at: datetime | None = None,
        sample: Sample | None = None,
    ) -> tuple[Event, ...]:
        """Report a measurement, looked at now unless `at` says when."""
        looked_at = self.now if at is None else at
        return self.take(
            commands.ReportMeasured(
                at=self.now,
                metric=MetricName(metric),
                measurement=Measurement(
                    at=looked_at, value=value, error=error, sample=sample
                ),
            )
        )

    def undone(
        self, undo: int = 1, seen: Observation = DONE, *, attempt: int = 1
    ) -> tuple[Event, ...]:
        """Report what came of an undo."""
        return self.take(
            commands.ReportUndone(
                at=self.now, undo=undo, attempt=attempt, observation=seen
            )
        )

    def answered(
        self, question: str, answer: str, by: Person = ADA, *, comment: str = ""
    ) -> tuple[Event, ...]:
        """Let a person answer."""
        return self.take(
            commands.Answer(
                at=self.now,
                by=by,
                question=QuestionId(question),
                answer=answer,
                comment=comment,
            )
        )

    def approved(
        self,
        step: str,
        by: Person = ADA,
        *,
        granted: bool = True,
        digest: str | None = None,
    ) -> tuple[Event, ...]:
        """Let a person consent, or refuse."""
        return self.take(
            commands.Approve(
                at=self.now,
                by=by,
                step=StepId(step),
                digest=self.plan.digest if digest is None else digest,
                granted=granted,
            )
        )

    def paused(self) -> tuple[Event, ...]:
        """Let a person hold the rollout."""
        return self.take(commands.Pause(at=self.now, by=ADA))

    def resumed(self) -> tuple[Event, ...]:
        """Let a person let it go on."""
        return self.take(commands.Resume(at=self.now, by=ADA))

    def amended(
        self,
        plan: Plan,
        from_stage: str | None,
        by: Person = ADA,
        **changes: Any,  # noqa: ANN401  # of the command
    ) -> tuple[Event, ...]:
        """Let a person go over to another plan, from a stage on."""
        given: dict[str, Any] = {
            "before": self.state.plan.digest,
            "document": "# Another scene",
            **changes,
        }
        return self.take(
            commands.Amend(
                at=self.now,
                by=by,
                plan=plan,
                from_stage=None if from_stage is None else StageId(from_stage),
                **given,
            )
        )

    def aborted(self, reason: str = "") -> tuple[Event, ...]:
        """Let a person turn back."""
        return self.take(commands.Abort(at=self.now, by=ADA, reason=reason))


def kinds(happened: Iterable[object]) -> list[str]:
    """Return the names of the types of events, or of effects, in order."""
    return [type(each).__name__ for each in happened]
