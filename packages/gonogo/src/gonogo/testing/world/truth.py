"""The simulated world's own truth: what stands in it, whatever anybody says."""

import json
from collections import Counter

from gonogo.model.identifiers import StepId
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    Operation,
    Query,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.model.plan import Plan, Step


class Truth:
    """What really stands in the world, and how often each thing was really done."""

    def __init__(self) -> None:
        """Begin with an untouched world."""
        self.stands: dict[str, float] = {}
        self.done: Counter[str] = Counter()

    def prepare(self, operation: Operation) -> Operation | None:
        """Return what reverses an operation, as the world stands."""
        match operation:
            case SetFlag(file=file, flag=flag):
                now = self.stands.get(f"flag/{flag}")
                kept = None if now is None else json.dumps(now)
                return RestoreFlag(file=file, flag=flag, definition=kept)
            case Migrate(down=str(down)):
                return Migrate(up=down, connection=operation.connection)
            case _:
                return None

    def do(self, operation: Operation, *, forward: bool) -> None:
        """Let an operation take effect."""
        if forward:
            self.done[subject_of(operation)] += 1
        match operation:
            case SetFlag():
                self.stands[f"flag/{operation.flag}"] = operation.percentage
            case RestoreFlag(definition=None):
                self.stands.pop(f"flag/{operation.flag}", None)
            case RestoreFlag(definition=str(kept)):
                self.stands[f"flag/{operation.flag}"] = json.loads(kept)
            case Migrate(up=up) if up.endswith(".down.sql"):
                self.stands.pop(up.removesuffix(".down.sql"), None)
            case Shell(run=run) if run.startswith("undo stage "):
                self._undo_stage(run.removeprefix("undo stage "))
            case Shell(run=run) if run.startswith("undo "):
                self.stands.pop(run.removeprefix("undo "), None)
            case _:
                self.stands[subject_of(operation)] = 1.0

    def _undo_stage(self, number: str) -> None:
        for key in [key for key in self.stands if key.startswith(f"{number}.")]:
            del self.stands[key]


def subject_of(operation: Operation) -> str:
    """Return what an operation of a drawn plan changes or looks at."""
    match operation:
        case Shell(run=run):
            return run.split(" ", maxsplit=1)[1]
        case Migrate(up=up):
            return up.removesuffix(".up.sql")
        case SetFlag(flag=flag) | RestoreFlag(flag=flag) | ReadFlag(flag=flag):
            return f"flag/{flag}"
        case Http(url=url):
            return url.rsplit("/", maxsplit=1)[1]
        case Query(canary=asked):
            return asked.events
        case KillFlags() | Sql():
            return operation.kind


def plan_steps(plan: Plan) -> dict[StepId, Step]:
    """Return every step of a plan by its name."""
    return {step.id: step for stage in plan.stages for step in stage.steps}
