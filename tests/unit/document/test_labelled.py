"""
Documents of other teams, labelled by us: what the reader reached on them is kept.

The labels hold line numbers and kinds, no text; the documents stand beside the checkout
where somebody has them. These documents were worked on: a new one is read less well,
and `docs/explanation/reading.md` says how well.
"""

import json
import pathlib
import re
import subprocess
import sys

import pytest

from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read

SHARED = pathlib.Path(__file__).parents[4] / "shared"
LABELS = pathlib.Path(__file__).parents[2] / "documents" / "labels"


def document_of(label):
    """Return where the document of a label file stands, if anywhere."""
    places = (SHARED / "corpus", SHARED / "seeds")
    found = (place / f"{label.stem}.md" for place in places)
    return next((path for path in found if path.exists()), None)


PAIRS = [
    (label, document)
    for label in sorted(LABELS.glob("*.json"))
    if (document := document_of(label))
]

pytestmark = pytest.mark.skipif(not PAIRS, reason="the shared folder is absent")


@pytest.fixture(scope="module")
def readings():
    """Return label and reading of every labelled document at hand."""
    return [
        (
            json.loads(label.read_text(encoding="utf-8")),
            reading_as_json(read(document.read_bytes(), document.name)),
            label.name,
        )
        for label, document in PAIRS
    ]


def test_what_was_reached_is_kept(readings, tmp_path):
    """Over the twelve kinds, the mean F1 of the documents that were worked on."""
    for folder in ("labels", "readings"):
        (tmp_path / folder).mkdir()
    for label, reading, name in readings:
        (tmp_path / "labels" / name).write_text(json.dumps(label))
        (tmp_path / "readings" / name).write_text(json.dumps(reading))
    tool = SHARED / "tools" / "score_reading.py"
    folders = [tmp_path / "labels", tmp_path / "readings"]
    done = subprocess.run(
        [sys.executable, tool, *folders], capture_output=True, text=True, check=True
    )
    mean = re.search(r"mean F1 ([\d.]+)", done.stdout)
    assert mean is not None
    assert float(mean[1]) >= 0.95, done.stdout


def test_a_block_that_must_not_run_unasked_is_called_so(readings):
    """At most one in a hundred of them is called runnable."""
    wrong, all_of_them = [], 0
    for label, reading, name in readings:
        runs = {each["line"] for each in reading["commands"] if each["runnable"]}
        for block in label["commands"]:
            if block["runnable"] or True in block.get("runnable_also_ok", []):
                continue
            all_of_them += 1
            if block["line"] in runs:
                wrong.append((name, block["line"]))
    assert len(wrong) <= all_of_them / 100, wrong
