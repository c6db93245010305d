"""`gonogo simulate`, as a person uses it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.bootstrap.documents import open_document
from gonogo.simulation.script import Text, read_script

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "simulate.md").read_text("utf-8")
SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*.md"))
CANARY = "02_canary_with_soak.md"
BREACH = "error rate 5 % from hour 3 at 5 % exposure"


@pytest.fixture
def simulate(tmp_path):
    """Give a function that simulates in a copy of the examples; nothing may change."""
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    before = contents(folder)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}

    def run(*words, status=None, **environ):
        done = subprocess.run(
            [sys.executable, "-m", "gonogo", "simulate", *map(str, words)],
            cwd=folder,
            env={**kept, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert status in {None, done.returncode}, done.stdout + done.stderr
        return done

    run.folder = folder
    yield run
    written = {path: text for path, text in contents(folder).items() if path in before}
    assert before == written


def contents(folder):
    """Return every file of a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_breach_is_told_from_its_beginning_to_the_last_undo(simulate):
    """The first of the lines that the tool was asked for, as it was asked."""
    told = simulate(CANARY, "-w", BREACH, "--users-per-minute", 1200, status=1).stdout
    assert (
        "ROLLING BACK: Error rate is 5 %, has to be < 1 %, by the plain limit (line 22)"
        in told
    )
    assert "from day 1 03:00:00 on" in told
    assert "user-minutes after the breach began" in told
    assert "undone     Turn new-checkout on for 5 % (line 18)" in told


def test_a_probe_that_is_down_calls_somebody_and_is_waited_for(simulate):
    """The second of them."""
    told = simulate(CANARY, "-w", "probe down for 10 minutes", status=0).stdout
    assert "could not be read 3 times in a row" in told
    assert "COMPLETED" in told


def test_a_silent_approver_is_waited_for(simulate):
    """The third of them."""
    words = ("03_approval_gate.md", "-w", "approver silent for two days")
    told = simulate(*words, status=0).stdout
    assert "Dev Lead: consent: Dev Lead (line 19): approved after 2 d" in told


def test_a_rollout_that_waits_for_ever_says_for_whom(simulate):
    """Its status is that of a run that waits."""
    words = ("03_approval_gate.md", "-w", "ops on-call is silent")
    told = simulate(*words, status=3).stdout
    assert "waits for  the consent of Ops On-Call" in told


