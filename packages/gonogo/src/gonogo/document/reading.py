"""
The Reading: what a document says, element by element, each with its line.

Lines and columns are 1-based and count in the file as stored. `stage_line` and
`substage_line` name the stage that an element stands in, by the line of its title,
so that a compiler can put every element in its place without reading text again.
"""

from dataclasses import dataclass, field

from gonogo.document.kinds import (
    ApprovalTime,
    BoxKind,
    CommandRole,
    GateContext,
    RollbackScope,
    WaitKind,
)
from gonogo.document.lines import Account, Cell, Comment, FrontMatter
from gonogo.model.condition import Condition
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.expectation import Expectation, ExpectationKind

Seconds = float | tuple[float, float]
"""A span in seconds; two numbers, low then high, where the document gives a range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """
    One ordered part of the procedure; a substage has a `stage_line`.

    Attributes:
        line: Where its title stands (heading, list item or table row).
        last_line: The last line that belongs to it.
        title: Without mark-up and comments.
        exposure_pct: The one percentage that the title names; None for none or many.
        exposures_pct: Every percentage that the title names, in order.
        stage_line: For a substage, its stage; None for a stage.
        topics: What the title speaks of ('approval', 'before', 'verify', …).
    """

    line: int
    last_line: int
    title: str
    exposure_pct: float | None = None
    exposures_pct: tuple[float, ...] = ()
    stage_line: int | None = None
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedExpectation:
    """
    An expectation, and what it judges.

    Attributes:
        line: Where it is stated.
        last_line: The last line of the statement (later for a list of lines).
        kind: How it is compared.
        value: The statement without its lead.
        command_line: The line that opens the fence it stands in or behind, if any.
        judges: First and last line of the statement of that fence it is bound to.
        box_line: The checklist item that states it, outside a fence.
    """

    line: int
    last_line: int
    kind: ExpectationKind
    value: str
    command_line: int | None = None
    judges: tuple[int, int] | None = None
    box_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None

    @property
    def expectation(self) -> Expectation:
        """Return the expectation in the vocabulary of the model."""
        return Expectation(line=self.line, kind=self.kind, value=self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One fenced block.

    Attributes:
        line: The line that opens the fence.
        end_line: The line that closes it (the last line of text if nothing does).
        lang: First word of the info string, lower case; '' without one.
        info: The info string as written.
        text: The content, dedented, without comments that bind.
        why_not: A sentence for people; None when it can run.
        destructive: The destructive phrases found in it ('DROP TABLE', …).
        alternatives: Line of the first of the variants it is one of; exactly one runs.
        label: The label just above ('Heroku', 'Check 1: …'), if any.
        name: What its fence calls it, for bindings; None without a name.
        cwd: The folder that the document has it run in, relative to its own.
        box_line: The checklist item that it is nested under, if any.
    """

    line: int
    end_line: int
    lang: str
    info: str
    text: str
    role: CommandRole
    runnable: bool
    why_not: str | None = None
    destructive: tuple[str, ...] = ()
    alternatives: int | None = None
    label: str | None = None
    name: str | None = None
    cwd: str | None = None
    box_line: int | None = None
    expectations: tuple[StatedExpectation, ...] = ()
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    One checklist item: `- [ ]`, `- [x]`, `☐`, in a table cell too.

    Attributes:
        text: The item without its mark, mark-up and comments.
        checked: Whether it was ticked in the document.
        mark_column: Where the character between the brackets (or the `☐`) stands.
        depth: 0 for an outermost item, one more for each box around it.
        parent_line: The box that it is nested under, if any.
        role: Who it names as owner, approver or doer, if anyone.
        command_line: The first fence nested under it, if any.
    """

    line: int
    text: str
    kind: BoxKind
    checked: bool
    mark_column: int
    depth: int = 0
    parent_line: int | None = None
    role: str | None = None
    command_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedItem:
    """
    One numbered or dated item of a stage that is a step of the procedure.

    Attributes:
        text: The item without its number and mark-up.
        kind: `DO` or `VERIFY`.
        command_line: The first fence nested under it, if any.
    """

    line: int
    text: str
    kind: BoxKind
    command_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    One threshold that something is judged by.

    Attributes:
        metric: What is judged, in the document's words.
        text: The statement that the condition was read from.
        actual: The empty cell where the report writes what was measured.
        status: The cell where the report writes the verdict.
        box_line: The checklist item that states it, if any.
        approximate: The document says 'about' ('~45ms').
    """

    line: int
    metric: str
    condition: Condition
    context: GateContext
    text: str = ""
    actual: Cell | None = None
    status: Cell | None = None
    box_line: int | None = None
    approximate: bool = False
    stage_line: int | None = None
    substage_line: int | None = None

    @property
    def actual_column(self) -> tuple[int, int] | None:
        """Return first and behind-last column of the cell to fill, if there is one."""
        return (self.actual.start, self.actual.end) if self.actual else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """
    One stated span of time, and what it means.

    Attributes:
        command_line: The fence whose comment states it; the block has it in its hands.
    """

    line: int
    seconds: Seconds
    kind: WaitKind
    text: str
    box_line: int | None = None
    command_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """
    One way back.

    Attributes:
        line: Its heading, label or statement.
        end_line: The last line that belongs to it.
        stage_line: The stage it undoes, for the scope `STAGE`.
        command_lines: The fences in it, runnable or not, in order.
        has_commands: Whether it holds a command, in a fence or inline.
    """

    line: int
    end_line: int
    scope: RollbackScope
    title: str
    stage_line: int | None = None
    command_lines: tuple[int, ...] = ()
    has_commands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """
    One reason to roll back, stop or escalate.

    Attributes:
        condition: The threshold in it; None where it names an event in words only.
        metric: What the condition is about; '' without one.
        response: What to do, where the document says ('Abort immediately').
        within_s: How soon, where the document says; 0 for 'immediately'.
    """

    line: int
    text: str
    numeric: bool
    metric: str = ""
    condition: Condition | None = None
    response: str | None = None
    within_s: float | None = None
    box_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """
    One consent that a person has to give.

    Attributes:
        role: The role asked for; None where the document names none.
        person: The person or channel named for it ('@alok'), if any.
        when: Before the work, or after it as a sign-off.
        approved: The cell to tick; None in a form without one.
        name: The cell for the name, if it is there to be filled.
        date: The cell for the date.
        signature: The cell for the signature.
    """

    line: int
    role: str | None
    person: str | None = None
    when: ApprovalTime = ApprovalTime.BEFORE
    text: str = ""
    approved: Cell | None = None
    name: Cell | None = None
    date: Cell | None = None
    signature: Cell | None = None
    box_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call: for what, whom, and how."""

    line: int
    issue: str
    name: str
    method: str | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """Something that a person must fill in first."""

    line: int
    text: str
    column: int = 1
    command_line: int | None = None
    stage_line: int | None = None
    substage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineItem:
    """One thing to be done by a deadline of the incident response."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    One step of an incident response, and by when it is due.

    Attributes:
        within_s: Seconds from the start of the incident; 0 for 'Immediately'.
        title: What the step says behind its lead; '' where the items say it all.
        command_line: The first fence nested under it, if any.
    """

    line: int
    end_line: int
    within_s: float
    title: str
    items: tuple[DeadlineItem, ...] = ()
    command_line: int | None = None
    stage_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    r"""
    What a document says.

    Attributes:
        name: As given by the caller; the `document` of the JSON contract.
        digest: `sha256:` and the hex digest of the file's bytes.
        text: The text with `\n` for every newline form and no byte-order mark.
    """

    name: str
    digest: str
    text: str = ""
    stages: tuple[Stage, ...] = ()
    substages: tuple[Stage, ...] = ()
    commands: tuple[Command, ...] = ()
    expectations: tuple[StatedExpectation, ...] = ()
    boxes: tuple[Box, ...] = ()
    items: tuple[NumberedItem, ...] = ()
    gates: tuple[Gate, ...] = ()
    waits: tuple[Wait, ...] = ()
    rollbacks: tuple[Rollback, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    approvals: tuple[Approval, ...] = ()
    contacts: tuple[Contact, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    comments: tuple[Comment, ...] = ()
    front_matter: FrontMatter | None = None
    accounts: tuple[Account, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
