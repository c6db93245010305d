"""Every numbered example runs as it says, in a copy of its folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NUMBERED = sorted(EXAMPLES.glob("0*.md"))
ANSWERS = "03_approval_gate.answers.yaml"


@pytest.fixture
def gonogo(tmp_path):
    """Give a function that runs a command in a copy of the examples."""
    for path in EXAMPLES.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}

    def run(*words, status):
        done = subprocess.run(
            [sys.executable, "-m", "gonogo", *words],
            cwd=tmp_path,
            env={**kept, "GONOGO_USER": "kim"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert status == done.returncode, done.stdout + done.stderr
        return done.stdout

    run.folder = tmp_path
    return run


def report_of(gonogo):
    """Return the report of the only rollout of a folder."""
    (report,) = gonogo.folder.glob(".gonogo/reports/*/report.md")
    return report.read_text("utf-8")


def first_answer(told):
    """Return rollout, question and answer of the first line that one may type."""
    lines = [line.strip() for line in told.splitlines()]
    return next(x for x in lines if x.startswith("gonogo answer ")).split()[2:]


def test_the_examples_are_understood_without_a_warning(gonogo):
    """Nothing of an example is an error, or something a person should look into."""
    told = gonogo("lint", "--strict", *(path.name for path in NUMBERED), status=0)
    assert ": warning " not in told


def test_every_numbered_example_is_run_here():
    """An example that is added has to get its test."""
    numbers = ["01", "02", "03", "04", "05"]
    assert numbers == [path.name[:2] for path in NUMBERED]


def test_the_first_rollout_completes(gonogo):
    """The flag goes to 5 %, holds its hour, and the report has the boxes ticked."""
    told = gonogo("run", "01_first_rollout.md", "--yes", "--pace", "1800", status=0)
    assert "✓ held  Monitor for 1 hour (line 14) for 1 h" in told
    assert "| Error rate | < 1% | 0.2 % |" in report_of(gonogo)
    assert '["on", 5]' in (gonogo.folder / "flags.json").read_text("utf-8")


def test_the_canary_is_held_against_its_baseline(gonogo):
    """The error rate is measured before the change, and the change judged by it."""
    words = ("02_canary_with_soak.md", "--yes", "--pace", "86400")
    told = gonogo("run", *words, status=0)
    assert "✓ baseline of Error rate: 0.2" in told
    assert "+0 % against a baseline of 0.2" in told
    assert '"defaultVariant": "on"' in (gonogo.folder / "flags.json").read_text("utf-8")


def test_the_approvals_come_from_a_file(gonogo):
    """With its answers the example runs without people; the report names the file."""
    words = ("03_approval_gate.md", "--yes", "--answers", ANSWERS)
    gonogo("run", *words, status=0)
    report = report_of(gonogo)
    assert "| Dev Lead | ☑ alok |" in report
    assert f"{ANSWERS}:" in report


def test_the_approvals_come_from_people(gonogo):
    """Without answers it waits with status 3, and goes on once people have spoken."""
    run = ("run", "03_approval_gate.md", "--yes")
    assert "waits for:" in gonogo(*run, status=3)
    gonogo("approve", "--role", "Dev Lead", "--as", "alok", status=0)
    gonogo("approve", "--role", "Ops On-Call", "--as", "priya", status=0)
    for title in ("Verify that the new page shows", "Tell support"):
        waiting = gonogo(*run, status=3)
        assert title in waiting
        gonogo("answer", *first_answer(waiting), status=0)
    gonogo(*run, status=3)
    gonogo("approve", "--role", "Dev Lead", "--as", "alok", status=0)
    assert "COMPLETED" in gonogo(*run, status=0)


def test_the_failure_takes_everything_back(gonogo):
    """When the gate trips both actions are undone, and the flags are as they were."""
    told = gonogo("run", "04_rollback_on_failure.md", "--yes", "--pace", "60", status=1)
    assert "ROLLING BACK: Error rate is 7.5 %, has to be < 1 %" in told
    assert "ROLLED BACK: 2 undone" in told
    before = (EXAMPLES / "flags.json").read_bytes()
    assert before == (gonogo.folder / "flags.json").read_bytes()
    assert not (gonogo.folder / "release.txt").exists()


@pytest.fixture
def shop(gonogo):
    """Give a function that opens the shop; it is closed in the end."""
    opened = []

    def open_it(*words):
        counts = gonogo.folder / "counts.csv"
        counts.unlink(missing_ok=True)
        process = subprocess.Popen(["bash", "shop.sh", *words], cwd=gonogo.folder)
        opened.append(process)
        told = re.compile("canary.*control", re.DOTALL)
        while not (counts.exists() and told.search(counts.read_text("utf-8"))):
            assert process.poll() is None

    yield open_it
    for process in opened:
        process.kill()
        process.wait()


def test_the_evidence_lets_a_good_change_pass(gonogo, shop):
    """A soak of eight seconds shows that the limit is kept, and says how surely."""
    shop()
    told = gonogo("run", "05_judged_by_evidence.md", "--yes", status=0)
    assert "✓ held  Monitor for 8 seconds" in told
    assert "evidence of harm" in told


def test_the_evidence_takes_a_broken_change_back(gonogo, shop):
    """Three times as many errors turn back at once, and the flag is as it was."""
    shop("broken")
    told = gonogo("run", "05_judged_by_evidence.md", "--yes", status=1)
    assert "ROLLING BACK: Error rate: worse than its limit allows" in told
    before = (EXAMPLES / "flags.json").read_bytes()
    assert before == (gonogo.folder / "flags.json").read_bytes()


def test_the_tutorial_runs_as_it_is_written(gonogo):
    """The checklist, the bindings and the answers of the tutorial are enough."""
    tutorial = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    blocks = re.findall(
        r"^```(?:markdown|yaml)\n(.*?)^```$", tutorial, re.MULTILINE | re.DOTALL
    )
    names = ("move.md", "move.bindings.yaml", "answers.yaml")
    for name, text in zip(names, blocks, strict=True):
        (gonogo.folder / name).write_text(text, "utf-8")
    (gonogo.folder / "errors.txt").write_text("0.3\n")
    run = ("run", "move.md", "--yes", "--pace", "900")
    assert "nothing to remark" in gonogo("lint", "--strict", "move.md", status=0)
    gonogo(*run, "--answers", "answers.yaml", "--state", "rehearsal", status=0)
    assert "gonogo approve search-test-1 l7" in gonogo(*run, status=3)
    gonogo("approve", "--role", "Dev Lead", "--as", "alok", status=0)
    gonogo(*run, status=0)
    (gonogo.folder / "errors.txt").write_text("4\n")
    told = gonogo(*run, "--again", "--answers", "answers.yaml", status=1)
    assert "ROLLING BACK: Search errors is 4 %" in told
    assert not (gonogo.folder / "index.txt").exists()
