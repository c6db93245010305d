"""
The simulator: the machine that also runs real rollouts, in virtual time.

It decides with `gonogo.decision.decide`, as a run does, and lets a scripted world
answer every effect. Nothing outside is touched; of the same plan, script and terms
comes the same journal.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from functools import partial

from gonogo.decision import RolloutState, decide, next_wake
from gonogo.decision.state import UndoState
from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model import event as events
from gonogo.model.command import Command
from gonogo.model.effect import Effect
from gonogo.model.event import Event
from gonogo.model.identifiers import QuestionId, RolloutId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Approval, Plan
from gonogo.model.verdict import Observation
from gonogo.simulation.agenda import Agenda, Entry
from gonogo.simulation.breach import Breaches
from gonogo.simulation.chronicle import Chronicle
from gonogo.simulation.conditions import Conditions
from gonogo.simulation.crowd import STARTER, Crowd
from gonogo.simulation.exposure import Exposure, Sources
from gonogo.simulation.labour import LOOK, Labour
from gonogo.simulation.readings import Readings
from gonogo.simulation.result import Ending
from gonogo.simulation.script.rules import (
    Deed,
    ExposureIs,
    PersonActs,
    Rule,
    WorkerDown,
)
from gonogo.simulation.terms import Terms

# After so many looks that changed nothing, in a rollout that is held, it is asked
# whether anything can still change.
QUIET_TURNS = 200
# How often whoever looks on hears of the progress, in turns.
_TOLD_EVERY = 500

Progress = Callable[[datetime, int], None]
Left = tuple[datetime, Callable[[], Command]]
"""When a piece of work ends, and what it reports then."""


class Simulator:
    """
    One simulated rollout.

    Attributes:
        now: The virtual instant.
        journal: What a real run would have journaled.
        state: Where the rollout stands.
        turns: How many commands were decided on.
    """

    def __init__(
        self,
        plan: Plan,
        rules: Sequence[Rule],
        terms: Terms,
        progress: Progress | None = None,
    ) -> None:
        """Take the plan and its world; nothing happens yet."""
        self.plan, self.terms = plan, terms
        self.now = terms.start
        self.journal: list[Event] = []
        self.turns = 0
        self.chronicle = Chronicle(terms.start)
        self.conditions = Conditions(rules, self.chronicle)
        self.readings = Readings(plan, self.conditions, self.chronicle, terms.seed)
        self.labour = Labour(plan, self.conditions)
        self.sources = Sources(plan)
        self.breaches = Breaches(self.readings, terms.start)
        self.left_at: datetime | None = None
        self._crowd = Crowd(self.conditions, self.chronicle)
        self._exposure = Exposure(self.sources)
        self._told_exposures = [r for r in reversed(rules) if isinstance(r, ExposureIs)]
        self._fates = [r for r in rules if isinstance(r, PersonActs | WorkerDown)]
        self._agenda = Agenda()
        self._under_way: dict[tuple[Hashable, ...], Entry] = {}
        self._begun: dict[tuple[Hashable, ...], Left] = {}
        self._left: dict[tuple[Hashable, ...], Left] = {}
        self._asked: set[tuple[Hashable, ...]] = set()
        self._inbox: list[Command] = []
        self._down = False
        self._quiet = 0
        self._decided_at = terms.start
        self._state: RolloutState | None = None
        self._progress = progress or (lambda _at, _turns: None)

    @property
    def state(self) -> RolloutState:
        """Return where the rollout stands; it has to have begun."""
        if self._state is None:
            message = "a simulation has to run first"
            raise RuntimeError(message)
        return self._state

    def run(self) -> Ending:
        """Live through the rollout, and return how it ends."""
        start = commands.Start(
            at=self.now,
            rollout=RolloutId("simulated"),
            plan=self.plan,
            document="",
            by=STARTER,
        )
        self._take(start)
        self._plan_fates()
        while (ending := self._ending()) is None:
            if not self._next():
                return self._ended() or Ending.WAITING
        return ending

    # -- the loop --------------------------------------------------------------

    def _ending(self) -> Ending | None:
        """Return how the rollout ends, when it does not go on."""
        if self.state.ended and not self._handed_over():
            return self._ended()
        if self.turns >= self.terms.most_turns:
            return self._ended() or Ending.CUT_SHORT
        return Ending.WAITING if self._stands_still() else None

    def _ended(self) -> Ending | None:
        phase = self.state.phase.value
        return Ending(phase.replace("_", " ")) if self.state.ended else None

    def _handed_over(self) -> bool:
        """Tell whether people are still about to undo something by hand."""
        open_ones = any(str(q).startswith("undo-") for q in self.state.questions)
        return open_ones and self._agenda.holds("word")

    def _next(self) -> bool:
        """Let the next thing happen; return False when nothing comes in time."""
        wake, due = self._wake(), self._agenda.due()
        coming = min((at for at in (wake, due) if at is not None), default=None)
        if coming is None:
            return False
        last = self.terms.start + self.terms.until
        if coming > last:
            self._move(last)
            self.turns = self.terms.most_turns
            return True
        self._move(coming)
        if due is not None and due <= coming:
            self._agenda.next().happen()
        else:
            self._take(commands.Tick(at=self.now))
        return True

    def _wake(self) -> datetime | None:
        """Return when the machine wants to be woken, if it was not already then."""
        if self._down or self.state.ended:
            return None
        wake = next_wake(self.state)
        return wake if wake is not None and wake > self._decided_at else None

    def _move(self, to: datetime) -> None:
        """Let time pass, and with it what the script says of the exposure."""
        edges = {
            e for rule in self._told_exposures for e in self.conditions.edges(rule)
        }
        for edge in sorted(edge for edge in edges if self.now < edge <= to):
            self._expose(edge)
        self.now = max(self.now, to)

    def _stands_still(self) -> bool:
        """Tell whether it waits for what never comes, however often gates are judged."""
        if self._quiet < QUIET_TURNS or self._down or not self._waits():
            return False
        self._quiet = 0
        approvals = (s for s in self.state.plan_steps() if isinstance(s, Approval))
        expiries = (self.state.step(step.id).expires for step in approvals)
        timeout = any(at is not None and at > self.now for at in expiries)
        coming = self._agenda.holds("word", "work", "fate")
        return not (timeout or coming or self.conditions.changes_after(self.now))

    def _waits(self) -> bool:
        """Tell whether something else than time or work has to come."""
        state, step = self.state, self.state.current_step
        if state.held or (state.awaited is not None and state.awaited.until is None):
            return True
        if isinstance(step, Approval):
            return step.id not in state.approvals
        return step is not None and QuestionId(step.id) in state.questions

    def _take(self, command: Command) -> None:
        """Decide; journal; let the world answer."""
        if self._down:
            self._inbox.append(command)
            return
        decision = decide(self._state, command)
        self._state = decision.state
        self._decided_at = max(self.now, command.at)
        self.turns += 1
        for event in decision.events:
            self.journal.append(event)
            self._saw(event)
        looked = all(isinstance(e, events.MeasurementTaken) for e in decision.events)
        self._quiet = self._quiet + 1 if looked else 0
        for effect in decision.effects:
            self._perform(effect)
        if self.turns % _TOLD_EVERY == 0:
            self._progress(self.now, self.turns)

    # -- what happened ---------------------------------------------------------

    def _saw(self, event: Event) -> None:
        """Let what was journaled change the world around it."""
        match event:
            case events.StageEntered():
                self.chronicle.enter(event.stage, event.at)
                self._expose(event.at)
                self._plan_fates()
            case events.MeasurementTaken():
                self.breaches.take(event, self.state)
            case events.RolloutAborted(gate=gate) if gate is not None:
                self.left_at = self.breaches.of(gate)
            case events.ActionApplied() | events.ActionByHand():
                self._changed(event.step, event.at)
            case events.UndoApplied():
                self._unchanged(event.undo, event.at)
            case events.QuestionAnswered() if event.question.startswith("undo-"):
                self._unchanged(int(event.question.removeprefix("undo-")), event.at)
            case _:
                pass

    def _changed(self, step: StepId, at: datetime) -> None:
        self.readings.changed = True
        self._exposure.did(step)
        self._expose(at)

    def _unchanged(self, number: int, at: datetime) -> None:
        """Take note of an undo; the rollback of a stage undoes all of it."""
        undo = next((u for u in self.state.undos if u.number == number), None)
        if undo is None or undo.step is None:
            return
        stage = self.state.stage_of(undo.step)
        way_back = stage.rollback.operation if stage.rollback else None
        whole = way_back is not None and undo.operation == way_back
        by_hand = undo.phase is UndoPhase.HANDED_OVER
        self._exposure.undid(undo.step, stage=stage.id if whole else None)
        if by_hand:
            self._take_back_flag(undo.step)
        self._expose(at)

    def _take_back_flag(self, step: StepId) -> None:
        """Let a person put a flag back: to nobody, as a careful one would."""
        action = self.state.find_step(step)
        if isinstance(action, Action):
            self.labour.undone_by_hand(action.apply, step)

    def _expose(self, at: datetime) -> None:
        self._exposure.flags = self.labour.flags()
        pct = self._exposure.pct
        for rule in self._told_exposures:
            if self.conditions.hold(rule, at):
                pct = rule.pct
                break
        if self._state is not None and self._nothing_stands():
            pct = 0.0
        self.chronicle.expose(pct, at)

    def _nothing_stands(self) -> bool:
        """Tell whether the way back was gone to its end, by people too."""
        undos = self.state.undos
        if self.state.aborted is None or not all(map(self._is_settled, undos)):
            return False
        return bool(undos)

    def _is_settled(self, undo: UndoState) -> bool:
        if undo.phase is UndoPhase.HANDED_OVER:
            return QuestionId(f"undo-{undo.number}") not in self.state.questions
        return undo.phase is UndoPhase.UNDONE

    # -- fates: what happens of its own accord ----------------------------------

    def _plan_fates(self) -> None:
        """Put on the agenda what the script lets happen, once its instant is known."""
        for rule in tuple(self._fates):
            moment = rule.when.start if isinstance(rule, WorkerDown) else rule.moment
            at = None if moment is None else self.chronicle.instant(moment)
            if at is None:
                continue
            self._fates.remove(rule)
            happen = partial(self._fate, rule)
            self._agenda.put(max(at, self.now), Entry(happen=happen, kind="fate"))

    def _fate(self, rule: PersonActs | WorkerDown) -> None:
        if isinstance(rule, WorkerDown):
            self._go_down(rule)
            return
        by = commands.Person(name=rule.name, source="simulation")
        match rule.deed:
            case Deed.ABORT:
                self._take(commands.Abort(at=self.now, by=by, reason=rule.reason))
            case Deed.PAUSE:
                self._take(commands.Pause(at=self.now, by=by, reason=rule.reason))
            case Deed.RESUME:
                self._take(commands.Resume(at=self.now, by=by))

    def _go_down(self, rule: WorkerDown) -> None:
        """Let the runner die: what was under way is lost to it, not to the world."""
        up = self.chronicle.instant(rule.when.end) if rule.when.end else None
        if rule.when.lasts is not None:
            up = self.now + rule.when.lasts
        if self._down or self.state.ended or up is None or up <= self.now:
            return
        self._down = True
        self._agenda.drop("look", "work")
        self._left |= self._begun
        for step in self.state.actions_under_way():
            if not isinstance(step.apply, Shell):
                self.labour.done(step.apply, step.id)
        self._under_way.clear()
        self._begun.clear()
        self._agenda.put(up, Entry(happen=self._come_up, kind="fate"))

    def _come_up(self) -> None:
        """Let another runner take over, and take up what people said meanwhile."""
        self._down = False
        self._take(commands.Recover(at=self.now))
        waiting, self._inbox = self._inbox, []
        for command in waiting:
            self._take(command)

    # -- the world's answers ---------------------------------------------------

    def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Measure():
                self._measure(effect)
            case effects.Prepare():
                self._work(effect, (effects.Prepare, effect.step), self._prepare)
            case effects.Apply():
                self._work(
                    effect, _attempt(effect, effect.step, effect.attempt), self._apply
                )
            case effects.Observe():
                self._work(
                    effect, _attempt(effect, effect.step, effect.attempt), self._observe
                )
            case effects.Undo():
                self._work(
                    effect, _attempt(effect, effect.undo, effect.attempt), self._undo
                )
            case effects.Find():
                self._find(effect)
            case effects.Ask():
                self._ask(effect)
            case effects.AskApproval():
                self._ask_approval(effect)
            case effects.Cancel():
                self._cancel(effect)
            case _:
                pass  # nobody has to be told that nothing really happens

    def _work(
        self,
        effect: Effect,
        key: tuple[Hashable, ...],
        begin: Callable[..., tuple[timedelta, Callable[[], Command]]],
    ) -> None:
        """Begin a piece of work, unless it is under way; its report comes later."""
        if key not in self._under_way:
            takes, report = begin(effect)
            self._report_after(takes, key, report, kind="work")

    def _report_after(
        self,
        takes: timedelta,
        key: tuple[Hashable, ...],
        report: Callable[[], Command],
        *,
        kind: str,
    ) -> None:
        def happen() -> None:
            del self._under_way[key]
            self._begun.pop(key, None)
            self._take(report())

        entry = Entry(happen=happen, kind=kind)
        self._under_way[key] = self._agenda.put(self.now + takes, entry)
        self._begun[key] = (self.now + takes, report)

    def _measure(self, effect: effects.Measure) -> None:
        key = (effects.Measure, effect.metric)
        if key in self._under_way:
            return
        taken, hangs = self.readings.measured(
            effect.metric, self.now, effect.operation, effect.since
        )
        takes = hangs or self.labour.look_takes(self.now)
        takes = min(takes, max(effect.operation.deadline, LOOK))

        def report() -> Command:
            return commands.ReportMeasured(
                at=self.now, metric=effect.metric, measurement=taken
            )

        self._report_after(takes, key, report, kind="look")

    def _prepare(
        self, effect: effects.Prepare
    ) -> tuple[timedelta, Callable[[], Command]]:
        undo = self.labour.prepare(effect.operation)
        return LOOK, lambda: commands.ReportPrepared(
            at=self.now, step=effect.step, undo=undo
        )

    def _apply(self, effect: effects.Apply) -> tuple[timedelta, Callable[[], Command]]:
        result = self.labour.apply(effect, self.now)

        def report() -> Command:
            if result.seen.error is None:
                self.labour.done(effect.operation, effect.step)
            return commands.ReportApplied(
                at=self.now,
                step=effect.step,
                attempt=effect.attempt,
                observation=result.seen,
            )

        return result.takes, report

    def _observe(
        self, effect: effects.Observe
    ) -> tuple[timedelta, Callable[[], Command]]:
        result = self.labour.look(effect, self.now)
        return result.takes, lambda: commands.ReportObserved(
            at=self.now,
            step=effect.step,
            attempt=effect.attempt,
            observation=result.seen,
        )

    def _undo(self, effect: effects.Undo) -> tuple[timedelta, Callable[[], Command]]:
        undo = next(u for u in self.state.undos if u.number == effect.undo)
        result = self.labour.undo(effect, undo.step, self.now)

        def report() -> Command:
            if result.seen.error is None:
                self.labour.undone(effect.operation, undo.step)
            return commands.ReportUndone(
                at=self.now,
                undo=effect.undo,
                attempt=effect.attempt,
                observation=result.seen,
            )

        return result.takes, report

    def _find(self, effect: effects.Find) -> None:
        """Tell what became of a deed: a script outlives the worker that started it."""
        sought = effect.sought
        subject = sought.step if isinstance(sought, effects.Apply) else sought.undo
        key = _attempt(sought, subject, sought.attempt)
        if key in self._under_way:
            return
        ends, report = self._left.get(key, (self.now, None))
        if report is None or not isinstance(sought.operation, Shell):
            report = partial(self._not_found, sought)
        takes = max(LOOK, ends - self.now)
        self._report_after(takes, key, report, kind="work")

    def _not_found(self, sought: effects.Apply | effects.Undo) -> Command:
        return commands.ReportNotFound(at=self.now, sought=sought)

    def _cancel(self, effect: effects.Cancel) -> None:
        """End an action that is under way: its report comes at once."""
        for key, entry in tuple(self._under_way.items()):
            if key[:2] != ("Apply", str(effect.step)):
                continue
            entry.dead = True
            attempt = self.state.step(effect.step).attempt
            report = partial(self._cancelled, effect.step, attempt)
            self._report_after(LOOK, key, report, kind="work")

    def _cancelled(self, step: StepId, attempt: int) -> Command:
        return commands.ReportApplied(
            at=self.now,
            step=step,
            attempt=attempt,
            observation=Observation(error="it was ended: the rollout goes back"),
        )

    def _ask(self, effect: effects.Ask) -> None:
        asked = self.state.questions.get(effect.question)
        if asked is None or not self._first((effects.Ask, asked.question, asked.at)):
            return
        word = self._crowd.answer(
            asked, self.state, self.now, applied=self.labour.applied
        )
        if word is not None:
            self._say(word.at, word.command)

    def _ask_approval(self, effect: effects.AskApproval) -> None:
        step = self.state.find_step(effect.step)
        known = self.state.step(effect.step)
        key = (effects.AskApproval, effect.step, known.started_at)
        if not isinstance(step, Approval) or not self._first(key):
            return
        if known.phase is StepPhase.DONE:
            return
        word = self._crowd.consent(step, self.state, self.now)
        if word is not None:
            self._say(word.at, word.command)

    def _say(self, at: datetime, command: Command) -> None:
        happen = partial(self._take, command)
        self._agenda.put(max(at, self.now), Entry(happen=happen, kind="word"))

    def _first(self, key: tuple[Hashable, ...]) -> bool:
        """Tell whether this is asked for the first time: recovery asks again."""
        if key in self._asked:
            return False
        self._asked.add(key)
        return True


def _attempt(effect: Effect, subject: object, attempt: int) -> tuple[Hashable, ...]:
    """Return what makes an effect the same piece of work when it is asked for again."""
    return (type(effect).__name__, str(subject), attempt)
