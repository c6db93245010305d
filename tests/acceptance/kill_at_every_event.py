"""
Run a gonogo command again and again, killed with signal 9 at every event it journals.

Not a test by itself: `test_kill_at_every_event.py` starts it. Each life is a forked
process that really dies by SIGKILL: right after an append is durable (its effects not
performed), and around actions and undos also right before (performed, not recorded).
Each such point is died at once, so that the lives come to an end. Forking spares each
life the imports. Prints one JSON object about all the lives.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gonogo.adapters.journals.sqlite import SqliteJournal
from gonogo.entrypoints.cli import main as run_gonogo
from gonogo.model.encoding import _adapter, _types
from gonogo.model.event import (
    ActionApplied,
    Event,
    UndoApplied,
)
from gonogo.ports.journal import Append

MOST_LIVES = 2_000
RESULTS = (ActionApplied, UndoApplied)

AppendAll = Callable[..., Any]


def killing(append_all: AppendAll, points: Path) -> AppendAll:
    """Return `append_all` as it is in a process that dies at points not died at yet."""

    def die_once(when: str, events: Sequence[Event]) -> None:
        point = f"{when} {' '.join(map(named, events))}\n"
        if point in points.read_text().splitlines(keepends=True):
            return
        with points.open("a") as log:
            log.write(point)
        os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(journal: SqliteJournal, appends: Sequence[Append]) -> object:
        events = [event for each in appends for event in each.events]
        if any(isinstance(each, RESULTS) for each in events):
            die_once("before", events)
        answers = append_all(journal, appends)
        if events:
            die_once("after", events)
        return answers

    return wrapped


def named(event: Event) -> str:
    """Return the kind of an event and what it is about."""
    about = ("step", "metric", "stage", "question", "undo")
    subject = (str(getattr(event, name)) for name in about if hasattr(event, name))
    return f"{type(event).__name__}:{next(subject, '')}"


def warm_up() -> None:
    """Load what every life would load for itself: there are some hundred of them."""
    import_module("gonogo.entrypoints.cli.run")
    for name in _types():
        _adapter(name)


def live(arguments: Sequence[str], points: Path) -> int:
    """Run one life in a child; return its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    dying = killing(SqliteJournal.append_all, points)
    setattr(SqliteJournal, "append_all", dying)  # noqa: B010  mypy guards the plain form
    log = os.open(os.environ["KILL_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = ["gonogo", *arguments]
    try:
        run_gonogo()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    os._exit(0)


def footprint() -> str:
    """Return a hash over production's schema and both flag files."""
    dump = ["pg_dump", "--schema-only", "--no-owner", os.environ["QC_DATABASE_URL"]]
    schema = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    # A dump opens and closes with a random word, on lines that begin so.
    kept = "\n".join(x for x in schema.splitlines() if not x.startswith("\\"))
    files = (os.environ["QC_FLAGS_FILE"], os.environ["STAGING_FLAGS_FILE"])
    flags = b"".join(Path(file).read_bytes() for file in files)
    return hashlib.sha256(kept.encode() + flags).hexdigest()


def main() -> None:
    """Live until a life is not killed; say how that ended, and what it left."""
    warm_up()
    points = Path(os.environ["KILL_LOG"]).with_suffix(".points")
    points.write_text("")
    before = footprint()
    for number in range(1, MOST_LIVES):
        status = live(sys.argv[1:], points)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            told = {
                "lives": number,
                "exit_status": os.waitstatus_to_exitcode(status),
                "as_before": before == footprint(),
            }
            sys.stdout.write(json.dumps(told))
            return
    sys.exit("it never came to an end")


if __name__ == "__main__":
    main()
