"""The commands that only look: explain, lint, status, watch, report, journal, help."""

import json
import re
import sqlite3
from dataclasses import replace
from shutil import copytree

import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli
from gonogo.entrypoints.cli.group import COMMANDS
from gonogo.entrypoints.cli.reference import reference

PACE = ("--pace", "30")
# READING.md: what `explain --json` holds, whatever the document.
CONTRACT = {
    "document",
    "digest",
    "stages",
    "substages",
    "commands",
    "expectations",
    "boxes",
    "gates",
    "waits",
    "rollbacks",
    "triggers",
    "approvals",
    "contacts",
    "placeholders",
    "plan",
    "diagnostics",
}


def call(shop, *words):
    """Call a command within this process, as far as it needs no other folder."""
    state = str(shop.folder / ".gonogo")
    return CliRunner().invoke(cli, ["--state", state, *words])


@pytest.fixture(scope="module")
def once(tmp_path_factory, new_shop):
    """Give one shop whose rollout has run to its end; only to be copied."""
    made = new_shop(tmp_path_factory.mktemp("shop"))
    made.gonogo("run", "rollout.md", *PACE, status=0)
    return made


@pytest.fixture
def completed(once, tmp_path):
    """Give a shop whose rollout has run to its end."""
    return replace(once, folder=copytree(once.folder, tmp_path / "shop"))


def test_explain_shows_what_runs_its_way_back_and_what_is_judged(shop):
    """A person sees each step with its line, its very command, its undo and gates."""
    text = call(shop, "explain", str(shop.folder / "rollout.md")).stdout
    assert re.search(r"^ +18  RUN +Copy the flag$", text, re.MULTILINE)
    assert re.search(r"^ +runs +cp flag.txt copy.txt$", text, re.MULTILINE)
    assert re.search(r"^ +undo +rm -f copy.txt$", text, re.MULTILINE)
    assert re.search(r"^ +\d+  GATE +Errors < 5$", text, re.MULTILINE)
    assert re.search(r"^ +\d+  SOAK +Monitor for 30s$", text, re.MULTILINE)


def test_explain_accounts_for_every_line(shop):
    """With --lines every line of the document is listed, with what becomes of it."""
    document = shop.folder / "rollout.md"
    text = call(shop, "explain", str(document), "--lines").stdout
    _, _, listed = text.partition("Every line\n")
    numbers = [
        int(number) for number in re.findall(r"^ *(\d+)  ", listed, re.MULTILINE)
    ]
    assert list(range(1, len(document.read_text().splitlines()) + 1)) == numbers


def test_explain_as_json_keeps_the_contract(shop):
    """Scripts find every key of the contract, the plan, and nothing else on stdout."""
    done = call(shop, "explain", str(shop.folder / "rollout.md"), "--json")
    found = json.loads(done.stdout)
    assert set() == CONTRACT - set(found)
    assert found["plan"]["digest"].startswith("sha256:")


def test_explain_as_json_is_printed_with_errors_too(shop):
    """A document with errors is explained all the same; the status says it: 2."""
    shop.write(bindings="nonsense: 1")
    done = call(shop, "explain", str(shop.folder / "rollout.md"), "--json")
    assert 2 == done.exit_code
    severities = {each["severity"] for each in json.loads(done.stdout)["diagnostics"]}
    assert "error" in severities


@pytest.mark.parametrize(
    ("bindings", "words", "status"),
    [
        ("self_approval: false", (), 0),
        ("self_approval: false", ("--strict",), 0),
        ("nonsense: 1", (), 2),
    ],
    ids=["sound", "sound, strictly", "an unknown key"],
)
def test_lint_ends_with_the_worst_that_it_found(shop, bindings, words, status):
    """A build can stop for errors, and for warnings when it asks for that."""
    shop.write(bindings=bindings, soak="2m")
    done = call(shop, "lint", str(shop.folder / "rollout.md"), *words)
    assert status == done.exit_code, done.output


