"""The founding documents and the corpus: read whole, and scored by their labels."""

import json
import pathlib
import subprocess
import sys

import pytest

from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read

SHARED = pathlib.Path(__file__).parents[4] / "shared"
DOCUMENTS = sorted([*SHARED.glob("seeds/*.md"), *SHARED.glob("corpus/*.md")])

pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="the shared folder is absent")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem[:24])
def test_every_line_of_a_real_document_is_accounted_for(path):
    """Each line of each document at hand has exactly one account."""
    reading = read(path.read_bytes(), path.name)
    covered = [
        number
        for account in reading.accounts
        for number in range(account.first_line, account.last_line + 1)
    ]
    lines = reading.text.removesuffix("\n").split("\n")
    assert list(range(1, len(lines) + 1)) == covered


def score(tmp_path, names):
    """Return what the shared score says of the named seeds, labels copied aside."""
    for folder in ("labels", "readings"):
        (tmp_path / folder).mkdir()
    for path in SHARED.glob("readings/*.json"):
        if path.stem[0] in names:
            (tmp_path / "labels" / path.name).write_text(path.read_text())
            source = SHARED / "seeds" / f"{path.stem}.md"
            found = reading_as_json(read(source.read_bytes(), source.name))
            (tmp_path / "readings" / path.name).write_text(json.dumps(found))
    tool = str(SHARED / "tools" / "score_reading.py")
    folders = [str(tmp_path / "labels"), str(tmp_path / "readings")]
    done = subprocess.run(
        [sys.executable, tool, *folders], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_rollout_checklist_is_read_fully_right(tmp_path):
    """Seed 4 is right in every kind and every attribute."""
    output = score(tmp_path, "4")
    assert "mean F1 1.000" in output
    attributes = [line for line in output.splitlines() if line.startswith("  ")]
    assert attributes
    assert all(line.endswith("= 1.000") for line in attributes)


def test_the_labelled_documents_reach_the_bar(tmp_path):
    """The three labelled seeds together reach a mean F1 of 0.95."""
    mean = float(score(tmp_path, "234").split("mean F1")[1])
    assert mean >= 0.95
