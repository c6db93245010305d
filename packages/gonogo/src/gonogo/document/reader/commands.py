"""
Commands: fenced blocks, what each is there for, and whether it can run unasked.

Nothing runs that is not tagged as shell or SQL. Of what is tagged, a block that needs
a person (a placeholder, a prompt, a choice) or never ends does not run either; the
reason is kept as a sentence.
"""

import re
from collections.abc import Iterator, Sequence

from gonogo.document.kinds import CommandRole
from gonogo.document.reader.expectations import Fenced, in_fence
from gonogo.document.reader.page import Page
from gonogo.document.reader.placeholders import in_code
from gonogo.document.reader.runnable import destructive, why_not_shell, why_not_sql
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.vocabulary import Topic
from gonogo.document.reading import Command

SHELL = frozenset({
    "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "ksh",
    "powershell", "pwsh", "ps1", "ps", "cmd", "bat", "batch", "fish", "terminal",
})  # fmt: skip
SQL = frozenset({"sql", "psql", "postgres", "postgresql", "mysql", "sqlite", "plsql"})
_CONFIG = frozenset({
    "yaml", "yml", "json", "jsonc", "json5", "toml", "ini", "env", "dotenv", "nginx",
    "conf", "config", "properties", "hcl", "terraform", "tf", "dockerfile", "docker",
    "xml", "caddyfile", "apache", "systemd", "cfg", "gitignore", "makefile", "cron",
    "crontab", "editorconfig", "service",
})  # fmt: skip
_QUERIES = frozenset({"promql", "logql", "kql", "splunk", "cypher"})
_PLAIN = frozenset({"", "text", "txt", "plaintext", "plain", "output", "log", "none"})
_OUTPUT_LINE = re.compile(
    r"^\s*(?:[✅❌✓✔✗⚠]|\[(?:INFO|OK|PASS|WARN|ERROR)\]|[-*\u2022]\s+\w)"
)
_READS = re.compile(
    r"^\s*(?:sudo\s+)?(?:curl\b(?!.*(?:-X\s*(?:POST|PUT|DELETE|PATCH)|--data|\s-d\s))"
    r"|wget\b|grep\b|cat\b|ls\b|head\b|tail\b|wc\b|jq\b|echo\b|test\b|\[\s|diff\b|dig\b"
    r"|nslookup\b|ping\b|ps\b|df\b|free\b|du\b|which\b|nc\b|openssl\s+s_client"
    r"|git\s+(?:log|status|diff|show|branch|rev-parse)\b"
    r"|(?:kubectl|oc|docker|docker[ -]compose|helm|gh|aws|gcloud|az|systemctl|pm2|heroku"
    r"|flyctl|fly|vercel|argocd|nomad|consul)\s+(?:-\S+\s+\S+\s+)*(?:[\w-]+\s+){0,2}?"
    r"(?:get|describe|list|ls|ps|status|is-active|logs|top|inspect|show|view|version"
    r"|info|history|diff|images|releases|rollout\s+status)\b"
    r"|psql\b.*-c\s+[\"']\s*(?:select|\\d|show|explain)|redis-cli\b.*\b(?:ping|info|get)"
    r"|(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:test|lint|typecheck|type-check|audit)"
    r"|(?:python3?|node)\s+\S*(?:check|verify|validate|test|smoke|health)\S*"
    r"|pytest\b|\.?/?\S*(?:check|verify|validate|test|smoke|health)\S*\.(?:sh|py|js)\b"
    r"|nginx\s+-t|(?:sudo\s+)?nginx\s+-t|(?:make|cargo|go|mvn|gradle)\s+(?:test|check))",
    re.IGNORECASE,
)
_SQL_READS = re.compile(
    r"^\s*(?:select|with|show|explain|describe|\\d\S*|values)\b", re.IGNORECASE
)
_READINESS = re.compile(
    r"\b(?:readiness|ready|tested?|dry.?run|drill|rehears\w*)\b", re.IGNORECASE
)
# No rule reads further than this into a line.
_LONGEST = 2000
_SURROUNDING = (
    Topic.ROLLBACK, Topic.REFERENCE, Topic.TROUBLE, Topic.SAMPLE, Topic.EXPECTED,
    Topic.VERIFY, Topic.MONITOR, Topic.INCIDENT, Topic.METRICS, Topic.SUCCESS,
    Topic.DEPLOY, Topic.BEFORE,
)  # fmt: skip


