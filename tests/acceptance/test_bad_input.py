"""What a person gets wrong: one message that says where and what to do, and no harm."""

import json
import re

import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli

PACE = ("--pace", "60")
BIG = 17 * 1024 * 1024
BOUND = "shell: {run: 'true', undo: 'true'}"
STEPS = """\
# A plan

## Stage 1: Prepare

"""


@pytest.fixture
def call(shop, monkeypatch):
    """Give a function that calls a command in the shop's folder, in this process."""
    monkeypatch.chdir(shop.folder)
    monkeypatch.setenv("GONOGO_USER", "carol")

    def invoke(*words, status=None):
        done = CliRunner().invoke(cli, words, prog_name="gonogo")
        assert "Traceback" not in done.output
        if status is not None:
            assert status == done.exit_code, done.output
        return done

    return invoke


def events_of(call):
    """Return the names of the events in the journal."""
    shown = call("journal", "show", "--json", status=0).stdout.splitlines()
    return [json.loads(line)["event"] for line in shown]


def nothing_begun(call):
    """Return whether no rollout was ever begun in the folder."""
    return call("journal", "show", status=2).stderr.startswith("gonogo: ")


def with_bindings(bindings, body="- [ ] Deploy the code\n"):
    """Return a document with these bindings in its front matter."""
    return f"---\ngonogo:\n  {bindings}\n---\n\n{STEPS}{body}"


def make_missing(path):
    """Leave nothing there."""
    path.unlink()


def make_folder(path):
    """Put a folder there."""
    path.unlink()
    path.mkdir()


def holding(data):
    """Return what writes these bytes into a file."""
    return lambda path: path.write_bytes(data)


