"""`gonogo run`, as a script or a person calls it: its statuses, and going on."""

import json
import re
import shlex
import signal

import pytest

ANSI = re.compile(r"\x1b")
# A person is called when a soak takes ten minutes longer than it may: at this pace that
# is twenty seconds, which a busy machine does not need for a look.
PACE = ("--pace", "30")
BREAKS = "echo 5 > flag.txt; echo 9 > errors.txt"


def commands_in(text):
    """Return the lines of an output that a person is told to type."""
    lines = (line.strip() for line in text.splitlines())
    return [shlex.split(line)[1:] for line in lines if line.startswith("gonogo ")]


def wait_for(process, text):
    """Read a running command's output until a text is in it; return what was read."""
    read = ""
    for line in process.stdout:
        read += line
        if text in line:
            return read
    pytest.fail(f"the command ended before it said '{text}':\n{read}")


def test_a_document_runs_to_its_end(shop):
    """A document without open points runs to its end and leaves a report."""
    done = shop.gonogo("run", "rollout.md", *PACE, status=0)
    assert b"5\n" == shop.flag()
    assert "COMPLETED" in done.stdout
    folder = shop.folder / ".gonogo" / "reports" / "shop-test-1"
    assert {"report.md", "report.html"} == {each.name for each in folder.iterdir()}


def test_a_gate_that_breaks_takes_the_rollout_back(shop):
    """When a metric trips, everything is as before, byte by byte, and the status 1."""
    before = shop.flag()
    shop.write(apply=BREAKS, soak="10h")
    done = shop.gonogo("run", "rollout.md", *PACE, status=1)
    assert before == shop.flag()
    assert "ROLLING BACK: Errors is 9, has to be < 5" in done.stdout
    assert not (shop.folder / "copy.txt").exists()


def test_a_plan_that_ended_is_not_run_a_second_time_by_mistake(shop):
    """The same command says how it ended, with its status; --again begins anew."""
    shop.gonogo("run", "rollout.md", *PACE, status=0)
    told = shop.gonogo("run", "rollout.md", *PACE, status=0)
    assert "was completed. Nothing was run" in told.stdout
    again = shop.gonogo("run", "rollout.md", *PACE, "--again", status=1)
    # The flag is not what this document expects before it: the new rollout goes back.
    assert "rollout shop-test-2 of" in again.stdout


def test_output_without_a_terminal_is_plain(shop):
    """In a pipe there are lines with the time of the plan, and no control codes."""
    done = shop.gonogo("run", "rollout.md", *PACE, status=0)
    assert not ANSI.search(done.stdout + done.stderr)
    told = [line for line in done.stdout.splitlines() if "stage 1/2" in line]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  ▶ stage 1/2: ", told[0])


def test_a_run_names_the_digest_that_explain_showed(shop):
    """A document is run only after it was explained under the same digest."""
    explained = json.loads(shop.gonogo("explain", "rollout.md", "--json").stdout)
    done = shop.gonogo("run", "rollout.md", *PACE, status=0)
    head, _, _ = done.stdout.partition("A new rollout begins")
    assert explained["plan"]["digest"] in head


