"""The how-to on judging by evidence is followed, from the document to the report."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "how-to" / "judge-by-evidence.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENT, LIMIT = (text for kind, text in FENCE.findall(PAGE) if kind == "markdown")
BINDINGS, NOISE = (text for kind, text in FENCE.findall(PAGE) if kind == "yaml")
SHOWN = [text for kind, text in FENCE.findall(PAGE) if kind in {"console", "text"}]
TYPED = re.findall(r"^\$ gonogo (.*)$", PAGE, re.MULTILINE)
# Lines of the shop, which writes two every fifth of a second: a few looks' worth, and the
# forty looks of half a second that noise is calibrated from.
ENOUGH, OLD_ENOUGH = 8, 230
POLL_S = 0.05
# What differs from run to run: instants, ages, what was counted by when.
VARIES = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +|\b(?:over )?[\d.,]+(?: ?%| s\b)?|\bx[\d.]+"
    r"| {2,}"
)


@pytest.fixture
def folder(tmp_path):
    """Give a copy of the examples, with the document and bindings of the page."""
    for path in EXAMPLES.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    (tmp_path / "cart.md").write_text(DOCUMENT)
    (tmp_path / "cart.bindings.yaml").write_text(BINDINGS)
    return tmp_path


@pytest.fixture
def gonogo(folder):
    """Give a way to call gonogo there; what is printed comes back."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}

    def call(*words, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "gonogo", *words],
            cwd=folder,
            env={**kept, "GONOGO_USER": "kim"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert status == done.returncode, done.stdout + done.stderr
        return done.stdout

    return call


@pytest.fixture
def shop(folder):
    """Give a way to open the shop, and wait until it has written; closed in the end."""
    opened = []

    def open_it(*words):
        while opened:
            _close(opened.pop())
        counts = folder / "counts.csv"
        counts.unlink(missing_ok=True)
        opened.append(subprocess.Popen(["bash", "shop.sh", *words], cwd=folder))
        wait_for(ENOUGH)

    def wait_for(lines):
        counts = folder / "counts.csv"
        while not counts.exists() or counts.read_text().count("\n") <= lines:
            assert opened[-1].poll() is None
            time.sleep(POLL_S)

    open_it.wait_for = wait_for
    yield open_it
    for process in opened:
        _close(process)


def _close(process):
    process.kill()
    process.wait()


def words_of(command):
    """Return the words of the one command of the page that begins so."""
    (found,) = {line for line in TYPED if line.startswith(command)}
    return shlex.split(found)


def instant(at):
    """Return an instant as the command takes it, in whole seconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def plain(line):
    """Return the first clause of a line of output, without what varies."""
    return VARIES.sub("", line.partition(";")[0])


def assert_shown(heading, told):
    """Every line that the page shows, from one with `heading` on, was printed."""
    (block,) = (text for text in SHOWN if heading in text)
    shown = [x for x in block.splitlines() if x not in {"…", ""} and x[0] != "$"]
    printed = {plain(line) for line in told.splitlines()}
    assert shown
    missing = [line for line in shown if plain(line) not in printed]
    assert [] == missing, told


def test_the_page_can_be_followed_to_a_rollout_that_completes(folder, gonogo, shop):
    """Asked, calibrated, explained and run, it prints what the page shows."""
    shop()
    began = datetime.now(UTC)
    assert_shown("counts (csv)", gonogo(*words_of("sources check")))
    (folder / "cart.bindings.yaml").write_text(BINDINGS + NOISE)
    told = gonogo(*words_of("explain"))
    assert_shown("cannot keep its promise", told)
    assert "GNG414" in told
    kept = re.sub(r"^\| Error rate .*\n", LIMIT, DOCUMENT, flags=re.MULTILINE)
    (folder / "cart.md").write_text(kept)
    assert "keeps its promise" in gonogo(*words_of("explain"))
    assert "nothing to remark" in gonogo("lint", "--strict", "cart.md")
    assert_shown("✓ held", gonogo("run", "cart.md", "--yes"))
    # Done last; the page's days become the shop's lifetime.
    shop.wait_for(OLD_ENOUGH)
    named = {"2026-11-19": instant(began), "2026-11-22": instant(datetime.now(UTC))}
    calibrate = [named.get(word, word) for word in words_of("calibrate")]
    told = gonogo(*calibrate, "--every", "0.5s")
    assert_shown("To be put into", told)
    assert NOISE.strip() in told


def test_the_page_can_be_followed_to_a_rollout_that_turns_back(folder, gonogo, shop):
    """With a broken change it turns back, the flag is off, and the report says why."""
    kept = re.sub(r"^\| Error rate .*\n", LIMIT, DOCUMENT, flags=re.MULTILINE)
    (folder / "cart.md").write_text(kept)
    (folder / "cart.bindings.yaml").write_text(BINDINGS + NOISE)
    shop("broken")
    assert_shown("✗ gate", gonogo(*words_of("run cart.md --yes --again"), status=1))
    gonogo("report")
    (report,) = folder.glob(".gonogo/reports/*/report.md")
    assert "worse than its limit allows" in report.read_text("utf-8")
    assert "<svg" in report.with_suffix(".html").read_text("utf-8")
    before = (EXAMPLES / "flags.json").read_bytes()
    assert before == (folder / "flags.json").read_bytes()
