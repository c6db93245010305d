"""
Runnable: what keeps a block of shell or SQL from running unasked.

Each rule is a pattern and the sentence that a person is shown; the first that matches
decides. Where a rule is in doubt it keeps the block from running.
"""

import re
from collections.abc import Sequence

_INTERACTIVE = re.compile(
    r"^\s*(?:sudo\s+)?(?:nano|vim?|emacs|less|more|top|htop|man|irb|ipython|bash|zsh"
    r"|sqlplus|mongosh?|redis-cli(?:\s+-[hpa]\s+\S+)*|python3?|node|iex|visudo|passwd)"
    r"(?:\s+-\w+)*\s*(?:#.*)?$"
    r"|^\s*(?:sudo\s+)?(?:nano|vim?|emacs|code|htop|visudo)\s"
    r"|^\s*(?:sudo\s+(?:-u\s+\w+\s+)?)?(?:psql|mysql)\b(?!.*(?:\s-\w*c\b|\s-\w*f\b|<|--command"
    r"|--file|\s-e\b|--execute|\s-l\b|--version))(?!.*\|\s*\w)"
    r"|\b(?:exec|run)\s+(?:\S+\s+)*?(?:-it|-ti|-i\s+-t|--interactive\s+--tty)\b"
    r"|\b(?:rails|rake)\s+(?:c|console|db:console)\b|\brails\s+dbconsole\b"
    r"|\bmanage\.py\s+(?:shell|dbshell|createsuperuser)\b|\btinker\b"
    r"|\bgit\s+(?:rebase\s+-i|add\s+-[ip]|commit\s*$)|\bread\s+-\w*p\b"
    r"|^\s*(?:sudo\s+)?su\b(?!.*\s-c\s)|\bcrontab\s+-e\b|\bkubectl\s+edit\b"
    r"|\bsystemctl\s+edit\b|^\s*>\s+\S|^\s*(?:irb|pry|mysql|postgres|\w+)(?:\(.*\))?[>#]\s+\S"
    r"|\bssh\s+(?:-\S+\s+(?:\S+\s+)?)*?[\w.$@{}-]+\s*$|\bgcloud\s+compute\s+ssh\b(?!.*--command)"
    r"|\b(?:npm|gh|heroku|vercel|az|gcloud\s+auth|docker|aws\s+sso)\s+login\s*$"
    r"|\baws\s+configure\s*$|\bssh-keygen\s*$|\bread\s+\w+\s*$"
)
_ENDLESS = re.compile(
    r"\btail\s+(?:-\w+\s+\S+\s+)*?(?:-\w*[fF]\b|--follow)|^\s*(?:sudo\s+)?watch\s"
    r"|\s--follow\b|\blogs?\s+(?:\S+\s+)*?-\w*f\b|\bjournalctl\b.*\s-\w*f\b"
    r"|\bport-forward\b|\bheroku\s+logs\b.*(?:\s-t\b|--tail\b)(?!\s+\d)"
    r"|\s--watch\b|\bget\s+\S+.*\s-w\b|\bwhile\s+(?:true|:|\[\s*1\s*\])|\bpm2\s+(?:logs|monit)\b(?!.*--nostream)"
    r"|\bping\s+(?!.*-c\s)|\b(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:dev|start|serve)\b(?!:)"
    r"|\b(?:flask|uvicorn|gunicorn)\s+(?!.*(?:--version|-D\b|--daemon))\S+|\brunserver\b"
    r"|\bhttp\.server\b|\bdocker[ -]compose\s+(?:-\S+\s+\S+\s+)*up\b(?!.*(?:\s-d\b|--detach))"
    r"|\bkubectl\s+proxy\b|\bngrok\s|\bfly(?:ctl)?\s+logs\b|\bvercel\s+logs\b.*--follow"
    r"|\bstern\s|\brails\s+(?:s|server)\b|\bsleep\s+infinity\b|\bredis-cli\b.*\bMONITOR\b|\byes\s*\|"
    r"|\b(?:celery|sidekiq|rq)\s+(?:.*\s)?worker\b(?!.*(?:--detach|&\s*$))"
)
_ENDED = re.compile(
    r"\|\s*(?:head|tail\s+-\d|grep\s+-m|wc)\b|\btimeout\s|--no-follow|&\s*(?:#.*)?$"
)
_ALTERNATIVE = re.compile(
    r"^\s*(?:#|--|//|REM)\s*(?:[-=*]+\s*)?(?:or\b(?!\w)(?!ig)|option\s+\w+|alternativ\w*|either\b"
    r"|method\s+\d|variant|o\s+bien\b|oder\b|if\s+using\b|using\s+\w+\s*:\s*$|choose\b"
    r"|(?:heroku|render|docker|kubernetes|k8s|self-hosted|aws|gcp|azure|macos|linux"
    r"|ubuntu|debian|windows|systemd|pm2)\b[^:]*:?\s*(?:\(.*\))?\s*$"
    r"|for\s+(?:heroku|docker|kubernetes|macos|linux|ubuntu|windows|systemd)\b)",
    re.IGNORECASE,
)
_TRAILING_OR = re.compile(r"\s#\s*or\b", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"^\s*(?:#|--)\s*(?:do\s+not\s+run|don'?t\s+run|never\s+run|dry.?run only|example only)",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(
    r"^\s*[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|[^\s;&|]*)\s*(?:#.*)?$"
)
_ELLIPSIS = re.compile(r"(?<![.\w/\"'])\.\.\.(?![./\w])|…|\(\.\.\.\)")
_HEREDOC = re.compile(r"<<-?\s*['\"]?(?P<end>\w+)['\"]?")

_DESTRUCTIVE = re.compile(
    r"\brm\s+(?:-\w+\s+)*-\w*[rRf]\w*|\bDROP\s+(?:TABLE|DATABASE|SCHEMA|INDEX|COLUMN"
    r"|FUNCTION|VIEW|CONSTRAINT|TYPE|ROLE|USER|TRIGGER|POLICY|EXTENSION|COLLECTION)\b"
    r"|\bTRUNCATE\b|\bDELETE\s+FROM\b|--force\b(?!-with-lease)|\bpush\s+(?:\S+\s+)*-f\b"
    r"|\breset\s+--hard\b|\bFLUSH(?:ALL|DB)\b|\bdropdb\b|\bmkfs\b|\bdd\s+if=|\bshred\b"
    r"|\bkubectl\s+delete\b|\bterraform\s+destroy\b|\bhelm\s+(?:uninstall|delete)\b"
    r"|\bdocker\s+(?:system|volume)\s+(?:prune|rm)\b|\bdown\s+(?:\S+\s+)*(?:-v|--volumes)\b"
    r"|\bgit\s+clean\s+-\w*f|\bbranch\s+-D\b|\bprune\s+-\w*a|\bkill\s+-9\b|--hard\b"
    r"|\bpg_restore\b.*--clean|\bdropDatabase\b|\baws\s+s3\s+(?:rm|rb)\b|--purge\b",
    re.IGNORECASE,
)


def why_not_shell(lines: Sequence[str]) -> str | None:
    """Return why shell does not run unasked, as a sentence; None when it can."""
    if any(_FORBIDDEN.match(line) for line in lines):
        return "It says itself that it is not to be run."
    if _has_alternatives(lines):
        return "It holds alternatives, of which one has to be chosen."
    code = _code(lines)
    if all(_ASSIGNMENT.match(line) for line in code):
        return "It only names a setting; what sets it is not said."
    for line in code:
        reason = _why_not_line(line)
        if reason:
            return reason
    return None


def why_not_sql(lines: Sequence[str]) -> str | None:
    """Return why SQL does not run unasked, as a sentence; None when it can."""
    if any(_FORBIDDEN.match(line) for line in lines):
        return "It says itself that it is not to be run."
    if _has_alternatives(lines):
        return "It holds alternatives, of which one has to be chosen."
    code = [line for line in lines if not line.lstrip().startswith("--")]
    if any(_ELLIPSIS.search(line) for line in code):
        return "It holds an ellipsis, to be filled in first."
    return None


def destructive(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the destructive phrases of a block, each once, in order."""
    found = (
        m.group() for line in lines for m in _DESTRUCTIVE.finditer(_uncommented(line))
    )
    return tuple(dict.fromkeys(" ".join(f.split()) for f in found))


def _uncommented(line: str) -> str:
    return "" if line.lstrip().startswith(("#", "-- ")) else line


def _has_alternatives(lines: Sequence[str]) -> bool:
    marked = [n for n, line in enumerate(lines) if _ALTERNATIVE.match(line)]
    return bool(marked) or any(_TRAILING_OR.search(line) for line in lines)


def _code(lines: Sequence[str]) -> list[str]:
    """Return the commands' lines: no comments, no blanks, no here-documents."""
    code, end = [], None
    for line in lines:
        if end is not None:
            end = None if line.strip() == end else end
            continue
        bare = line.removeprefix("$ ")
        if bare.strip() and not bare.lstrip().startswith("#"):
            code.append(bare)
        here = _HEREDOC.search(bare)
        end = here["end"] if here else None
    return code


def _why_not_line(line: str) -> str | None:
    if _INTERACTIVE.search(line):
        return "It waits for someone to type."
    if _ENDLESS.search(line) and not _ENDED.search(line):
        return "It never ends by itself."
    if _ELLIPSIS.search(line):
        return "It holds an ellipsis, to be filled in first."
    return None
