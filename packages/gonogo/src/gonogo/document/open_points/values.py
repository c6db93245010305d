"""Values that are not known: placeholders in scripts, and names that nothing binds."""

from collections.abc import Iterable, Iterator

from gonogo.document.advice.variables import variables
from gonogo.document.bindings.bound import Bindings, Perform
from gonogo.document.bindings.sections import names_a_value
from gonogo.document.compiler.script import SHELLS, variable
from gonogo.document.kinds import CommandRole
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.reading import Command, Placeholder
from gonogo.document.value_names import BUILTINS, NAMING, names_in
from gonogo.model.operation import Operation

_RUN = frozenset({CommandRole.DO, CommandRole.VERIFY, CommandRole.ROLLBACK})


def values(looking: Looking) -> Iterator[OpenPoint]:
    """Yield the placeholders that keep scripts from running, and the unknown names."""
    for command in looking.reading.commands:
        if command.role in _RUN and command.lang in SHELLS and not command.runnable:
            yield from _in_block(looking, command)
    for name in unknown_names(looking.bindings):
        yield _point(looking, name, 1, f"Which value is ${name}, which bindings use?")
    for line, name in _unset(looking):
        yield _point(looking, name, line, f"Which value is ${name} in this script?")


def _unset(looking: Looking) -> Iterator[tuple[int, str]]:
    """Yield the variables of scripts that nothing sets, with the line of their step."""
    plan = looking.compiled.plan
    for one in variables(looking.reading, plan) if plan else ():
        yield from ((one.line, name) for name in names_in(one.message))


def _in_block(looking: Looking, command: Command) -> Iterator[OpenPoint]:
    for placeholder in looking.reading.placeholders:
        if _is_open(looking, command, placeholder):
            text = placeholder.text
            question = f"What stands for {text} here?"
            yield _point(looking, text, placeholder.line, question)


def _is_open(looking: Looking, command: Command, placeholder: Placeholder) -> bool:
    inside = command.line < placeholder.line < command.end_line
    text = placeholder.text
    return inside and names_a_value(text) and text not in looking.bindings.values


def _point(looking: Looking, name: str, line: int, question: str) -> OpenPoint:
    env = variable(name)
    return OpenPoint(
        kind=Kind.VALUES,
        line=line,
        text=looking.text(line),
        section="values",
        names=(name,),
        subject=name,
        question=question,
        suggestion=f"${env}" if env in looking.environment else None,
    )


def unknown_names(bindings: Bindings) -> Iterator[str]:
    """Yield the names that bound operations use, and that no value has."""
    known = BUILTINS | set(bindings.values)
    used = (name for one in operations_in(bindings) for name in _names_of(one))
    yield from (name for name in dict.fromkeys(used) if name not in known)


def _names_of(operation: Operation) -> Iterator[str]:
    for field in NAMING.get(type(operation), ()):
        yield from names_in(getattr(operation, field) or "")


def operations_in(bindings: Bindings) -> Iterator[Operation]:
    """Yield every operation that the bindings hold."""
    for metric in bindings.metrics:
        yield from _there((metric.value.probe,))
    for bound in (*bindings.steps, *bindings.rollbacks, *bindings.incident):
        deed = bound.value.deed
        if isinstance(deed, Perform):
            yield from _there((deed.operation, deed.undo, deed.check))


def _there(operations: Iterable[Operation | None]) -> Iterator[Operation]:
    yield from (one for one in operations if one is not None)