def make_huge(path):
    """Put a file of 17 MiB there, which takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(BIG)


@pytest.mark.parametrize(
    ("spoil", "told", "remedy"),
    [
        (make_missing, "rollout.md cannot be read: no such file", "Name a Markdown"),
        (make_folder, "'rollout.md' is a directory", "gonogo run --help"),
        (
            holding(bytes(range(32)) * 40),
            "rollout.md:1:1: error GNG",
            "Name the Markdown file",
        ),
        (
            holding(b"# A plan\n\n- [ ] Gr\xfc\xdfe senden\n"),
            "rollout.md:3:1: error GNG",
            "Save it as UTF-8",
        ),
        (holding(b""), "The document is empty", "name another file"),
        (holding(b"\n \n\n\t\n"), "The document is empty", "name another file"),
        (make_huge, "it is larger than 16 MiB", "Name a Markdown file"),
    ],
    ids=["missing", "folder", "binary", "no UTF-8", "0 bytes", "only blank", "17 MiB"],
)
def test_an_unreadable_document_is_refused_with_what_to_do(
    shop, call, spoil, told, remedy
):
    """Whatever is named as a document: one message, status 2, and nothing begun."""
    spoil(shop.folder / "rollout.md")
    done = call("run", "rollout.md", *PACE, status=2)
    assert told in done.stderr
    assert remedy in done.stderr
    assert "" == done.stdout
    assert not (shop.folder / ".gonogo").exists()


@pytest.mark.parametrize("command", ["explain", "lint"])
def test_a_document_that_is_no_text_is_explained_as_such(shop, call, command):
    """To look at a file that is no text is an error with its place, not a crash."""
    (shop.folder / "rollout.md").write_bytes(b"# A\xff\n")
    done = call(command, "rollout.md", status=2)
    assert re.search(r"rollout\.md:1:1: error GNG\d+ The file is no UTF-8", done.output)


def test_a_broken_table_is_named_by_its_row_and_loses_no_limit(shop, call):
    """A row of too few or too many cells is a warning; the sound rows are gates."""
    body = (
        "- [ ] Monitor for 5m\n\n| Metric | Threshold |\n|---|---|\n"
        "| Errors | < 5 |\n| Latency |\n| Queue | < 9 | what | is | this |\n"
    )
    text = with_bindings('metrics: {Errors: {shell: "echo 1"}}', body)
    (shop.folder / "rollout.md").write_text(text)
    done = call("lint", "rollout.md", status=0)
    rows = [n for n, line in enumerate(text.splitlines(), 1) if "Latency" in line]
    for line, cells in ((rows[0], 1), (rows[0] + 1, 5)):
        told = rf"rollout\.md:{line}:\d+: warning GNG110 Cells in this row: {cells};"
        assert re.search(told, done.stdout)
    assert "Make them 2; write a pipe inside a cell as" in done.stdout
    explained = call("explain", "rollout.md", status=0).stdout
    assert re.search(r"GATE +Errors < 5", explained)
    assert call("lint", "--strict", "rollout.md").exit_code == 1


def test_an_unknown_key_in_a_binding_is_named_with_the_one_that_is_meant(shop, call):
    """A slip of the keys is told with its line, path, and what is nearest to it."""
    bindings = 'metrics: {Errors: {http: {urll: "http://shop/errors"}}}'
    (shop.folder / "rollout.md").write_text(with_bindings(bindings))
    done = call("run", "rollout.md", *PACE, status=2)
    assert re.search(r"rollout\.md:3:\d+: error GNG203 ", done.stderr)
    assert "There is no key 'urll' here. Did you mean 'url'?" in done.stderr
    assert "[metrics.Errors.http.urll]" in done.stderr


def test_two_bindings_that_contradict_are_told_and_the_nearer_one_counts(shop, call):
    """What stands beside the line counts; the other is named where it stands."""
    bindings = 'steps: {Deploy the code: {shell: {run: "echo far", undo: "true"}}}'
    body = (
        '- [ ] Deploy the code <!-- gonogo: {shell: {run: "echo near > near.txt",'
        ' undo: "true"}} -->\n'
    )
    (shop.folder / "rollout.md").write_text(with_bindings(bindings, body))
    done = call("lint", "rollout.md", status=0)
    assert re.search(r"rollout\.md:\d+:\d+: warning GNG211 .*Deploy", done.stdout)
    call("run", "rollout.md", *PACE, status=0)
    assert (shop.folder / "near.txt").exists()


def test_a_line_bound_twice_in_one_place_is_refused(shop, call):
    """Of two bindings of equal standing none may win in silence."""
    bindings = (
        f"steps:\n    Deploy the code: {{{BOUND}}}\n    line 10: {{shell: 'false'}}"
    )
    (shop.folder / "rollout.md").write_text(with_bindings(bindings))
    number = 1 + (shop.folder / "rollout.md").read_text().splitlines().index(
        "- [ ] Deploy the code"
    )
    text = (shop.folder / "rollout.md").read_text()
    (shop.folder / "rollout.md").write_text(text.replace("line 10", f"line {number}"))
    done = call("run", "rollout.md", *PACE, status=2)
    assert f"Line {number} is bound by" in done.stderr
    assert "Keep one of the two." in done.stderr


UNBOUND = """\
- [ ] Raise the level <!-- gonogo: {shell: {run: "echo 5 > flag.txt", undo: "echo off > flag.txt"}} -->

