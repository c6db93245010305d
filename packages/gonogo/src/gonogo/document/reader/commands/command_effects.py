"""Command effects: whether commands only look, or change something."""

import re
from collections.abc import Iterator, Sequence

SHELL = frozenset({
    "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "ksh",
    "powershell", "pwsh", "ps1", "ps", "cmd", "bat", "batch", "fish", "terminal",
})  # fmt: skip
SQL = frozenset({"sql", "psql", "postgres", "postgresql", "mysql", "sqlite", "plsql"})
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
    r"|(?:ruby|perl)\s+-\w?c\b|php\s+-l\b|bash\s+-n\b|node\s+--check\b|tsc\s+--noEmit"
    r"|terraform\s+(?:validate|plan|fmt\s+-check)\b|helm\s+(?:lint|template)\b"
    r"|ansible-playbook\b.*--(?:check|syntax-check)\b|nginx\s+-t|(?:sudo\s+)?nginx\s+-t|(?:make|cargo|go|mvn|gradle)\s+(?:test|check))",
    re.IGNORECASE,
)
_SQL_READS = re.compile(
    r"^\s*(?:select|with|show|explain|describe|\\d\S*|values)\b",
    re.IGNORECASE,
)
# What leaves something other than it was; a script that checks may do what it likes.
_ACTS = re.compile(
    r"^\s*(?:sudo\s+)?(?:git\s+(?:checkout|switch|commit|push|merge|add|pull|tag|revert"
    r"|reset|rebase|clone|cherry-pick|stash)\b|(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?"
    r"(?!\S*(?:verif|check|test|valid|dry))\S*(?:deploy|publish|install|ci\b|migrate|release)|(?:cp|mv|rm|mkdir|chmod|chown|ln|touch"
    r"|tee|rsync|scp|kill|pkill)\s|(?:apt|apt-get|yum|dnf|brew|pip3?|apk|choco)\s+install"
    r"|(?:kubectl|oc)\s+(?:-\S+\s+\S+\s+)*(?:apply|set|scale|delete|patch|create|replace"
    r"|label|annotate|rollout\s+(?:restart|undo|pause|resume)|drain|cordon|uncordon)\b"
    r"|helm\s+(?:upgrade|install|uninstall|rollback)|terraform\s+(?:apply|destroy)"
    r"|docker\s+(?:build|push|pull|rm|rmi|stop|restart|tag|load|prune)\b"
    r"|docker(?:[ -]compose)\s+(?:-\S+\s+\S+\s+)*(?:up|down|build|pull|restart|stop|rm)\b"
    r"|(?:systemctl|service)\s+(?:\S+\s+)?(?:start|stop|restart|reload|enable|disable)\b"
    r"|pm2\s+(?:start|stop|restart|reload|delete|save)\b"
    r"|(?:aws|gcloud|az|doctl|heroku|flyctl|fly|gh|vercel|supabase|firebase)\s+(?:[\w:-]+\s+)"
    r"{0,4}?[\w:]*(?:create|delete|update|deploy|put|add|set|remove|push|enable|disable"
    r"|start|stop|restart|rollback|promote|merge|secrets:set|config:set)\b"
    r"|curl\b.*-X\s*(?:DELETE|PUT|PATCH)\b|sed\s+-i|export\s+\w+=|gsutil\s+(?:cp|mv|rm)"
    r"|(?:echo|cat|printf)\b.*(?:>>|(?<![\d&<])>\s*(?!/dev/null)[\w/~.$]))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]{0,400}\"|'[^']{0,400}'")
_PIPE = re.compile(r"\s\|\s|\s?&&\s?")
_PREPARES = re.compile(r"^\s*(?:cd\s|echo\s|source\s|\.\s|set\s|sleep\s)")
_SQL_ACTS = re.compile(
    r"^\s*(?:insert|update|delete|alter|create|drop|truncate|grant|revoke|vacuum|reindex)\b",
    re.IGNORECASE,
)


def is_looking(lines: Sequence[str], lang: str) -> bool:
    """Tell whether all commands of a block only look at something."""
    pattern = _SQL_READS if lang in SQL else _READS
    starts = list(_starts(lines, lang))
    return bool(starts) and all(pattern.match(line) for line in starts)


def is_acting(lines: Sequence[str], lang: str) -> bool:
    """Tell whether the commands of a block change something, beside what prepares it."""
    pattern = _SQL_ACTS if lang in SQL else _ACTS
    starts = list(_starts(lines, lang))
    acts = [any(map(pattern.match, _PIPE.split(_unquoted(line)))) for line in starts]
    prepares = [_PREPARES.match(line) is not None for line in starts]
    return any(acts) and all(a or p for a, p in zip(acts, prepares, strict=True))


def _unquoted(line: str) -> str:
    """Return a line without what its quotes hold: '>' writes nothing there."""
    return _QUOTED.sub('""', line)


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
