"""`gonogo bind`: a person's answers become the bindings of a document."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli

DOCUMENT = """\
# Switch the shop

## Approvals

| Role | Approved |
|------|----------|
| Dev Lead | ☐ |

## Stage 1: 5% of the users

- [ ] Deploy the code

| Metric | Threshold |
|--------|-----------|
| Errors | < 5 |
"""
BINDINGS = "# ours\nservice: shop   # kept\n"


@pytest.fixture
def file(tmp_path):
    """Give a document with three things open."""
    path = tmp_path / "r.md"
    path.write_text(DOCUMENT)
    return path


def bind(file, *words, answers=()):
    """Bind with answers on standard input, one a line."""
    given = "".join(f"{answer}\n" for answer in answers)
    return CliRunner().invoke(cli, ["bind", str(file), *words], input=given)


def bindings(file):
    """Return the text of the bindings; None where there are none."""
    path = file.with_name("r.bindings.yaml")
    return path.read_text() if path.exists() else None


def test_answers_are_written_beside_the_document(file):
    """Three answers, three bindings, and nothing is left open."""
    done = bind(file, answers=["ada", "shell: cat errors.txt", "shell: ./deploy.sh"])
    assert 0 == done.exit_code, done.output
    assert (
        "# What r.md cannot say itself: what runs, what measures, who answers.\n"
        "people:\n  Dev Lead: [ada]\n"
        "metrics:\n  Errors: {shell: cat errors.txt}\n"
        "steps:\n  Deploy the code: {shell: ./deploy.sh}\n"
    ) == bindings(file)
    assert "open: 1 way back" in done.output


def test_the_document_s_line_is_shown_with_its_question(file):
    """A person sees what the question is about."""
    done = bind(file)
    assert f"{file}:7  people, 3 to go\n    | Dev Lead | ☐ |\n" in done.stdout
    assert "Who may approve as 'Dev Lead'?" in done.stdout


def test_the_end_of_the_input_stops_and_keeps(file):
    """A pipe that ends early is a person who stops early."""
    done = bind(file, answers=["ada"])
    assert 0 == done.exit_code
    assert "  Dev Lead: [ada]\n" in bindings(file)
    assert "open: 1 metric, 1 step" in done.output


@pytest.mark.parametrize("answers", [[], ["q"], ["s", "s", "s"], ["S", "S", "S"]])
def test_nothing_answered_writes_nothing(file, answers):
    """Whoever only looks leaves no file behind."""
    done = bind(file, answers=answers)
    assert 0 == done.exit_code
    assert bindings(file) is None
    assert "nothing is written" in done.output


def test_q_keeps_what_was_answered(file):
    """What stood before stands still, with its comments, and the answer behind it."""
    file.with_name("r.bindings.yaml").write_text(BINDINGS)
    bind(file, answers=["ada", "q"])
    assert f"{BINDINGS}people:\n  Dev Lead: [ada]\n" == bindings(file)


def test_a_bad_answer_is_asked_again(file):
    """The reason is told, and the next line answers the same question."""
    done = bind(file, "--only", "metrics", answers=["what?", "shell: ./errors.sh"])
    assert "'what?' does not say what kind of thing it is" in done.output
    assert "  Errors: {shell: ./errors.sh}\n" in bindings(file)


def test_a_question_mark_explains_the_forms(file):
    """`?` shows how an answer is written, and asks again."""
    done = bind(file, "--only", "people", answers=["?", "ada"])
    assert "who may answer for the role" in done.output
    assert "  Dev Lead: [ada]\n" in bindings(file)


def test_enter_takes_the_suggestion(file):
    """What the document says is taken with Enter."""
    text = DOCUMENT.replace("| Role | A", "| Approver | Role | A")
    text = text.replace("|------|---", "|---|------|---").replace(
        "| Dev", "| @ada | Dev"
    )
    file.write_text(text)
    bind(file, answers=[""])
    assert "  Dev Lead: ['@ada']\n" in bindings(file)


def test_what_is_bound_anywhere_is_not_asked(file):
    """Bindings of the front matter and of comments count."""
    front = "---\ngonogo:\n  people: {Dev Lead: [ada]}\n---\n"
    text = DOCUMENT.replace("the code", "the code <!-- gonogo: {ask: true} -->")
    file.write_text(front + text)
    listed = json.loads(bind(file, "--list", "--json").stdout)
    assert ["metrics"] == [point["kind"] for point in listed]
    bind(file, answers=["shell: ./e.sh"])
    assert "metrics:\n  Errors: {shell: ./e.sh}\n" in bindings(file)


def test_list_names_what_is_open_and_asks_nothing(file):
    """For people and for programs; nothing is written."""
    done = bind(file, "--list")
    assert "open: 1 role, 1 metric, 1 step" in done.stdout
    found = json.loads(bind(file, "--list", "--json").stdout)[0]
    assert ("people", 7, "Dev Lead") == (found["kind"], found["line"], found["subject"])
    assert {"section": "people", "name": "Dev Lead"} == found["binds"]
    assert bindings(file) is None


def test_dry_run_prints_the_file_and_only_that(file):
    """The questions go to stderr, so that the file may be piped on."""
    done = bind(file, "--dry-run", "--only", "people", answers=["ada"])
    assert done.stdout.endswith("people:\n  Dev Lead: [ada]\n")
    assert "Who may approve" in done.stderr
    assert "Who may approve" not in done.stdout
    assert bindings(file) is None


def test_nothing_open_says_so(file):
    """A document that is bound needs no question."""
    file.write_text("# A\n\n## Stage 1: B\n\n- [ ] C <!-- gonogo: {ask: true} -->\n")
    done = bind(file)
    assert 0 == done.exit_code
    assert "nothing is open" in done.output


MISUSES = {
    "a kind that does not exist": (("--only", "metric"), "Did you mean 'metrics'?"),
    "JSON without a list": (("--json",), "--json goes with --list"),
}


@pytest.mark.parametrize(("words", "why"), MISUSES.values(), ids=MISUSES)
def test_misuse_is_told(file, words, why):
    """A wrong option ends with 2 and what to do."""
    done = bind(file, *words)
    assert 2 == done.exit_code
    assert why in done.output


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("r.bindings.yaml", "people: {", "r.bindings.yaml:1:"),
        ("plan.yaml", "title: x", "is no Markdown document"),
    ],
)
def test_what_cannot_be_bound_is_said_before_a_question(file, name, text, why):
    """Broken bindings and plan files are refused at once, and stay as they are."""
    path = file.with_name(name)
    path.write_text(text)
    asked = file if name == "r.bindings.yaml" else path
    done = bind(asked, answers=["ada"])
    assert 2 == done.exit_code
    assert why in done.output
    assert text == path.read_text()


def test_errors_of_the_document_are_told_and_end_with_2(file):
    """What keeps it from running is not hidden behind questions."""
    file.with_name("r.bindings.yaml").write_text("nonsense: 1\n")
    done = bind(file, answers=["ada"])
    assert 2 == done.exit_code
    assert "GNG203" in done.output
    assert "nonsense: 1\npeople:\n  Dev Lead: [ada]\n" == bindings(file)


def test_bindings_changed_meanwhile_are_left_alone(file, monkeypatch):
    """What somebody else wrote is not lost, and neither are the answers."""
    path = file.with_name("r.bindings.yaml")

    def answer():
        path.write_text("service: other\n")
        return "ada"

    monkeypatch.setattr("builtins.input", answer)
    done = bind(file, "--only", "people")
    assert 2 == done.exit_code
    assert "service: other\n" == path.read_text()
    assert "Dev Lead: [ada]" in file.with_name("r.bindings.yaml.new").read_text()


def test_control_c_keeps_what_was_answered(file):
    """At a terminal, an interrupt stops as `q` does."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "gonogo", "bind", "r.md"],
        cwd=file.parent,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "dumb"},
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            until(master, r"Dev Lead'\?.*> ")
            os.write(master, b"ada\n")
            until(master, r"'Errors'\?.*> ")
            assert 0 == interrupted(process)
        finally:
            process.kill()
    os.close(master)
    assert "  Dev Lead: [ada]\n" in bindings(file)


def interrupted(process, presses=10):
    """
    Exit code of a process at which somebody presses Ctrl-C till it listens.

    CPython does not notice a signal that comes after it showed the prompt and before
    it waits for the answer; a person presses again then.
    """
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(5)
    return None


def until(terminal, pattern):
    """Read what a terminal shows, until it holds a pattern."""
    seen, deadline = "", time.monotonic() + 30
    while not re.search(pattern, seen, re.DOTALL):
        ready, _, _ = select.select([terminal], [], [], 1)
        assert time.monotonic() < deadline, seen
        seen += os.read(terminal, 1000).decode(errors="replace") if ready else ""
