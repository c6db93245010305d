"""Deeds that outlive their worker: real scripts, real supervisors, real kills."""

import os
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from gonogo.adapters.operators import supervised
from gonogo.adapters.operators.leashed import LEASH
from gonogo.adapters.operators.redaction import Redactor
from gonogo.adapters.operators.shell import ShellOperator
from gonogo.adapters.operators.values import Values
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Shell
from gonogo.model.plan import ValueSource
from gonogo.model.ticket import Ticket

SECRET = "s3cr3t-W0rd-of-ours"
SOURCES = {"TOKEN": ValueSource(env="THE_TOKEN", secret=True)}
NEVER = Event()
TICKET = Ticket(rollout=RolloutId("r-1"), subject="act", attempt=1)
LONG = timedelta(seconds=30)
# It says that it is up, does its deed, and ends when the test lets it.
SLOW = 'echo "$TOKEN"; echo ran >> log; echo $$ > up; read status < go; exit $status'


def operator(folder, secret=SECRET):
    """Return what every worker has: an operator over the same folder."""
    values = Values(SOURCES, {"PATH": os.environ["PATH"], "THE_TOKEN": secret})
    redact = Redactor(values.secrets())
    return ShellOperator(
        folder, values, redact, sessions=folder / "s" / "r-1", grace_s=0.3
    )


def slow(deadline=LONG):
    """Return the operation that waits for the test."""
    return Shell(run=SLOW, deadline=deadline)


@dataclass
class Place:
    """A folder in which a slow script can be begun and let end."""

    folder: Path

    def begin(self, deadline=LONG):
        """Let a worker of its own begin the slow script; return both processes."""
        code = (
            "import sys; sys.path.insert(0, sys.argv[2]); import test_supervised as t;"
            "from pathlib import Path; from datetime import timedelta;"
            "t.operator(Path(sys.argv[1])).perform("
            "t.slow(timedelta(seconds=float(sys.argv[3]))), t.NEVER, t.TICKET)"
        )
        here = str(Path(__file__).parent)
        seconds = str(deadline.total_seconds())
        worker = subprocess.Popen(
            (sys.executable, "-c", code, str(self.folder), here, seconds)
        )
        script = int((self.folder / "up").read_text())
        return worker, script

    def begin_and_kill(self, deadline=LONG):
        """Let a worker begin the script and die over it; return the script."""
        worker, script = self.begin(deadline)
        worker.kill()
        worker.wait()
        return script

    def let_end(self, status=0):
        """Let the script end."""
        (self.folder / "go").write_text(f"{status}\n")

    @property
    def deed(self):
        """Return the folder of the deed."""
        return self.folder / "s" / "r-1" / "deeds" / "act-1"

    def ran(self):
        """Return how often the script has run."""
        return (self.folder / "log").read_text().count("ran")

    def supervisor(self):
        """Return the process that holds the lock."""
        inode = (self.deed / "lock").stat().st_ino
        locks = Path("/proc/locks").read_text().splitlines()
        (line,) = [each for each in locks if f":{inode} " in each]
        return int(line.split()[4])


@pytest.fixture
def place(tmp_path):
    """Give a place with the pipes of its script."""
    os.mkfifo(tmp_path / "up")
    os.mkfifo(tmp_path / "go")
    return Place(tmp_path)


def gone(pid):
    """Wait until a process that is no child of ours has gone."""
    try:
        end = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(end) as file:
        return bool(select.select((file,), (), (), 10)[0])


