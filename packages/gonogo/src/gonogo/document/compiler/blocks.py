"""Fenced blocks as steps: actions, checks, or a question with the block to run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gonogo.document.bindings.bound import Bound, StepBinding
from gonogo.document.codes import Code
from gonogo.document.compiler.bound import Line, bound_step, unasked
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.elements import (
    Block,
)
from gonogo.document.compiler.operations import Unrunnable
from gonogo.document.compiler.script import Part, cut, expectations_of
from gonogo.document.compiler.targets import block_title
from gonogo.document.compiler.variants import chosen
from gonogo.document.kinds import CommandRole
from gonogo.document.reading import Command
from gonogo.model.expectation import Expectation
from gonogo.model.operation import Operation, Shell, Sql
from gonogo.model.plan import Action, Check, Purpose, Question, Step

SHOWN: Mapping[CommandRole, str] = {
    CommandRole.MONITOR: "for watching",
    CommandRole.REFERENCE: "for reference",
    CommandRole.SAMPLE_OUTPUT: "sample output",
    CommandRole.CONFIG: "configuration",
}
"""The roles of blocks that are never run, in words."""


def block_steps(desk: Desk, block: Block, line: Line) -> Sequence[Step]:
    """
    Return the steps of a block that no binding of its box has taken.

    Args:
        desk: The work in hand.
        block: One block, or variants of one.
        line: How its steps are titled and asked for; its `looks` is the box's, where
            it stands under one.
    """
    commands = _chosen(desk, block)
    if not commands:
        return _variants(desk, block, line)
    for other in block.commands:
        if other not in commands:
            named = commands[0].label or f"line {commands[0].line}"
            desk.say(Code.VARIANT_NOT_CHOSEN, other.line, chosen=named)
    return tuple(step for c in commands for step in _of_command(desk, c, line))


def _of_command(desk: Desk, command: Command, line: Line) -> Sequence[Step]:
    own = replace(line, line=command.line, blocks=(command,))
    bound = desk.steps.get(command.line)
    if bound is not None:
        own = replace(own, stated=_stated(desk, command))
        return _bound(desk, command, own, bound)
    return tuple(_steps(desk, command, own))


def _bound(
    desk: Desk, command: Command, line: Line, bound: Bound[StepBinding]
) -> Sequence[Step]:
    """Return the steps of a bound block; one that is looked at is cut as ever."""
    steps = tuple(bound_step(desk, line, bound))
    check = steps[0] if len(steps) == 1 else None
    expects_nothing = bound.value.expects is None
    if isinstance(check, Check) and expects_nothing and _is_plain(command, check.probe):
        return tuple(_parts(desk, command, check, line))
    return steps


def _parts(desk: Desk, command: Command, check: Check, line: Line) -> Iterator[Step]:
    """Yield the check, part by part, each with what its part has to give."""
    parts = cut(desk.reading, command)
    if len(parts) == 1:
        yield check
        return
    for number, part in enumerate(parts):
        yield replace(
            check,
            id=check.id if number == 0 else desk.step(command.line),
            line=part.line,
            title=part.title or line.title,
            probe=_with_text(check.probe, part),
            expectations=part.expectations,
        )


def _chosen(desk: Desk, block: Block) -> Sequence[Command]:
    """Return what to run: the only block, or those of the variant that is named."""
    if len(block.commands) == 1:
        return block.commands
    bound = tuple(c for c in block.commands if c.line in desk.steps)
    return chosen(block.commands, desk.bindings) or (bound if len(bound) == 1 else ())


def _variants(desk: Desk, block: Block, line: Line) -> Sequence[Step]:
    named = [(c.label or f"line {c.line}", c) for c in block.commands]
    labels = ", ".join(dict.fromkeys(f"'{label}'" for label, _ in named))
    desk.problems.at_line(
        Code.VARIANT_OPEN, block.line, labels=labels, example=named[0][0]
    )
    text = "\n\n".join(f"{label}:\n{c.text.strip()}" for label, c in named)
    why = f"it is not said which of {labels} runs here"
    own = replace(line, line=block.line)
    asked = unasked(desk, own, why, text=text)
    for command in block.commands:
        desk.ended(command.line, asked.id)
    return (asked,)


def _steps(desk: Desk, command: Command, line: Line) -> Iterator[Step]:
    if command.role in SHOWN:
        desk.say(Code.BLOCK_NOT_RUN, command.line, role=SHOWN[command.role])
        return
    if command.role is CommandRole.ROLLBACK:
        why = "it stands outside the way back of any stage"
        title = block_title(command) or line.title
        desk.say(Code.WAY_BACK_OF_PEOPLE, command.line, title=title, why=why)
        return
    operation = desk.metrics.operations.of_block(command)
    if isinstance(operation, Unrunnable):
        text = command.text.strip("\n")
        yield unasked(desk, _purposed(line, command), str(operation), text=text)
    elif _changes(desk, command, line):
        yield from _action(desk, command, operation, line)
    else:
        yield from _checks(desk, command, operation, line)


def _purposed(line: Line, command: Command) -> Line:
    does = command.role is CommandRole.DO and line.purpose is Purpose.VERIFY
    return replace(line, purpose=Purpose.DO) if does else line


def _changes(desk: Desk, command: Command, line: Line) -> bool:
    """
    Tell whether a block changes the world.

    In doubt it does: an action is never repeated unasked after a crash. Under a box
    that is to be done, a block that looks is a check only where it says what it gives.
    """
    if command.role is CommandRole.DO or command.destructive:
        return True
    return not line.looks and not expectations_of(desk.reading, command)


def _action(
    desk: Desk, command: Command, operation: Operation, line: Line
) -> Iterator[Step]:
    if isinstance(operation, Shell):
        operation = replace(operation, session=line.session)
    yield Action(
        id=desk.step(command.line),
        line=command.line,
        title=line.title,
        apply=operation,
        confirm=bool(command.destructive),
    )
    stated = _stated(desk, command)
    if stated:
        yield Question(
            id=desk.step(command.line),
            line=stated[0].line,
            title=f"{line.title}: it gave what it should",
            purpose=Purpose.VERIFY,
            why="what an action gives is judged by a person",
            text="\n".join(one.value for one in stated),
        )


def _checks(
    desk: Desk, command: Command, operation: Operation, line: Line
) -> Iterator[Step]:
    if isinstance(operation, Shell):
        operation = replace(operation, session=line.session)
    check = Check(
        id=desk.step(command.line),
        line=command.line,
        title=line.title,
        probe=operation,
        expectations=_stated(desk, command),
    )
    if _is_plain(command, operation):
        yield from _parts(desk, command, check, line)
    else:
        yield check


def _is_plain(command: Command, operation: Operation) -> bool:
    """Tell whether the operation is the block as written: parts are cut from that."""
    match operation:
        case Shell(run=text) | Sql(query=text):
            return text == command.text.strip("\n")
        case _:
            return False


def _with_text(operation: Operation, part: Part) -> Operation:
    if isinstance(operation, Shell):
        return replace(operation, run=part.text)
    if isinstance(operation, Sql):
        return replace(operation, query=part.text)
    return operation


def _stated(desk: Desk, command: Command) -> tuple[Expectation, ...]:
    return tuple(e.expectation for e in expectations_of(desk.reading, command))
