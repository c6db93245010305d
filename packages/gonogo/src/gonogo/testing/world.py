"""
A simulated world in virtual time that drives the real machine, and judges it.

The world keeps its own truth: which changes really stand, how often each was really
made. Everything that goes wrong in it is drawn from a seed: probes hang, err and lie;
actions fail, in part or altogether; undos fail; people are silent, early, late, wrong,
or refuse; somebody pauses or aborts; reports come twice, late and out of order; and
the runner dies between any two of 'decided', 'journaled', 'performed' and 'reported'.

    python -m gonogo.testing.world --seed 4711
    python -m gonogo.testing.world --runs 10000
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count

from gonogo.analysis.measuring import measurement_of
from gonogo.decision import (
    Decision,
    RolloutState,
    decide,
    evolve,
    next_wake,
    replay,
)
from gonogo.decision.transitions import Phase, StepPhase, UndoPhase
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model import event as events
from gonogo.model.command import Command, PeoplesCommand, Person
from gonogo.model.effect import Effect
from gonogo.model.encoding import canonical, decode_event, encode_event
from gonogo.model.event import Asked, Event, QuestionAsked
from gonogo.model.identifiers import QuestionId, RolloutId, StepId
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    Operation,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.model.plan import Action, Approval, Plan, Purpose, Question
from gonogo.model.verdict import Observation
from gonogo.testing import laws
from gonogo.testing.clock import NOON
from gonogo.testing.laws import LawBroken
from gonogo.testing.plans import BAD, GOOD, Dice, chance, draw_plan, pick

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
STARTER = Person(name="sam")
PEOPLE = (Person(name="ada"), Person(name="ben"), Person(name="cyd"), STARTER)
# So many commands are lived through as they come; then the world turns kind, or
# somebody aborts, and the rollout has to come to an end within the second bound.
PATIENCE = 250
BOUND = 3000
# After so many calls to the same matter people have had enough.
PATIENT = 2


class Moment(IntEnum):
    """Between which steps of a turn the runner dies."""

    DECIDED = 0
    JOURNALED = 1
    PERFORMING = 2
    PERFORMED = 3


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How much goes wrong, in percent of the cases."""

    probes: int = 6
    actions: int = 8
    undos: int = 15
    people: int = 10
    crashes: int = 2
    repeats: int = 4
    meddling: int = 2


CALM = Weather(probes=0, actions=0, undos=0, people=0, crashes=0, repeats=0, meddling=0)
WEATHERS = (
    Weather(),
    CALM,
    replace(CALM, crashes=8, undos=20),
    replace(CALM, probes=15, actions=3),
    replace(CALM, people=30, meddling=6),
    Weather(probes=15, actions=20, undos=50, people=25, crashes=6, repeats=20),
)


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
        case KillFlags() | Sql():
            return operation.kind


@dataclass(kw_only=True)
class _Work:
    """One effect under way: what it will do to the world, and what it will report."""

    key: tuple[Hashable, ...]
    report: Callable[[], Command]
    deed: Operation | None = None
    crash: str = ""
    dead: bool = False


