"""The lock of a rollout: one runner on a machine, however the last one ended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.adapters.journals import JournalUnusable, RolloutBusy, RolloutLock
from gonogo.model.identifiers import RolloutId

ROLLOUT = RolloutId("qc/1")
_HOLDER = """
import sys
from pathlib import Path
from gonogo.adapters.journals import RolloutLock
RolloutLock(Path(sys.argv[1]), "qc/1").acquire()
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_second_runner_is_told_who_holds_the_rollout(tmp_path):
    """The message names the process that runs it."""
    with RolloutLock(tmp_path, ROLLOUT), pytest.raises(RolloutBusy) as caught:
        RolloutLock(tmp_path, ROLLOUT).acquire()
    assert os.getpid() == caught.value.pid
    assert f"process {os.getpid()}" in str(caught.value)


def test_a_released_rollout_can_be_taken_again(tmp_path):
    """A runner that stopped in good order leaves nothing in the way."""
    for _ in range(2):
        with RolloutLock(tmp_path / "new", ROLLOUT):
            pass


def test_two_rollouts_have_two_locks(tmp_path):
    """Rollouts of different names do not wait for each other."""
    with RolloutLock(tmp_path, ROLLOUT), RolloutLock(tmp_path, RolloutId("qc-1")):
        pass


def test_the_lock_dies_with_its_process(tmp_path):
    """After kill -9 of a runner the next one starts without any cleaning up."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert "held\n" == holder.stdout.readline()
        with pytest.raises(RolloutBusy) as caught:
            RolloutLock(tmp_path, ROLLOUT).acquire()
        assert holder.pid == caught.value.pid
        holder.kill()
    with RolloutLock(tmp_path, ROLLOUT):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """A file where the folder should be is one clear error."""
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnusable, match="lock file"):
        RolloutLock(Path(tmp_path / "file"), ROLLOUT).acquire()
