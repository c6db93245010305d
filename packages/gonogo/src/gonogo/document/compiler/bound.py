"""Bound lines: what a line does because a binding says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from gonogo.document.bindings.bound import (
    Ask,
    Bound,
    Consent,
    Covered,
    Hold,
    Ignore,
    Look,
    Perform,
    Record,
    StepBinding,
)
from gonogo.document.bindings.fields import hint
from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.operations import Unrunnable
from gonogo.document.reading import Command
from gonogo.document.soak_limit import soak_limit
from gonogo.model.expectation import Expectation
from gonogo.model.identifiers import GateId
from gonogo.model.operation import Operation, Shell, Sql
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Purpose,
    Question,
    Soak,
    Step,
)

_CHANGES_ALWAYS = frozenset({"migrate", "flag", "kill_flags"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A line that becomes a step.

    Attributes:
        purpose: Why a person would be asked about it.
        looks: It looks at the world rather than changing it.
        blocks: The blocks under it, for words that run 'the block under it'.
        gates: The gates of its stage.
        stated: What the document itself expects there.
    """

    line: int
    title: str
    purpose: Purpose
    looks: bool
    session: str
    blocks: tuple[Command, ...] = ()
    gates: tuple[GateId, ...] = ()
    stated: tuple[Expectation, ...] = ()


def bound_step(desk: Desk, line: Line, bound: Bound[StepBinding]) -> Sequence[Step]:
    """Return the steps that a binding makes of a line; none where it is left out."""
    deed = bound.value.deed
    if isinstance(deed, Perform):
        return _perform(desk, line, bound, deed)
    if isinstance(deed, Look):
        return _look(desk, line, bound, deed)
    if isinstance(deed, Ignore):
        desk.say(Code.IGNORED, line.line, reason=deed.reason)
        return ()
    return () if isinstance(deed, Covered) else (_said(desk, line, deed),)


def _said(desk: Desk, line: Line, deed: Ask | Hold | Record | Consent) -> Step:
    """Return the step of a word that runs nothing itself."""
    match deed:
        case Ask():
            return _ask(desk, line, deed)
        case Hold(duration=span, counts_held=held):
            title, gates = line.title, line.gates
            return soak(desk, line.line, title, span, gates, counts_held=held)
        case Record(metrics=names):
            return baseline(desk, line.line, line.title, names)
        case Consent(role=role):
            return approval(desk, line.line, line.title, role)
        case _:
            assert_never(deed)


def soak(
    desk: Desk,
    line: int,
    title: str,
    duration: timedelta,
    gates: Iterable[GateId],
    *,
    counts_held: bool = False,
) -> Soak:
    """Return a soak; it calls a person where it does not complete in time."""
    return Soak(
        id=desk.step(line),
        line=line,
        title=title,
        duration=duration,
        gates=tuple(gates),
        counts_held=counts_held,
        limit=soak_limit(duration),
    )


def baseline(desk: Desk, line: int, title: str, names: Sequence[str] = ()) -> Baseline:
    """Return a baseline of the metrics named; of all that need one, where none is."""
    found = desk.metrics.named(names, line) if names else desk.metrics.for_baseline()
    return Baseline(id=desk.step(line), line=line, title=title, metrics=found)


def approval(desk: Desk, line: int, title: str, role: str) -> Approval:
    """Return an approval; a role with nobody behind it is said once."""
    people = desk.people(role)
    if not people and folded(role) not in desk.missed:
        desk.missed.add(folded(role))
        desk.problems.at_line(Code.NOBODY, line, role=role)
    bindings = desk.bindings
    step = Approval(
        id=desk.step(line),
        line=line,
        title=title,
        role=role,
        people=people,
        timeout=bindings.approval_timeout,
    )
    valid_for = bindings.approval_valid_for
    return replace(step, valid_for=valid_for) if valid_for else step