def test_lint_counts_warnings_only_when_strict(shop):
    """A limit that no probe measures is worth a warning, not a stop."""
    (shop.folder / "rollout.md").write_text(
        (shop.folder / "rollout.md")
        .read_text()
        .replace("| Errors | < 5 |", "| Errors | < 5 |\n| X | < 5 |")
    )
    path = str(shop.folder / "rollout.md")
    assert 0 == call(shop, "lint", path).exit_code
    assert 1 == call(shop, "lint", path, "--strict").exit_code
    assert isinstance(json.loads(call(shop, "lint", path, "--json").stdout), list)


def test_status_of_one_rollout_says_where_it_stands(completed):
    """One look shows the phase, each stage, and the last value of each gate."""
    text = call(completed, "status").stdout
    assert "✓ COMPLETED  shop-test-1" in text
    assert re.search(r"✓ Stage 2: Enable for 5% +\d/\d", text)
    assert re.search(r"✓ Errors +1 < 5 +pass", text)


def test_status_of_several_rollouts_is_a_table(completed):
    """Without a name, several rollouts are listed, the newest first."""
    (completed.folder / "flag.txt").write_text("off\n")
    completed.gonogo("run", "rollout.md", *PACE, "--again", status=0)
    lines = call(completed, "status").stdout.splitlines()
    assert ["shop-test-2", "shop-test-1"] == [line.split()[0] for line in lines[1:3]]


def test_status_as_json_is_a_list_and_of_one_an_object(completed):
    """Scripts get every rollout, or the one that they name."""
    every = json.loads(call(completed, "status", "--json").stdout)
    one = json.loads(call(completed, "status", "shop-test-1", "--json").stdout)
    assert "completed" == one["phase"]
    assert ["shop-test-1"] == [each["rollout"] for each in every]


def test_watch_tells_a_rollout_from_its_first_record(completed):
    """Whoever comes late reads what happened; the status is the rollout's."""
    done = call(completed, "watch")
    assert 0 == done.exit_code
    assert "rollout shop-test-1 of 'Switch the shop to the new cart'" in done.stdout
    assert "COMPLETED" in done.stdout


def test_report_is_written_where_asked(completed):
    """The report can be written again, anywhere."""
    folder = completed.folder / "evidence"
    done = call(completed, "report", "-o", str(folder))
    assert [f"{folder}/report.md", f"{folder}/report.html"] == done.stdout.splitlines()
    assert "- [x] Copy the flag" in (folder / "report.md").read_text()


def test_a_sound_journal_is_verified_with_its_head(completed):
    """The line names the records and the head, which can be compared later."""
    line = call(completed, "journal", "verify").stdout
    count, head = re.fullmatch(
        r"OK shop-test-1: (\d+) records, head (\w{64})\n", line
    ).groups()
    shown = call(completed, "journal", "show", "--json").stdout.splitlines()
    assert int(count) == len(shown)
    again = call(completed, "journal", "verify", "--head", head)
    assert 0 == again.exit_code
    other = call(completed, "journal", "verify", "--head", "0" * 64)
    assert 1 == other.exit_code


def test_a_changed_byte_is_found(completed):
    """A record that is not what was written is named, and the status is 1."""
    with sqlite3.connect(completed.folder / ".gonogo" / "journal.db") as journal:
        journal.execute("DROP TRIGGER IF EXISTS record_is_never_changed")
        triggers = journal.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        )
        for (name,) in triggers.fetchall():
            journal.execute(f"DROP TRIGGER {name}")
        journal.execute(
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'carol', 'mally')"
            " AS BLOB) WHERE seq = 1"
        )
    done = call(completed, "journal", "verify", "--all")
    assert 1 == done.exit_code
    assert "DAMAGED shop-test-1 record 1: " in done.stdout


