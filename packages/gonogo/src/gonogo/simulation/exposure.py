"""
Exposure: how many users meet the change, read off what was done so far.

The share is what flags are set to; else what a step that a person or a script performs
says in its title ('Route 5 % of the traffic'); else what the stage says. Of several
flags the highest counts. What runs before the first share that a plan names counts
as 0 %, and where a plan names none, every change counts as 100 %: each is said.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gonogo.model.identifiers import StageId, StepId
from gonogo.model.operation import KillFlags, SetFlag
from gonogo.model.plan import Action, Plan, Purpose, Question, Stage, Step

EVERYBODY = 100.0
_SHARE = re.compile(
    r"(?<![\w.<>≤≥])(\d{1,3}(?:\.\d+)?)\s*(?:%|percent\b)", re.IGNORECASE
)
_RAISES = re.compile(
    r"\b(?:canary|enable|expose|flag|increase|open|raise|ramp|release|roll|rollout|"
    r"route|send|set|shift|switch|traffic|turn|users|weight)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:staging|stage env\w*|test env\w*|dev|development|qa|sandbox|"
    r"preprod|pre-production|uat)(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How a step changes the exposure; `pct` None: it does not say."""

    step: StepId
    stage: StageId
    pct: float | None
    why: str


class Sources:
    """
    What each step of a plan does to the exposure.

    Attributes:
        known: Whether the plan names any share.
        notes: What was assumed, as sentences.
    """

    def __init__(self, plan: Plan) -> None:
        """Look through the plan once."""
        self.elsewhere: list[StepId] = []
        self._environment = plan.environment
        every = [
            self._source(stage, step)
            for stage in plan.stages
            for step in stage.steps
            if _changes(step)
        ]
        self._of: Mapping[StepId, Source] = {s.step: s for s in every if s is not None}
        self.flags = {
            _flag_key(step)
            for stage in plan.stages
            for step in stage.steps
            if _flag_key(step) is not None and step.id not in self.elsewhere
        }
        shares = [s for s in self._of.values() if s.pct is not None]
        self.known = bool(shares)
        self.notes = tuple(self._notes(plan))

    def of(self, step: StepId) -> Source | None:
        """Return what a step does to the exposure; None: nothing."""
        return self._of.get(step)

    def _source(self, stage: Stage, step: Step) -> Source | None:
        where = f"line {step.line}"
        if self._is_elsewhere(step):
            self.elsewhere.append(step.id)
            return None
        if isinstance(step, Action) and step.harmless:
            return None
        flagged = _flagged(step)
        if flagged is not None:
            return self._at(stage, step, flagged, f"its flag, {where}")
        named = _titled(step.title)
        if named is not None:
            return self._at(stage, step, named, f"its title, {where}")
        sets_flag = any(_flag_key(each) for each in stage.steps)
        if stage.exposure_pct is not None and not sets_flag:
            return self._at(stage, step, stage.exposure_pct, f"line {stage.line}")
        return self._at(stage, step, None, where)

    @staticmethod
    def _at(stage: Stage, step: Step, pct: float | None, why: str) -> Source:
        return Source(step=step.id, stage=stage.id, pct=pct, why=why)

    def _is_elsewhere(self, step: Step) -> bool:
        """Tell whether a step speaks of another environment than the plan's."""
        if _ELSEWHERE.search(self._environment):
            return False
        return _ELSEWHERE.search(f"{step.title} {_flag_file(step)}") is not None

    def _notes(self, plan: Plan) -> Iterator[str]:
        steps = {step.id: step for stage in plan.stages for step in stage.steps}
        if not self.known and self._of:
            first = steps[next(iter(self._of))]
            yield (
                "The plan names no share of users. Everything from "
                f"'{first.title}' (line {first.line}) on counts as 100 % exposure; say "
                "`exposure 5 % from stage 2` where it is less."
            )
        for each in self.elsewhere:
            step = steps[each]
            yield (
                f"'{step.title}' (line {step.line}) counts as no exposure: it is not "
                f"about {plan.environment}."
            )
        yield from self._unnamed(steps)

    def _unnamed(self, steps: Mapping[StepId, Step]) -> Iterator[str]:
        if not self.known:
            return
        unnamed = []
        for source in self._of.values():
            if source.pct is not None:
                break
            unnamed.append(steps[source.step])
        if unnamed:
            first, more = unnamed[0], len(unnamed) - 1
            and_more = f" and {more} more before the first share" if more else ""
            yield (
                f"'{first.title}' (line {first.line}){and_more} count"
                f"{'' if more else 's'} as 0 % exposure: no share is named there."
            )


class Exposure:
    """What stands now, and how many users meet it."""

    def __init__(self, sources: Sources) -> None:
        """Begin with nothing done."""
        self._sources = sources
        self._standing: list[Source] = []
        self.flags: Mapping[tuple[str, str], float] = {}

    def did(self, step: StepId) -> None:
        """Take note that a step changed the world."""
        source = self._sources.of(step)
        if source is not None and source not in self._standing:
            self._standing.append(source)

    def undid(self, step: StepId, *, stage: StageId | None = None) -> None:
        """Take note that a step was undone, or with it its whole stage."""
        self._standing = [
            each
            for each in self._standing
            if each.step != step and (stage is None or each.stage != stage)
        ]

    @property
    def pct(self) -> float:
        """Return the share of the users that meets the change now, in percent."""
        if not self._sources.known:
            return EVERYBODY if self._standing else 0.0
        flags = [self.flags.get(key, 0.0) for key in self._sources.flags if key]
        return min(max([*flags, self._by_words()], default=0.0), EVERYBODY)

    def _by_words(self) -> float:
        """Return the last share that words gave; what flags did is known better."""
        worded = [
            each.pct
            for each in self._standing
            if each.pct is not None and not each.why.startswith("its flag")
        ]
        return worded[-1] if worded else 0.0


def _changes(step: Step) -> bool:
    if isinstance(step, Question):
        return step.purpose is Purpose.DO
    return isinstance(step, Action)


def _flag_file(step: Step) -> str:
    key = _flag_key(step)
    return key[0] if key else ""


def _flagged(step: Step) -> float | None:
    """Return what a step sets a flag to, in percent; None where it sets none."""
    if isinstance(step, Action) and isinstance(step.apply, SetFlag):
        return step.apply.percentage
    killed = isinstance(step, Action) and isinstance(step.apply, KillFlags)
    return 0.0 if killed else None


def _flag_key(step: Step) -> tuple[str, str] | None:
    if isinstance(step, Action) and isinstance(step.apply, SetFlag):
        return step.apply.file, step.apply.flag
    return None


def _titled(title: str) -> float | None:
    """Return the one share of users that a title names; None where it names none."""
    found = [float(number) for number in _SHARE.findall(title)]
    if len(found) != 1 or not _RAISES.search(title) or found[0] > EVERYBODY:
        return None
    return found[0]
