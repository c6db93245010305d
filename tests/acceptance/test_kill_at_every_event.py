"""Law 5, for real: kill -9 at every event, and the same command goes on where it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.adapters.journals import SqliteJournal
from gonogo.model.event import ActionApplied, ActionIntended, RunnerRecovered

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "qc_flow"
KILLER = Path(__file__).with_name("kill_at_every_event.py")
UP = [sys.executable, "-m", "qc_flow", "up"]

pytestmark = pytest.mark.usefixtures("example_on_path")


@pytest.fixture
def example_on_path(monkeypatch):
    """Let child processes import the example."""
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLE))


def lives_of(folder, *, faults=()):
    """Run the demonstration, killed at every event; return what became of it."""
    state = folder / "state"
    run = ["run", str(EXAMPLE / "rollout.md"), "--as", "you", "--pace", "500000"]
    given = ["--answers", str(EXAMPLE / "answers.yaml"), "--state", str(state)]
    fault = [part for each in faults for part in ("--fault", each)]
    done = subprocess.run(
        [
            *(*UP, "--folder", str(folder / "system"), *fault, "--"),
            *(sys.executable, str(KILLER), *run, *given),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env=None,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), SqliteJournal(state / "journal.db")


def history(journal):
    """Return the events of the one rollout of a journal."""
    (rollout,) = journal.rollouts()
    assert journal.verify(rollout) == ()
    return [record.event for record in journal.read(rollout)]


def test_a_rollout_killed_at_every_event_completes(tmp_path, monkeypatch):
    """However often it is killed, the same command again brings it to its end."""
    monkeypatch.setenv("KILL_LOG", str(tmp_path / "lives.log"))
    lives, journal = lives_of(tmp_path)
    assert lives["exit_status"] == 0, (tmp_path / "lives.log").read_text()[-3000:]
    events = history(journal)
    recovered = sum(isinstance(event, RunnerRecovered) for event in events)
    # The first life begins, the last one finds that the end has been reached.
    assert recovered == lives["lives"] - 2
    assert not lives["as_before"]
    applied = [event.step for event in events if isinstance(event, ActionApplied)]
    assert sorted(applied) == sorted(set(applied))
    intended = {event.step for event in events if isinstance(event, ActionIntended)}
    assert intended == set(applied)


def test_a_rollback_killed_at_every_event_comes_to_its_end(tmp_path, monkeypatch):
    """A kill in the middle of going back loses nothing of the way back."""
    monkeypatch.setenv("KILL_LOG", str(tmp_path / "lives.log"))
    lives, journal = lives_of(tmp_path, faults=["error_rate=0.5@DLQ_ENABLED"])
    assert lives["exit_status"] == 1, (tmp_path / "lives.log").read_text()[-3000:]
    ended = history(journal)[-1]
    assert ended.handed_over == ()
    assert lives["as_before"]
