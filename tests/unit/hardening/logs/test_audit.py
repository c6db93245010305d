"""The audit: lists the secrets in logs that exist, without showing them."""

import gzip
import io
import json
import subprocess
import sys

import pytest

from hardening.logs.audit import main

SECRET = "sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc"


@pytest.fixture
def leaky(tmp_path):
    """Give a log with two secrets in four lines."""
    path = tmp_path / "app.log"
    lines = (
        "started",
        f"charged with {SECRET}",
        '{"password": "hunter2", "a": 1}',
        "password=[redacted:field]",
    )
    path.write_text("\n".join(lines))
    return path


def test_findings_have_a_place_and_a_kind_and_no_secret(leaky, capsys):
    """Whoever cleans up knows where to look."""
    assert 1 == main(["audit", str(leaky)])
    told = capsys.readouterr()
    assert [
        f"{leaky}:2:14: stripe, 32 characters",
        f"{leaky}:3:15: field, 7 characters",
    ] == told.out.splitlines()
    assert told.err.startswith("2 secrets in 1 files: ")
    assert SECRET not in told.out + told.err
    assert "hunter2" not in told.out + told.err


def test_a_clean_log_ends_with_zero(tmp_path, capsys):
    """A build may depend on it."""
    path = tmp_path / "app.log"
    path.write_text("started\nstopped\n")
    assert 0 == main(["audit", str(path)])
    assert "0 secrets in 1 files\n" == capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_no_clean_file(leaky, capsys):
    """What was not searched is said, and the others are searched."""
    assert 2 == main(["audit", "nowhere.log", str(leaky)])
    told = capsys.readouterr()
    assert 2 == len(told.out.splitlines())
    assert "nowhere.log: not read: No such file" in told.err


def test_packed_logs_and_json_findings(leaky, tmp_path, capsys):
    """Old logs are packed; findings may go to a program."""
    packed = tmp_path / "app.log.gz"
    packed.write_bytes(gzip.compress(leaky.read_bytes()))
    assert 1 == main(["audit", "--json", str(packed)])
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert {"file": str(packed), "line": 2, "column": 14} | {
        "kind": "stripe",
        "length": 32,
    } == first


def test_a_packed_log_that_is_broken_is_not_read(tmp_path, capsys):
    """A file that is not what its name says ends in a message, not in a traceback."""
    broken = tmp_path / "app.log.gz"
    broken.write_bytes(b"\x1f\x8b\x08nothing")
    assert 2 == main(["audit", str(broken)])
    assert "not read" in capsys.readouterr().err


def test_own_names_and_long_lines(tmp_path, capsys):
    """A line of megabytes is searched in pieces; a service names its own secrets."""
    path = tmp_path / "app.log"
    path.write_text("x" * (1 << 20) + " fiscal=token; token=abc\n" + "token=abc")
    assert 1 == main(["audit", str(path)])
    assert [f"{path}:1:{(1 << 20) + 22}: field, 3 characters"] == (
        capsys.readouterr().out.splitlines()[:1]
    )


def test_a_further_name_is_looked_for(tmp_path, capsys):
    """What the redactor would hide by a name of the service, the audit finds."""
    path = tmp_path / "app.log"
    path.write_text("pesel=12345678901\n")
    assert 0 == main(["audit", str(path)])
    assert 1 == main(["audit", "--name", "pesel", str(path)])
    assert f"{path}:1:7: field, 11 characters\n" == capsys.readouterr().out


def test_the_command_reads_the_standard_input(leaky):
    """It stands at the end of a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "hardening.logs", "audit", "-"],
        input=leaky.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert 1 == done.returncode
    assert io.BytesIO(done.stdout).readline().startswith(b"-:2:14: stripe")
