"""
Operations made complete: their block, their connection, the values that they name.

An operation names values (`$APP_URL`) and connections; here it is made sure that every
name it needs is bound, before anything runs.
"""

import re
import shlex
from dataclasses import dataclass, replace

from gonogo.document.bindings.bound import Bindings, Place
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.codes import Code
from gonogo.document.compiler.script import SHELLS, SQLS, UnsafePlace, filled, variable
from gonogo.document.reading import Command, Reading
from gonogo.document.value_names import BUILTINS, NAMING, names_in
from gonogo.model.operation import Migrate, Operation, Shell, Sql

_PLACEHOLDER_REASON = re.compile(r"placeholder|fill", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Completes operations by the bindings; what is missing is reported."""

    reading: Reading
    bindings: Bindings
    problems: Problems

    def complete(self, operation: Operation, at: Place) -> Operation:
        """Return a bound operation with its connection; its names are checked."""
        for field in NAMING.get(type(operation), ()):
            self._check_values(getattr(operation, field), at)
        if isinstance(operation, Sql | Migrate):
            return replace(operation, connection=self._connection(operation, at))
        return operation

    def of_block(
        self, command: Command, *, connection: str | None = None
    ) -> "Operation | Unrunnable":
        """Return what a runnable block does, or the reason why a person has to."""
        if command.lang in SHELLS:
            text = self.script(command)
            return text if isinstance(text, Unrunnable) else self.shell(text)
        if not command.runnable:
            return Unrunnable(_why_not(command))
        if command.lang not in SQLS:
            return Unrunnable(f"gonogo runs shell and SQL, not '{command.lang}'")
        named = connection or self.only_connection()
        if named is None:
            self._say_no_connection(command)
            return Unrunnable("no connection is bound for it")
        return Sql(query=command.text.strip("\n"), connection=named)

    def script(self, command: Command) -> "str | Unrunnable":
        """Return a script to run, its bound placeholders filled; or `Unrunnable`."""
        if command.runnable:
            return _in_folder(command, command.text.strip("\n"))
        names = self._bound_placeholders(command)
        if names is None:
            return Unrunnable(_why_not(command))
        try:
            return _in_folder(command, filled(command.text.strip("\n"), names))
        except UnsafePlace as error:
            name = names[error.text]
            self.problems.at_line(
                Code.UNSAFE_PLACEHOLDER,
                command.line,
                text=error.text,
                where=error.where,
                name=name,
            )
            return Unrunnable(str(error))

    def only_connection(self) -> str | None:
        """Return the one connection there is; None where there is none, or a choice."""
        names = tuple(self.bindings.connections)
        return names[0] if len(names) == 1 else None

    def shell(self, text: str) -> Shell:
        """Return the operation that runs a script of the document."""
        shell = Shell(run=text)
        deadline = self.bindings.deadline
        return replace(shell, deadline=deadline) if deadline else shell

    def _bound_placeholders(self, command: Command) -> dict[str, str] | None:
        """Return the variable of each placeholder; None where one is not bound."""
        if not _PLACEHOLDER_REASON.search(command.why_not or ""):
            return None
        found = {
            p.text
            for p in self.reading.placeholders
            if p.command_line == command.line
            or command.line < p.line < command.end_line
        }
        if not found or not found <= set(self.bindings.values):
            return None
        return {text: variable(text) for text in found}

    def _connection(self, operation: Sql | Migrate, at: Place) -> str:
        named = operation.connection or self.only_connection() or ""
        if not named:
            known = ", ".join(self.bindings.connections) or "none is bound"
            self.problems.add(
                Code.MISSING_KEY,
                at,
                key="connection",
                example=f"connection: NAME ({known})",
            )
        elif named not in self.bindings.connections:
            near = hint(named, tuple(self.bindings.connections))
            self.problems.add(Code.UNKNOWN_CONNECTION, at, name=named, hint=near)
        return named

    def _say_no_connection(self, command: Command) -> None:
        several = bool(self.bindings.connections)
        example = (
            ", and name it beside the block: <!-- gonogo: {sql: {connection: …}} -->"
        )
        self.problems.at_line(
            Code.NO_CONNECTION, command.line, or_name=example if several else ""
        )

    def _check_values(self, named_in: object, at: Place) -> None:
        for name in names_in(named_in):
            if name not in self.bindings.values and name not in BUILTINS:
                near = hint(name, tuple(self.bindings.values))
                self.problems.add(Code.UNKNOWN_VALUE, at, name=name, hint=near)


class Unrunnable(str):
    """The reason, as a sentence, why a block is not run."""

    __slots__ = ()


def _in_folder(command: Command, script: str) -> str:
    """Return a script that first goes to the folder that its document names."""
    if command.cwd is None:
        return script
    return f"cd -- {shlex.quote(command.cwd)} || exit\n{script}"


def _why_not(command: Command) -> str:
    return command.why_not or "the block cannot run as it is"
