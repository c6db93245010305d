"""The people of a world: silent, early, late, wrong, twice over, or meddling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from gonogo.decision import RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.model import command as commands
from gonogo.model.command import Command, PeoplesCommand, Person
from gonogo.model.event import Asked, QuestionAsked
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.plan import Action, Approval, Plan, Purpose, Question, Stage, Step
from gonogo.model.scope import Scope
from gonogo.testing.plans import chance, draw_amendment, pick
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.script import MINUTE, SECOND, Script
from gonogo.testing.world.truth import Truth, plan_steps, subject_of

STARTER = Person(name="sam")
PEOPLE = (Person(name="ada"), Person(name="ben"), Person(name="cyd"), STARTER)
# After so many calls to the same matter people have had enough.
PATIENT = 2

# What only some may say, and what anybody may instead: a kind world comes to its end by
# chance only if it waits until the dice name the one who may.
_UNASSAILABLE = {(Asked.UNDECIDED, "proceed"): "back", (Asked.SKIP, "yes"): "no"}


class Listener(Protocol):
    """Whom people talk to: what they see of the runner."""

    down: bool

    @property
    def state(self) -> RolloutState | None:
        """Return where the rollout stands; None before it has begun."""
        ...

    def known(self) -> RolloutState:
        """Return the state of a rollout that has begun."""
        ...

    def take(self, command: Command, *, kept: bool = False) -> None:
        """Take a command; one that is kept comes again after a crash."""
        ...


class People:
    """
    Everybody who can say something to one rollout.

    Attributes:
        asked: The questions and approvals that were put to somebody since the last
            crash.
    """

    def __init__(
        self, plan: Plan, script: Script, agenda: Agenda, truth: Truth, runner: Listener
    ) -> None:
        """Take the world that they live in, and the runner that they talk to."""
        self.asked: set[str] = set()
        self._attended: Counter[str] = Counter()
        self._plan = plan
        self._script, self._weather = script, script.weather
        self._agenda, self._truth, self._runner = agenda, truth, runner

    def ask(self, question: QuestionId) -> None:
        """Put a question to people: some are silent, some late, some answer twice."""
        self.asked.add(question)
        asked = self._runner.known().questions.get(question)
        if asked is None or self._script.wrong(self._weather.people // 2):
            return
        if asked.about is Asked.HANDOVER and self._script.wrong(self._weather.people):
            self._have_undone(question)
        by, word = pick(self._script, PEOPLE), self._word(asked)
        if self._script.kind:
            # Who may not say it would leave the question open; these anybody may.
            word = _UNASSAILABLE.get((asked.about, word.casefold()), word)
        answer = commands.Answer(
            at=self._agenda.now,
            by=by,
            question=question,
            answer=word,
            comment="looked at by hand" if word == "proceed" else "",
        )
        self._say(self._soon(), answer)
        if self._script.wrong(self._weather.repeats):
            self._say(self._soon(), answer)

    def _have_undone(self, undo: QuestionId) -> None:
        """Give an undo back to gonogo: somebody has seen why it failed."""
        by, now = PEOPLE[1], self._agenda.now
        self._say(SECOND, commands.Retry(at=now, by=by, step=StepId(undo)))

    def ask_approval(self, step: StepId) -> None:
        """Ask people for a consent: none may come, or two."""
        self.asked.add(step)
        if not self._script.wrong(self._weather.people // 2):
            self._say(self._soon(), self._consent(step))
        if self._script.wrong(self._weather.people):
            self._say(self._soon(), self._consent(step))

    def meddle(self) -> None:
        """Let people say things that nobody asked them for."""
        now, by = self._agenda.now, PEOPLE[2]
        for step in plan_steps(self._plan).values():
            if self._script.wrong(self._weather.meddling * 3):
                self._speak_up(step, by)
        if self._script.wrong(self._weather.meddling * 6):
            self._say(self._any_time(), commands.Pause(at=now, by=by))
            self._say(self._any_time() * 2, commands.Resume(at=now, by=by))
        if self._script.wrong(self._weather.meddling * 6):
            self._say(self._any_time(), commands.Abort(at=now, by=by))
        self._take_control()
        for _ in range(2):
            if self._script.wrong(self._weather.meddling * 8):
                self._agenda.after(self._any_time(), self._amend)

    def _take_control(self) -> None:
        """Let people stop the line, retry and skip, whether that makes sense or not."""
        now = self._agenda.now
        for scope in (Scope(), Scope(service=self._plan.service)):
            if self._script.wrong(self._weather.meddling * 4):
                by = pick(self._script, PEOPLE)
                freeze = commands.Freeze(at=now, by=by, scope=scope, reason="stop")
                self._say(self._any_time(), freeze)
                self._say(
                    self._any_time() * 2, commands.Thaw(at=now, by=by, scope=scope)
                )
        for step in plan_steps(self._plan):
            if self._script.wrong(self._weather.meddling * 4):
                by = pick(self._script, PEOPLE)
                skip = commands.Skip(at=now, by=by, step=step, reason="not needed")
                self._say(self._any_time(), skip)
            if self._script.wrong(self._weather.meddling * 2):
                by = pick(self._script, PEOPLE)
                self._say(self._any_time(), commands.Retry(at=now, by=by, step=step))
        for number in range(1, 4):
            if self._script.wrong(self._weather.meddling * 4):
                undo = StepId(f"undo-{number}")
                retry = commands.Retry(at=now, by=PEOPLE[1], step=undo)
                self._say(self._any_time() * 2, retry)

    def _amend(self) -> None:
        """Let somebody change the plan that runs, from some stage on."""
        state = self._runner.state
        if state is None or self._runner.down:
            self._agenda.after(MINUTE, self._amend)
            return
        least = state.stage + self._script.number(1)
        plan, kept = draw_amendment(self._script, state.plan, max(least, 0))
        if state.ended or self._done_in(state.plan.stages[kept:]):
            return
        stages = state.plan.stages
        wrong = self._script.wrong(self._weather.people // 3)
        command = commands.Amend(
            at=self._agenda.now,
            by=PEOPLE[2],
            plan=plan,
            document="# A changed plan",
            from_stage=stages[kept].id if kept < len(stages) else None,
            before="sha256:other" if wrong else state.plan.digest,
        )
        self._runner.take(command, kept=True)

    def _done_in(self, stages: Sequence[Stage]) -> bool:
        """Tell whether somebody has done a step by hand; their word may be on its way."""
        steps = {step.id for stage in stages for step in stage.steps}
        return not steps.isdisjoint(self._truth.stands)

    def intervene(self) -> None:
        """Abort, or let the world be kind from now on: both have to lead to an end."""
        state, by = self._runner.state, PEOPLE[0]
        if state is None or state.ended or state.going_back:
            return
        if not self._script.kind and chance(self._script, 50):
            self._say(
                SECOND, commands.Abort(at=self._agenda.now, by=by, reason="enough")
            )
            return
        self._script.kind = True
        if state.paused is not None:
            self._say(SECOND, commands.Resume(at=self._agenda.now, by=by))
        for freeze in state.freezes:
            self._say(
                SECOND,
                commands.Thaw(at=self._agenda.now, by=by, scope=freeze.scope),
            )
        for question in state.questions:
            self.ask(question)
        for step in consents_missing(state):
            self.ask_approval(StepId(step))

    def _speak_up(self, step: Step, by: Person) -> None:
        """Say early, or unasked, what a step may want to hear."""
        if isinstance(step, Approval):
            self._say(self._any_time(), self._consent(step.id))
        if isinstance(step, Question):
            word = pick(self._script, ("done", "yes", "go", "no"))
            answer = commands.Answer(
                at=self._agenda.now, by=by, question=QuestionId(step.id), answer=word
            )
            self._say(self._any_time(), answer)

    def _word(self, asked: QuestionAsked) -> str:
        if self._script.wrong(self._weather.people // 3):
            return pick(self._script, ("", "perhaps", *asked.choices[1:]))
        if asked.about is Asked.ATTENTION:
            self._attended[asked.subject] += 1
            return "continue" if self._attended[asked.subject] <= PATIENT else "abort"
        if asked.about is Asked.UNDECIDED:
            self._attended[asked.subject] += 1
            tired = self._attended[asked.subject] > 1
            wants = ("proceed", "back") if tired else ("proceed", "extend")
            return pick(self._script, wants)
        if asked.about is Asked.FAILED:
            self._attended[asked.subject] += 1
            tired = self._attended[asked.subject] > PATIENT
            return pick(self._script, ("skip", "abort")) if tired else "retry"
        return asked.choices[0].upper() if asked.choices else "42"

    def _consent(self, step: StepId) -> commands.Approve:
        wrong = self._script.wrong(self._weather.people // 3)
        return commands.Approve(
            at=self._agenda.now,
            by=pick(self._script, PEOPLE if wrong else PEOPLE[:2]),
            step=step,
            digest="sha256:other" if wrong else self._digest(),
            granted=not self._script.wrong(self._weather.people // 3),
        )

    def _digest(self) -> str:
        state = self._runner.state
        return self._plan.digest if state is None else state.plan.digest

    def _soon(self) -> timedelta:
        late = self._script.wrong(self._weather.people)
        return (
            MINUTE * self._script.number(200)
            if late
            else SECOND * self._script.number(99)
        )

    def _any_time(self) -> timedelta:
        return SECOND * (
            1 + self._script.number(pick(self._script, (60, 3600, 4 * 3600)))
        )

    def _say(self, span: timedelta, command: PeoplesCommand) -> None:
        """Let a person's command come, once, though the runner be down meanwhile."""
        self._agenda.after(span, lambda: self._hear(command))

    def _hear(self, command: PeoplesCommand) -> None:
        if self._runner.down:
            self._agenda.after(15 * MINUTE, lambda: self._hear(command))
            return
        self._do_by_hand(command)
        self._runner.take(
            replace(self._looked_up(command), at=self._agenda.now), kept=True
        )

    def _looked_up(self, command: PeoplesCommand) -> PeoplesCommand:
        """Let who says whether something was applied look at it first."""
        if not isinstance(command, commands.Answer) or command.answer == "abort":
            return command
        name, doubt, _ = command.question.partition("/in-doubt")
        if not doubt:
            return command
        step = self._runner.known().find_step(name)
        stands = (
            isinstance(step, Action) and subject_of(step.apply) in self._truth.stands
        )
        return replace(command, answer="applied" if stands else "not applied")

    def _do_by_hand(self, command: PeoplesCommand) -> None:
        """Let a person do what they say is done, if it is still wanted of them."""
        step = self._runner.known().find_step(getattr(command, "question", ""))
        if not isinstance(step, Question) or step.purpose is not Purpose.DO:
            return
        state = self._runner.known()
        known = state.step(step.id)
        settled = state.ended or known.ended_at is not None
        wanted = not settled and bool(known.started_at or not state.going_back)
        if wanted and getattr(command, "answer", "").casefold() == "done":
            self._truth.stands[step.id] = 1.0


def consents_missing(state: RolloutState) -> set[str]:
    """Return the approvals that were asked for and have no answer."""
    return {
        step.id
        for step in state.plan_steps()
        if isinstance(step, Approval)
        and state.step(step.id).phase is StepPhase.UNDER_WAY
        and step.id not in state.approvals
    }
