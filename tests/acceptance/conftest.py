"""What the acceptance tests of the command line share: documents, and a way to call."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCUMENT = """\
---
gonogo:
  service: shop
  environment: {environment}
  {bindings}
  metrics:
    Errors:
      shell: {{run: "cat errors.txt"}}
      every: 1m
---

# Switch the shop to the new cart

{before}

## Stage 1: Prepare

- [ ] Copy the flag <!-- gonogo: {{shell: {{run: "{prepare}", undo: "rm -f copy.txt", idempotent: true}}}} -->
- [ ] Verify that the copy is there <!-- gonogo: {{shell: {{run: "cat copy.txt"}}, expect: "off"}} -->

## Stage 2: Enable for 5%

- [ ] Raise the level <!-- gonogo: {{shell: {{run: "{apply}", undo: "cp copy.txt flag.txt; echo 1 > errors.txt"}}}} -->
- [ ] Monitor for {soak}

| Metric | Threshold |
|--------|-----------|
| Errors | < 5 |

{after}
"""
APPROVALS = """\
## Approvals Before the Start

| Role | Name | Approved |
|------|------|----------|
| Dev Lead | ada | ☐ |
| Ops On-Call | bob | ☐ |
"""
QUESTION = """\
## Stage 3: Look

- [ ] Verify that the shop looks right
"""


@dataclass
class Shop:
    """A folder with a document, a flag file, and what the document's metric reads."""

    folder: Path

    def write(self, name="rollout.md", **parts):
        """Write a document; by default it runs to its end without people."""
        given = {
            "environment": "test",
            "bindings": "self_approval: false",
            "before": "",
            "prepare": "cp flag.txt copy.txt",
            "apply": "echo 5 > flag.txt",
            "soak": "30s",
            "after": "",
        }
        text = DOCUMENT.format(**(given | parts))
        (self.folder / name).write_text(text)

    def gonogo(self, *words, status=None, **environ):
        """Run a command as a user does; return it, its status checked when given."""
        done = subprocess.run(
            [sys.executable, "-m", "gonogo", *words],
            cwd=self.folder,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if status is not None:
            assert status == done.returncode, done.stdout + done.stderr
        return done

    def start(self, *words, **environ):
        """Begin a command and leave it running; the test ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "gonogo", *words],
            cwd=self.folder,
            env={**self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def environ(self):
        """Return the environment of a user with nothing of gonogo set."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}
        return {**kept, "GONOGO_USER": "carol"}

    def flag(self):
        """Return the bytes of the flag file."""
        return (self.folder / "flag.txt").read_bytes()


@pytest.fixture(scope="session")
def new_shop():
    """Give a function: a shop in a folder, its flag off and its metric well."""

    def make(folder):
        (folder / "flag.txt").write_text("off\n")
        (folder / "errors.txt").write_text("1\n")
        made = Shop(folder)
        made.write()
        return made

    return make


@pytest.fixture
def shop(new_shop, tmp_path):
    """Give a shop of the test's own."""
    return new_shop(tmp_path)


@pytest.fixture
def approvals():
    """Give the part of a document that asks for two consents."""
    return APPROVALS


@pytest.fixture
def question():
    """Give the part of a document that only a person can answer."""
    return QUESTION
