"""The live view, on a terminal of its own: drawn, asked, and left in order."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

import pytest

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:3[1-7]|9[0-7])(?:;\d+)*m")
# What begins a line on the screen: a new one, or one drawn over.
MOVES = re.compile(r"[\r\n]|\x1b\[\d*[AK]")
LIMIT_S = 40


class Terminal:
    """A command on a terminal of 80 by 30, and what it wrote there."""

    def __init__(self, shop, *words, **environ):
        """Begin the command."""
        self._ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gonogo", *words],
            cwd=shop.folder,
            env={**shop.environ, "TERM": "xterm-256color", **environ},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.written = ""

    @property
    def text(self):
        """Return what was written, without its control codes."""
        return ESCAPES.sub("", self.written).replace("\r", "")

    def wait_for(self, pattern):
        """Read until a pattern is written."""
        while not re.search(pattern, self.text):
            assert self._read(), f"it ended without '{pattern}':\n{self.text}"

    def end(self):
        """Read to the end; return the exit status."""
        while self._read():
            pass
        status = self.process.wait(LIMIT_S)
        os.close(self._ours)
        return status

    def hang_up(self):
        """Cut the connection."""
        os.close(self._ours)

    def type(self, line):
        """Type a line."""
        os.write(self._ours, f"{line}\n".encode())

    def _read(self):
        """Read what there is; return whether there may be more."""
        ready, _, _ = select.select([self._ours], [], [], LIMIT_S)
        assert ready, f"nothing more came:\n{self.text}"
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # Linux: the other side was closed
            return False
        self.written += data.decode(errors="replace")
        return bool(data)


@pytest.fixture
def on_terminal(shop):
    """Give a function that begins a command on a terminal; ended with the test."""
    begun = []

    def begin(*words, **environ):
        begun.append(Terminal(shop, *words, **environ))
        return begun[-1]

    yield begin
    for terminal in begun:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


def test_the_live_view_shows_the_whole_rollout(shop, on_terminal):
    """Stages, the running step, the soak's progress and each gate are in sight."""
    shop.write(soak="1m")
    terminal = on_terminal("run", "rollout.md", "--pace", "30", "--yes")
    terminal.wait_for(r"▶ RUNNING  shop-test-1")
    terminal.wait_for(r"✓ Stage 1: Prepare +2/2")
    terminal.wait_for(r"now holds  Monitor for 1m \(line \d+\)")
    terminal.wait_for(r"█+░+ +\d+ %  .* of 1 min, until ")
    terminal.wait_for(r"✓ Errors +1 < 5 +pass")
    assert 0 == terminal.end()
    assert "✓ COMPLETED  shop-test-1" in terminal.text
    assert COLOURS.search(terminal.written)


def test_no_color_is_respected(shop, on_terminal):
    """With NO_COLOR the symbols and words say all; no colour is written."""
    shop.write(soak="30s")
    words = ("run", "rollout.md", "--pace", "30", "--yes")
    terminal = on_terminal(*words, NO_COLOR="1")
    assert 0 == terminal.end()
    assert "✓ Errors" in terminal.text
    assert not COLOURS.search(terminal.written)


def test_no_line_of_the_picture_is_wider_than_the_terminal(on_terminal):
    """At 80 columns nothing runs over the edge; what wraps is wrapped by us."""
    terminal = on_terminal("run", "rollout.md", "--pace", "30", "--yes")
    assert 0 == terminal.end()
    _, _, drawn = terminal.written.partition("A new rollout begins.")
    told = MOVES.split(drawn.partition("The report:")[0])
    assert [] == [line for line in told if len(ESCAPES.sub("", line)) > 80]


def test_a_start_is_confirmed_on_a_terminal(on_terminal, shop):
    """Who says no has begun nothing."""
    terminal = on_terminal("run", "rollout.md")
    terminal.wait_for(r"Start this rollout\? \[y/N\]")
    terminal.type("n")
    assert 2 == terminal.end()
    assert "nothing was started" in terminal.text
    assert b"off\n" == shop.flag()


def test_questions_are_asked_and_the_view_comes_back(shop, on_terminal, question):
    """A prompt has the screen to itself; answered, the rollout goes on to its end."""
    shop.write(after=question, soak="30s")
    terminal = on_terminal("run", "rollout.md", "--pace", "30", "--yes")
    terminal.wait_for(r"yes / no: ")
    terminal.type("yes")
    assert 0 == terminal.end()
    assert "carol (terminal) answered" in terminal.text


def test_an_answer_from_elsewhere_ends_the_prompt(shop, on_terminal, question):
    """Somebody else may answer from another terminal; the prompt here ends."""
    shop.write(after=question, soak="30s")
    terminal = on_terminal("run", "rollout.md", "--pace", "30", "--yes")
    terminal.wait_for(r"yes / no: ")
    (name,) = set(re.findall(r"gonogo answer shop-test-1 (\w+) yes", terminal.text))
    shop.gonogo("answer", name, "yes", "--as", "ada", status=0)
    assert 0 == terminal.end()
    assert "ada (command line) answered" in terminal.text


def test_ctrl_c_says_what_it_does_and_how_to_go_on(shop, on_terminal):
    """After a Ctrl-C the screen is in order, and the line that goes on stands there."""
    shop.write(soak="10h")
    terminal = on_terminal("run", "rollout.md", "--pace", "60", "--yes")
    terminal.wait_for(r"now holds")
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert 3 == terminal.end()
    assert "leaving as soon as no action is under way" in terminal.text
    assert "To go on: gonogo run rollout.md --pace 60" in terminal.text
    assert terminal.written.rstrip().endswith("60")
    assert "\x1b[?25h" in terminal.written  # the cursor is shown again


def test_watch_follows_a_rollout_of_another_process(shop, on_terminal):
    """A second terminal sees the same view, and a pause typed elsewhere."""
    shop.write(soak="10h")
    runner = shop.start("run", "rollout.md", "--pace", "60")
    try:
        for line in runner.stdout:
            if "soak  Monitor" in line:
                break
        terminal = on_terminal("watch")
        terminal.wait_for(r"now holds  Monitor for 10h")
        shop.gonogo("pause", "--reason", "lunch", status=0)
        terminal.wait_for(r"‖ PAUSED  shop-test-1")
        terminal.wait_for(r"gonogo resume shop-test-1")
        os.killpg(terminal.process.pid, signal.SIGINT)
        assert 3 == terminal.end()
        assert runner.poll() is None
    finally:
        runner.kill()
        runner.communicate()


def test_a_terminal_that_hangs_up_leaves_the_rollout_in_order(shop, on_terminal):
    """When the connection is cut the run leaves, and the next one goes on."""
    shop.write(soak="5m")
    terminal = on_terminal("run", "rollout.md", "--pace", "30", "--yes")
    terminal.wait_for(r"now holds")
    os.killpg(terminal.process.pid, signal.SIGHUP)
    terminal.hang_up()
    assert 3 == terminal.process.wait(LIMIT_S)
    shop.gonogo("run", "rollout.md", "--pace", "100", status=0)
