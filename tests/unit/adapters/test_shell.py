"""Shell: scripts run as typed, end when told to, and hand on their session."""

import os
import signal
import stat
import time
from datetime import timedelta
from itertools import count, repeat
from threading import Event, Timer

import pytest

from gonogo.adapters.operators.redaction import Redactor
from gonogo.adapters.operators.shell import ShellOperator, value_of
from gonogo.adapters.operators.values import Values
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Shell
from gonogo.model.plan import ValueSource
from gonogo.model.ticket import Ticket

SECRET = "s3cr3t'&%Wert"
SOURCES = {
    "APP_URL": ValueSource(literal="http://127.0.0.1:8080/a b;$(rm -rf /)"),
    "TOKEN": ValueSource(env="THE_TOKEN", secret=True),
    "ABSENT": ValueSource(env="NOT_SET"),
}
ENVIRON = {"PATH": os.environ["PATH"], "THE_TOKEN": SECRET, "INHERITED": "yes"}
LONG = timedelta(seconds=30)
NEVER = Event()


@pytest.fixture(params=["look", "deed"])
def shell(tmp_path, request):
    """Give an operator whose scripts start in a folder of the test's own."""
    return Asked(operator(tmp_path), deeds=request.param == "deed")


class Asked:
    """An operator that is asked for looks only, or for one deed after the other."""

    def __init__(self, inner, *, deeds):
        self.inner, self.attempts = inner, count(1) if deeds else repeat(None)

    def perform(self, operation, cancelled):
        """Perform an operation with the next ticket."""
        return self.inner.perform(operation, cancelled, ticket(next(self.attempts)))


def ticket(attempt=None, subject="step"):
    """Return a ticket for a look, or for one attempt at a deed."""
    return Ticket(rollout=RolloutId("r-1"), subject=subject, attempt=attempt)


def operator(folder, environ=ENVIRON):
    """Return an operator with `SOURCES`."""
    values = Values(SOURCES, environ)
    redact = Redactor(values.secrets())
    return ShellOperator(
        folder, values, redact, sessions=folder / "sessions", grace_s=0.3
    )


def run(shell, script, *, session=None, deadline=LONG, cancelled=NEVER):
    """Perform a script."""
    operation = Shell(run=script, session=session, deadline=deadline)
    asked = shell if isinstance(shell, Asked) else Asked(shell, deeds=False)
    return asked.perform(operation, cancelled)


# --- as a person would type it -----------------------------------------------------


def test_output_and_errors_come_in_the_order_they_were_written(shell):
    """A reader sees what a person at a terminal would have seen."""
    seen = run(shell, "echo one; echo two >&2; echo three")
    assert ("one\ntwo\nthree\n", 0, None) == (seen.output, seen.exit_status, seen.error)


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("false; true", 0),
        ("false | true", 0),
        ("true; false", 1),
        ("exit 3", 3),
        ("set -e; false; true", 1),
        ("set -euo pipefail; false | true", 1),
        ("kill -9 $$", 137),
        ("no-such-command-anywhere", 127),
        ("if", 2),
    ],
)
@pytest.mark.parametrize("session", [None, "s"])
def test_the_exit_status_is_that_of_the_last_command(shell, script, status, session):
    """Neither `set -e` nor `pipefail` is on unless the script says so."""
    seen = run(shell, script, session=session)
    # With `eval`, a syntax error is a failed command of status 1 or 2.
    assert status == seen.exit_status or (script == "if" and seen.exit_status == 1)
    assert seen.error is None


def test_a_prompt_ends_instead_of_hanging(shell):
    """Nobody types: standard input is at its end."""
    seen = run(shell, 'read -r line; echo "status $?"')
    assert "status 1\n" == seen.output


def test_values_reach_the_script_as_variables_and_never_as_text(shell):
    """A value that looks like a command is not run."""
    seen = run(shell, 'echo "$APP_URL"; echo "$INHERITED"')
    assert "http://127.0.0.1:8080/a b;$(rm -rf /)\nyes\n" == seen.output


def test_a_value_that_is_not_set_is_an_error_only_where_it_is_used(shell):
    """The error names the environment variable to set."""
    assert "NOT_SET" in run(shell, 'echo "$ABSENT"').error
    assert 0 == run(shell, "echo fine").exit_status


def test_one_line_of_output_is_the_value(shell):
    """A script can measure: the number, or word, that it prints."""
    assert 12.5 == run(shell, "echo 12.5").value
    assert "HEALTHY" == run(shell, "echo HEALTHY").value


def test_a_failing_script_gives_no_value(shell):
    """What a broken probe prints is no measurement."""
    assert run(shell, "echo 12.5; exit 1").value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" 7 \n", 7.0),
        ("1e3", 1000.0),
        ("nan", None),
        ("-inf", None),
        ("null", None),
        ("stable", "stable"),
        ("two\nlines", None),
        ("x" * 200, "x" * 200),
        ("x" * 201, None),
    ],
)
def test_a_value_is_a_finite_number_or_a_word(text, value):
    """No number, NaN and infinity are no data."""
    assert value == value_of(text)