def alive(pid):
    """Tell whether a process is there that has not ended."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z " not in stat.read_text()


# -- found again -------------------------------------------------------------------


def test_a_script_outlives_its_worker_and_is_found_while_it_runs(place):
    """The next worker waits for it, and gets its output and exit status."""
    script = place.begin_and_kill()
    found = []
    finder = threading.Thread(
        target=lambda: found.append(operator(place.folder).find(slow(), NEVER, TICKET))
    )
    finder.start()
    assert alive(script)
    place.let_end(3)
    finder.join(10)
    (seen,) = found
    assert (3, None) == (seen.exit_status, seen.error)
    assert 1 == place.ran()


def test_a_script_that_ended_while_no_worker_lived_is_found(place):
    """Its exit status waits for whoever comes."""
    script = place.begin_and_kill()
    place.let_end(0)
    assert gone(script)
    seen = operator(place.folder).find(slow(), NEVER, TICKET)
    assert (0, None) == (seen.exit_status, seen.error)
    assert seen == operator(place.folder).find(slow(), NEVER, TICKET)


def test_a_deadline_is_kept_though_no_worker_lives(place):
    """The supervisor keeps it, and says so to whoever comes."""
    script = place.begin_and_kill(timedelta(seconds=0.5))
    assert gone(script)
    seen = operator(place.folder).find(slow(), NEVER, TICKET)
    assert (None, "deadline") == (seen.exit_status, seen.error.split()[7])


def test_a_script_that_is_found_can_be_cancelled(place):
    """An abort after a takeover ends the whole group."""
    script = place.begin_and_kill()
    cancelled = Event()
    cancelled.set()
    seen = operator(place.folder).find(slow(), cancelled, TICKET)
    assert "The script was cancelled." == seen.error
    assert gone(script)


def test_what_a_script_leaves_in_the_background_keeps_nobody_waiting(tmp_path):
    """It holds neither the lock nor the pipe that tell of the supervisor."""
    leaving = Shell(run="sleep 30 >/dev/null 2>&1 & echo $!", deadline=LONG)
    began = time.monotonic()
    seen = operator(tmp_path).perform(leaving, NEVER, TICKET)
    assert seen == operator(tmp_path).find(leaving, NEVER, TICKET)
    assert 5 > time.monotonic() - began
    os.kill(int(seen.output), signal.SIGKILL)


# -- begun at most once --------------------------------------------------------------


def test_of_two_workers_one_begins_a_deed(tmp_path):
    """Of many at once, too: the other ones are refused, and say so."""
    seen, go = [], threading.Barrier(6)

    def work():
        go.wait()
        once = Shell(run="echo ran >> log", deadline=LONG)
        seen.append(operator(tmp_path).perform(once, NEVER, TICKET))

    workers = [threading.Thread(target=work) for _ in range(6)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert "ran\n" == (tmp_path / "log").read_text()
    assert [0] == [each.exit_status for each in seen if each.error is None]
    assert 5 == sum("another worker" in (each.error or "") for each in seen)


def test_a_deed_that_nobody_found_is_never_begun(tmp_path):
    """A worker that stood still before it began comes too late."""
    assert operator(tmp_path).find(slow(), NEVER, TICKET) is None
    assert "another worker" in operator(tmp_path).perform(slow(), NEVER, TICKET).error
    assert operator(tmp_path).find(slow(), NEVER, TICKET) is None
    assert not (tmp_path / "log").exists()


def test_each_attempt_and_each_subject_is_a_deed_of_its_own(tmp_path):
    """Also where their names are long, or no names for a file."""
    names = ("act", "a/b", "a%2Fb", "x" * 300, "x" * 299 + "y", "..")
    tickets = [
        Ticket(rollout=RolloutId("r-1"), subject=name, attempt=attempt)
        for name in names
        for attempt in (1, 2)
    ]
    for each in tickets:
        said = Shell(run=f"echo {each.attempt}{each.subject[-3:]}", deadline=LONG)
        assert operator(tmp_path).perform(said, NEVER, each).error is None
    found = [operator(tmp_path).find(slow(), NEVER, each).output for each in tickets]
    expected = [f"{each.attempt}{each.subject[-3:]}\n" for each in tickets]
    assert expected == found


# -- in doubt ----------------------------------------------------------------------


def test_when_the_supervisor_is_killed_nothing_is_known_and_nothing_runs_on(place):
    """The script is ended before anybody may begin it again."""
    script = place.begin_and_kill()
    os.kill(place.supervisor(), signal.SIGKILL)
    assert operator(place.folder).find(slow(), NEVER, TICKET) is None
    assert gone(script)


def test_a_worker_that_sees_its_supervisor_die_says_that_nothing_is_known(place):
    """It is an error, for which the rollout turns back."""
    seen = []
    worker = threading.Thread(
        target=lambda: seen.append(
            operator(place.folder).perform(slow(), NEVER, TICKET)
        )
    )
    worker.start()
    script = int((place.folder / "up").read_text())
    os.kill(place.supervisor(), signal.SIGKILL)
    worker.join(10)
    assert "supervised the script has died" in seen[0].error
    assert gone(script)


@pytest.mark.parametrize("fact", ["boot", "start"])
def test_after_a_reboot_a_process_of_the_same_number_is_left_alone(place, fact):
    """Only the very process is the script: by its start and the machine's."""
    script = place.begin_and_kill()
    supervisor = place.supervisor()
    os.kill(supervisor, signal.SIGKILL)
    assert gone(supervisor)
    lines = (place.deed / "begun").read_text().splitlines()
    other = [f"{fact}=1" if each.startswith(fact) else each for each in lines]
    (place.deed / "begun").write_text("\n".join(other))
    assert operator(place.folder).find(slow(), NEVER, TICKET) is None
    assert alive(script)
    os.killpg(script, signal.SIGKILL)


