"""`gonogo amend` as a person uses it: a document changes while its rollout runs."""

import json
import re

THIRD = """\
## Stage 3: Finish

- [ ] Say so <!-- gonogo: {{shell: {{run: "echo {word} >> said.txt", undo: "rm said.txt"}}}} -->
"""
INTRODUCTION = "A line that was added on top.\n\nAnd another.\n\n"


def waiting(shop, approvals, word="old"):
    """Begin a rollout that waits for two consents; one of them is given."""
    shop.write(before=approvals, after=THIRD.format(word=word))
    shop.gonogo("run", "rollout.md", status=3)
    shop.gonogo("approve", "--role", "Dev Lead", "--as", "ada", status=0)
    shop.gonogo("run", "rollout.md", status=3)


def events(shop):
    """Return the events of the journal as objects."""
    written = shop.gonogo("journal", "show", "--json", status=0).stdout
    return [json.loads(line)["event"] for line in written.splitlines()]


def test_a_waiting_rollout_goes_over_to_a_changed_document(shop, approvals):
    """It ends by the new document; the consent that was given still counts."""
    waiting(shop, approvals)
    shop.write(before=INTRODUCTION + approvals, after=THIRD.format(word="new"))
    shown = shop.gonogo(
        *("amend", "rollout.md", "--from", "Stage 3", "--reason", "a word", "--yes"),
        status=0,
    ).stdout
    assert re.search(r"± stage changed: Stage 3: Finish \(line \d+\)", shown)
    assert "  stage unchanged: Stage 1: Prepare" in shown
    assert "No runner is at work now" in shown
    shop.gonogo("run", "rollout.md", status=3)
    shop.gonogo("approve", "--role", "Ops On-Call", "--as", "bob", status=0)
    done = shop.gonogo("run", "rollout.md", "--pace", "60", status=0).stdout
    assert "Say so" in done
    assert "new\n" == (shop.folder / "said.txt").read_text()
    report = next((shop.folder / ".gonogo/reports").rglob("*.md")).read_text()
    assert INTRODUCTION.strip() in report.partition("# Evidence")[0]
    assert "## Amendments" in report
    assert "carol (command line)" in report.partition("## Amendments")[2][:2000]
    assert 0 == shop.gonogo("journal", "verify").returncode


def test_run_names_amend_where_the_document_was_changed(shop, approvals):
    """Who runs a changed document learns of both ways on."""
    waiting(shop, approvals)
    shop.write(before=approvals, after=THIRD.format(word="new"))
    said = shop.gonogo("run", "rollout.md", status=2).stderr
    assert "gonogo amend rollout.md --rollout shop-test-1 --from STAGE" in said
    assert "gonogo abort shop-test-1" in said


def test_nothing_is_amended_before_somebody_said_yes(shop, approvals):
    """Where nobody can be asked, it shows the difference and leaves it at that."""
    waiting(shop, approvals)
    shop.write(before=approvals, after=THIRD.format(word="new"))
    shown = shop.gonogo("amend", "rollout.md", "--from", "3", "--json", status=2)
    found = json.loads(shown.stdout)
    changed = [p for p in found["difference"]["parts"] if p["change"] == "changed"]
    assert ["Stage 3: Finish"] == [part["title"] for part in changed]
    assert "then say --yes" in shown.stderr
    shop.write(before=approvals, after=THIRD.format(word="old"))
    shop.gonogo("run", "rollout.md", status=3)


def test_what_was_done_may_not_change(shop, approvals):
    """A stage before the named one differs: refused, with the line."""
    waiting(shop, approvals)
    shop.write(
        before=approvals, apply="echo 7 > flag.txt", after=THIRD.format(word="old")
    )
    words = ("amend", "rollout.md", "--from", "Stage 3", "--yes")
    said = shop.gonogo(*words, status=2).stderr
    assert re.search(r"'Stage 2: Enable for 5%' \(line \d+\) differs", said)
    assert "only what is still to come may change" in said


def test_a_stage_that_is_not_there_is_named_with_those_that_are(shop, approvals):
    """A typing mistake is answered with the titles to choose from."""
    waiting(shop, approvals)
    words = ("amend", "rollout.md", "--from", "Stage 9", "--yes")
    said = shop.gonogo(*words, status=2).stderr
    assert "no stage is called 'Stage 9'" in said
    assert "  Stage 2: Enable for 5%" in said


def read_until(runner, words):
    """Return the lines that a runner prints, up to one with these words."""
    told = []
    for line in runner.stdout:
        told.append(line)
        if words in line:
            return told
    raise AssertionError("".join(told))


def test_a_runner_at_work_takes_the_change_up_at_once(shop):
    """In the middle of a soak a later stage changes, and the next runner goes on."""
    shop.write(soak="10h", after=THIRD.format(word="old"))
    runner = shop.start("run", "rollout.md", "--pace", "60")
    try:
        read_until(runner, "soak  Monitor")
        shop.write(soak="10h", after=THIRD.format(word="new"))
        words = ("amend", "rollout.md", "--from", "3", "--yes", "--as", "ada")
        assert "takes this up at once" in shop.gonogo(*words, status=0).stdout
        told = read_until(runner, "AMENDED by ada from the stage 'Stage 3: Finish' on")
        assert not [line for line in told if "counts anew" in line]
    finally:
        runner.kill()
        runner.communicate()
    shop.gonogo("run", "rollout.md", "--pace", "36000", status=0)
    assert "new\n" == (shop.folder / "said.txt").read_text()
