"""The way back: can it be gone when it is needed, and is what is removed kept?"""

import re
from collections.abc import Iterator

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.kinds import CommandRole, RollbackScope
from gonogo.document.reading import Command, Reading, Rollback, Stage
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan

_NUMBERED = re.compile(r"\b(stage|phase|step|wave)\s+(\d{1,3})\b", re.IGNORECASE)
# 'Do not proceed to Stage 3' is about what must not happen, not about a way back.
_HELD_OFF = re.compile(
    r"\b(?:not|never|before|until|proceed|continue|go(?:ing)?\s+on|advance|halt|stop"
    r"|cancel|postpone|skip)\b",
    re.IGNORECASE,
)
# What no rollback of code brings back. An index, a folder or a pod can be made again.
_REMOVES_DATA = re.compile(
    r"DROP (?:TABLE|DATABASE|SCHEMA|COLUMN|COLLECTION)|TRUNCATE|DELETE FROM|dropdb"
    r"|dropDatabase|FLUSH(?:ALL|DB)|terraform destroy|docker volume rm|aws s3 r[mb]"
    r"|mkfs|dd if=",
    re.IGNORECASE,
)
_BACKUP = re.compile(
    r"\bback(?:ed|ing)?[\s_-]?ups?\b|\bbackup|\bsnapshots?\b|\w*dump(?:all)?\b",
    re.IGNORECASE,
)
_GOES_FORWARD = frozenset({CommandRole.DO, CommandRole.VERIFY})


def way_back(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield ways back of what was not reached, and data removed without a backup."""
    del plan
    for way in reading.rollbacks:
        stage = _owner(reading, way)
        if stage is not None:
            yield from _names_later(reading, way, stage)
    for command in reading.commands:
        yield from _without_backup(reading, command)


def _owner(reading: Reading, way: Rollback) -> Stage | None:
    if way.scope is not RollbackScope.STAGE:
        return None
    return next((s for s in reading.stages if s.line == way.stage_line), None)


def _names_later(reading: Reading, way: Rollback, stage: Stage) -> Iterator[Diagnostic]:
    """Yield the first line of a way back that speaks of a stage behind its own."""
    numbered = {_number(s.title): s for s in reading.stages}
    lines = reading.text.split("\n")
    for line in range(way.line, min(way.end_line, len(lines)) + 1):
        text = lines[line - 1]
        for found in () if _HELD_OFF.search(text) else _NUMBERED.finditer(text):
            later = numbered.get((found[1].casefold(), int(found[2])))
            if later is not None and later.line > stage.line:
                yield diagnostic(
                    Code.ROLLBACK_OF_LATER, line, stage=stage.title, later=later.title
                )
                return


def _number(title: str) -> tuple[str, int] | None:
    """Return what a title is called by: ('stage', 2) of 'Stage 2: Everybody'."""
    found = _NUMBERED.match(title)
    return (found[1].casefold(), int(found[2])) if found else None


def _without_backup(reading: Reading, command: Command) -> Iterator[Diagnostic]:
    removed = [what for what in command.destructive if _REMOVES_DATA.search(what)]
    forward = command.role in _GOES_FORWARD and command.stage_line is not None
    if not removed or not forward or _in_way_back(reading, command):
        return
    above = "\n".join(reading.text.split("\n")[: command.line])
    own = command.text.partition(removed[0])[0]
    if not _BACKUP.search(above) and not _BACKUP.search(own):
        yield diagnostic(Code.NO_BACKUP, command.line, what=", ".join(removed))


def _in_way_back(reading: Reading, command: Command) -> bool:
    return any(way.line <= command.line <= way.end_line for way in reading.rollbacks)
