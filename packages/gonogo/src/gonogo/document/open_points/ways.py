"""Ways back: stages that cannot be taken back, and ways that only people can go."""

from collections.abc import Iterator

from gonogo.document.bindings.fields import Problems
from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.compiler import targets
from gonogo.document.compiler.placing import place
from gonogo.document.compiler.script import SHELLS
from gonogo.document.kinds import RollbackScope
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.open_points.traffic import as_before
from gonogo.document.reading import Command, Rollback
from gonogo.model.plan import Stage


def ways(looking: Looking) -> Iterator[OpenPoint]:
    """Yield each stage whose way back no binding, undo or command gives."""
    reading, plan = looking.reading, looking.compiled.plan
    bound = targets.rollbacks(reading, place(reading), looking.bindings, Problems())
    missing = set(looking.lines_of(Code.NO_WAY_BACK))
    of_people = set(looking.lines_of(Code.WAY_BACK_OF_PEOPLE))
    for stage in plan.stages if plan else ():
        way = stage.rollback
        left = way is not None and way.operation is None and way.line in of_people
        if stage.line not in bound and (stage.line in missing or left):
            yield _point(looking, stage)


def _point(looking: Looking, stage: Stage) -> OpenPoint:
    line = stage.rollback.line if stage.rollback else stage.line
    return OpenPoint(
        kind=Kind.ROLLBACKS,
        line=line,
        text=looking.text(line),
        section="rollbacks",
        names=(stage.title, f"line {stage.line}"),
        subject=stage.title,
        question=f"How is '{stage.title}' taken back?",
        suggestion=_loose_way(looking, stage) or _shifted_back(looking, stage),
    )


def _loose_way(looking: Looking, stage: Stage) -> str | None:
    """Return the one way back that belongs to no stage and speaks of this one."""
    words = set(folded(stage.title).split())
    hits = [
        way
        for way in looking.reading.rollbacks
        if way.scope is not RollbackScope.STAGE
        and way_script(looking, way.line)
        and _speaks_of(way, words)
    ]
    return f"line {hits[0].line}" if len(hits) == 1 else None


def _shifted_back(looking: Looking, stage: Stage) -> str | None:
    """Return what shifts the share that the way back names, as another was shifted."""
    return as_before(looking, stage.rollback.text) if stage.rollback else None


def _speaks_of(way: Rollback, words: set[str]) -> bool:
    said = set(folded(way.title).split())
    return len({w for w in words & said if len(w) > 3}) > 0  # noqa: PLR2004  # no 'of'


def way_script(looking: Looking, line: int) -> str | None:
    """Return the commands of the way back, or of the block, at a line; None: none."""
    blocks = {c.line: c for c in looking.reading.commands if _runs(c)}
    way = next((w for w in looking.reading.rollbacks if w.line == line), None)
    lines = way.command_lines if way else (line,)
    texts = [blocks[n].text.strip("\n") for n in lines if n in blocks]
    return "\n".join(texts) if texts and len(texts) == len(lines) else None


def _runs(command: Command) -> bool:
    return command.runnable and command.lang in SHELLS
