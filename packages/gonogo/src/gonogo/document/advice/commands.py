"""Commands: is one run twice, does one hold a secret, or reach the wrong place?"""

import re
from collections.abc import Iterator

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.kinds import CommandRole
from gonogo.document.reading import Command, Reading, Stage
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.operation import Migrate, Operation, Shell, Sql
from gonogo.model.plan import Action, Plan

# What stands there to be filled in, or to be shown, is no secret.
_WRITTEN = (
    r"(?![$<{\[*%]|\.\.\.|x{3}|your|change|example|redacted"
    r"|(?:pass(?:word|wd)?|secret|token)[\"'@\s])"
)
_SECRETS = (
    (
        re.compile(
            r"(?P<name>(?<![\w-])\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY))\s*=\s*"
            rf"(?P<quote>[\"']?){_WRITTEN}[^\s\"'$]{{6,}}(?P=quote)(?=\s|$)",
            re.IGNORECASE,
        ),
        "a value of {name}",
    ),
    (
        re.compile(
            rf"--?(?P<name>password|token|api-key)[= ][\"']?{_WRITTEN}[^\s\"'$-]"
            r"[^\s\"'$]{5,}",
            re.IGNORECASE,
        ),
        "a value of --{name}",
    ),
    (
        re.compile(rf"\w://[^\s/:@$<]+:{_WRITTEN}[^\s/@$<]{{3,}}@", re.IGNORECASE),
        "a URL with a password",
    ),
    (
        re.compile(rf"\bBearer\s+{_WRITTEN}[\w.~+/=-]{{12,}}", re.IGNORECASE),
        "a bearer token",
    ),
    (re.compile(r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|-----BEGIN"), "a key"),
)

_STAGING = re.compile(r"\b(?:staging|stage env\w*|stg|preprod)\b", re.IGNORECASE)
_PRODUCTION = re.compile(r"\b(?:production|prod)\b", re.IGNORECASE)
_HOST = r"[\w-]+(?:\.[\w-]+)+"
_CHOSEN = r"--(?:context|namespace|app|cluster|profile|project|host)[= ]\S+"
_PLACE = re.compile(rf"(?:(?<=://)|(?<=@)|(?<=-h )){_HOST}|{_CHOSEN}")
_RUNS = frozenset({CommandRole.DO, CommandRole.VERIFY, CommandRole.ROLLBACK})


def commands(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield what is odd about single commands, and the same one run twice."""
    yield from _twice(plan)
    for command in reading.commands:
        if command.role in _RUNS:
            yield from _secret(command)
            yield from _elsewhere(reading, command)


def _twice(plan: Plan) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for stage in plan.stages:
        for step in stage.steps:
            if not isinstance(step, Action):
                continue
            text = _text(step.apply)
            if text and not step.apply.idempotent:
                line = first.setdefault(text, step.line)
                if line != step.line:
                    yield diagnostic(Code.RUN_TWICE, step.line, first=line)


def _text(operation: Operation) -> str:
    match operation:
        case Shell(run=text) | Sql(query=text) | Migrate(up=text):
            return " ".join(text.split())
        case _:
            return ""


def _secret(command: Command) -> Iterator[Diagnostic]:
    """Yield the first secret of a block; what looks like one to fill in is none."""
    for pattern, what in _SECRETS:
        found = pattern.search(command.text)
        if found is not None:
            named = found.groupdict().get("name") or "SECRET"
            yield diagnostic(
                Code.SECRET_IN_COMMAND,
                command.line,
                what=what.format(name=named),
                name=re.sub(r"\W", "_", named).upper(),
            )
            return


def _elsewhere(reading: Reading, command: Command) -> Iterator[Diagnostic]:
    stage = next((s for s in reading.stages if s.line == command.stage_line), None)
    own = _environment(stage) if stage else None
    if stage is None or own is None:
        return
    other = _PRODUCTION if own == "staging" else _STAGING
    for found in _PLACE.finditer(command.text):
        if other.search(re.sub(r"[_-]", " ", found.group())):
            yield diagnostic(
                Code.OTHER_ENVIRONMENT,
                command.line,
                stage=stage.title,
                own=own,
                name=found.group(),
            )
            return


def _environment(stage: Stage) -> str | None:
    """Return the one environment that a title speaks of; None for none, or for both."""
    staging, production = (p.search(stage.title) for p in (_STAGING, _PRODUCTION))
    if bool(staging) == bool(production):
        return None
    return "staging" if staging else "production"
