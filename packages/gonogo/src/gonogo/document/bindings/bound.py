"""
Bindings: what a document cannot say itself, as typed values.

Which probe measures a metric, who stands behind a role, what a step really runs. They
are written in YAML, in three places (`bindings_sources`); every value here remembers
its place, so that whatever is wrong with it later can be pointed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

from gonogo.model.expectation import Expectation
from gonogo.model.judging import Counting, JudgeName, Judging
from gonogo.model.operation import Operation
from gonogo.model.plan import OnFailure, Source, ValueSource
from gonogo.model.window import ChangeWindow

_T_co = TypeVar("_T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where a binding stands.

    Attributes:
        line: 1-based, of the file it stands in.
        path: Its keys, such as `metrics.Error rate.http.url`.
        file: Name of the file beside the document; None: the document itself.
    """

    line: int
    column: int
    path: str
    file: str | None = None

    def said(self) -> str:
        """Return the place in words."""
        where = f"line {self.line}"
        return f"{self.file}, {where}" if self.file else where


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound(Generic[_T_co]):
    """A value bound to a name: a metric's, a role's, a step's title, 'line 24'."""

    name: str
    at: Place
    value: _T_co


@dataclass(frozen=True, slots=True, kw_only=True)
class Perform:
    """
    Do, or look at, one thing in the world.

    Attributes:
        word: The word of the grammar: 'shell', 'sql', 'migrate', ….
        operation: What; a script, query or connection left open is ''.
        undo: Reverses it.
        harmless: It leaves nothing to undo (`undo: none`).
        check: Looks whether it was applied.
        check_expects: What the check has to give then.
    """

    word: str
    operation: Operation
    undo: Operation | None = None
    harmless: bool = False
    check: Operation | None = None
    check_expects: Expectation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Look at a metric once, through its probe."""

    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask a person, in a role if one is named."""

    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Hold for a time, with the gates of the stage passing."""

    duration: timedelta
    counts_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Take the baseline of metrics; none named: of all that need one."""

    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Ask a role for its approval."""

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Leave it out, for a reason that the report shows."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The way back of a stage is that of its actions."""


Deed = Perform | Look | Ask | Hold | Record | Consent | Ignore | Covered


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBinding:
    """
    What a line of the document does.

    Attributes:
        expects: What it has to give; makes it a check. None: not said.
        confirm: Whether a person is asked once more. None: not said.
        on_failure: None: as the plan has it.
    """

    deed: Deed
    expects: tuple[Expectation, ...] | None = None
    attempts: int | None = None
    retry_delay: timedelta | None = None
    confirm: bool | None = None
    on_failure: OnFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBinding:
    """
    Where measurements come from.

    Attributes:
        canary: What tells the canary from the rest there; with it, and with nothing
            more, the words of the document bind themselves to ready metrics.
        control: Likewise, the control.
    """

    source: Source
    canary: str | None = None
    control: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyBinding:
    """
    A metric of the catalogue.

    Attributes:
        name: As the catalogue has it, or in other words for it.
        source: Its name; its kind says in which language it is asked.
        canary: What tells the canary from the rest, such as 'version="2"'.
        control: Likewise; None: there is none.
        parameters: Of its query, others than their defaults; by name.
        deadline: Of a look. None: not said.
    """

    name: str
    source: str
    canary: str | None = None
    control: str | None = None
    instances: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)
    deadline: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricBinding:
    """
    What measures a metric: a probe, or another metric's. None: not said.

    Attributes:
        same_as: The metric whose series this one is judged by.
        measures_change: The probe itself gives the change against the baseline.
        ready: What measures it is in the catalogue of ready metrics.
        judging: What its judge has to know beforehand; of what a source counts.
    """

    probe: Operation | None = None
    same_as: str | None = None
    unit: str | None = None
    every: timedelta | None = None
    consecutive: int | None = None
    floor: float | None = None
    errors: int | None = None
    measures_change: bool = False
    ready: ReadyBinding | None = None
    judging: Judging | None = None
    judge: JudgeName | None = None
    window: timedelta | None = None
    tolerance: float | None = None
    counting: Counting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBinding:
    """
    A change window.

    Attributes:
        window: All of it but its holidays; closed on the days that are spelled out.
        holidays: Names of calendar files (.ics), beside the document.
    """

    window: ChangeWindow
    at: Place
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBinding:
    """What is said of a stage as a whole."""

    windows: tuple[WindowBinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """
    All bindings of a document, of every source, checked.

    Attributes:
        values: Also placeholders as the document writes them ('<your-app>').
        every: The cadence of metrics that name none.
        deadline: Of scripts and migrations that name none.
        steps: By title or 'line N'; so are rollbacks and incident.
        variants: The labels of the variants that are run here.
        silenced: Codes of diagnostics that are not to be told, unchecked.
        vocabulary: The team's own words, by the topic that they name.
        sources: Where measurements come from, by name.
        alpha: How often a soak without fault may be turned back. None: not said.
        windows: Of every stage.
        stages: By title or 'line N'.
        on_failure: Of steps that do not say themselves.
    """

    service: str | None = None
    environment: str | None = None
    self_approval: bool = False
    approval_timeout: timedelta | None = None
    approval_valid_for: timedelta | None = None
    every: timedelta | None = None
    deadline: timedelta | None = None
    people: tuple[Bound[tuple[str, ...]], ...] = ()
    connections: Mapping[str, Bound[ValueSource]] = field(default_factory=dict)
    values: Mapping[str, Bound[ValueSource]] = field(default_factory=dict)
    sources: Mapping[str, Bound[SourceBinding]] = field(default_factory=dict)
    alpha: float | None = None
    metrics: tuple[Bound[MetricBinding], ...] = ()
    steps: tuple[Bound[StepBinding], ...] = ()
    rollbacks: tuple[Bound[StepBinding], ...] = ()
    incident: tuple[Bound[StepBinding], ...] = ()
    variants: tuple[Bound[str], ...] = ()
    silenced: Bound[tuple[str, ...]] | None = None
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    windows: tuple[WindowBinding, ...] = ()
    stages: tuple[Bound[StageBinding], ...] = ()
    on_failure: OnFailure | None = None