def operation_of(
    desk: Desk, bound: Bound[StepBinding], deed: Perform, blocks: Sequence[Command]
) -> Operation | None:
    """Return what a binding runs, with the block under the line where it needs one."""
    operation = deed.operation
    if isinstance(operation, Shell) and not operation.run:
        text = _block_text(desk, bound, deed, blocks)
        return None if text is None else replace(operation, run=text)
    if isinstance(operation, Sql) and not operation.query:
        text = _block_text(desk, bound, deed, blocks)
        if text is None:
            return None
        operation = replace(operation, query=text)
    return desk.metrics.operations.complete(operation, bound.at)


def _block_text(
    desk: Desk, bound: Bound[StepBinding], deed: Perform, blocks: Sequence[Command]
) -> str | None:
    for block in blocks:
        text = desk.metrics.operations.script(block)
        return None if isinstance(text, Unrunnable) else text
    key = "run" if deed.word == "shell" else "query"
    desk.problems.add(Code.NO_BLOCK, bound.at, word=deed.word, key=key)
    return None


def _perform(
    desk: Desk, line: Line, bound: Bound[StepBinding], deed: Perform
) -> Sequence[Step]:
    operation = operation_of(desk, bound, deed, line.blocks)
    if operation is None:
        return (unasked(desk, line, "the block under it does not run"),)
    if isinstance(operation, Shell):
        operation = replace(operation, session=line.session)
    if _is_check(line, bound.value, deed):
        return (_check(desk, line, bound.value, operation),)
    complete = desk.metrics.operations.complete
    destructive = any(b.destructive for b in line.blocks) and not _written(deed)
    confirm = bound.value.confirm
    return (
        Action(
            id=desk.step(line.line),
            line=line.line,
            title=line.title,
            apply=operation,
            undo=complete(deed.undo, bound.at) if deed.undo else None,
            check=complete(deed.check, bound.at) if deed.check else None,
            check_expects=deed.check_expects,
            confirm=destructive if confirm is None else confirm,
            harmless=deed.harmless,
            on_failure=bound.value.on_failure,
        ),
    )


def _written(deed: Perform) -> bool:
    """Tell whether the binding itself says what to run."""
    match deed.operation:
        case Shell(run=text) | Sql(query=text):
            return bool(text)
        case _:
            return True


def _is_check(line: Line, binding: StepBinding, deed: Perform) -> bool:
    if deed.word == "read_flag" or binding.expects is not None:
        return True
    if deed.word in _CHANGES_ALWAYS or deed.undo is not None:
        return False
    return line.looks


def _check(desk: Desk, line: Line, binding: StepBinding, probe: Operation) -> Check:
    expects = line.stated if binding.expects is None else binding.expects
    check = Check(
        id=desk.step(line.line),
        line=line.line,
        title=line.title,
        probe=probe,
        expectations=tuple(replace(one, line=line.line) for one in expects)
        if binding.expects
        else expects,
        attempts=binding.attempts or 1,
        on_failure=binding.on_failure,
    )
    if binding.retry_delay is None:
        return check
    return replace(check, retry_delay=binding.retry_delay)


def _look(
    desk: Desk, line: Line, bound: Bound[StepBinding], deed: Look
) -> Sequence[Step]:
    probe = desk.metrics.probe(deed.metric)
    if probe is None:
        known = tuple(one.name for one in desk.metrics.bound.values())
        desk.problems.add(
            Code.UNKNOWN_METRIC,
            bound.at,
            name=deed.metric,
            hint=hint(deed.metric, known),
        )
        return (unasked(desk, line, f"no probe is bound to '{deed.metric}'"),)
    return (_check(desk, line, bound.value, probe),)


def unasked(desk: Desk, line: Line, why: str, *, text: str = "") -> Question:
    """Return the question that stands for what gonogo does not do itself."""
    return Question(
        id=desk.step(line.line),
        line=line.line,
        title=line.title,
        purpose=line.purpose,
        why=why,
        text=text,
    )


def _ask(desk: Desk, line: Line, deed: Ask) -> Question:
    asked = unasked(desk, line, "the bindings ask a person")
    text = "\n\n".join(block.text.strip("\n") for block in line.blocks)
    return replace(asked, role=deed.role, text=text)
