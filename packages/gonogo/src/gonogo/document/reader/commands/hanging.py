"""
Hanging: commands that wait for someone to type, or that never end by themselves.

Each pattern is one habit of the command line; all look at one line of code, without
its comment. Where a rule is in doubt it says that the command hangs. Names of servers
are looked for outside strings only: `grep uvicorn` serves nothing.
"""

import re
from collections.abc import Sequence

_SUDO = r"^\s*(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?:sudo\s+(?:-u\s+\w+\s+|-E\s+)?)?"
# Where a command may begin: a line, a pipe, behind `exec NAME`, `ssh HOST`, `run`.
_BEGINS = rf"(?:{_SUDO}|&&\s*|;\s*|\b(?:exec|run|ssh)(?:\s[^|;&]{{0,120}}?)?\s(?:--\s+)?[\"']?)"
_SHELLS = r"(?:ba|z|k|c|tc|fi|da)?sh"
_INTERACTIVE = tuple(
    re.compile(pattern)
    for pattern in (
        # Programs that are a prompt when nothing is handed to them.
        (
            rf"{_SUDO}(?:nano|vim?|emacs|less|more|top|htop|btop|man|irb|pry|ipython|{_SHELLS}"
            r"|sqlplus|mongosh?|redis-cli(?:\s+-[hpanu]\s+\S+)*|python3?|node|iex|visudo"
            r"|passwd|k9s|lazydocker|ghci|R|cqlsh|clickhouse-client|telnet|sftp|ftp|erl"
            r"|deno|bun|php\s+-a|flask\s+shell|pwsh|cmd|screen|tmux|mc)(?:\s+-\w+)*\s*$"
        ),
        rf"{_BEGINS}(?:{_SHELLS})[\"']?\s*$",
        # Editors, and what opens one.
        (
            rf"{_SUDO}(?:nano|vim?|nvim|emacs|code|htop|visudo|micro|pico|gedit|subl|notepad"
            r"|telnet|sftp|screen\s+-\w*r|tmux\s+(?:a|attach)\w*)\s"
        ),
        r"\bcrontab\s+-e\b|\b(?:kubectl|oc)\s+edit\b|\bsystemctl\s+edit\b|\bcredentials:edit\b",
        (
            r"\bgit\s+(?:rebase\s+(?:-\S+\s+)*(?:-i|--interactive)\b|add\s+-[ip]\b|commit\s*$)"
            r"|\bgit\s+commit\s+(?!.*(?:-\w*m\b|--message|--no-edit|-F\b|-C\b))\S"
            r"|\bgit\s+tag\s+-[as]\s+(?!.*\s-m)"
        ),
        # Database prompts without a query.
        (
            rf"{_BEGINS}(?:psql|mysql|mariadb)\b(?!.*(?:\s-\w*c\b|\s-\w*f\b|<|--command|--file"
            r"|\s-e\b|\s-\w*e\s*[\"']|--execute|\s-l\b|--list\b|--version))(?!.*\|\s*\w)"
        ),
        rf"{_BEGINS}(?:mongosh?)\s(?!.*(?:--eval|--version|<|\.js\b))",
        rf"{_BEGINS}sqlite3\s+\S+\s*$|{_BEGINS}redis-cli(?:\s+-[hpanu]\s+\S+|\s+--tls)*\s*$",
        r"\bheroku\s+(?:pg:psql|redis:cli)\b(?!.*(?:-c\b|--command|<))",
        # Consoles of applications.
        (
            r"\b(?:exec|run|debug|attach)\s+(?:\S+\s+)*?(?:-\w*it\w*|-\w*ti\w*|-i\s+-t|-t\s+-i"
            r"|--interactive|--stdin\s+--tty|--tty\s+--stdin)(?=\s|=|$)"
        ),
        r"\bdocker\s+attach\b|\b(?:rails|rake)\s+(?:c|console|db:console)\b|\brails\s+dbconsole\b",
        (
            r"\bmanage\.py\s+(?:shell|dbshell|createsuperuser)\b(?!.*(?:-c\b|--command|--noinput|<))"
            r"|\btinker\b(?!.*--execute)|\bflask\s+shell\b|\bwp\s+shell\b|\biex\s+-S\b"
        ),
        (
            r"\b(?:heroku|railway|fly|flyctl|eb|gcloud|az|doctl|render|dokku)\s[^|;&]*?\b(?:shell"
            r"|ssh\s+console|run:inside|connect)\s*$"
        ),
        # A session on another machine, with no command for it.
        (
            r"\bssh\s+(?:-(?![NfW])\S+\s+(?:\S+\s+)?)*?[\w.$@{}\"-]+\s*$|\beb\s+ssh\b"
            r"|\bgcloud\s+compute\s+ssh\b(?!.*--command)|\baws\s+ssm\s+start-session\b"
            r"|\bfly(?:ctl)?\s+ssh\s+console\b(?!.*(?:-C\b|--command))"
            r"|\bgcloud\s+sql\s+connect\b|\bpsql\s*\\?$"
        ),
        rf"{_SUDO}su\b(?!.*\s-c\s)|\bsudo\s+(?:-i|-s|su)\b(?!.*\s-c\s)",
        # Questions: passwords, log-ins, wizards.
        (
            r"\b(?:npm|gh\s+auth|gh|heroku|vercel|az|gcloud\s+auth|docker|aws\s+sso|firebase|netlify"
            r"|railway|supabase|wrangler|fly(?:ctl)?\s+auth|oc|doppler|vault)\s+login\s*$"
        ),
        r"\baws\s+configure\s*$|\bssh-keygen\s*$|\bread\s+(?:-\w+\s+)*(?:-\w*p\w*\b|\w+\s*$)",
        (
            r"\b(?:vercel\s+env\s+add\s+[^<|]*|wrangler\s+secret\s+put\s+[^<|]*"
            r"|fly\s+launch|vercel\s+link|gh\s+secret\s+set\s+\w+)\s*$(?<!\|)"
        ),
        (
            r"\bmysql_secure_installation\b|\bgpg\s+--(?:full-)?gen(?:erate)?-key\b"
            r"|\bdpkg-reconfigure\b|\bselect\s+\w+\s+in\b|\bnpm\s+init\s*$"
            r"|\bmysql\b.*\s-p\s*(?:\w+\s*)?$"
        ),
        # Lines typed at a prompt: '> x', 'irb> x', 'postgres=# x'.
        (
            r"^\s*>\s+\S|^\s*(?:irb|pry|mysql|postgres|sqlite|\w+)(?:\(.*\))?[=-]?[>#]\s+\S"
            r"|^\s*>>>\s|^\s*\\(?:d|dt|q|c|l|du|i|x|timing)\w*\+?(?:\s|$)"
        ),
    )
)
_ENDLESS = tuple(
    re.compile(pattern)
    for pattern in (
        # Following a file or a log.
        (
            r"\btail\s+(?:-\w+\s+\S+\s+)*?(?:-\w*[fF]\w*\b|--follow)|\btail\s[^|;&]*\s-[fF]\b"
            r"|\s--follow\b|\blogs?\s+(?:\S+\s+)*?-\w*f\b|\bjournalctl\b.*\s-\w*f\b"
            r"|\bheroku\s+logs\b.*(?:\s-t\b|--tail\b)|\bdmesg\s+(?:-\w*w|--follow)"
            r"|\bfly(?:ctl)?\s+logs\b(?!.*(?:--no-tail|-n\b))|\bvercel\s+logs\b.*--follow"
            r"|\b(?:railway|wrangler|netlify)\s+(?:logs?|tail)\b|\bstern\s"
            r"|\blogs?\s+tail\b|\blogs\s+tail\b|\s--tail(?:\s|$)(?!\s*\d)(?=.*\blogs?\b)"
            r"|\b(?:az|gcloud)\s.*\blogs?\b.*\btail\b|\bpm2\s+(?:logs|monit)\b(?!.*--nostream)"
        ),
        # Looking again and again.
        (
            rf"{_SUDO}watch\s|\bwatch\s+-n|\s--watch\b|\bget\s+\S+.*\s-w\b|\bwatchexec\b"
            r"|\bnodemon\b|\bdocker\s+stats\b(?!.*--no-stream)|\bredis-cli\b.*\bMONITOR\b"
            r"|\b(?:iotop|iftop|nload|vmstat\s+\d+|iostat\s+\d+)\s*$|\bsar\s+\d+\s*$"
            r"|\btcpdump\b(?!.*\s-c\s)|\bping\s+(?!.*-c\s)(?!.*\s-n\s)(?=\S*[\w.])(?!-)"
        ),
        (
            r"\bwhile\s+(?:true|:|\[\s*1\s*\])|\bwhile\s+sleep\b|\bfor\s*\(\(\s*;\s*;|\bsleep\s+inf"
            r"|\byes\s*\|"
        ),
    )
)
_SERVING = tuple(
    re.compile(pattern)
    for pattern in (
        # Servers, workers and tunnels in the foreground.
        (
            r"\bport-forward\b|\bkubectl\s+proxy\b|\bngrok\s|\bcloudflared\s+tunnel\s+(?:run|--url)"
            r"|\bcloud[_-]sql[_-]proxy\b|\bssh\s+(?:\S+\s+)*?-\w*N\w*\b(?!.*\s-\w*f)|\bstripe\s+listen\b"
        ),
        (
            r"\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:dev|start|serve|watch|preview)"
            r"(?!\w)(?!:(?:build|test|stop|detach\w*|daemon)\b)(?!-)"
        ),
        (
            r"\b(?:flask\s+run|uvicorn|gunicorn|hypercorn|waitress-serve|daphne)\b"
            r"(?!.*(?:--version|-D\b|--daemon|\s-c\s+\"?import))(?!\s*$)(?!-)(?!.*\binstall\b)"
        ),
        (
            r"\brunserver\b|\bhttp\.server\b|\bphp\s+(?:artisan\s+serve|-S)\b"
            r"|\brails\s+(?:s|server)\b|\b(?:mkdocs|jekyll|hugo)\s+(?:serve|server)\b"
            r"|\bnext\s+(?:dev|start)\b|\bvite(?:\s+(?:dev|preview)|\s*$)|\bfunctions\s+serve\b"
            r"|\bnode\s+\S*(?:server|index|app)\.[cm]?js\b|\bnpx\s+serve\b"
        ),
        (
            r"\bdocker[ -]compose\s+(?:-\S+\s+\S+\s+)*up\b(?!.*(?:\s-\w*d\w*\b|--detach|--no-start"
            r"|--abort-on-container-exit))"
        ),
        (
            r"\b(?:celery|sidekiq|rq|queue:work|horizon)\b(?:\s+.*\bworker\b|\s*$)(?!.*(?:--detach|&\s*$))"
            r"|\bartisan\s+(?:queue:work|queue:listen|schedule:work|horizon)\b(?!.*--stop)"
        ),
    )
)
# A stream that is cut off: by time, by count of lines, or left behind.
_ENDED = re.compile(
    r"\|\s*(?:head\b|grep\s+-\w*m|sed\s+\S*q\b)|\btimeout\s|--no-follow|&\s*$",
)


def why_hanging(line: str) -> str | None:
    """Return why a line of code would hang, as a sentence; None where it would not."""
    if any(rule.search(line) for rule in _INTERACTIVE):
        return "It waits for someone to type."
    return _why_endless(line, _ENDLESS)


def why_serving(line: str) -> str | None:
    """Return why a line, its strings emptied, would stay up; None where it would not."""
    return _why_endless(line, _SERVING)


def _why_endless(line: str, rules: Sequence[re.Pattern[str]]) -> str | None:
    if any(rule.search(line) for rule in rules) and not _ENDED.search(line):
        return "It never ends by itself."
    return None
