"""The public commands as a state machine: any order, any person, and the laws hold."""

import json
import os
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gonogo.adapters.journals import SqliteJournal
from gonogo.entrypoints.cli import cli
from gonogo.testing.laws import check_journal

DOCUMENT = """\
---
gonogo:
  service: shop
  environment: test
---

# Switch the shop

## Approvals

| Role | Approved |
|------|----------|
| Dev Lead | ☐ |

## Stage 1: Prepare

- [ ] Copy the flag <!-- gonogo: {shell: {run: "cp flag.txt copy.txt", undo: "rm -f copy.txt"}, on_failure: ask} -->
- [ ] Verify that the copy is there <!-- gonogo: {shell: {run: "cat copy.txt"}, expect: "off"} -->

## Stage 2: Enable

- [ ] Tell support
- [ ] Raise the level <!-- gonogo: {shell: {run: "echo 5 > flag.txt", undo: "cp copy.txt flag.txt", idempotent: true}} -->
- [ ] Verify that the shop looks right
"""
PEOPLE = st.sampled_from(["ada", "bob", "carol"])
# What a script may rely on: done, went back, may not be, waits for a person.
STATUSES = {0, 1, 2, 3}
RUNS = settings().max_examples


class Commands(RuleBasedStateMachine):
    """One shop, its document, and three people who type what they like."""

    def __init__(self):
        """Make the shop."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="gonogo-commands-"))
        (self.folder / "flag.txt").write_text("off\n")
        (self.folder / "rollout.md").write_text(DOCUMENT)
        self.begun = False

    def teardown(self):
        """Remove the shop."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def type(self, *words, by="ada"):
        """Type a command; it says what it did or why not, and never breaks."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}
        with (
            patch.dict(os.environ, {**kept, "GONOGO_USER": by}, clear=True),
            chdir(self.folder),
        ):
            done = CliRunner().invoke(cli, words, prog_name="gonogo")
        assert done.exit_code in STATUSES, (words, done.output)
        assert "Traceback" not in done.output
        assert done.output.strip() or done.exit_code == 0, words
        return done

    @rule(by=PEOPLE)
    def run(self, by):
        """Run, or go on."""
        self.type("run", "rollout.md", "--pace", "100000", by=by)
        self.begun = True

    @rule(by=PEOPLE, refuse=st.booleans())
    def approve(self, by, refuse):
        """Consent, or refuse, whether anybody asked or not."""
        words = ["approve", "--role", "Dev Lead", *["--refuse"] * refuse]
        self.type(*words, by=by)

    @precondition(lambda self: self.begun)
    @rule(by=PEOPLE, data=st.data())
    def answer(self, by, data):
        """Answer what is open, with one of its choices or with nonsense."""
        waiting = [w for w in self.status()["waiting"] if w["kind"] == "answer"]
        if waiting:
            asked = data.draw(st.sampled_from(waiting))
            word = data.draw(st.sampled_from([*asked["choices"], "perhaps"]))
            self.type("answer", asked["id"], word, by=by)

    @rule(by=PEOPLE, word=st.sampled_from(["pause", "resume", "abort"]))
    def hold(self, by, word):
        """Hold it, let it go on, or turn it back."""
        self.type(word, by=by)

    @rule(by=PEOPLE, everything=st.booleans(), word=st.sampled_from(["freeze", "thaw"]))
    def stop_the_line(self, by, everything, word):
        """Stop the line, or let it go on, for the shop or for all."""
        scope = [] if everything else ["--service", "shop"]
        reason = ["--reason", "incident"] if word == "freeze" else []
        self.type(word, *scope, *reason, by=by)

    @precondition(lambda self: self.begun)
    @rule(by=PEOPLE, word=st.sampled_from(["skip", "retry"]), data=st.data())
    def control(self, by, word, data):
        """Leave a step out, or have it tried again, whether that makes sense or not."""
        now = self.status()["step"]
        step = data.draw(st.sampled_from([now["id"] if now else "l1", "undo-1", "x"]))
        self.type(word, step, "--reason", "not needed", by=by)

    @rule(broken=st.booleans())
    def world(self, broken):
        """The world changes: an action that worked fails now, or works again."""
        flag = self.folder / "flag.txt"
        if broken:
            flag.unlink(missing_ok=True)
        elif not flag.exists():
            flag.write_text("off\n")

    @precondition(lambda self: self.begun)
    @rule()
    def report(self):
        """Read all there is to read."""
        self.type("report")
        self.type("status")
        self.type("journal", "show")

    def status(self):
        """The status of the last rollout."""
        every = json.loads(self.type("status", "--json").output)
        if not every:
            return {"waiting": [], "step": None}
        return json.loads(self.type("status", every[-1]["rollout"], "--json").output)

    @invariant()
    def the_laws_hold(self):
        """The chain is whole, and what it says keeps the laws."""
        path = self.folder / ".gonogo" / "journal.db"
        if not path.exists():
            return
        with SqliteJournal(path) as journal:
            for rollout in journal.rollouts():
                assert () == journal.verify(rollout)
                check_journal([record.event for record in journal.read(rollout)])


TestCommands = Commands.TestCase
TestCommands.settings = settings(
    max_examples=8 if RUNS == 100 else RUNS,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