| Metric | Threshold |
|--------|-----------|
| Tickets | < 3 |
"""


def test_an_unbound_metric_is_a_question_to_a_person_and_never_a_pass(shop, call):
    """Without a probe a limit is named by explain and lint, and a person judges it."""
    (shop.folder / "rollout.md").write_text(STEPS + UNBOUND)
    for command in ("explain", "lint"):
        said = call(command, "rollout.md", status=0).stdout
        assert "GNG301 No probe is bound to 'Tickets'; a person judges it." in said
    waiting = call("run", "rollout.md", *PACE, status=3)
    assert re.search(r"asks: .*Tickets", waiting.stdout)
    assert "RolloutCompleted" not in events_of(call)


def test_a_person_who_judges_an_unbound_metric_bad_takes_the_rollout_back(shop, call):
    """'No' to a limit that nobody measures is as good as a gate that trips."""
    (shop.folder / "rollout.md").write_text(STEPS + UNBOUND)
    waiting = call("run", "rollout.md", *PACE, status=3)
    (question,) = set(re.findall(r"gonogo answer \S+ (\S+) no\b", waiting.stdout))
    call("answer", question, "no", status=0)
    call("run", "rollout.md", *PACE, status=1)
    assert b"off\n" == shop.flag()


def test_a_block_with_an_open_placeholder_is_not_run_and_a_person_is_asked(shop, call):
    """What is not filled in is never typed into a shell; somebody is asked instead."""
    body = "- [ ] Restart it\n\n```bash\ntouch ran-<your-app>.txt\ntouch ran.txt\n```\n"
    (shop.folder / "rollout.md").write_text(STEPS + body)
    explained = call("explain", "rollout.md", status=0).stdout
    assert "<your-app>" in explained
    waiting = call("run", "rollout.md", *PACE, status=3)
    assert re.search(r"gonogo answer \S+ \S+ done", waiting.stdout)
    assert [] == list(shop.folder.glob("ran*"))
    assert "ActionIntended" not in events_of(call)


def test_a_variable_that_is_not_set_is_named_before_the_start(shop, call, monkeypatch):
    """Every value without its variable is named at once, and nothing is begun."""
    for name in ("SHOP_URL", "SHOP_DB"):
        monkeypatch.delenv(name, raising=False)
    bindings = (
        "values: {SHOP_URL: {env: SHOP_URL}}\n  connections: {shop: {env: SHOP_DB}}"
    )
    (shop.folder / "rollout.md").write_text(with_bindings(bindings))
    done = call("run", "rollout.md", *PACE, status=2)
    for name in ("SHOP_URL", "SHOP_DB"):
        assert f"Set the environment variable {name}" in done.stderr
    assert nothing_begun(call)


def test_an_answers_file_is_told_all_its_mistakes_each_with_its_line(
    shop, call, approvals, question
):
    """Unknown roles, steps and words are told together, and nothing is begun."""
    shop.write(before=approvals, after=question)
    (shop.folder / "answers.yaml").write_text(
        "person: ada\napprovals:\n  Dev Laed: yes\n  Ops On-Call: perhaps\n"
        "answers:\n  Verify that the shop looks rihgt: yes\n"
        "  Copy the flag: yes\n"
    )
    done = call("run", "rollout.md", "--answers", "answers.yaml", *PACE, status=2)
    for line, told in (
        (3, "The plan has no role 'Dev Laed'. Did you mean 'dev lead'?"),
        (4, "'perhaps' is neither yes nor no"),
        (6, "Did you mean 'verify that the shop looks right'?"),
        (7, "'Copy the flag' is done by gonogo and asks nothing"),
    ):
        assert re.search(rf"answers\.yaml:{line}: .*{re.escape(told)}", done.stderr), (
            done.stderr
        )
    assert nothing_begun(call)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"approvals: [", "answers.yaml:1: It is not YAML"),
        (b"\xe9: yes", "answers.yaml:1: It is not UTF-8"),
        (b"- yes\n", "answers.yaml:1: "),
    ],
    ids=["no YAML", "no UTF-8", "a list"],
)
def test_an_answers_file_that_cannot_be_read_is_refused(shop, call, data, told):
    """An answers file that is none is one message, before anything begins."""
    (shop.folder / "answers.yaml").write_bytes(data)
    done = call("run", "rollout.md", "--answers", "answers.yaml", *PACE, status=2)
    assert told in done.stderr
    assert nothing_begun(call)


@pytest.mark.parametrize("pace", ["0", "-1", "nan", "inf", "fast"])
def test_a_pace_that_is_none_is_refused(call, pace):
    """Time runs forward, and at a finite rate."""
    done = call("run", "rollout.md", "--pace", pace, status=2)
    assert done.stderr.startswith("gonogo: ")
    assert nothing_begun(call)
