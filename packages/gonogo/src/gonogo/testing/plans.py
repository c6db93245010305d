"""
Random valid plans, of every kind of step, gate, trigger and way back.

A plan is drawn from `Choices`: from a seed (`Dice`), or by hypothesis, which then
shrinks it (`gonogo.testing.strategies`). The operations act on the small world of
`gonogo.testing.world`: what they say is what that world does.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Protocol, TypeVar

from gonogo.decision.alignment import plain
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.identifiers import (
    GateId,
    MetricName,
    QuestionId,
    StageId,
    StepId,
)
from gonogo.model.judging import Counting, JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import (
    Asked,
    Http,
    Migrate,
    Operation,
    Query,
    SetFlag,
    Shell,
)
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Gate,
    Holds,
    IncidentTask,
    Metric,
    OnFailure,
    Plan,
    Purpose,
    Question,
    Rollback,
    Soak,
    Source,
    Stage,
    Step,
)
from gonogo.model.sample import MetricKind
from gonogo.model.sealing import sealed
from gonogo.model.window import ChangeWindow

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
# What a metric of the world reads when all is well, and when it is not.
GOOD, BAD = 1.0, 9.0
LIMIT = 5.0


class Choices(Protocol):
    """Whoever makes the choices; 0, False and the first are the simplest."""

    def number(self, highest: int) -> int:
        """Return a number from 0 to `highest`, both included."""
        ...


class Dice:
    """Implements `Choices` from a seed: the same on every machine and version."""

    def __init__(self, *seed: object) -> None:
        """Take the seed, any values with a stable text."""
        self._seed = "/".join(str(part) for part in seed)
        self._thrown = count()

    def number(self, highest: int) -> int:
        """Return a number from 0 to `highest`, both included."""
        text = f"{self._seed}/{next(self._thrown)}".encode()
        return int.from_bytes(sha256(text).digest()[:8], "big") % (highest + 1)


def pick(choices: Choices, among: Sequence[T]) -> T:
    """Return one of several."""
    return among[choices.number(len(among) - 1)]


def chance(choices: Choices, percent: int) -> bool:
    """Return True in so many of a hundred cases."""
    return choices.number(99) >= 100 - percent


def draw_plan(choices: Choices) -> Plan:
    """Return a valid plan with its digest."""
    return sealed(_Drawing(choices).plan())


def draw_amendment(choices: Choices, plan: Plan, least: int) -> tuple[Plan, int]:
    """
    Return a changed plan, and how many stages say in it what they said.

    It is as a changed document compiles: lines have moved, and every name with them.

    Args:
        choices: Whoever makes the choices.
        plan: That a rollout runs now, amended before or not.
        least: So many stages stay in most cases: those that have begun.
    """
    least = 0 if chance(choices, 15) else min(least, len(plan.stages))
    kept = least + choices.number(len(plan.stages) - least)
    return _Drawing(choices, first=1000).amendment(plan, kept), kept


class _Drawing:
    """One plan in the making; lines number its parts."""

    def __init__(self, choices: Choices, *, first: int = 1) -> None:
        self._choices = choices
        self._lines = count(first)
        self._metrics: tuple[Metric, ...] = ()
        self._gates: tuple[Gate, ...] = ()

    def plan(self) -> Plan:
        names = ["errors", "latency", "queue"][: 1 + self._choices.number(2)]
        self._metrics = tuple(self._metric(MetricName(name)) for name in names)
        triggers = range(self._choices.number(1))
        self._gates = tuple(self._gate(f"trigger-{n}") for n in triggers)
        every = self._gates
        stages = tuple(self._stage(n) for n in range(1 + self._choices.number(2)))
        drawn = Plan(
            title="A drawn plan",
            service="service",
            environment="simulation",
            document="drawn.md",
            document_digest="sha256:0",
            stages=self._with_baselines(stages),
            metrics=self._metrics,
            triggers=every,
            incident=self._incident(),
            self_approval=self._chance(20),
        )
        # Last, so that a seed of old stands for the plan of old in most cases.
        return replace(
            self._counted(drawn) if self._chance(45) else drawn,
            windows=self._windows() if self._chance(20) else (),
            stages=tuple(self._timed(stage) for stage in drawn.stages),
            on_failure=OnFailure.ASK if self._chance(40) else OnFailure.BACK,
        )

    def _counted(self, plan: Plan) -> Plan:
        """Return a plan whose metrics are asked of a source, for both arms."""
        metrics = tuple(self._asked(metric) for metric in plan.metrics)
        stages = tuple(
            replace(stage, gates=tuple(self._judged(gate) for gate in stage.gates))
            for stage in plan.stages
        )
        return replace(
            plan,
            metrics=metrics,
            stages=stages,
            sources={"source": Source(kind="csv", url="counts.csv")},
        )

    def _asked(self, metric: Metric) -> Metric:
        arm = Asked(events=metric.name, exposure="requests")
        traffic = pick(self._choices, (10.0, 500.0, 0.05))
        return replace(
            metric,
            probe=Query(
                source="source",
                metric_kind=MetricKind.PROPORTION,
                canary=arm,
                control=arm if self._chance(70) else None,
            ),
            unit="%",
            judging=Judging(
                noise=Noise() if self._chance(70) else None,
                traffic=Traffic(rate=0.01, canary_per_s=traffic, control_per_s=traffic),
                share_pct=50.0 if self._chance(40) else None,
                extensions=self._choices.number(2),
            ),
            counting=Counting(failure=1) if self._chance(10) else None,
        )

    def _judged(self, gate: Gate) -> Gate:
        judge = pick(self._choices, (None, None, None, *JudgeName))
        window = 10 * MINUTE if self._chance(20) else None
        relative = gate.condition.relative and Relative.CONTROL
        condition = replace(gate.condition, relative=relative)
        return replace(
            gate,
            judge=judge,
            window=window,
            condition=condition if self._chance(50) else gate.condition,
        )

    def _timed(self, stage: Stage) -> Stage:
        return replace(stage, windows=self._windows()) if self._chance(8) else stage

    def _windows(self) -> tuple[ChangeWindow, ...]:
        """Return windows that open every few hours: a law can count whether they do."""
        # Each opens with the hour 0 of its zone: those of plan and stage meet again.
        return tuple(
            every_hours(pick(self._choices, (3, 6)), line=next(self._lines))
            for _ in range(1 + self._choices.number(1))
        )

    def amendment(self, plan: Plan, kept: int) -> Plan:
        stages = tuple(_moved(stage) for stage in plan.stages[:kept])
        self._metrics = self._changed(plan.metrics)
        triggers = tuple(_moved(gate) for gate in plan.triggers)
        if self._chance(30):
            triggers += (self._gate("new-trigger"),)
        own = (gate for stage in stages for gate in stage.gates)
        self._gates = (*triggers, *own)
        new = self._choices.number(2) + (kept == 0)
        # Numbers that no stage had before: what they do can be told apart.
        first = 1 + max((_number_of(each) for each in plan.stages), default=0)
        stages += tuple(self._stage(first + 10 + n) for n in range(new))
        changed = replace(
            plan,
            stages=stages,
            metrics=self._metrics,
            triggers=triggers,
            incident=self._incident() if self._chance(30) else plan.incident,
            document_digest=f"sha256:{first}",
        )
        return sealed(changed)

    def _changed(self, metrics: Sequence[Metric]) -> tuple[Metric, ...]:
        """Return metrics under the names of a document; one may be measured otherwise."""
        named = {plain(m.name): m for m in reversed(metrics)}
        found = [replace(m, name=MetricName(n)) for n, m in sorted(named.items())]
        if self._chance(30):
            found[0] = replace(found[0], cadence=found[0].cadence + MINUTE)
        return tuple(found)

    def _chance(self, percent: int) -> bool:
        return chance(self._choices, percent)

    def _metric(self, name: MetricName) -> Metric:
        return Metric(
            name=name,
            probe=Http(url=f"$WORLD/metrics/{name}", json="$.value"),
            cadence=MINUTE * pick(self._choices, (2, 1, 5)),
            errors=1 + self._choices.number(3),
        )

    def _with_baselines(self, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        step = Baseline(
            id=StepId("baseline"),
            line=next(self._lines),
            title="Measure before the change",
            metrics=tuple(metric.name for metric in self._metrics),
        )
        before = Stage(
            id=StageId("before"), line=step.line, title="Before", steps=(step,)
        )
        return (before, *stages) if self._chance(80) else stages

    def _stage(self, number: int) -> Stage:
        own = tuple(
            self._gate(f"gate-{number}-{n}") for n in range(self._choices.number(2))
        )
        self._gates = (*own, *self._gates)
        steps = tuple(
            self._step(f"{number}.{n}") for n in range(1, 2 + self._choices.number(5))
        )
        return Stage(
            id=StageId(f"stage-{number}"),
            line=next(self._lines),
            title=f"Stage {number}",
            steps=steps,
            gates=own,
            rollback=self._rollback(number) if self._chance(50) else None,
        )

    def _rollback(self, number: int) -> Rollback:
        operation = Shell(
            run=f"undo stage {number}", idempotent=self._chance(50), deadline=MINUTE
        )
        return Rollback(
            line=next(self._lines),
            title=f"Back from stage {number}",
            operation=operation if self._chance(80) else None,
        )

    def _gate(self, name: str) -> Gate:
        relative = self._chance(30)
        must = self._chance(60)
        above = Comparator.MORE if not must else Comparator.LESS
        condition = Condition(
            comparator=above,
            value=200.0 if relative else LIMIT,
            unit="%" if relative else None,
            relative=Relative.BASELINE if relative else None,
        )
        return Gate(
            id=GateId(name),
            line=next(self._lines),
            title=name,
            metric=pick(self._choices, self._metrics).name,
            condition=condition,
            holds=Holds.MUST if must else Holds.MUST_NOT,
            consecutive=1 + self._choices.number(1),
        )

    def _incident(self) -> tuple[IncidentTask, ...]:
        return tuple(
            IncidentTask(
                id=QuestionId(f"incident-{n}"),
                line=next(self._lines),
                title=f"Incident task {n}",
                within=MINUTE * n,
                operation=(
                    Shell(run=f"do incident/{n}", idempotent=self._chance(50))
                    if self._chance(50)
                    else None
                ),
            )
            for n in range(self._choices.number(2))
        )

    # -- steps -----------------------------------------------------------------

    def _step(self, name: str) -> Step:
        step, line = StepId(name), next(self._lines)
        kind = pick(self._choices, ("action", "soak", "check", "question", "approval"))
        match kind:
            case "action":
                return self._action(step, line)
            case "soak":
                return self._soak(step, line)
            case "check":
                return self._check(step, line)
            case "question":
                return self._question(step, line)
            case _:
                return self._approval(step, line)

    def _action(self, step: StepId, line: int) -> Action:
        apply = self._apply(step)
        own = Shell(run=f"undo {step}", idempotent=self._chance(50), deadline=MINUTE)
        look = Shell(run=f"look {step}")
        return Action(
            id=step,
            line=line,
            title=f"Action {step}",
            apply=apply,
            undo=own if isinstance(apply, Shell) and self._chance(50) else None,
            check=look if isinstance(apply, Shell) and self._chance(40) else None,
            check_expects=_expects(line, "applied") if self._chance(50) else None,
            confirm=self._chance(15),
            harmless=self._chance(10),
        )

    def _apply(self, step: StepId) -> Operation:
        match self._choices.number(2):
            case 0:
                return Shell(run=f"do {step}", idempotent=self._chance(40))
            case 1:
                percentage = 5.0 * (1 + self._choices.number(19))
                flag = f"flag-{self._choices.number(1)}"
                return SetFlag(file="$FLAGS", flag=flag, percentage=percentage)
            case _:
                down = f"{step}.down.sql" if self._chance(80) else None
                return Migrate(up=f"{step}.up.sql", down=down, connection="main")

    def _check(self, step: StepId, line: int) -> Check:
        return Check(
            id=step,
            line=line,
            title=f"Check {step}",
            probe=Shell(run=f"look health/{step}"),
            expectations=self._expectations(line),
            attempts=1 + self._choices.number(2),
            retry_delay=timedelta(seconds=10),
        )

    def _expectations(self, line: int) -> tuple[Expectation, ...]:
        if self._chance(20):
            return ()
        if self._chance(20):
            human = ExpectationKind.HUMAN
            return (Expectation(line=line, kind=human, value="looks calm"),)
        return (_expects(line, "HEALTHY"),)

    def _question(self, step: StepId, line: int) -> Question:
        return Question(
            id=step,
            line=line,
            title=f"Question {step}",
            purpose=pick(self._choices, tuple(Purpose)),
            why="Only a person can.",
        )

    def _approval(self, step: StepId, line: int) -> Approval:
        return Approval(
            id=step,
            line=line,
            title=f"Approval {step}",
            role=pick(self._choices, ("Dev", "Ops")),
            people=("ada", "ben") if self._chance(40) else (),
            timeout=MINUTE * 90 if self._chance(30) else None,
            valid_for=pick(self._choices, (timedelta(days=14), MINUTE * 45)),
        )

    def _soak(self, step: StepId, line: int) -> Soak:
        duration = MINUTE * pick(self._choices, (20, 0, 7, 60))
        return Soak(
            id=step,
            line=line,
            title=f"Soak {step}",
            duration=duration,
            gates=tuple(gate.id for gate in self._gates[:2] if self._chance(75)),
            counts_held=self._chance(30),
            limit=duration + MINUTE * 30,
        )


def every_hours(interval: int, *, line: int = 1) -> ChangeWindow:
    """Return a window of an hour that opens every so many hours, from midnight UTC."""
    rule = f"FREQ=HOURLY;INTERVAL={interval}"
    return ChangeWindow(line=line, rule=rule, duration=MINUTE * 60, zone="UTC")


def _moved(part: T) -> T:
    """Return a part of a plan as it is named when lines were added before it."""
    if isinstance(part, tuple):
        return tuple(_moved(each) for each in part)  # type: ignore[return-value]
    if not is_dataclass(part) or isinstance(part, type):
        return part
    changed = {
        each.name: _moved_field(part, each.name, getattr(part, each.name))
        for each in fields(part)
    }
    return replace(part, **changed)


def _moved_field(owner: object, name: str, value: Any) -> Any:  # noqa: ANN401
    match owner, name:
        case _, "line":
            return value + 7
        case _, "id":
            return f"{value}'"
        case Soak(), "gates":
            return tuple(f"{gate}'" for gate in value)
        case Gate(), "metric":
            return plain(value)
        case Baseline(), "metrics":
            return tuple(plain(metric) for metric in value)
        case _:
            return _moved(value)


def _number_of(stage: Stage) -> int:
    digits = "".join(each for each in stage.title if each.isdigit())
    return int(digits or 0)


def _expects(line: int, words: str) -> Expectation:
    return Expectation(line=line, kind=ExpectationKind.CONTAINS, value=words)
