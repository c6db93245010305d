"""A shell step outlives gonogo: killed and run again, it is found, not begun again."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

SLOW = "echo ran >> log.txt; echo $$ > up; read word < go; echo 5 > flag.txt"
RUN = ("run", "rollout.md")
PACE = ("--pace", "240")


class Slow:
    """A shop with a script that says when it is up, and waits to be let go."""

    def __init__(self, shop):
        """Take a shop, and lay the pipes."""
        self.shop, self.folder = shop, shop.folder
        os.mkfifo(self.folder / "up")
        os.mkfifo(self.folder / "go")

    def begin(self):
        """Run the rollout until its slow script is up; return gonogo and the script."""
        worker = self.shop.start(*RUN, *PACE)
        return worker, int((self.folder / "up").read_text())

    def begin_and_kill(self):
        """Kill gonogo, as a crash would, while its script is up; return the script."""
        worker, script = self.begin()
        worker.kill()
        worker.communicate()
        return script

    def let_go(self):
        """Let the script end."""
        (self.folder / "go").write_text("go\n")

    def run_on(self, *words, status=0):
        """Run the rollout on to its end."""
        return self.shop.gonogo(*RUN, *PACE, *words, status=status).stdout

    def log(self):
        """Return what the script wrote each time it ran."""
        return (self.folder / "log.txt").read_text()

    def kinds(self):
        """Return how often each kind of event about actions is in the journal."""
        lines = self.shop.gonogo(
            "journal", "show", "--json", status=0
        ).stdout.splitlines()
        return Counter(json.loads(line)["event"] for line in lines)

    def supervisor(self):
        """Return the process that supervises the script that is up."""
        begun = self.folder.glob(".gonogo/sessions/*/deeds/*")
        (deed,) = [each for each in begun if not (each / "settled").exists()]
        inode = (deed / "lock").stat().st_ino
        locks = Path("/proc/locks").read_text().splitlines()
        (line,) = [each for each in locks if f":{inode} " in each]
        return int(line.split()[4])


@pytest.fixture
def slow(shop):
    """Give a shop whose second action is slow."""
    shop.write(apply=SLOW, soak="5s")
    return Slow(shop)


def test_a_script_that_outlives_a_kill_is_found_and_the_rollout_goes_on(slow):
    """It ran once, has one result, and nobody was asked."""
    slow.begin_and_kill()
    worker = slow.shop.start(*RUN, *PACE)
    slow.let_go()
    worker.communicate(timeout=60)
    assert 0 == worker.returncode
    assert "ran\n" == slow.log()
    kinds = slow.kinds()
    assert (2, 2) == (kinds["ActionIntended"], kinds["ActionApplied"])
    assert (1, 0) == (kinds["ActionInDoubt"], kinds["ActionNotFound"])
    assert 0 == kinds["QuestionAsked"]


def test_a_script_that_ended_while_nobody_watched_is_found(slow):
    """Its exit status has waited for the next run."""
    slow.begin_and_kill()
    slow.let_go()
    slow.run_on()
    kinds = slow.kinds()
    assert "ran\n" == slow.log()
    assert (2, 0) == (kinds["ActionApplied"], kinds["QuestionAsked"])


def test_a_second_ctrl_c_leaves_the_script_running_for_the_next_run(slow):
    """It is not ended with gonogo, and not begun again."""
    worker, script = slow.begin()
    worker.send_signal(signal.SIGINT)
    assert "again to leave at once" in until(worker, "again to leave at once")
    worker.send_signal(signal.SIGINT)
    worker.communicate(timeout=30)
    assert runs(script)
    slow.let_go()
    slow.run_on()
    assert "ran\n" == slow.log()


def until(worker, words):
    """Read what a run says, up to the line with these words."""
    for line in worker.stdout:
        if words in line:
            return line
    return ""


def test_an_abort_after_a_takeover_ends_the_script_that_is_found(slow):
    """Then it is undone like any other that was ended."""
    script = slow.begin_and_kill()
    slow.shop.gonogo("abort", status=0)
    slow.run_on(status=1)
    assert not runs(script)
    kinds = slow.kinds()
    assert (1, 2, 0) == (
        kinds["ActionFailed"],
        kinds["UndoApplied"],
        kinds["UndoHandedOver"],
    )
    assert b"off\n" == slow.shop.flag()


def test_without_its_supervisor_a_script_is_in_doubt_as_ever(slow):
    """It is ended, and a person is asked what it did."""
    script = slow.begin_and_kill()
    os.kill(slow.supervisor(), signal.SIGKILL)
    worker = slow.shop.start(*RUN, *PACE)
    assert until(worker, "nothing was found of it here")
    assert until(worker, "Was it applied?")
    assert not runs(script)
    doubt = ("shop-test-1", "l23/in-doubt", "applied")
    slow.shop.gonogo("answer", *doubt, status=0)
    worker.communicate(timeout=60)
    assert (0, "ran\n") == (worker.returncode, slow.log())


def runs(script):
    """Tell whether a process is there that has not ended."""
    stat = Path(f"/proc/{script}/stat")
    return stat.exists() and ") Z " not in stat.read_text()