def test_a_bad_document_is_refused_before_anything_is_made(shop):
    """An error in the document ends in its place and its remedy, and in status 2."""
    shop.write(bindings="nonsense: 1")
    done = shop.gonogo("run", "rollout.md", status=2)
    assert re.search(r"rollout\.md:\d+:\d+: error GNG203 ", done.stderr)
    assert "Traceback" not in done.stderr
    assert not (shop.folder / ".gonogo").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "missing.md"), "missing.md cannot be read"),
        (("run",), "missing argument 'FILE'"),
        (("run", "rollout.md", "--pace", "0"), "0"),
        (("run", "rollout.md", "--pace", "nan"), "nan"),
        (("run", "rollout.md", "--answers", "missing.yaml"), "missing.yaml"),
        (("frobnicate",), "no such command 'frobnicate'"),
        (("status",), "there are no rollouts in .gonogo"),
        (("explain", "flag.txt/x"), "cannot be read"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, tuple) else "",
)
def test_a_mistake_in_the_call_ends_in_one_message(shop, words, told):
    """What is wrong with a call is said in a line on stderr, and the status is 2."""
    done = shop.gonogo(*words, status=2)
    assert done.stderr.startswith("gonogo: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_document_is_refused(shop):
    """An empty document has nothing to run, which is an error."""
    (shop.folder / "rollout.md").write_text("")
    assert "cannot run" in shop.gonogo("run", "rollout.md", status=2).stderr


def test_a_missing_variable_is_named_before_the_start(shop):
    """A value that nothing stands behind is named, and nothing is begun."""
    shop.write(bindings="values: {SHOP_URL: {env: SHOP_URL}}")
    done = shop.gonogo("run", "rollout.md", status=2)
    assert "SHOP_URL" in done.stderr
    assert "begins" not in done.stdout


def test_a_run_that_waits_for_people_says_what_to_type_and_goes_on(shop, approvals):
    """Status 3 comes with the very commands; typed, the same run goes to its end."""
    shop.write(before=approvals)
    waiting = shop.gonogo("run", "rollout.md", *PACE, status=3)
    _, _, summary = waiting.stdout.partition("waits for:")
    approve = [words for words in commands_in(summary) if words[0] == "approve"]
    for words, name in zip(approve, ("ada", "bob"), strict=True):
        said = shop.gonogo(*words, "--as", name, status=0)
        assert "No runner is at work now" in said.stdout
        assert "sha256:" in said.stdout
    done = shop.gonogo("run", "rollout.md", *PACE, status=0)
    assert "Rollout shop-test-1 goes on where it was" in done.stdout
    assert "ada (command line) approves as Dev Lead" in done.stdout


def test_an_answer_brings_a_waiting_rollout_on(shop, question):
    """A question that only a person can answer is answered from the command line."""
    shop.write(after=question)
    waiting = shop.gonogo("run", "rollout.md", *PACE, status=3)
    *_, first, _ = [w for w in commands_in(waiting.stdout) if w[0] == "answer"]
    shop.gonogo(*first, status=0)
    shop.gonogo("run", "rollout.md", *PACE, status=0)


def test_a_changed_document_does_not_stand_in_the_way_back(shop, question):
    """Under another digest nothing goes on; an abort takes back what was done."""
    before = shop.flag()
    shop.write(after=question)
    shop.gonogo("run", "rollout.md", *PACE, status=3)
    shop.write(after=question.replace("right", "left"))
    refused = shop.gonogo("run", "rollout.md", *PACE, status=2)
    assert "its plan is another one" in refused.stderr
    shop.gonogo("abort", "--reason", "wrong text", status=0)
    done = shop.gonogo("run", "rollout.md", *PACE, status=1)
    assert "ROLLED BACK: 2 undone" in done.stdout
    assert before == shop.flag()


def test_an_answers_file_stands_for_people(shop, approvals, question):
    """With answers for every question a run needs nobody, and names the file."""
    shop.write(before=approvals, after=question)
    (shop.folder / "answers.yaml").write_text(
        "approvals:\n"
        "  Dev Lead: {by: ada}\n"
        "  Ops On-Call: {by: bob}\n"
        "answers:\n"
        "  Verify that the shop looks right: {answer: yes, by: ada}\n"
    )
    words = ("run", "rollout.md", "--answers", "answers.yaml", *PACE)
    done = shop.gonogo(*words, status=0)
    assert "ada (answers.yaml:2) approves as Dev Lead" in done.stdout


def test_each_record_is_a_json_object(shop):
    """With --json each journaled record is one object on stdout, and nothing else."""
    done = shop.gonogo("run", "rollout.md", *PACE, "--json", status=0)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(range(1, len(records) + 1)) == [record["seq"] for record in records]
    assert "RolloutStarted" == records[0]["event"]
    assert "RolloutCompleted" == records[-1]["event"]


def test_ctrl_c_leaves_and_the_same_command_goes_on(shop):
    """A Ctrl-C in a soak leaves with status 3; the same command finishes the rollout."""
    shop.write(soak="5m")
    process = shop.start("run", "rollout.md", *PACE)
    wait_for(process, "soak  Monitor")
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert 3 == process.returncode, rest
    assert "To go on: gonogo run rollout.md --pace 30" in rest
    shop.gonogo("run", "rollout.md", "--pace", "100", status=0)


def test_a_second_runner_is_refused_while_the_first_is_at_work(shop):
    """One rollout has one runner; the second is told which process has it."""
    shop.write(soak="10h")
    process = shop.start("run", "rollout.md", "--pace", "60")
    try:
        wait_for(process, "soak  Monitor")
        refused = shop.gonogo("run", "rollout.md", status=2)
        assert f"already run by process {process.pid}" in refused.stderr
        told = shop.gonogo("pause", "--reason", "lunch", status=0)
        assert f"A runner is at work (process {process.pid})" in told.stdout
        assert "PAUSED by carol: lunch" in wait_for(process, "PAUSED")
    finally:
        process.kill()
        process.communicate()


def test_an_abort_without_a_runner_rolls_back_at_the_next_run(shop):
    """An aborted rollout does nothing but go back, even with a variable missing."""
    before = shop.flag()
    shop.write(bindings="values: {SHOP_URL: {env: SHOP_URL}}", soak="10h")
    first = shop.start("run", "rollout.md", "--pace", "60", SHOP_URL="http://shop")
    wait_for(first, "soak  Monitor")
    first.kill()
    first.communicate()
    shop.gonogo("abort", "--reason", "no good", status=0)
    done = shop.gonogo("run", "rollout.md", "--pace", "60", status=1)
    assert "carol aborted: no good" in done.stdout
    assert before == shop.flag()


def test_a_secret_is_never_printed(shop):
    """What the document marks secret appears in no output, report or journal."""
    shop.write(
        bindings="values: {TOKEN: {env: TOKEN, secret: true}}",
        prepare="echo $TOKEN; cp flag.txt copy.txt",
    )
    secret = "hush-hush-4711"
    done = shop.gonogo("run", "rollout.md", *PACE, status=0, TOKEN=secret)
    shown = shop.gonogo("journal", "show", "--json", status=0)
    assert secret not in done.stdout + done.stderr + shown.stdout
    files = [f for f in (shop.folder / ".gonogo").rglob("*") if f.is_file()]
    assert [] == [f.name for f in files if secret.encode() in f.read_bytes()]


def test_a_rollout_goes_on_when_nobody_reads_any_more(shop):
    """`gonogo run | head -3` still runs to its end: output is not the rollout."""
    process = shop.start("run", "rollout.md", *PACE)
    process.stdout.readline()
    process.stdout.close()
    assert 0 == process.wait(40)
    assert b"5\n" == shop.flag()


def test_explain_may_be_cut_off_by_its_reader(shop):
    """`gonogo explain | head -1` is no error, and no rollback either."""
    shop.write(after="prose\n\n" * 20_000)
    process = shop.start("explain", "rollout.md", "--lines")
    process.stdout.readline()
    process.stdout.close()
    assert 0 == process.wait(40)
