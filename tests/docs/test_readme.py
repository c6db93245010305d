"""The README shows the example as it is, and output as it comes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "01_first_rollout.md"
# What differs from run to run: instants, spans, how much was held, hashes.
VARIES = re.compile(
    r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\dZ +"
    r"|\b\d+ records|[0-9a-f]{64}|\b0\.\d+ s\b|after \d.*"
)


def blocks(language):
    """Return the code blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def stable(line):
    """Return a line of output without what differs from run to run."""
    numbered = r"^ *\d+  (?=\d{4}-)"  # a look may be journaled before a result
    took = r"[\d.e-]+ s\b"
    return VARIES.sub("", re.sub(f"{numbered}|{took}", "", line)).strip()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Give what the commands of the README print, in a copy of the examples."""
    folder = tmp_path_factory.mktemp("shop")
    for name in (EXAMPLE.name, "flags.json", "error_rate.txt"):
        shutil.copy(ROOT / "examples" / name, folder)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "gonogo", *words],
            cwd=folder,
            env={**kept, "GONOGO_USER": "kim"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    run = call("run", EXAMPLE.name, "--yes", "--pace", "1800")
    shown = call("journal", "show") + call("journal", "verify")
    (report,) = folder.glob(".gonogo/reports/*/report.md")
    return run + shown, report.read_text("utf-8")


def test_the_document_is_the_example():
    """Whoever types what the README shows has the example, to the letter."""
    assert EXAMPLE.read_text("utf-8") in blocks("markdown")


def test_every_line_of_output_is_what_the_commands_print(told):
    """No line of output in the README is made up."""
    output, _ = told
    printed = {stable(line) for line in output.splitlines()}
    shown = [line for block in blocks("text") for line in block.splitlines()]
    shown = [line for line in shown if line != "…" and not line.startswith("$ ")]
    assert shown
    assert [] == [line for line in shown if stable(line) not in printed]


def test_the_report_is_what_a_run_leaves(told):
    """The filled-in lines of the README stand in the report, comments aside."""
    _, report = told
    lines = {re.sub(r" <!--.*-->", "", line) for line in report.splitlines()}
    (filled,) = (block for block in blocks("markdown") if "[x]" in block)
    assert [] == [line for line in filled.splitlines() if line not in lines]


def test_every_named_example_is_there():
    """A file of the examples that the README names exists."""
    named = re.findall(r"\b(0\d_\w+\.md)\b", README)
    assert [] == [name for name in named if not (ROOT / "examples" / name).exists()]
