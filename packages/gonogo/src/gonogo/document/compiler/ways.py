"""
Ways back: how each stage is taken back, and what of it stays with people.

A stage's way back is its own section, a binding, or the undos of its actions. What is
meant for people stays with people, and is named.
"""

from collections.abc import Sequence
from dataclasses import replace

from gonogo.document.bindings.bound import Bound, Perform, StepBinding
from gonogo.document.codes import Code
from gonogo.document.compiler.bound import operation_of
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.operations import Unrunnable
from gonogo.document.compiler.placing import Aside, ways_of
from gonogo.document.compiler.variants import decided, is_open
from gonogo.document.kinds import CommandRole, RollbackScope
from gonogo.document.reading import Command, Stage
from gonogo.document.reading import Rollback as Way
from gonogo.model.operation import KillFlags, Migrate, Operation, SetFlag, Shell
from gonogo.model.plan import (
    Action,
    Rollback,
    Step,
)


def way_back(desk: Desk, stage: Stage, steps: Sequence[Step]) -> Rollback | None:
    """Return the way back of a stage; a stage with actions and none is reported."""
    ways = ways_of(desk.reading, stage.line)
    bound = desk.rollbacks.get(stage.line)
    actions = [step for step in steps if isinstance(step, Action)]
    for way in ways:
        desk.ended(way.line, "rollback")
        for line in way.command_lines:
            desk.ended(line, "rollback")
    if bound is None and not ways:
        if any(not _reversible(action) for action in actions):
            desk.problems.at_line(Code.NO_WAY_BACK, stage.line, stage=stage.title)
        return None
    return Rollback(
        line=ways[0].line if ways else stage.line,
        title=ways[0].title if ways else f"Way back of {stage.title}",
        text="\n\n".join(_text(desk, way) for way in ways),
        operation=_operation(desk, ways, bound, actions),
    )


def _operation(
    desk: Desk,
    ways: Sequence[Way],
    bound: Bound[StepBinding] | None,
    actions: Sequence[Action],
) -> Operation | None:
    commands = [c for way in ways for c in commands_of(desk, way)]
    if bound is not None:
        match bound.value.deed:
            case Perform() as deed:
                return operation_of(desk, bound, deed, commands)
            case _:
                return None
    if actions and all(_reversible(action) for action in actions):
        return None
    return _ofcommands_of(desk, ways[0], commands)


def _ofcommands_of(
    desk: Desk, way: Way, commands: Sequence[Command]
) -> Operation | None:
    """Return the one operation of a way back: its script, or its scripts in a row."""
    if not commands:
        why = "it holds no command that runs"
        desk.problems.at_line(
            Code.WAY_BACK_OF_PEOPLE, way.line, title=way.title, why=why
        )
        return None
    commands = decided(commands, desk.bindings)
    made = [desk.metrics.operations.of_block(command) for command in commands]
    scripts = [one for one in made if isinstance(one, Shell)]
    whole = len(scripts) == len(made) and not is_open(commands)
    if whole:
        return replace(scripts[0], run="\n".join(one.run for one in scripts))
    if len(made) == 1 and not isinstance(made[0], Unrunnable):
        return made[0]
    reasons = [str(one) for one in made if isinstance(one, Unrunnable)]
    why = reasons[0].rstrip(".") if reasons else "it is several things to choose from"
    desk.problems.at_line(Code.WAY_BACK_OF_PEOPLE, way.line, title=way.title, why=why)
    return None


def _reversible(action: Action) -> bool:
    match action.apply:
        case Migrate(down=down):
            return down is not None or action.undo is not None
        case SetFlag() | KillFlags():
            return True
        case _:
            return action.harmless or action.undo is not None


def commands_of(desk: Desk, way: Way) -> list[Command]:
    """Return the blocks of a way back that are there to be run."""
    wanted = set(way.command_lines)
    return [
        c
        for c in desk.reading.commands
        if c.line in wanted and c.role in {CommandRole.ROLLBACK, CommandRole.DO}
    ]


def _text(desk: Desk, way: Way) -> str:
    lines = desk.reading.text.split("\n")[way.line : way.end_line]
    if any(lines):
        return "\n".join(lines).strip()
    return "\n\n".join(c.text.strip("\n") for c in commands_of(desk, way))


def people_go(desk: Desk) -> None:
    """Name the ways back that no stage has: scenarios, and those of the whole."""
    for way in desk.reading.rollbacks:
        if way.scope is RollbackScope.STAGE:
            continue
        for line in way.command_lines:
            desk.ended(line, "rollback")
        if way.scope is RollbackScope.SCENARIO:
            why = "which scenario it is, people see"
            desk.say(Code.WAY_BACK_OF_PEOPLE, way.line, title=way.title, why=why)


def set_aside(desk: Desk, asides: Sequence[Aside]) -> None:
    """Name the elements that stand in ways back and the like."""
    known = {ending.line for ending in desk.endings}
    contacts = {contact.line for contact in desk.reading.contacts}
    for aside in asides:
        lines = [line for line in aside.lines if line not in known | contacts]
        if lines:
            desk.problems.at_line(
                Code.PART_OF_WAY_BACK,
                lines[0],
                first=lines[0],
                last=lines[-1],
                title=aside.title,
            )
        for line in lines:
            desk.ended(line, Code.PART_OF_WAY_BACK.value)
        known |= set(lines)
        for line in aside.lines:
            if line in contacts:
                desk.ended(line, "contact")
