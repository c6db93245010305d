"""Command roles: what a fenced block is there for, by its language and its place."""

import re
from collections.abc import Sequence

from gonogo.document.kinds import CommandRole
from gonogo.document.reader.commands.command_effects import (
    SHELL,
    SQL,
    is_acting,
    is_looking,
)
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic

CONFIG = frozenset({
    "yaml", "yml", "json", "jsonc", "json5", "toml", "ini", "env", "dotenv", "nginx",
    "conf", "config", "properties", "hcl", "terraform", "tf", "dockerfile", "docker",
    "xml", "caddyfile", "apache", "systemd", "cfg", "gitignore", "makefile", "cron",
    "crontab", "editorconfig", "service",
})  # fmt: skip
_QUERIES = frozenset({"promql", "logql", "kql", "splunk", "cypher"})
_PLAIN = frozenset({"", "text", "txt", "plaintext", "plain", "output", "log", "none"})
_ANSWERS = frozenset({"json", "jsonc", "json5", "xml", "yaml", "yml"})
_SCRIPTS = frozenset({"js", "javascript", "ts", "typescript"})
_LEADS = re.compile(r"[:\uff1a]\W*$")
_CONSOLE = re.compile(
    r"^\s*(?://.*|(?:await\s+)?(?:document|localStorage|sessionStorage|window|navigator"
    r"|performance|console|fetch)\b[.(\[].*)$"
)
_CALL = re.compile(r"^\s*(?:\$\s+)?(?:curl|wget|http|grpcurl|psql|dig|nc)\s+\S")
_OUTPUT_LINE = re.compile(
    r"^\s*(?:[✅❌✓✔✗⚠]|\[(?:INFO|OK|PASS|WARN|ERROR)\]|[-*\u2022]\s+\w)",
)
_SETTING = re.compile(r"^\s*(?:#.*|(?:export\s+)?[A-Z][A-Z0-9_]*=\S*.*)$")
_BARE_SETTING = re.compile(
    r"^\s*[A-Z][A-Z0-9_]*=(?:\"[^\"]*\"|'[^']*'|\S*)(?:\s+#.*)?\s*$"
)
_EXAMPLES = re.compile(
    r"^\W{0,6}(?:example|ejemplo|exemplo|exemple|beispiel)\b|(?<![.\w-])(?:examples|patterns"
    r"|anti-?patterns|cookbook|best practices|ejemplos|exemplos|exemples|beispiele)"
    r"\s*(?:$|[(:])",
    re.IGNORECASE,
)
_READINESS = re.compile(
    r"\b(?:readiness|ready|tested?|dry.?run|drill|rehears\w*)\b",
    re.IGNORECASE,
)
_SURROUNDING = (
    Topic.ROLLBACK, Topic.REFERENCE, Topic.TROUBLE, Topic.SAMPLE, Topic.EXPECTED,
    Topic.VERIFY, Topic.MONITOR, Topic.INCIDENT, Topic.METRICS, Topic.SUCCESS,
    Topic.DEPLOY, Topic.BEFORE,
)  # fmt: skip


def role_of(
    page: Page, statement: Statement, lang: str, lines: Sequence[str]
) -> CommandRole:
    """Return what a fence is there for; its `lines` may be cut to a judged length."""
    if lang in SHELL | SQL:
        return _role_of_code(page, statement, lang, lines)
    if lang in _ANSWERS and _is_answer(page, statement):
        return CommandRole.SAMPLE_OUTPUT
    if lang in CONFIG:
        return CommandRole.CONFIG
    if lang in _PLAIN:
        return _role_of_text(page, statement, lines)
    if lang in _SCRIPTS and _is_console(page, statement, lines):
        return CommandRole.VERIFY
    return CommandRole.MONITOR if lang in _QUERIES else CommandRole.REFERENCE


def _is_answer(page: Page, statement: Statement) -> bool:
    """Tell whether a block stands right under 'Expected body:'."""
    lead = page.statements.all[statement.lead] if statement.lead is not None else None
    return (
        lead is not None
        and (lead.label or _LEADS.search(lead.text) is not None)
        and (bool(lead.topics & {Topic.EXPECTED, Topic.SAMPLE}))
    )


def _is_checked(page: Page, statement: Statement) -> bool:
    """Tell whether one looks at something before or behind a way back, and not goes it."""
    for lead in page.statements.leads(statement):
        if Topic.VERIFY in lead.topics:
            return True
        if Topic.ROLLBACK in lead.topics:
            return False
    return False


