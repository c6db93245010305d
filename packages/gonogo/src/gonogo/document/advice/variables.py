"""Variables: does every one that a script uses have a value from somewhere?"""

import re
from collections.abc import Iterator

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Check, Plan

# What bash and a login set by themselves.
_ALWAYS = frozenset(
    {"EDITOR", "EUID", "FUNCNAME", "HOME", "HOSTNAME", "HOSTTYPE", "IFS", "LANG"}
    | {"LINENO", "LOGNAME", "MACHTYPE", "OLDPWD", "OPTARG", "OPTIND", "OSTYPE", "PATH"}
    | {"PIPESTATUS", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELL", "SHLVL"}
    | {"TERM", "TMPDIR", "UID", "USER"}
)
# Quoted text that bash does not look into, and comments.
_LEFT_ALONE = re.compile(
    r"(?P<kept>\"(?:\\.|[^\"\\])*\")|\\.|'[^']*'|(?<!\S)#[^\n]*"
    r"|<<-?\s*'(?P<end>\w+)'.*?\n\s*(?P=end)\b",
    re.DOTALL,
)
_USED = re.compile(
    r"(?<!\\)\$(?:\{(?P<braced>[A-Z][A-Z0-9_]+)\}|(?P<bare>[A-Z][A-Z0-9_]+))"
)
# Where another file sets variables, nobody can tell which.
_UNKNOWN = re.compile(r"^\s*(?:source|\.|eval|set\s+-a)\s", re.MULTILINE)


def variables(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield each variable of a script that is set nowhere, once, where it is used."""
    if any(_UNKNOWN.search(command.text) for command in reading.commands):
        return
    seen = {*_ALWAYS, *plan.values}
    for line, script in _scripts(plan):
        for name in _used(script):
            if name not in seen and not _is_set(name, reading.text, script):
                yield diagnostic(Code.VARIABLE_UNSET, line, name=name)
            seen.add(name)


def _scripts(plan: Plan) -> Iterator[tuple[int, str]]:
    for stage in plan.stages:
        for step in stage.steps:
            operation = (
                step.apply
                if isinstance(step, Action)
                else step.probe
                if isinstance(step, Check)
                else None
            )
            if isinstance(operation, Shell):
                yield step.line, operation.run


def _used(script: str) -> Iterator[str]:
    """Yield the names that bash would fill in; one with a default is no question."""
    code = _LEFT_ALONE.sub(lambda found: found["kept"] or " ", script)
    for found in _USED.finditer(code):
        name = found["braced"] or found["bare"]
        if not name.startswith(("GONOGO_", "BASH_")):
            yield name


def _is_set(name: str, *texts: str) -> bool:
    sets = re.compile(
        rf"(?<![\w$-]){name}=|\bfor\s+{name}\s+in\b|\bread\b[^\n]*\b{name}\b"
        rf"|(?:printf\s+-v|mapfile|readarray|unset)\b[^\n]*\b{name}\b"
    )
    return any(sets.search(text) for text in texts)