# --- ends when told to -------------------------------------------------------------


def test_a_hanging_script_is_ended_at_its_deadline(shell):
    """The message says how long it was given; what it printed is kept."""
    began = time.monotonic()
    seen = run(shell, "echo begun; sleep 60", deadline=timedelta(seconds=0.3))
    assert 5 > time.monotonic() - began
    assert ("begun\n", None) == (seen.output, seen.exit_status)
    assert "deadline of 0.3 s" in seen.error


def test_a_cancelled_script_is_ended(shell):
    """An abort does not wait for a long script."""
    cancelled = Event()
    Timer(0.2, cancelled.set).start()
    began = time.monotonic()
    seen = run(shell, "sleep 60", cancelled=cancelled)
    assert 5 > time.monotonic() - began
    assert "The script was cancelled." == seen.error


def test_a_script_may_clean_up_when_it_is_ended(shell):
    """SIGTERM comes first, and a grace."""
    script = "trap 'echo cleaned; exit 1' TERM; echo ready; while :; do :; done"
    seen = run(shell, script, deadline=timedelta(seconds=0.3))
    assert "ready\ncleaned\n" == seen.output


def test_a_script_that_ignores_sigterm_is_killed(shell):
    """After the grace there is no way to go on."""
    began = time.monotonic()
    script = "trap '' TERM; echo stubborn; while :; do sleep 0.05; done"
    seen = run(shell, script, deadline=timedelta(seconds=0.3))
    assert 5 > time.monotonic() - began
    assert "stubborn\n" == seen.output
    assert "deadline" in seen.error


def test_grandchildren_are_ended_too(shell, tmp_path):
    """The whole group ends, also what has its output redirected and ignores SIGTERM."""
    script = (
        "(trap '' TERM; sleep 60 & echo $! > pids; wait) >/dev/null 2>&1 &\n"
        "(trap '' TERM; exec sleep 61) >/dev/null 2>&1 &\n"
        "echo $! >> pids; sleep 62"
    )
    run(shell, script, deadline=timedelta(seconds=0.5))
    for pid in (tmp_path / "pids").read_text().split():
        assert gone(int(pid))


def gone(pid):
    """Return whether a process ends within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


def test_a_grandchild_that_keeps_the_pipe_does_not_hold_up_the_script(shell, tmp_path):
    """A server left in the background is not waited for, and lives on."""
    began = time.monotonic()
    seen = run(shell, "sleep 60 & echo $! > pid; echo started")
    assert 5 > time.monotonic() - began
    assert ("started\n", 0) == (seen.output, seen.exit_status)
    pid = int((tmp_path / "pid").read_text())
    os.kill(pid, 0)
    os.kill(pid, signal.SIGKILL)


def test_a_grandchild_that_never_stops_writing_does_not_hold_up_the_script(shell):
    """Output after the script's end is not waited for."""
    began = time.monotonic()
    seen = run(shell, "yes & echo $! >&2; sleep 0.1")
    assert 5 > time.monotonic() - began
    assert 0 == seen.exit_status


def test_a_script_that_closes_its_output_is_still_waited_for(shell):
    """Its exit status counts, not its silence."""
    assert 4 == run(shell, "exec >&- 2>&-; sleep 0.2; exit 4").exit_status


# --- output ------------------------------------------------------------------------


def test_a_hundred_megabytes_are_kept_as_head_and_tail(shell):
    """The output is bounded, and says how much is missing."""
    seen = run(shell, "echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo last")
    assert 0 == seen.exit_status
    assert 66 * 1024 > len(seen.output)
    assert seen.output.startswith("first\nxxx")
    assert seen.output.endswith("last\n")
    assert "characters left out" in seen.output


def test_binary_output_becomes_text(shell):
    """Whatever a script prints can be journaled and shown."""
    seen = run(shell, r"printf 'a\000b\377c\033[31mred\033[0m\r\nd\ud800'")
    assert seen.output.startswith("a\ufffdb\ufffdcred\nd")
    seen.output.encode()


def test_secrets_do_not_come_out(shell):
    """Not printed, not traced, not in the value."""
    for script in ('echo "$TOKEN"', 'set -x; echo "$TOKEN"', "env"):
        seen = run(shell, script)
        assert "[redacted]" in seen.output
        assert "s3cr3t" not in seen.output
        assert "s3cr3t" not in str(seen.value)


def test_a_secret_at_a_cut_does_not_come_out_in_part(shell):
    """Also where the middle is left out, no half of a secret is left."""
    seen = run(shell, 'for i in {1..12000}; do echo "$i $TOKEN"; done')
    assert "s3c" not in seen.output
    assert "Wert" not in seen.output


