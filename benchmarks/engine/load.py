"""The load: a journal with many rollouts that soak, as they stand after days of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from gonogo.decision import Decision, RolloutState, decide
from gonogo.decision.standing import standing_of
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command, Person
from gonogo.model.condition import Comparator, Condition
from gonogo.model.effect import Effect
from gonogo.model.identifiers import GateId, MetricName, RolloutId, StageId, StepId
from gonogo.model.operation import Http
from gonogo.model.plan import Action, Gate, Holds, Metric, Plan, Soak, Stage
from gonogo.model.sealing import sealed
from gonogo.model.shard import SHARDS, Shard
from gonogo.model.verdict import Measurement, Observation
from gonogo.ports.journal import Append, Journal

ADA = Person(name="ada")
ERRORS = MetricName("errors")
WELL, BROKEN = 0.1, 9.0
"""What a look sees: within the gate, and beyond the trigger."""

BEGUN_PER_S = 300
"""So many rollouts are decided on and journaled in a second of filling, at least."""

_BATCH = 500


def fill(journal: Journal, count: int, cadence: timedelta, first: datetime) -> None:
    """
    Journal rollouts that soak for a week, and leave their shards clean.

    Args:
        journal: A new one.
        count: How many.
        cadence: Between two ticks of one rollout.
        first: When the first is due; the others are spread evenly over one cadence.
    """
    places = (first - cadence * (1 - number / count) for number in range(count))
    begun = (_begun(each, cadence, at) for each, at in zip(names(count), places))  # noqa: B905
    _keep(journal, begun, first)
    fences = [fence for fence, _ in journal.next_epochs(_shards())]
    journal.left(fences)


def fill_history(journal: Journal, count: int, at: datetime) -> None:
    """Journal rollouts of which every second was aborted and has turned back."""
    _keep(journal, (_past(name, at) for name in names(count)), at)


def names(count: int) -> tuple[RolloutId, ...]:
    """Return the names of the rollouts of a load."""
    return tuple(RolloutId(f"service-{number}-production-1") for number in range(count))


def _shards() -> list[Shard]:
    return [Shard(number) for number in range(SHARDS)]


def _keep(journal: Journal, lived: Iterator["_Lived"], wall: datetime) -> None:
    while batch := [each.append(wall) for each in islice(lived, _BATCH)]:
        for answer in journal.append_all(batch):
            if isinstance(answer, Exception):
                raise answer


def _begun(rollout: RolloutId, cadence: timedelta, at: datetime) -> "_Lived":
    """Return a rollout whose one action is applied and whose soak has begun."""
    lived = _Lived(rollout)
    start = commands.Start(
        at=at, rollout=rollout, plan=_plan(rollout, cadence), document="# Bench", by=ADA
    )
    lived.take(start)
    return lived


def _past(rollout: RolloutId, at: datetime) -> "_Lived":
    lived = _begun(rollout, timedelta(minutes=5), at)
    if number_of(rollout) % 2:
        lived.take(commands.Abort(at=at + timedelta(hours=1), by=ADA))
    return lived


def number_of(rollout: RolloutId) -> int:
    """Return the number of a rollout of a load, which tells who is chosen for what."""
    return int(rollout.split("-")[1])


class _Lived:
    """A rollout for which everything that it asks for goes well, at once."""

    def __init__(self, rollout: RolloutId) -> None:
        self._rollout = rollout
        self._state: RolloutState | None = None
        self._decided: list[Decision] = []

    def take(self, command: Command) -> None:
        """Decide on a command, and on whatever comes of it."""
        todo = [command]
        while todo:
            decision = decide(self._state, todo.pop(0))
            self._state = decision.state
            self._decided.append(decision)
            todo += (done for each in decision.effects for done in _done(each, command))

    def append(self, wall: datetime) -> Append:
        """Return the whole of it, to be journaled."""
        if self._state is None:
            message = "a rollout is journaled after its start"
            raise RuntimeError(message)
        return Append(
            rollout=self._rollout,
            events=tuple(event for each in self._decided for event in each.events),
            after=0,
            recorded_at=wall,
            standing=standing_of(self._state),
        )


def _done(effect: Effect, cause: Command) -> Iterator[Command]:
    """Yield the report that an effect went well."""
    at, done = cause.at, Observation(http_status=200)
    match effect:
        case effects.Prepare(step=step):
            yield commands.ReportPrepared(at=at, step=step)
        case effects.Apply(step=step, attempt=attempt):
            yield commands.ReportApplied(
                at=at, step=step, attempt=attempt, observation=done
            )
        case effects.Undo(undo=undo, attempt=attempt):
            yield commands.ReportUndone(
                at=at, undo=undo, attempt=attempt, observation=done
            )
        case effects.Measure(metric=metric):
            seen = Measurement(at=at, value=WELL)
            yield commands.ReportMeasured(at=at, metric=metric, measurement=seen)
        case _:
            return


def _plan(rollout: RolloutId, cadence: timedelta) -> Plan:
    """Return a plan of its own: no two rollouts under way are of one service."""
    service = rollout.removesuffix("-production-1")
    below = Condition(comparator=Comparator.LESS, value=1.0)
    above = Condition(comparator=Comparator.MORE, value=5.0)
    gate = Gate(
        id=GateId("few"), line=9, title="Few errors", metric=ERRORS, condition=below
    )
    trigger = Gate(
        id=GateId("many"),
        line=10,
        title="Many errors",
        metric=ERRORS,
        condition=above,
        holds=Holds.MUST_NOT,
    )
    soak = Soak(
        id=StepId("1.2"),
        line=5,
        title="Hold for a week",
        duration=timedelta(days=7),
        gates=(gate.id,),
        limit=timedelta(days=9),
    )
    steps = (_action(service), soak)
    stage = Stage(id=StageId("1"), line=2, title="All", steps=steps, gates=(gate,))
    looked = Http(url=f"http://metrics.example/q?service={service}", json="$.value")
    return sealed(
        Plan(
            title=f"Switch {service} over",
            service=service,
            environment="production",
            document="bench.md",
            document_digest="sha256:0",
            stages=(stage,),
            metrics=(Metric(name=ERRORS, probe=looked, cadence=cadence),),
            triggers=(trigger,),
        )
    )


def _action(service: str) -> Action:
    def post(what: str) -> Http:
        return Http(
            url=f"http://{service}.example/{what}", method="POST", idempotent=True
        )

    return Action(
        id=StepId("1.1"), line=3, title="Switch", apply=post("on"), undo=post("off")
    )