def test_all_mistakes_of_a_script_are_told_and_nothing_is_simulated(simulate):
    """With the file, the line and a caret."""
    (simulate.folder / "bad.world").write_text("probe down\neror rate 5 %\n")
    done = simulate(CANARY, "-f", "bad.world", "-w", "hello", status=2)
    assert not done.stdout
    assert "bad.world:2: 'eror rate' names no metric of this plan." in done.stderr
    assert "\n    eror rate 5 %\n    ^^^^^^^^^\n" in done.stderr
    assert "--world: it is not said what that does." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((CANARY, "--until", "soon"), "'soon' is no span of time"),
        ((CANARY, "--start", "monday"), "monday"),
        ((CANARY, "-f", "missing.world"), "missing.world"),
        ((CANARY, "-f", "binary.world"), "is not UTF-8"),
        (("missing.md",), "missing.md cannot be read"),
        (("broken.md",), "broken.md cannot be simulated: 1 error"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_one_message(simulate, words, told):
    """Status 2 and what to do, as everywhere."""
    (simulate.folder / "binary.world").write_bytes(b"\xff\xfe\x00")
    (simulate.folder / "broken.md").write_text("nothing of a plan")
    done = simulate(*words, status=2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_output_is_the_same_to_the_byte(simulate):
    """Also where the order of hashes differs from process to process."""
    words = ("qc_flow/rollout.md", "-w", "error rate 0.9 % ± 0.3", "--seed", "7")
    told = {simulate(*words, PYTHONHASHSEED=str(seed)).stdout for seed in range(1, 4)}
    assert 1 == len(told)


def test_json_holds_what_the_text_says(simulate):
    """For scripts: the ending, the breach, the figures and the timeline."""
    words = (CANARY, "-w", BREACH, "--users-per-minute", 1200, "--json")
    told = json.loads(simulate(*words, status=1).stdout)
    assert "rolled back" == told["ending"]
    assert "2026-01-05T12:00:00Z" == told["breach"]["began"]
    assert 22 == told["breach"]["line"]
    assert [("undone", 18)] == [(u["how"], u["line"]) for u in told["undos"]]
    assert 0 < told["exposed_after_breach"]["user_minutes"] < 100
    assert [0.0, 5.0, 0.0] == [level["pct"] for level in told["levels"]]
    assert "day 1 00:00:00" == told["timeline"][0]["day"]


def test_a_sweep_breaks_every_gate_in_every_stage(simulate):
    """A row for each, also as JSON."""
    table = simulate(CANARY, "--sweep", status=0).stdout
    rows = json.loads(simulate(CANARY, "--sweep", "--json", status=0).stdout)["what_if"]
    assert [22, 23, 34] == [row["gate_line"] for row in rows]
    assert {"rolled back"} == {row["ending"] for row in rows}
    assert 3 == len(re.findall(r"^    Error rate .* \(line \d+\)", table, re.MULTILINE))


def test_on_a_terminal_a_picture_shows_stages_and_exposure(simulate):
    """In a pipe there is none."""
    shown = simulate(CANARY, status=0, FORCE_COLOR="1", COLUMNS="100").stdout
    assert "exposure, up to 100 %" in shown
    assert "━━━" in shown
    assert "━━━" not in simulate(CANARY, status=0).stdout


def test_no_value_of_the_environment_is_needed(simulate):
    """Nothing is resolved: a plan full of variables is simulated without one of them."""
    told = simulate("qc_flow/rollout.md", "--until", "10 days").stdout
    assert "COMPLETED" in told


@pytest.mark.skipif(not SEEDS, reason="the founding documents are not here")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_founding_documents_are_simulated(simulate, seed):
    """As teams wrote them: to an end, or to whom they wait for."""
    shutil.copy(seed, simulate.folder)
    done = simulate(
        seed.name, "-w", "everyone works 9:00 to 17:00", "--sweep", status=0
    )
    assert "nothing is touched" in done.stdout
    assert "As it is scripted: completed" in done.stdout


def console_blocks():
    """Return each command of the page with the output that stands below it."""
    pair = r"^```console\n\$ gonogo simulate (.*?)\n```\n\n```text\n(.*?)^```$"
    return re.findall(pair, PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page_shows_its_output():
    """None is left out of the test below."""
    assert PAGE.count("$ gonogo simulate") == len(console_blocks()) > 0


@pytest.mark.parametrize(("words", "shown"), console_blocks())
def test_the_page_shows_what_the_command_prints(simulate, words, shown):
    """Line for line, in this order."""
    printed = iter(simulate(*shlex.split(words)).stdout.splitlines())
    wanted = [line for line in shown.splitlines() if line != "…"]
    assert wanted
    assert [] == [line for line in wanted if line not in printed]


def test_every_line_of_the_page_is_understood(tmp_path):
    """The table of the page is a list of lines that work."""
    document = tmp_path / "page.md"
    document.write_text(DOCUMENT)
    plan = open_document(document).compiled.plan
    table = PAGE[PAGE.index("| about |") : PAGE.index("**Names**")]
    rows = [line.partition("|")[2].partition("|")[2] for line in table.splitlines()[2:]]
    lines = [line for row in rows for line in re.findall(r"`([^`]+)`", row)]
    lines = [line for line in lines if line not in {"--seed", "every day"}]
    assert 25 < len(lines)
    texts = [Text(file="page", line=0, text=line) for line in lines]
    assert len(lines) == len(read_script(texts, plan))


DOCUMENT = """\
---
gonogo:
  service: shop
  environment: production
  metrics:
    Error rate: {shell: {run: "cat errors"}, unit: "%"}
    Latency: {shell: {run: "cat latency"}, unit: ms}
    Health: {shell: {run: "cat health"}}
---

# A document that has what the page names

| Role | Name | Approved |
|------|------|----------|
| Dev Lead | ada | ☐ |

## Stage 1: Deploy

- [ ] Deploy <!-- gonogo: {shell: {run: "true", undo: "true"}} -->
- [ ] Verify Health <!-- gonogo: {shell: {run: "cat health"}, expect: "ok"} -->

## Stage 2: Look

- [ ] Monitor for 1 hour
- [ ] Verify that the page looks right

| Metric | Threshold |
|--------|-----------|
| Error rate | < 1% |
| Latency | < 500 ms |
| Health | healthy |
"""
