"""A fleet: engines over one journal and one clock, driven turn by turn by a test."""

import threading
from collections import deque
from datetime import timedelta

from gonogo.analysis.measuring import measurement_of
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Person, Start
from gonogo.model.condition import Comparator, Condition
from gonogo.model.operation import Http
from gonogo.model.plan import Action, Gate, Metric, Plan, Soak, Stage
from gonogo.model.sealing import sealed
from gonogo.model.shard import shard_of
from gonogo.model.verdict import Observation
from gonogo.runner import Engine
from gonogo.testing.clock import FakeClock
from gonogo.testing.journal import MemoryJournal

ADA = Person(name="ada")
MINUTE = timedelta(minutes=1)


def plan_of(service, *, idempotent=False):
    """A plan that deploys, and then holds for an hour with one metric."""
    gate = Gate(
        id="gate",
        line=4,
        title="Errors",
        metric="errors",
        condition=Condition(comparator=Comparator.LESS, value=1.0),
    )
    deploy = Action(
        id="deploy",
        line=2,
        title="Deploy",
        apply=Http(url="http://world/deploy", method="POST", idempotent=idempotent),
        undo=Http(url="http://world/undo", method="POST", idempotent=True),
    )
    hold = Soak(
        id="hold",
        line=3,
        title="Hold",
        duration=60 * MINUTE,
        gates=(gate.id,),
        limit=90 * MINUTE,
    )
    stage = Stage(id="s1", line=1, title="Stage", steps=(deploy, hold), gates=(gate,))
    metric = Metric(
        name="errors", probe=Http(url="http://world/errors", json="$"), cadence=MINUTE
    )
    return sealed(
        Plan(
            title="Ship it",
            service=service,
            environment="test",
            document="ship.md",
            document_digest="sha256:0",
            stages=(stage,),
            metrics=(metric,),
        )
    )


class Hands:
    """Implements `runner.crew.Crew`: work is done when the test says so."""

    def __init__(self, clock):
        self.clock, self.begun, self.waiting = clock, [], deque()

    def begin(self, effect, state, report, *, may):
        """Take note of an effect."""
        del may
        self.begun.append((state.rollout, effect))
        self.waiting.append((effect, report))
        return threading.Event()

    def work(self, *, but=()):
        """Do all that waits, well, except effects of some kinds."""
        for _ in range(len(self.waiting)):
            effect, report = self.waiting.popleft()
            if isinstance(effect, but):
                self.waiting.append((effect, report))
            else:
                report(self._done(effect))

    def kinds(self, rollout):
        """The kinds of effects begun for a rollout, in order."""
        return [type(e) for r, e in self.begun if r == rollout]

    def _done(self, effect):
        at = self.clock.now()
        match effect:
            case effects.Prepare(step=step):
                return commands.ReportPrepared(at=at, step=step)
            case effects.Apply(step=step, attempt=attempt):
                seen = Observation(http_status=200)
                return commands.ReportApplied(
                    at=at, step=step, attempt=attempt, observation=seen
                )
            case effects.Undo(undo=undo, attempt=attempt):
                seen = Observation(http_status=200)
                return commands.ReportUndone(
                    at=at, undo=undo, attempt=attempt, observation=seen
                )
            case effects.Measure(metric=metric):
                seen = measurement_of(Observation(value=0.1), at)
                return commands.ReportMeasured(at=at, metric=metric, measurement=seen)
            case effects.Find(sought=sought):
                return commands.ReportNotFound(at=at, sought=sought)
            case _:
                return None


class Watching:
    """Implements `Watcher` and `Alarms`: keeps what it was told."""

    def __init__(self):
        self.events, self.aside, self.unheard, self.away = [], [], [], 0

    def saw(self, state, records):
        """Keep what happened."""
        self.events += [(state.rollout, type(r.event).__name__) for r in records]

    def set_aside(self, rollout, why):
        """Keep whose rollout is run no more."""
        self.aside.append((rollout, why))

    def unread(self, command):
        """Keep what did not read."""
        self.unheard.append(command.rollout)

    def unreached(self, _):
        """Count."""
        self.away += 1


class Fleet:
    """Engines over one journal and one clock."""

    def __init__(self):
        self.clock, self.journal = FakeClock(), MemoryJournal()

    def engine(self, journal=None, **options):
        """A new engine, with hands of its own, and whoever watches it."""
        hands, watching = Hands(self.clock), Watching()
        engine = Engine(
            journal=journal or self.journal,
            crew=hands,
            clock=self.clock,
            watcher=watching,
            alarms=watching,
            inbox_pause=timedelta(0),
            **options,
        )
        return engine, hands, watching

    def begin(self, *rollouts, **plan):
        """Begin rollouts, each of a service of its own, and leave them."""
        engine, _, _ = self.engine()
        for rollout in rollouts:
            engine.start(
                Start(
                    at=self.clock.now(),
                    rollout=rollout,
                    plan=plan_of(rollout, **plan),
                    document="# Ship it",
                    by=ADA,
                )
            )

    def give(self, engine, *rollouts, clean=True):
        """Give an engine a turn at the shards of rollouts."""
        for shard in {shard_of(rollout) for rollout in rollouts}:
            ((fence, _),) = self.journal.next_epochs((shard,))
            engine.holding.taken(fence, clean=clean)
        engine.turn()

    def history(self, rollout):
        """The names of a rollout's events, oldest first."""
        return [type(r.event).__name__ for r in self.journal.read(rollout)]


def drive(engine, hands, turns=6, **options):
    """Let an engine and its hands work in turns."""
    for _ in range(turns):
        engine.turn()
        hands.work(**options)
    engine.turn()