def test_a_supervisor_that_stands_still_does_not_block_the_way_back(place, monkeypatch):
    """Cancelled, it is waited for no longer than its grace and a margin."""
    monkeypatch.setattr(supervised, "_MARGIN_S", 0.2)
    script = place.begin_and_kill()
    supervisor = place.supervisor()
    os.kill(supervisor, signal.SIGSTOP)
    cancelled = Event()
    cancelled.set()
    seen = operator(place.folder).find(slow(), cancelled, TICKET)
    assert "did not stop when told to" in seen.error
    assert gone(script)
    os.kill(supervisor, signal.SIGKILL)


# -- a look --------------------------------------------------------------------------


HOLDING = """
import subprocess, sys
from gonogo.adapters.operators.leashed import LEASH
def sleep():
    nobody = subprocess.DEVNULL
    return subprocess.Popen(("sleep", "60"), stdout=nobody, start_new_session=True)
kept, let_go = sleep(), sleep()
with LEASH.holding(kept.pid):
    with LEASH.holding(let_go.pid):
        pass
    print(kept.pid, let_go.pid, flush=True)
    sys.stdin.read()
"""


def test_what_is_held_ends_with_its_worker_and_what_was_let_go_does_not():
    """Nobody waits for what a look would say, and nobody keeps its deadline."""
    worker = subprocess.Popen(
        (sys.executable, "-c", HOLDING),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    kept, let_go = map(int, worker.stdout.readline().split())
    worker.kill()
    worker.communicate()
    assert gone(kept)
    assert alive(let_go)
    os.kill(let_go, signal.SIGKILL)


def test_a_look_is_held(tmp_path, monkeypatch):
    """While it is under way, and no longer."""
    told = []
    monkeypatch.setattr(LEASH, "_say", told.append)
    look = Shell(run="echo $$", deadline=LONG)
    seen = operator(tmp_path).perform(look, NEVER, replace(TICKET, attempt=None))
    pid = seen.output.strip()
    assert [f"+{pid}\n", f"-{pid}\n"] == told
    assert not (tmp_path / "s").exists()


# -- what stands on disk ---------------------------------------------------------------


def test_what_is_on_disk_is_private_and_holds_no_secret_once_it_was_read(place):
    """Raw output stands there only until somebody has taken the secrets out."""
    script = place.begin_and_kill()
    place.let_end()
    assert gone(script)
    seen = operator(place.folder).find(slow(), NEVER, TICKET)
    assert SECRET not in seen.output
    assert "redacted" in seen.output
    for each in (place.folder / "s").rglob("*"):
        assert 0 == stat.S_IMODE(each.stat().st_mode) & 0o077 or each.name == "r-1"
        assert each.is_dir() or each.is_fifo() or SECRET not in each.read_text()
    assert not (place.deed / "result").exists()


def test_output_that_was_written_with_other_secrets_is_withheld(place):
    """Who does not know them cannot take them out."""
    script = place.begin_and_kill()
    place.let_end(4)
    assert gone(script)
    seen = operator(place.folder, "another one").find(slow(), NEVER, TICKET)
    assert 4 == seen.exit_status
    assert "withheld" in seen.output
    assert SECRET not in seen.output