def read_commands(page: Page) -> tuple[Command, ...]:
    """Return every fenced block of the page, in order."""
    fences = [s for s in page.statements.all if s.shape is Shape.FENCE]
    return tuple(_command(page, s) for s in fences)


def _command(page: Page, statement: Statement) -> Command:
    block = page.block(statement)
    lang = language(block.info)
    lines = tuple(block.text.removesuffix("\n").split("\n")) if block.text else ()
    short = tuple(line[:_LONGEST] for line in lines)
    role = _role(page, statement, lang, short)
    why_not = _why_not(lang, lines, role)
    fence = Fenced(first=block.first + 1, lines=short)
    return Command(
        line=block.first,
        end_line=block.last,
        lang=lang,
        info=block.info,
        text=block.text,
        role=role,
        runnable=why_not is None,
        why_not=why_not,
        destructive=destructive(short),
        label=_label(page, statement),
        box_line=_box_line(page, statement),
        expectations=in_fence(page, fence, block.first) if lang in SHELL | SQL else (),
        **page.place(block.first),
    )


def language(info: str) -> str:
    """Return the language of an info string, lower case; '' without one."""
    word = re.match(r"\{?\s*\.?([\w+#-]+)", info)
    return word[1].lower() if word else ""


def _label(page: Page, statement: Statement) -> str | None:
    lead = page.statements.all[statement.lead] if statement.lead is not None else None
    return lead.text.rstrip(" :") if lead and lead.label else None


def _box_line(page: Page, statement: Statement) -> int | None:
    item = statement.item
    while item is not None:
        around = page.statements.all[item]
        if around.mark:
            return around.line
        item = around.item
    return None


def _role(
    page: Page, statement: Statement, lang: str, lines: Sequence[str]
) -> CommandRole:
    if lang in _CONFIG:
        return CommandRole.CONFIG
    surrounding = _surrounding(page, statement)
    if lang in _PLAIN:
        sample = surrounding in {Topic.SAMPLE, Topic.EXPECTED}
        return CommandRole.SAMPLE_OUTPUT if sample else CommandRole.REFERENCE
    if lang in _QUERIES:
        return CommandRole.MONITOR
    if lang not in SHELL | SQL:
        return CommandRole.REFERENCE
    if _is_output(lines):
        return CommandRole.SAMPLE_OUTPUT
    return _role_by_place(surrounding, reads=_only_reads(lines, lang))


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


def _is_output(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    odd = [line for line in filled if _OUTPUT_LINE.match(line)]
    return bool(filled) and 2 * len(odd) > len(filled)


def _only_reads(lines: Sequence[str], lang: str) -> bool:
    pattern = _SQL_READS if lang in SQL else _READS
    starts = list(_starts(lines, lang))
    return bool(starts) and all(pattern.match(line) for line in starts)


def _starts(lines: Sequence[str], lang: str) -> Iterator[str]:
    """Yield the lines that begin a command."""
    continued = False
    for line in lines:
        bare = line.strip().removeprefix("$ ")
        if bare and not bare.startswith(("#", "--", "//")) and not continued:
            yield bare
        if lang in SQL:
            continued = bool(bare) and not bare.startswith("--") and bare[-1] != ";"
        else:
            continued = bare.endswith(("\\", "|", "`", "&&"))


def _why_not(lang: str, lines: Sequence[str], role: CommandRole) -> str | None:
    if role is CommandRole.SAMPLE_OUTPUT:
        return "It is output."
    if lang not in SHELL | SQL:
        return "It is not tagged as shell or SQL."
    if any(len(line) > _LONGEST for line in lines):
        return "A line of it is too long to be judged."
    comment = "--" if lang in SQL else "#"
    code = [line for line in lines if not line.lstrip().startswith(comment)]
    if not any(line.strip() for line in code):
        return "It holds nothing but comments."
    open_places = [text for line in code for _, text in in_code(_bare(line, comment))]
    if open_places:
        return f"{open_places[0]} has to be filled in first."
    return why_not_sql(lines) if lang in SQL else why_not_shell(lines)


def _bare(line: str, comment: str) -> str:
    """Return a line of code without its trailing comment."""
    return line.split(f" {comment}", 1)[0]
