"""Rules: what one line of a script says about the world, as a value."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from gonogo.model.identifiers import MetricName, StepId
from gonogo.simulation.script.when import ALWAYS, Moment, When

EVERY_TIME = 1_000_000_000
"""So often fails what simply 'fails'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A value that stays as it is."""

    value: float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """So many times the healthy value: '+20 %' is 1.2, '2x' is 2."""

    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """
    A value that moves evenly, and then stays.

    Attributes:
        first: None: the healthy value.
        until: When it has arrived; else `over` says how long it takes.
    """

    first: float | None
    last: float
    until: Moment | None = None
    over: timedelta | None = None


Reading = Fixed | Scaled | Ramp


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricReads:
    """
    What a metric really is; None as `reading`: healthy.

    Attributes:
        noise: It is measured up to so much higher or lower, drawn from the seed.
    """

    metric: MetricName
    reading: Reading | None
    noise: float = 0.0
    when: When = ALWAYS


class Fault(StrEnum):
    """How a probe fails."""

    DOWN = "down"
    HANGS = "hangs"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFails:
    """A probe of a metric, or every one (None), gives no value."""

    metric: MetricName | None
    fault: Fault
    when: When = ALWAYS


class Kind(StrEnum):
    """The kinds of work that a script can speak of."""

    ACTION = "action"
    UNDO = "undo"
    CHECK = "check"
    LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGoes:
    """
    How long work takes and how it ends, for one step or for every one (None).

    Attributes:
        takes: None: as long as it would.
        fails: So often, then it works; None: this rule does not say.
        hangs: It does nothing until its deadline.
    """

    kind: Kind
    step: StepId | None
    takes: timedelta | None = None
    fails: int | None = None
    hangs: bool = False
    when: When = ALWAYS


class Consent(StrEnum):
    """What somebody does who is asked for consent."""

    APPROVES = "approves"
    REFUSES = "refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """
    How an approver behaves; `role` None: every one.

    Attributes:
        says: None: silent, for `when.lasts` or until `when.end`, or for ever.
    """

    role: str | None
    says: Consent | None
    after: timedelta = timedelta()
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """
    How a question is answered: in one step or subject, by a role, or anywhere (None).

    Attributes:
        word: None: the good word.
        silent: Not at all, for `when.lasts` or until `when.end`, or for ever.
        everyone: Consents too come so late.
    """

    subject: str | None = None
    role: str | None = None
    word: str | None = None
    after: timedelta = timedelta()
    silent: bool = False
    everyone: bool = False
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """People answer between two times of a day (UTC), on weekends too or not."""

    opens: time
    closes: time
    weekends: bool = False


class Deed(StrEnum):
    """What a person does of their own accord."""

    ABORT = "aborts"
    PAUSE = "pauses"
    RESUME = "resumes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonActs:
    """A person stops, holds or lets go on a rollout at an instant."""

    name: str
    deed: Deed
    moment: Moment
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDown:
    """Nobody runs the rollout from `when.start` on, until it is taken over again."""

    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """So many users are there in every minute."""

    users_per_minute: float
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureIs:
    """So many users meet the change, whatever the plan tells."""

    pct: float
    when: When = ALWAYS


Rule = (
    MetricReads
    | ProbeFails
    | WorkGoes
    | Approver
    | Answers
    | WorkingHours
    | PersonActs
    | WorkerDown
    | Traffic
    | ExposureIs
)