def test_what_an_ended_rollout_is_told_is_refused(completed):
    """An ended rollout takes no word any more, and says how it ended."""
    done = call(completed, "abort")
    assert 2 == done.exit_code
    assert "shop-test-1 is completed" in done.stderr


def test_an_unknown_question_is_answered_with_those_that_are_open(shop, question):
    """Who mistypes a question sees the open ones with the lines to type."""
    shop.write(after=question)
    shop.gonogo("run", "rollout.md", *PACE, status=3)
    done = call(shop, "answer", "nonsense", "yes")
    assert 2 == done.exit_code
    assert "no question 'nonsense' is open" in done.stderr
    assert re.search(r"gonogo answer shop-test-1 \w+ yes", done.stderr)


def test_the_wrong_person_is_told_at_once(shop, approvals):
    """A consent that the rollout would refuse is refused when it is typed."""
    bindings = "people: {Dev Lead: [ada]}"
    shop.write(before=approvals, bindings=bindings)
    shop.gonogo("run", "rollout.md", *PACE, status=3)
    done = call(shop, "approve", "--role", "dev lead", "--as", "mallory")
    assert 2 == done.exit_code
    assert "only ada may approve as Dev Lead" in done.stderr


def test_a_consent_may_be_refused(shop, approvals):
    """A refusal takes the rollout back."""
    shop.write(before=approvals)
    shop.gonogo("run", "rollout.md", *PACE, status=3)
    words = ("--role", "Dev Lead", "--refuse", "--comment", "not today", "--as", "ada")
    assert 0 == call(shop, "approve", *words).exit_code
    done = shop.gonogo("run", "rollout.md", *PACE, status=1)
    assert "ada (command line) REFUSES as Dev Lead: not today" in done.stdout


@pytest.mark.parametrize(
    "words",
    [*((name,) for name in COMMANDS), ("journal", "verify"), ("journal", "show")],
    ids=" ".join,
)
def test_the_help_of_every_command_has_an_example(shop, words):
    """Whoever asks for help sees a line to copy."""
    text = call(shop, *words, "--help").stdout
    assert f"Examples:\n    gonogo {' '.join(words)}" in text


def test_the_short_help_of_every_command_is_its_own(shop):
    """The list of commands, which loads none of them, says what they say."""
    for name, short in COMMANDS.items():
        text = call(shop, name, "--help").stdout
        assert short in " ".join(text.split()), name


def test_the_reference_is_what_the_commands_say(pytestconfig):
    """`docs/reference/cli.md` is written by the commands themselves."""
    page = pytestconfig.rootpath / "docs" / "reference" / "cli.md"
    assert reference() == page.read_text("utf-8"), "make docs writes it anew"


def test_a_defect_of_gonogo_names_the_file_with_the_details(
    shop, monkeypatch, tmp_path
):
    """A crash of gonogo's own is a short message, and the details are in a file."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def broken(path):
        raise ZeroDivisionError(path)

    monkeypatch.setattr("gonogo.entrypoints.cli.explain.open_document", broken)
    done = call(shop, "explain", "rollout.md")
    assert 70 == done.exit_code
    (details,) = tmp_path.glob("gonogo-crash-*.txt")
    assert str(details) in done.stderr
    assert "ZeroDivisionError" in details.read_text()
    assert "Traceback" not in done.stderr


def test_the_shell_completes_rollouts(completed):
    """A shell that completes is offered the rollouts of the workspace."""
    done = completed.gonogo(
        _GONOGO_COMPLETE="bash_complete", COMP_WORDS="gonogo status ", COMP_CWORD="2"
    )
    assert "shop-test-1" in done.stdout


def test_completion_in_a_folder_without_rollouts_offers_nothing(shop):
    """Where there is no journal the shell is offered nothing, and shown no error."""
    done = shop.gonogo(
        _GONOGO_COMPLETE="bash_complete", COMP_WORDS="gonogo status ", COMP_CWORD="2"
    )
    assert "" == (done.stdout + done.stderr).strip()