class World:
    """
    One rollout of one plan, lived through to its end.

    Attributes:
        history: The journal: what survives a crash.
        truth: The world as it really is.
        crashes: How often the runner died.
        drawn_from_seed: The plan too stands for the seed.
        commands: How many things happened.
    """

    def __init__(
        self, plan: Plan, seed: object, *, weather: Weather | None = None
    ) -> None:
        """Take the plan, and the seed that everything else is drawn from."""
        self.dice = Dice("world", seed)
        self.plan, self.seed = plan, seed
        self.drawn_from_seed = False
        self.weather = pick(self.dice, WEATHERS) if weather is None else weather
        self.history: list[Event] = []
        self.truth = Truth()
        self.crashes = self.commands = 0
        self.now = self._decided_at = NOON
        self.state: RolloutState | None = None
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._under_way: dict[tuple[Hashable, ...], _Work] = {}
        self._performed: Counter[tuple[Hashable, ...]] = Counter()
        self._asked: set[str] = set()
        self._attended: Counter[str] = Counter()
        self._watch = laws.Watch(plan)
        self._measured: dict[str, datetime] = {}
        self._down = self._kind = False
        self._steps = {s.id: s for stage in plan.stages for s in stage.steps}

    # -- living through it -----------------------------------------------------

    def run(self) -> RolloutState:
        """
        Live through the rollout to its end; check every law on the way.

        Raises:
            LawBroken: A law does not hold; the message tells how to see it again.
        """
        try:
            self._begin()
            self._meddle()
            while self._down or not self._known().ended:
                self._next()
            self._settle()
        except AssertionError as broken:
            message = f"{broken}\n  again: {self.replay_with()}"
            raise LawBroken(message) from broken
        return self._known()

    def replay_with(self) -> str:
        """Return the command that shows this run again."""
        if not self.drawn_from_seed:
            return f"World(plan, {self.seed!r}, weather={self.weather}).run()"
        return f"python -m gonogo.testing.world --seed {self.seed}"

    def _known(self) -> RolloutState:
        if self.state is None:
            message = "the world has not begun"
            raise LawBroken(message)
        return self.state

    def _begin(self) -> None:
        self._take(
            commands.Start(
                at=self.now,
                rollout=RolloutId("r-1"),
                plan=self.plan,
                document="# A drawn plan",
                by=STARTER,
            )
        )

    def _next(self) -> None:
        """Let the next thing happen: on the agenda, or because its time has come."""
        self.commands += 1
        if self.commands % PATIENCE == 0:
            self._intervene()
        _hold(self.commands < PATIENCE + BOUND, "it comes to no end")
        wake = None if self._down else next_wake(self._known())
        due = self._agenda[0][0] if self._agenda else None
        if wake is not None and wake > self._decided_at and (due is None or wake < due):
            self.now = max(wake, self.now) + self._lateness()
            self._take(commands.Tick(at=self.now))
        elif due is not None:
            at, _, happen = heappop(self._agenda)
            self.now = max(self.now, at)
            happen()
        else:
            self._stand_still(wake)

    def _stand_still(self, wake: datetime | None) -> None:
        """Nothing comes by itself: then it has to be people who are waited for."""
        state = self._known()
        _hold(wake is None, f"due since {wake}, but nothing is done {self._standing()}")
        waited_for = set(state.questions) | _consents_missing(state)
        if state.going_back or not (waited_for or state.paused):
            message = f"it waits for nothing that can come {self._standing()}"
            raise LawBroken(message)
        silent = waited_for - self._asked
        _hold(not silent, f"{silent} are open, but nobody was asked")
        self._intervene()

    def _standing(self) -> str:
        state, step = self._known(), self._known().current_step
        return (
            f"({state.phase} at {step and (step.id, state.step(step.id))}, questions "
            f"{list(state.questions)}, undos {[u.phase for u in state.undos]}, under "
            f"way {[key[0] for key in self._under_way]})"
        )

    def _settle(self) -> None:
        """Let come what is still to come, then judge the whole."""
        while self._agenda:
            at, _, happen = heappop(self._agenda)
            self.now = max(self.now, at)
            happen()
        self._check_replay()
        laws.check_journal(self.history)
        self._check_truth()

    def _lateness(self) -> timedelta:
        late = chance(self.dice, 10)
        return SECOND * self.dice.number(90) if late else timedelta(0)

    def _after(self, span: timedelta, happen: Callable[[], None]) -> None:
        heappush(self._agenda, (self.now + span, next(self._order), happen))

    def _wrong(self, percent: int) -> bool:
        return not self._kind and chance(self.dice, percent)

    # -- the runner ------------------------------------------------------------

    def _take(self, command: Command, *, kept: bool = False) -> None:
        """Decide, journal, perform; and now and then die in between."""
        if self._down:
            if kept:
                self._after(MINUTE, lambda: self._take(command, kept=True))
            return
        dies_at = self.dice.number(3) if self._wrong(self.weather.crashes) else None
        decision = decide(self.state, command)
        self._decided_at = max(self._decided_at, command.at)
        self._check_decision(command, decision)
        if dies_at == Moment.DECIDED:
            self._crash()
            if kept:
                self._after(MINUTE, lambda: self._take(command, kept=True))
            return
        self._journal(decision)
        if dies_at == Moment.JOURNALED:
            self._crash()
            return
        for number, effect in enumerate(decision.effects):
            if dies_at == Moment.PERFORMING and number:
                break
            self._perform(effect)
        if dies_at is not None:
            self._crash()
            return
        if command.at == self.now:
            self._check_watch()

    def _journal(self, decision: Decision) -> None:
        self.history.extend(decision.events)
        self.state = decision.state
        for event in decision.events:
            self._watch.take(event)
            if isinstance(event, events.MeasurementTaken):
                self._measured[event.metric] = event.at

    def _crash(self) -> None:
        """Die: what is under way takes effect now, or never; then start again."""
        self.crashes += 1
        self._down = True
        for work in self._under_way.values():
            if work.deed is not None and chance(self.dice, 50):
                self._do(work)
            if work.deed is None and self._wrong(self.weather.repeats):
                self._after(SECOND * self.dice.number(900), self._zombie(work))
            work.dead = True
        self._under_way.clear()
        self._asked.clear()
        downtime = SECOND * pick(self.dice, (1, 30, 600, 7200))
        self._after(downtime, self._restart)

    def _zombie(self, work: _Work) -> Callable[[], None]:
        return lambda: self._take(work.report())

    def _restart(self) -> None:
        self._down = False
        self._check_replay()
        if self.state is None:
            self._begin()
        else:
            self._take(commands.Recover(at=self.now))

    # -- performing ------------------------------------------------------------

    def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Ask():
                self._ask(effect.question)
            case effects.AskApproval():
                self._ask_approval(effect.step)
            case effects.Cancel():
                self._cancel(effect.step)
            case effects.Notify():
                pass
            case _:
                self._begin_work(effect)

    def _begin_work(self, effect: Effect) -> None:
        """Begin an effect; one that is under way already is dropped."""
        work, span = self._work(effect)
        if work.key in self._under_way:
            return
        self._check_begun(effect, work)
        self._under_way[work.key] = work
        if work.deed is not None:
            self._after(span / 2, lambda: self._happen(work))
        self._after(span, lambda: self._report(work))

    def _happen(self, work: _Work) -> None:
        if work.dead or work.deed is None:
            return
        if work.crash == "before":
            self._crash_with(work)
            return
        self._do(work)
        if work.crash == "after":
            self._crash_with(work)

    def _crash_with(self, work: _Work) -> None:
        if work.crash == "before":
            work.deed = None
        self._crash()

    def _do(self, work: _Work) -> None:
        operation, work.deed = work.deed, None
        if operation is None:
            return
        subject = subject_of(operation)
        forward = work.key[0] is effects.Apply
        if forward and not operation.idempotent:
            _hold(not self.truth.done[subject], f"{subject} was done twice")
        self.truth.do(operation, forward=forward)

    def _report(self, work: _Work) -> None:
        if work.dead:
            return
        del self._under_way[work.key]
        command = work.report()
        if self._wrong(self.weather.repeats):
            late = SECOND * self.dice.number(900)
            self._after(late, lambda: self._take(command))
        self._take(command)

    def _cancel(self, step: StepId) -> None:
        """End an action: it stops where it is, or comes to its own end after all."""
        for key, work in list(self._under_way.items()):
            if key[:2] == (effects.Apply, step) and chance(self.dice, 50):
                self._stop(work, step)

    def _stop(self, work: _Work, step: StepId) -> None:
        if work.deed is not None and chance(self.dice, 50):
            self._do(work)
        work.dead = True
        told = Observation(error="it was cancelled")
        attempt = int(str(work.key[2]))
        ended = _Work(
            key=work.key,
            report=lambda: commands.ReportApplied(
                at=self.now, step=step, attempt=attempt, observation=told
            ),
        )
        self._under_way[work.key] = ended
        self._after(SECOND * 3, lambda: self._report(ended))

    def _work(self, effect: Effect) -> tuple[_Work, timedelta]:
        span = SECOND * (1 + self.dice.number(20))
        match effect:
            case effects.Prepare():
                return self._prepare(effect), span
            case effects.Apply():
                return self._apply(effect), span * (1 + self.dice.number(20))
            case effects.Undo():
                return self._undo(effect), span
            case effects.Observe():
                return self._observe(effect), span
            case effects.Measure():
                hangs = self._wrong(self.weather.probes // 2)
                span = MINUTE * 4 if hangs else span
                return self._measure(effect, self.now, hangs=hangs), span
            case _:
                message = f"{effect} is no work"
                raise LawBroken(message)

    def _prepare(self, effect: effects.Prepare) -> _Work:
        error = "unreadable" if self._wrong(self.weather.actions // 4) else None
        return _Work(
            key=(effects.Prepare, effect.step),
            report=lambda: commands.ReportPrepared(
                at=self.now,
                step=effect.step,
                undo=None if error else self.truth.prepare(effect.operation),
                error=error,
            ),
        )

    def _apply(self, effect: effects.Apply) -> _Work:
        wrong = self._wrong(self.weather.actions)
        seen, takes_effect = self._failure() if wrong else (Observation(), True)
        crashes = self._wrong(self.weather.crashes)
        return _Work(
            key=(effects.Apply, effect.step, effect.attempt),
            deed=effect.operation if takes_effect else None,
            crash=pick(self.dice, ("before", "after")) if crashes else "",
            report=lambda: commands.ReportApplied(
                at=self.now, step=effect.step, attempt=effect.attempt, observation=seen
            ),
        )

    def _undo(self, effect: effects.Undo) -> _Work:
        wrong = self._wrong(self.weather.undos)
        seen, takes_effect = self._failure() if wrong else (Observation(), True)
        crashes = self._wrong(self.weather.crashes)
        return _Work(
            key=(effects.Undo, effect.undo, effect.attempt),
            deed=effect.operation if takes_effect else None,
            crash=pick(self.dice, ("before", "after")) if crashes else "",
            report=lambda: commands.ReportUndone(
                at=self.now, undo=effect.undo, attempt=effect.attempt, observation=seen
            ),
        )

    def _failure(self) -> tuple[Observation, bool]:
        """Return how something fails, and whether it took effect all the same."""
        failures = (
            Observation(error="it hung until its deadline"),
            Observation(exit_status=1, output="no"),
            Observation(http_status=500, output="no"),
        )
        return pick(self.dice, failures), chance(self.dice, 50)

    # -- probes ----------------------------------------------------------------

    def _measure(self, effect: effects.Measure, at: datetime, *, hangs: bool) -> _Work:
        looked_at_end = chance(self.dice, 50)

        def report() -> Command:
            looked_at = self.now if looked_at_end else at
            seen = self._metric(effect.metric, looked_at)
            seen = Observation(error="timed out") if hangs else seen
            return commands.ReportMeasured(
                at=self.now,
                metric=effect.metric,
                measurement=measurement_of(seen, looked_at),
            )

        return _Work(key=(effects.Measure, effect.metric), report=report)

    def _metric(self, name: str, at: datetime) -> Observation:
        """Return what a metric reads: its mood lasts for a quarter of an hour."""
        moods = Dice("mood", self.seed, name, (at - NOON) // (15 * MINUTE))
        if self._kind or not chance(moods, self.weather.probes):
            return Observation(value=GOOD)
        if chance(moods, 50):
            return Observation(value=BAD)
        readings = (
            Observation(error="refused"),
            Observation(),
            Observation(value=float("nan")),
            Observation(value="fine"),
            Observation(exit_status=2, output="1"),
        )
        return pick(moods, readings)

    def _observe(self, effect: effects.Observe) -> _Work:
        def report() -> Command:
            return commands.ReportObserved(
                at=self.now,
                step=effect.step,
                attempt=effect.attempt,
                observation=self._look(effect),
            )

        return _Work(key=(effects.Observe, effect.step, effect.attempt), report=report)

    def _look(self, effect: effects.Observe) -> Observation:
        if self._wrong(self.weather.probes):
            return Observation(error="refused")
        if isinstance(self._steps[effect.step], Action):
            stands = subject_of(effect.operation) in self.truth.stands
            word = "applied" if stands else "missing"
            return Observation(output=word, exit_status=0 if stands else 1)
        if self._wrong(self.weather.probes):
            return Observation(output="UNHEALTHY", exit_status=0)
        return Observation(output="all HEALTHY", exit_status=0)

    # -- people ----------------------------------------------------------------

    def _say(self, span: timedelta, command: PeoplesCommand) -> None:
        """Let a person's command come, once, though the runner be down meanwhile."""
        self._after(span, lambda: self._hear(command))

    def _hear(self, command: PeoplesCommand) -> None:
        if self._down:
            self._after(MINUTE, lambda: self._hear(command))
            return
        self._do_by_hand(command)
        self._take(replace(self._looked_up(command), at=self.now), kept=True)

    def _looked_up(self, command: PeoplesCommand) -> PeoplesCommand:
        """Let who says whether something was applied look at it first."""
        if not isinstance(command, commands.Answer) or command.answer == "abort":
            return command
        name, doubt, _ = command.question.partition("/in-doubt")
        if not doubt:
            return command
        step = self._steps[StepId(name)]
        stands = (
            isinstance(step, Action) and subject_of(step.apply) in self.truth.stands
        )
        return replace(command, answer="applied" if stands else "not applied")

    def _do_by_hand(self, command: PeoplesCommand) -> None:
        """Let a person do what they say is done, if it is still wanted of them."""
        step = self._steps.get(StepId(getattr(command, "question", "")))
        if not isinstance(step, Question) or step.purpose is not Purpose.DO:
            return
        state = self._known()
        known = state.step(step.id)
        settled = state.ended or known.ended_at is not None
        wanted = not settled and bool(known.started_at or not state.going_back)
        if wanted and getattr(command, "answer", "").casefold() == "done":
            self.truth.stands[step.id] = 1.0

    def _soon(self) -> timedelta:
        late = self._wrong(self.weather.people)
        return MINUTE * self.dice.number(200) if late else SECOND * self.dice.number(99)

    def _ask(self, question: QuestionId) -> None:
        self._asked.add(question)
        asked = self._known().questions.get(question)
        if asked is None or self._wrong(self.weather.people // 2):
            return
        by, word = pick(self.dice, PEOPLE), self._word(asked)
        answer = commands.Answer(at=self.now, by=by, question=question, answer=word)
        self._say(self._soon(), answer)
        if self._wrong(self.weather.repeats):
            self._say(self._soon(), answer)

    def _word(self, asked: QuestionAsked) -> str:
        if self._wrong(self.weather.people // 3):
            return pick(self.dice, ("", "perhaps", *asked.choices[1:]))
        if asked.about is Asked.ATTENTION:
            self._attended[asked.subject] += 1
            return "continue" if self._attended[asked.subject] <= PATIENT else "abort"
        return asked.choices[0].upper() if asked.choices else "42"

    def _ask_approval(self, step: StepId) -> None:
        self._asked.add(step)
        if not self._wrong(self.weather.people // 2):
            self._say(self._soon(), self._consent(step))
        if self._wrong(self.weather.people):
            self._say(self._soon(), self._consent(step))

    def _consent(self, step: StepId) -> commands.Approve:
        wrong = self._wrong(self.weather.people // 3)
        return commands.Approve(
            at=self.now,
            by=pick(self.dice, PEOPLE if wrong else PEOPLE[:2]),
            step=step,
            digest="sha256:other" if wrong else self.plan.digest,
            granted=not self._wrong(self.weather.people // 3),
        )

    def _meddle(self) -> None:
        """Let people say things that nobody asked them for."""
        by = PEOPLE[2]
        for step in self._steps.values():
            if not self._wrong(self.weather.meddling * 3):
                continue
            if isinstance(step, Approval):
                self._say(self._any_time(), self._consent(step.id))
            if isinstance(step, Question):
                word = pick(self.dice, ("done", "yes", "go", "no"))
                self._say(
                    self._any_time(),
                    commands.Answer(
                        at=self.now, by=by, question=QuestionId(step.id), answer=word
                    ),
                )
        if self._wrong(self.weather.meddling * 6):
            self._say(self._any_time(), commands.Pause(at=self.now, by=by))
            self._say(self._any_time() * 2, commands.Resume(at=self.now, by=by))
        if self._wrong(self.weather.meddling * 6):
            self._say(self._any_time(), commands.Abort(at=self.now, by=by))

    def _any_time(self) -> timedelta:
        return SECOND * (1 + self.dice.number(pick(self.dice, (60, 3600, 4 * 3600))))

    def _intervene(self) -> None:
        """Abort, or let the world be kind from now on: both have to lead to an end."""
        state, by = self.state, PEOPLE[0]
        if state is None or state.ended or state.going_back:
            return
        if not self._kind and chance(self.dice, 50):
            self._say(SECOND, commands.Abort(at=self.now, by=by, reason="enough"))
            return
        self._kind = True
        if state.paused is not None:
            self._say(SECOND, commands.Resume(at=self.now, by=by))
        for question in state.questions:
            self._ask(question)
        for step in _consents_missing(state):
            self._ask_approval(StepId(step))

    # -- judging ---------------------------------------------------------------

    def _check_decision(self, command: Command, decision: Decision) -> None:
        """Check determinism, and that the state is the fold of the events."""
        _hold(decision == decide(self.state, command), "decide is not determined")
        state = self.state
        for event in decision.events:
            state = evolve(state, event)
        _hold(state == decision.state, "the state is not the fold of its events")
        if not isinstance(command, commands.Recover):
            self._check_repeat(command, decide(state, command))

    def _check_repeat(self, command: Command, again: Decision) -> None:
        """Check that the same command delivered twice changes the world once."""
        told = [e for e in again.events if not isinstance(e, events.CommandRejected)]
        deeds = [
            e for e in again.effects if isinstance(e, effects.Apply | effects.Undo)
        ]
        _hold(not told and not deeds, f"{command} twice: {told} {deeds}")

    def _check_replay(self) -> None:
        """Law 8, through the written form of every event."""
        written = [canonical(encode_event(event)) for event in self.history]
        read = [decode_event(json.loads(line)) for line in written]
        _hold(read == self.history, "an event reads otherwise than it was written")
        _hold(self.state == replay(read), "the journal replays to another state")

    def _check_begun(self, effect: Effect, work: _Work) -> None:
        """Law 5: the intent is in the journal; no attempt is begun twice."""
        match effect:
            case effects.Apply():
                kind, subject = events.ActionIntended, ("step", effect.step)
            case effects.Undo():
                kind, subject = events.UndoIntended, ("undo", effect.undo)  # type: ignore[assignment]
            case _:
                return
        intended = any(
            isinstance(event, kind)
            and getattr(event, subject[0]) == subject[1]
            and event.attempt == effect.attempt
            for event in self.history
        )
        _hold(intended, f"{work.key} is performed without an intent")
        self._performed[work.key] += 1
        _hold(self._performed[work.key] == 1, f"{work.key} is performed twice")

    def _check_watch(self) -> None:
        """Law 4: the metric of each gate in force is looked at, or was of late."""
        cadences = {metric.name: metric.cadence for metric in self.plan.metrics}
        for gate in self._watch.in_force().values():
            looking = (effects.Measure, gate.metric) in self._under_way
            last = self._measured.get(gate.metric)
            fresh = last is not None and self.now - last < cadences[gate.metric]
            _hold(looking or fresh, f"nobody looks at {gate.metric}, for {gate.id}")

    def _check_truth(self) -> None:
        """Law 2, by the world itself: what stands was named, or is not there."""
        state = self._known()
        stands = {key for key in self.truth.stands if not key.startswith("incident/")}
        harmless = {
            subject_of(step.apply)
            for step in self._steps.values()
            if isinstance(step, Action) and step.harmless
        }
        if state.phase is Phase.ROLLED_BACK:
            left = stands - harmless - self._handed_over(state)
            _hold(not left, f"{left} still stand, and nobody was told")
            return
        wanted = {
            subject_of(step.apply) if isinstance(step, Action) else step.id
            for step in self._steps.values()
            if isinstance(step, Action)
            or (isinstance(step, Question) and step.purpose is Purpose.DO)
        }
        _hold(wanted == stands, f"complete, but {wanted ^ stands} do not stand")

    def _handed_over(self, state: RolloutState) -> set[str]:
        named: set[str] = set()
        for undo in state.undos:
            if undo.phase is not UndoPhase.HANDED_OVER or undo.step is None:
                continue
            step = self._steps[undo.step]
            named |= {
                step.id,
                subject_of(step.apply) if isinstance(step, Action) else "",
            }
            if isinstance(undo.operation, Shell) and "stage" in undo.operation.run:
                stage = state.stage_of(step.id)
                named |= {each.id for each in stage.steps}
        return named


def _consents_missing(state: RolloutState) -> set[str]:
    """Return the approvals that were asked for and have no answer."""
    return {
        step.id
        for step in state.plan_steps()
        if isinstance(step, Approval)
        and state.step(step.id).phase is StepPhase.UNDER_WAY
        and step.id not in state.approvals
    }


def _hold(held: bool, otherwise: str) -> None:  # noqa: FBT001
    if not held:
        raise LawBroken(otherwise)


def world_of(seed: object) -> World:
    """Return the world, with its plan, that a seed stands for."""
    world = World(draw_plan(Dice("plan", seed)), seed)
    world.drawn_from_seed = True
    return world


# -- the campaign --------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one seed, or many; return 1 when a law does not hold."""
    parser = ArgumentParser(
        prog="python -m gonogo.testing.world",
        description="Live through simulated rollouts, and check the laws on each.",
    )
    parser.add_argument("--seed", help="one run, told event by event")
    parser.add_argument("--runs", type=int, default=1000, help="so many runs")
    parser.add_argument("--first", type=int, default=0, help="the first run's seed")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _run_one(chosen.seed)
    return _run_many(range(chosen.first, chosen.first + chosen.runs))


def _run_one(seed: str) -> int:
    world = world_of(seed)
    try:
        world.run()
    except LawBroken as broken:
        _tell_history(world)
        _tell(f"BROKEN: {broken}")
        return 1
    _tell_history(world)
    _tell(f"{world.state and world.state.phase}: every law holds.")
    return 0


def _tell_history(world: World) -> None:
    for event in world.history:
        _tell(f"{event.at:%d %H:%M:%S} {_short(event)}")


def _short(event: Event) -> str:
    if isinstance(event, events.RolloutStarted):
        stages = (f"{stage.id}: {stage}" for stage in event.plan.stages)
        return "\n".join(("RolloutStarted", *stages))
    body = encode_event(event)
    shown = {k: v for k, v in body.items() if k not in {"event", "at"} and v}
    return f"{body['event']} {shown}"


def _run_many(seeds: range) -> int:
    ends: Counter[str] = Counter()
    told = max(len(seeds) // 20, 1)
    for number, seed in enumerate(seeds, start=1):
        world = world_of(seed)
        try:
            ends[world.run().phase.value] += 1
        except LawBroken as broken:
            ends["broken"] += 1
            _tell(f"seed {seed}: {broken}")
        ends["commands"] += world.commands
        ends["events"] += len(world.history)
        ends["crashes"] += world.crashes
        if number % told == 0:
            _tell(f"{number} of {len(seeds)}: {dict(ends)}")
    _tell(f"{len(seeds)} runs, {ends['broken']} broken laws: {dict(ends)}")
    return 1 if ends["broken"] else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