# --- sessions ----------------------------------------------------------------------


def test_folder_and_variables_last_through_a_session(shell, tmp_path):
    """The next block goes on where the last one ended, as in one terminal."""
    (tmp_path / "sub dir").mkdir()
    run(
        shell,
        "cd 'sub dir'; export EXPORTED=$'two\\nlines=='; plain='it''s $(x)'; "
        "unset INHERITED; export APP_URL=changed",
        session="s",
    )
    seen = run(
        shell,
        'pwd; echo "$EXPORTED"; echo "$plain"; echo "${INHERITED-gone}"; '
        'echo "$APP_URL"; env | grep -c ^plain=',
        session="s",
    )
    expected = f"{tmp_path}/sub dir\ntwo\nlines==\nits $(x)\ngone\nchanged\n0\n"
    assert expected == seen.output


def test_variables_last_over_several_blocks(shell):
    """What the first block set is there in the third."""
    run(shell, "export A=1; b=2", session="s")
    run(shell, "export A=$((A + 1)); b=$((b + 1))", session="s")
    assert "2 3\n" == run(shell, 'echo "$A $b"', session="s").output


@pytest.mark.parametrize(
    "script",
    [
        "cd /; export A=kept; exit 3",
        "set -e; cd /; export A=kept; false",
        "set -euf; cd /; export A=kept; echo $unbound",
        "set -x; cd /; export A=kept",
        "cd /; export A=kept; IFS=x; trap 'echo mine' EXIT",
        "cd /; export A=kept; PATH=/nowhere",
    ],
)
def test_a_session_lasts_however_the_block_ended(shell, script):
    """A failed block hands on what it had done so far."""
    run(shell, script, session="s")
    assert "/ kept\n" == run(shell, 'echo "$PWD $A"', session="s").output


def test_a_session_leaves_no_trace_in_the_output(shell):
    """What gonogo adds to a script is not seen."""
    assert "++ echo hi\nhi\n" == run(shell, "set -x; echo hi", session="s").output


def test_the_script_sees_no_arguments_and_its_own_name(shell):
    """The wrapper does not show in the script's arguments."""
    assert "0 bash\n" == run(shell, 'echo "$# $0"', session="s").output


def test_sessions_are_apart(shell):
    """Two sections do not see each other's variables, nor do single blocks."""
    run(shell, "export A=1", session="s")
    assert "-\n" == run(shell, 'echo "${A:--}"', session="t").output
    assert "-\n" == run(shell, 'echo "${A:--}"').output


def test_a_session_survives_its_runner(shell, tmp_path):
    """After a crash, the next runner goes on in the same session."""
    run(shell, "export A=1", session="s")
    assert "1\n" == run(operator(tmp_path), 'echo "$A"', session="s").output


def test_secrets_are_not_written_to_the_session(shell, tmp_path):
    """They are handed on by name: the file has none, and the next block has them."""
    run(shell, 'export H="Bearer $TOKEN"; plain="$TOKEN"', session="s")
    (file,) = (tmp_path / "sessions").glob("*.json")
    assert "s3cr3t" not in file.read_text()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert 0o700 == stat.S_IMODE(file.parent.stat().st_mode)
    script = '[ "$H" = "Bearer $TOKEN" ] && [ "$plain" = "$TOKEN" ] && echo same'
    assert "same\n" == run(shell, script, session="s").output


def test_a_session_whose_folder_is_gone_says_so(shell, tmp_path):
    """The next block does not run in some other place."""
    (tmp_path / "sub").mkdir()
    run(shell, "cd sub", session="s")
    (tmp_path / "sub").rmdir()
    seen = run(shell, "touch oops", session="s")
    assert "no folder" in seen.error
    assert not (tmp_path / "oops").exists()


def test_a_large_environment_does_not_hang_the_session(shell):
    """More variables than a pipe holds are handed on all the same."""
    script = "for i in {1..3000}; do printf -v V$i %064d 0; export V$i; done"
    run(shell, script, session="s")
    assert "3000\n" == run(shell, "env | grep -c ^V[0-9]", session="s").output


# --- what cannot be run ------------------------------------------------------------


def test_a_missing_folder_is_one_clear_error(tmp_path):
    """The error names the folder."""
    seen = run(operator(tmp_path / "none"), "true")
    assert f"there is no folder {tmp_path}/none" in seen.error


def test_a_machine_without_bash_says_so(tmp_path):
    """The error names what is missing."""
    seen = run(operator(tmp_path, {"PATH": "/nowhere"}), "true")
    assert "bash" in seen.error


@pytest.mark.parametrize("script", ["echo \0", "#" * 3_000_000], ids=["NUL", "3 MB"])
def test_a_script_that_the_system_refuses_is_an_error(shell, script):
    """No exception leaves the operator."""
    assert "could not be run" in run(shell, script).error
