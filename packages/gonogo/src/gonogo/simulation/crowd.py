"""The crowd: who answers what, and when, as the script has it; else at once, and well."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.decision.state import RolloutState
from gonogo.model.command import Answer, Approve, PeoplesCommand, Person
from gonogo.model.event import Asked, QuestionAsked
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Approval
from gonogo.simulation.chronicle import Chronicle
from gonogo.simulation.conditions import Conditions
from gonogo.simulation.script.naming import fold
from gonogo.simulation.script.rules import (
    Answers,
    Approver,
    Consent,
    WorkingHours,
)

STARTER = Person(name="whoever starts it", source="simulation")
_SATURDAY = 5
# So often a person goes on after a call, or has a step that failed tried again.
_PATIENCE: Mapping[Asked, int] = {
    Asked.ATTENTION: 1,
    Asked.FAILED: 3,
    Asked.UNDECIDED: 1,
}
_GOOD: Mapping[Asked, str] = {Asked.CONFIRM: "yes"}


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says, and when."""

    at: datetime
    command: PeoplesCommand


class Crowd:
    """
    The people of a plan.

    Somebody who is called because a metric cannot be read waits until it can. To
    every other call they say 'continue' once, and 'abort' when called again. Asked what
    to do about a step that failed, they have it tried again three times, then abort. A
    soak that has not shown enough they extend once, then go back.
    """

    def __init__(self, conditions: Conditions, chronicle: Chronicle) -> None:
        """Take the script."""
        self._conditions, self._chronicle = conditions, chronicle
        rules = conditions.rules
        self._consents = [
            r for r in reversed(rules) if isinstance(r, Approver | Answers)
        ]
        self._answers = [r for r in reversed(rules) if isinstance(r, Answers)]
        self._hours = next(
            (r for r in reversed(rules) if isinstance(r, WorkingHours)), None
        )
        self._calls: Counter[str] = Counter()

    def consent(self, step: Approval, state: RolloutState, at: datetime) -> Word | None:
        """Return the consent, or refusal, that is given; None: nobody ever does."""
        rule = next((r for r in self._consents if self._fits(r, step, at)), None)
        says: Consent | None = Consent.APPROVES
        said_at: datetime | None = at
        if isinstance(rule, Approver):
            says = rule.says or Consent.APPROVES
            said_at = (
                self._end_of_silence(rule, at)
                if rule.says is None
                else (at + rule.after)
            )
        elif rule is not None:
            said_at = self._answered(rule, at)
        if said_at is None:
            return None
        said_at = self._in_hours(said_at)
        by = Person(name=_approver(step), source="simulation")
        command = Approve(
            at=said_at,
            by=by,
            step=step.id,
            digest=state.plan.digest,
            granted=says is Consent.APPROVES,
        )
        return Word(said_at, command)

    def answer(
        self,
        asked: QuestionAsked,
        state: RolloutState,
        at: datetime,
        *,
        applied: set[StepId],
    ) -> Word | None:
        """
        Return the answer that is given; None: nobody ever does.

        Args:
            asked: The question.
            state: Of the rollout.
            at: Now.
            applied: The actions that stand in the world, for one in doubt.
        """
        rule = next((r for r in self._answers if self._asks(r, asked, at)), None)
        word = self._word(rule, asked, state, applied)
        said_at = at if rule is None else self._answered(rule, at)
        if word is None or said_at is None:
            return None
        said_at = self._in_hours(said_at)
        by = Person(name=asked.role or "somebody", source="simulation")
        command = Answer(at=said_at, by=by, question=asked.question, answer=word)
        return Word(said_at, command)

    def _fits(self, rule: Approver | Answers, step: Approval, at: datetime) -> bool:
        if isinstance(rule, Answers) and rule.subject is not None:
            return False
        named = rule.role is not None
        if isinstance(rule, Answers) and not (rule.everyone or named):
            return False
        if named and fold(rule.role or "") != fold(step.role):
            return False
        return self._applies(rule, at)

    def _applies(self, rule: Approver | Answers, at: datetime) -> bool:
        """Tell whether a rule counts; a silence 'for two days' counts from each asking."""
        silent = rule.says is None if isinstance(rule, Approver) else rule.silent
        if silent and rule.when.start is None:
            return self._conditions.in_place(rule, at)
        return self._conditions.hold(rule, at)

    def _asks(self, rule: Answers, asked: QuestionAsked, at: datetime) -> bool:
        if rule.subject is not None and rule.subject != asked.subject:
            return False
        if rule.role is not None and fold(rule.role) != fold(asked.role or ""):
            return False
        if rule.word is not None and _choice(rule.word, asked) is None:
            return False
        return self._applies(rule, at)

    def _word(
        self,
        rule: Answers | None,
        asked: QuestionAsked,
        state: RolloutState,
        applied: set[StepId],
    ) -> str | None:
        if rule is not None and rule.word is not None:
            return _choice(rule.word, asked)
        if asked.about in _PATIENCE:
            return self._called(asked, state)
        if asked.about is Asked.IN_DOUBT:
            stands = asked.subject in applied
            return "applied" if stands else "not applied"
        if not asked.choices:
            return "simulated"
        return _GOOD.get(asked.about, asked.choices[0])

    def _called(self, asked: QuestionAsked, state: RolloutState) -> str | None:
        """Return what somebody says who has to decide: go on, or in the end go back."""
        if any(metric.name == asked.subject for metric in state.plan.metrics):
            return None
        self._calls[asked.subject] += 1
        patient = self._calls[asked.subject] <= _PATIENCE[asked.about]
        return asked.choices[0] if patient else asked.choices[-1]

    def _answered(self, rule: Answers, at: datetime) -> datetime | None:
        return self._end_of_silence(rule, at) if rule.silent else at + rule.after

    def _end_of_silence(
        self, rule: Approver | Answers, at: datetime
    ) -> datetime | None:
        """Return when somebody who is silent speaks after all; None for never."""
        when = rule.when
        if when.lasts is not None and when.start is None:
            return at + when.lasts
        if when.lasts is not None:
            begun = self._conditions.begun(rule)
            return None if begun is None else begun + when.lasts
        return None if when.end is None else self._chronicle.instant(when.end)

    def _in_hours(self, at: datetime) -> datetime:
        """Return when somebody is there to say it."""
        hours = self._hours
        if hours is None:
            return at
        if at.time() >= hours.closes:
            at = at.replace(hour=0, minute=0, second=0, microsecond=0)
            at += timedelta(days=1)
        while at.weekday() >= _SATURDAY and not hours.weekends:
            at = at.replace(hour=0, minute=0, second=0, microsecond=0)
            at += timedelta(days=1)
        opens = at.replace(
            hour=hours.opens.hour, minute=hours.opens.minute, second=0, microsecond=0
        )
        return max(at, opens)


def _approver(step: Approval) -> str:
    """Return who consents: a person that the plan names, else the role."""
    return step.people[0] if step.people else step.role


def _choice(word: str, asked: QuestionAsked) -> str | None:
    if not asked.choices:
        return word
    folded = word.casefold()
    return next((each for each in asked.choices if each.casefold() == folded), None)
