"""`gonogo lint` in a build: its formats, choices and statuses, and the hook."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli

ROOT = Path(__file__).parents[2]
NOTE = "# The cart\n\n## Stage 1: Enable\n\nProse.\n\n- [ ] Enable it\n"
WARNING = NOTE + "- [ ] Approved by Dev Lead\n"
ERROR = "# The cart\n"


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """Give a function that lints in a folder of its own, in this process."""
    monkeypatch.chdir(tmp_path)

    def invoke(*words, status=0):
        done = CliRunner().invoke(cli, ["lint", *words], prog_name="gonogo")
        assert status == done.exit_code, done.output
        return done

    for name, text in (("note", NOTE), ("warning", WARNING), ("error", ERROR)):
        (tmp_path / f"{name}.md").write_text(text)
    return invoke


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("note.md", "--strict"), 0),
        (("warning.md",), 0),
        (("warning.md", "--strict"), 1),
        (("error.md",), 2),
        (("missing.md",), 2),
        (("warning.md", "--strict", "--ignore", "GNG216"), 0),
        (("warning.md", "--strict", "--select", "GNG1,GNG3"), 0),
        (("warning.md", "--strict", "--select", "gng2"), 1),
        (("error.md", "--select", "GNG4"), 2),
        (("error.md", "--ignore", "GNG3"), 2),
    ],
)
def test_the_status_is_that_of_the_worst_that_is_told(lint, words, status):
    """Errors end with 2 whatever is chosen, warnings with 1 when that is asked for."""
    lint(*words, status=status)


def test_an_unreadable_file_hides_nothing(lint):
    """It is an error among the others, which are told all the same."""
    told = lint("missing.md", "warning.md", status=2).stdout
    assert "missing.md:1:1: error GNG104 The file cannot be read" in told
    assert "warning.md:8:1: warning GNG216" in told


def test_a_folder_is_linted_whole(lint):
    """Each document has its line at the end."""
    told = lint(".", status=2).stdout
    assert all(f"{name}.md: " in told for name in ("note", "warning", "error"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "missing argument 'FILES...'"),
        (("note.md", "--select", "GNG9"), "no code begins with 'GNG9'"),
        (("note.md", "--ignore", "GNG203"), "'GNG203' is an error"),
        (("--explain", "GNG999"), "there is no code 'GNG999'"),
    ],
)
def test_a_slip_of_the_command_line_is_told(lint, words, told):
    """A choice that chooses nothing would pass every build."""
    stderr = lint(*words, status=2).stderr
    assert told in stderr
    assert "Try `gonogo lint --help`." in stderr


@pytest.mark.parametrize("code", ["GNG303", "gng303"])
def test_a_code_is_explained(lint, code):
    """Its page: what it means, an example, what lint prints for it, the remedy."""
    told = lint("--explain", code).stdout
    parts = ["**Stage without a rollback**", "```markdown", "GNG303 '", "**Remedy.**"]
    assert [] == [part for part in parts if part not in told]


def test_json_is_a_format_like_the_others(lint):
    """`--json` is its short name, and both give the file of each finding."""
    short = lint("warning.md", "--json").stdout
    assert short == lint("warning.md", "--format", "json").stdout
    assert {"warning.md"} == {each["file"] for each in json.loads(short)}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_report_is_written_to_a_file_instead(lint, tmp_path, form):
    """The file holds what is printed else, and nothing is left beside it."""
    printed = lint("warning.md", "--format", form).stdout
    done = lint("warning.md", "--format", form, "-o", "found")
    assert ("", printed) == (done.stdout, (tmp_path / "found").read_text())
    assert 4 == len(list(tmp_path.iterdir()))


def test_what_is_wrong_with_bindings_is_told_at_their_own_line(lint, tmp_path):
    """The document's line of that number has nothing to do with it."""
    (tmp_path / "note.bindings.yaml").write_text("\nservice_of: x\n")
    told = lint("note.md", status=2).stdout
    assert "note.bindings.yaml:2:1: error GNG203 There is no key 'service_of'" in told
    told = lint("note.md", "--format", "github", status=2).stdout
    assert told.startswith("::error file=note.bindings.yaml,line=2,col=1,")


def test_the_hook_lints_the_files_that_were_changed(lint, tmp_path):
    """Its command runs as it is written, and takes names of documents and bindings."""
    del lint
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*shlex.split(hook["entry"]), "--strict", "warning.md", "note.md"],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode, done.stderr
    assert "warning.md: 1 warning, 1 note" in done.stdout


def test_the_hook_is_one_that_pre_commit_takes():
    """Its manifest is valid."""
    command = [sys.executable, "-m", "pre_commit", "validate-manifest"]
    manifest = ROOT / ".pre-commit-hooks.yaml"
    done = subprocess.run([*command, manifest], capture_output=True, check=False)
    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("rollout.md", True),
        ("rollouts/cart.md", True),
        ("docs/rollout-7.bindings.yaml", True),
        ("README.md", False),
        ("docs/how-to/run-a-rollout.md", False),
        ("rollouts/values.yaml", False),
    ],
)
def test_the_hook_takes_documents_and_bindings(name, taken):
    """Other pages of a repository are no rollouts."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert taken == bool(re.search(hook["files"], name))