def _is_console(page: Page, statement: Statement, lines: Sequence[str]) -> bool:
    """Tell whether a script is typed into a browser's console, among tests."""
    filled = [line for line in lines if line.strip()]
    typed = bool(filled) and all(_CONSOLE.match(line) for line in filled)
    return typed and _surrounding(page, statement) is Topic.VERIFY


def _role_of_text(
    page: Page, statement: Statement, lines: Sequence[str]
) -> CommandRole:
    filled = [line for line in lines if line.strip()]
    if filled and all(_SETTING.match(line) for line in filled):
        return CommandRole.CONFIG
    if _is_typed(filled) and _surrounding(page, statement) is Topic.VERIFY:
        return CommandRole.VERIFY
    sample = _surrounding(page, statement) in {Topic.SAMPLE, Topic.EXPECTED}
    return CommandRole.SAMPLE_OUTPUT if sample else CommandRole.REFERENCE


def _is_typed(filled: Sequence[str]) -> bool:
    """Tell whether an untagged block holds a command to call something with."""
    return any(_CALL.match(line) for line in filled)


def _role_of_code(
    page: Page, statement: Statement, lang: str, lines: Sequence[str]
) -> CommandRole:
    if lang in SHELL and _only_sets(lines) and not _in_rollback(page, statement):
        return CommandRole.CONFIG
    if _is_look(page, statement, lines, lang):
        return CommandRole.VERIFY
    if _is_output(lines):
        return CommandRole.SAMPLE_OUTPUT
    if _is_example(page, statement):
        return CommandRole.REFERENCE
    surrounding = _surrounding(page, statement)
    reads = is_looking(lines, lang)
    if reads and surrounding is Topic.ROLLBACK and _is_checked(page, statement):
        return CommandRole.VERIFY
    role = _role_by_place(surrounding, reads=reads)
    watching = role in {CommandRole.VERIFY, CommandRole.MONITOR}
    return CommandRole.DO if watching and is_acting(lines, lang) else role


def _is_example(page: Page, statement: Statement) -> bool:
    """Tell whether a block stands under a title of examples or patterns to learn from."""
    titles = (s for s in page.statements.leads(statement) if s.shape is Shape.HEADING)
    return any(_EXAMPLES.search(title.text) for title in titles)


def _is_look(page: Page, statement: Statement, lines: Sequence[str], lang: str) -> bool:
    """Tell whether a block only looks, under a label that says so ('Check:')."""
    lead = page.statements.all[statement.lead] if statement.lead is not None else None
    spoken = lead is not None and lead.label and Topic.VERIFY in lead.topics
    return bool(spoken) and is_looking(lines, lang)


def _surrounding(page: Page, statement: Statement) -> Topic | None:
    """Return the topic that decides, of the innermost lead that speaks of one."""
    if _in_rollback(page, statement):
        return Topic.ROLLBACK
    for lead in page.statements.leads(statement):
        found = lead.topics - {Topic.ROLLBACK}
        if found & {Topic.DEPLOY, Topic.BEFORE}:
            # 'Step 2: Deploy new files' is work, whatever its other words are.
            found -= {Topic.REFERENCE}
        for topic in _SURROUNDING:
            if topic in found:
                return topic
    return None


def _in_rollback(page: Page, statement: Statement) -> bool:
    for lead in page.statements.leads(statement):
        if _READINESS.search(lead.text):
            return False
        if lead.topics & {Topic.ROLLBACK, Topic.INCIDENT}:
            return True
    return False


def _role_by_place(surrounding: Topic | None, *, reads: bool) -> CommandRole:
    match surrounding:
        case Topic.ROLLBACK:
            return CommandRole.ROLLBACK
        case Topic.REFERENCE | Topic.TROUBLE:
            return CommandRole.REFERENCE
        case Topic.VERIFY | Topic.SUCCESS | Topic.EXPECTED | Topic.SAMPLE:
            return CommandRole.VERIFY
        case Topic.MONITOR | Topic.METRICS:
            return CommandRole.MONITOR
        case _:
            return CommandRole.VERIFY if reads else CommandRole.DO


def _only_sets(lines: Sequence[str]) -> bool:
    """Tell whether lines are those of a settings file: no one of them is a command."""
    code = [
        line for line in lines if line.strip() and not line.lstrip().startswith("#")
    ]
    return bool(code) and all(_BARE_SETTING.match(line) for line in code)


def _is_output(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    odd = [line for line in filled if _OUTPUT_LINE.match(line)]
    return bool(filled) and 2 * len(odd) > len(filled)
