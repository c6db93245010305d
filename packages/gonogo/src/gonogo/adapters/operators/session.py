"""
A session: folder and variables that blocks of one section hand on to the next.

As in one terminal: `cd`, `export` and plain variables last; functions, aliases, arrays,
shell options and variables above 100 KiB do not. A block whose script replaces the
EXIT trap and then calls `exit`, or that is killed, hands on nothing.

Secrets are not written down: where one stands in a variable, the file has its name.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

_LONGEST = 100 * 1024  # Linux refuses 128 KiB in one variable

# $1: where to write the variables. $2: the script. Then: variables not to export.
WRAPPER = r"""
__gonogo_keep() {
  set +eufx
  local IFS=$'\n' name
  {
    printf 'cwd=%s\0' "$PWD"
    for name in $(compgen -A export); do
      printf 'exported %s=%s\0' "$name" "${!name}"
    done
    for name in $(compgen -A arrayvar); do printf 'array %s=\0' "$name"; done
    for name in $(compgen -A variable); do
      printf 'plain %s=%s\0' "$name" "${!name}"
    done
    printf 'end=\0'
  } >&"$__gonogo_kept"
}
__gonogo_kept=$1 __gonogo_script=$2
shift 2
if [ $# -gt 0 ]; then export -n "$@"; set --; fi
trap '{ __gonogo_keep; } 2>/dev/null' EXIT
eval "$__gonogo_script"
{ __gonogo_status=$?; __gonogo_keep; } 2>/dev/null
exit "$__gonogo_status"
"""

# Bash's own; what it says of itself is no matter of the script's.
_BASHS_OWN = re.compile(
    r"(?:BASH\w*|COMP_\w+|EPOCH\w+|PS\d|OPT\w+|__gonogo_\w+|_|COLUMNS|LINES|DIRSTACK"
    r"|EUID|FUNCNAME|GROUPS|HISTCMD|HOSTNAME|HOSTTYPE|IFS|LINENO|MACHTYPE|OLDPWD|OSTYPE"
    r"|PIPESTATUS|PPID|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|TERM|UID)"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SessionState:
    """
    What a block hands on.

    Attributes:
        cwd: The folder it was in; None: the one that every block starts in.
        exported: Variables that differ from what every block starts with.
        plain: Variables that are not exported.
        unset: Variables that every block starts with, and that are gone.
    """

    cwd: str | None = None
    exported: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    unset: Sequence[str] = ()

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of the next block; `plain` is not to be exported."""
        kept = {name: text for name, text in base.items() if name not in self.unset}
        return kept | dict(self.exported) | dict(self.plain)


def parsed(data: bytes, base: Mapping[str, str]) -> SessionState | None:
    """
    Return what a block said of itself at its end; None when it could not.

    Args:
        data: What `WRAPPER` wrote; the last complete account counts.
        base: The environment that every block starts with.
    """
    *complete, _ = data.decode("utf-8", "surrogateescape").split("end=\0")
    if not complete:
        return None
    found: dict[str, dict[str, str]] = {"exported": {}, "plain": {}, "array": {}}
    head, *entries = complete[-1].split("\0")
    for entry in entries:
        kind, _, rest = entry.partition(" ")
        name, _, text = rest.partition("=")
        if kind in found and _is_theirs(name) and len(text) < _LONGEST:
            found[kind][name] = text
    exported, plain = found["exported"], found["plain"]
    return SessionState(
        cwd=head.removeprefix("cwd="),
        exported={n: text for n, text in exported.items() if base.get(n) != text},
        plain={
            name: text
            for name, text in plain.items()
            if name not in exported and name not in found["array"]
        },
        unset=sorted(
            name for name in base if _is_theirs(name) and name not in exported
        ),
    )


class Sessions:
    """
    Keeps the states of sessions in a private folder, one file each.

    Args:
        folder: Created when missing, for this user alone.
        secrets: What must not be written, by name.
    """

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        self._folder = folder
        # The longest first, lest a shorter one within it leave the rest readable.
        self._secrets = dict(
            sorted(secrets.items(), key=lambda item: len(item[1]), reverse=True)
        )

    def load(self, session: str) -> SessionState:
        """Return what the last block handed on; at first, nothing."""
        try:
            data = json.loads(self._path(session).read_text("utf-8"))
        except FileNotFoundError:
            return SessionState()
        return SessionState(
            cwd=self._opened(data["cwd"]),
            exported=self._each(data["exported"]),
            plain=self._each(data["plain"]),
            unset=data["unset"],
        )

    def save(self, session: str, state: SessionState) -> None:
        """Replace what the session hands on, in one step."""
        data = {
            "cwd": self._sealed(state.cwd or ""),
            "exported": {n: self._sealed(text) for n, text in state.exported.items()},
            "plain": {n: self._sealed(text) for n, text in state.plain.items()},
            "unset": list(state.unset),
        }
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(session)
        new = path.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        with os.fdopen(os.open(new, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(data, file)
        new.replace(path)

    def _path(self, session: str) -> Path:
        return self._folder / f"{sha256(session.encode()).hexdigest()[:32]}.json"

    def _each(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {name: self._opened(text) for name, text in texts.items()}

    def _sealed(self, text: str) -> str:
        """Put names, between NULs that no variable can hold, in the place of secrets."""
        for name, secret in self._secrets.items():
            text = text.replace(secret, f"\0{name}\0")
        return text

    def _opened(self, text: str) -> str:
        for name, secret in self._secrets.items():
            text = text.replace(f"\0{name}\0", secret)
        return text


def _is_theirs(name: str) -> bool:
    """Return whether a variable is one of the script's, and not bash's own."""
    return bool(_NAME.fullmatch(name)) and not _BASHS_OWN.fullmatch(name)
