"""Blocks that do not run yet: SQL without a database, variants of which one runs."""

from collections.abc import Iterator

from gonogo.document.bindings.names import line_name
from gonogo.document.codes import Code
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.reading import Command

_CONVENTION = "DATABASE_URL"


def connections(looking: Looking) -> Iterator[OpenPoint]:
    """Yield the database of all SQL; where there are several, of each block."""
    lines = tuple(looking.lines_of(Code.NO_CONNECTION))
    bound = tuple(looking.bindings.connections)
    if lines and not bound:
        yield _first(looking, lines)
        return
    for line in lines:
        yield OpenPoint(
            kind=Kind.CONNECTIONS,
            line=line,
            text=_sql(looking, line),
            section="steps",
            names=(line_name(line),),
            subject=f"the SQL of line {line}",
            question="On which database does this SQL run?",
            choices=bound,
        )


def _first(looking: Looking, lines: tuple[int, ...]) -> OpenPoint:
    subject = f"the SQL of {_said(lines)}"
    return OpenPoint(
        kind=Kind.CONNECTIONS,
        line=lines[0],
        text=_sql(looking, lines[0]),
        section="connections",
        names=("database",),
        subject=subject,
        question=f"On which database does {subject} run?",
        suggestion=_variable(looking),
        also=lines[1:],
    )


def _said(lines: tuple[int, ...]) -> str:
    *first, last = map(str, lines)
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"


def _variable(looking: Looking) -> str | None:
    """Return the one variable that is called like a database's URL."""
    if _CONVENTION in looking.environment:
        return _CONVENTION
    like = [name for name in looking.environment if name.endswith(_CONVENTION)]
    return like[0] if len(like) == 1 else None


def _sql(looking: Looking, line: int) -> str:
    """Return the first statement of a block, which tells more than its fence."""
    text = _command(looking, line).text.strip()
    return text.split("\n")[0] or looking.text(line)


def variants(looking: Looking) -> Iterator[OpenPoint]:
    """Yield each block that stands there in several variants."""
    for line in looking.lines_of(Code.VARIANT_OPEN):
        first = _command(looking, line)
        group = first.alternatives or first.line
        labels = tuple(
            command.label
            for command in looking.reading.commands
            if (command.alternatives or command.line) == group and command.label
        )
        if labels:
            yield OpenPoint(
                kind=Kind.VARIANTS,
                line=line,
                text=looking.text(line),
                section="variants",
                names=(" or ".join(labels),),
                subject=" or ".join(labels),
                question="Which of these runs here?",
                choices=labels,
            )


def _command(looking: Looking, line: int) -> Command:
    return next(c for c in looking.reading.commands if c.line == line)
