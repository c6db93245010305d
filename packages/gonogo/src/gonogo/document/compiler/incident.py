"""
What happens when things go wrong: the incident response, triggers and contacts.

What a machine can watch and do, it does; the rest stays with people, and is named.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from gonogo.document.bindings.bound import Perform
from gonogo.document.bindings.duration import said
from gonogo.document.codes import Code
from gonogo.document.compiler.bound import operation_of
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.metrics import Threshold
from gonogo.document.compiler.operations import Unrunnable
from gonogo.document.compiler.placing import has_deadlines
from gonogo.document.compiler.script import SHELLS
from gonogo.document.compiler.ways import commands_of
from gonogo.document.kinds import RollbackScope
from gonogo.document.reading import Command, Deadline, Trigger
from gonogo.document.reading import Rollback as Way
from gonogo.model.identifiers import QuestionId
from gonogo.model.operation import Operation
from gonogo.model.plan import Contact, Gate, Holds, IncidentTask

_TURNS_BACK = re.compile(
    r"roll\W?\s?back|revert|abort|stop|halt|disable|kill|back\W?\s?out|restore|restoring|undo",
    re.IGNORECASE,
)
_WEIGHS = re.compile(
    r"investigat|consider|monitor|prepare|preparing|evaluat|assess|discuss|escalat|if no fix|watch",
    re.IGNORECASE,
)


def incident(desk: Desk) -> tuple[IncidentTask, ...]:
    """Return what has to happen after things went wrong, soonest first."""
    deadlines = [t for d in desk.reading.deadlines for t in _of_deadline(desk, d)]
    whole = [
        way
        for way in desk.reading.rollbacks
        if way.scope is RollbackScope.GLOBAL
        and (desk.reading.stages or has_deadlines(desk.reading, way))
    ]
    ways = [task for way in _innermost(whole) for task in _of_way(desk, way)]
    return tuple(sorted((*deadlines, *ways), key=lambda task: (task.within, task.line)))


def _of_deadline(desk: Desk, deadline: Deadline) -> Iterator[IncidentTask]:
    within = timedelta(seconds=deadline.within_s)
    items = deadline.items
    bound_items = [item for item in items if item.line in desk.incident]
    for item in bound_items:
        yield IncidentTask(
            id=_task(desk, item.line),
            line=item.line,
            title=item.text,
            within=within,
            operation=_bound_task(desk, item.line, ()),
        )
    left = tuple(item.text for item in items if item not in bound_items)
    blocks = [c for c in desk.reading.commands if c.line == deadline.command_line]
    for block in blocks:
        desk.ended(block.line, f"i{deadline.line}")
    if not left and bound_items and not deadline.title and not blocks:
        return
    yield IncidentTask(
        id=_task(desk, deadline.line),
        line=deadline.line,
        title=deadline.title or _when(within),
        within=within,
        items=left,
        operation=_task_operation(desk, deadline, blocks),
    )


def _when(within: timedelta) -> str:
    return f"Within {said(within)}" if within else "Immediately"


def _task(desk: Desk, line: int) -> QuestionId:
    identifier = QuestionId(desk.name("i", line))
    desk.ended(line, identifier)
    return identifier


def _task_operation(
    desk: Desk, deadline: Deadline, blocks: Sequence[Command]
) -> Operation | None:
    if deadline.line in desk.incident:
        return _bound_task(desk, deadline.line, blocks)
    if deadline.within_s > 0 or not blocks or not blocks[0].runnable:
        return None
    if blocks[0].lang in SHELLS:
        made = desk.metrics.operations.of_block(blocks[0])
        return None if isinstance(made, Unrunnable) else made
    return None


def _bound_task(desk: Desk, line: int, blocks: Sequence[Command]) -> Operation | None:
    bound = desk.incident[line]
    match bound.value.deed:
        case Perform() as deed:
            return operation_of(desk, bound, deed, blocks)
        case _:
            return None


def _innermost(ways: Sequence[Way]) -> Iterator[Way]:
    """Yield the ways that hold no other: a chapter is gone through by its sections."""
    for way in ways:
        held = (o for o in ways if o.line != way.line and way.line <= o.line)
        if not any(other.line <= way.end_line for other in held):
            yield way


def _of_way(desk: Desk, way: Way) -> Iterator[IncidentTask]:
    """Yield the task of a way back for the whole that states no deadlines."""
    if has_deadlines(desk.reading, way):
        return
    lines = f"lines {way.line} to {way.end_line}"
    bound = way.line in desk.incident
    yield IncidentTask(
        id=_task(desk, way.line),
        line=way.line,
        title=way.title or "Roll back",
        within=timedelta(),
        items=() if bound else (f"as the document says in {lines}",),
        operation=_bound_task(desk, way.line, commands_of(desk, way))
        if bound
        else None,
    )


def triggers(desk: Desk) -> tuple[Gate, ...]:
    """Return the triggers that a machine watches; the others are named."""
    made = (_trigger(desk, trigger) for trigger in desk.reading.triggers)
    return tuple(gate for gate in made if gate is not None)


def _trigger(desk: Desk, trigger: Trigger) -> Gate | None:
    why = _why_people(desk, trigger)
    if why is not None or trigger.condition is None:
        text = trigger.text or trigger.metric
        why = why or "it states no limit"
        desk.say(Code.TRIGGER_OF_PEOPLE, trigger.line, text=text, why=why)
        return None
    threshold = Threshold(
        line=trigger.line,
        metric=trigger.metric,
        condition=trigger.condition,
        holds=Holds.MUST_NOT,
    )
    made = desk.metrics.gate(threshold, desk.name("t", trigger.line))
    if isinstance(made, str):
        text = trigger.text or trigger.metric
        desk.say(Code.TRIGGER_OF_PEOPLE, trigger.line, text=text, why=made)
        return None
    desk.ended(trigger.line, made.id)
    return made


def _why_people(desk: Desk, trigger: Trigger) -> str | None:
    if not trigger.numeric:
        return "no number says when"
    if not desk.metrics.knows(trigger.metric):
        return f"no probe is bound to '{trigger.metric}'"
    answer = trigger.response
    if answer and (_WEIGHS.search(answer) or not _TURNS_BACK.search(answer)):
        return f"its answer is '{answer}', which a person weighs"
    return None


def contacts(desk: Desk) -> tuple[Contact, ...]:
    """Return whom to call."""
    for contact in desk.reading.contacts:
        desk.ended(contact.line, "contact")
    return tuple(
        Contact(line=c.line, issue=c.issue, contact=c.name, method=c.method or "")
        for c in desk.reading.contacts
    )
