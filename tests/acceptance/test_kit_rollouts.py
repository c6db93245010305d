"""
The kit's rollout documents, live: each takes its piece to everybody in a real service.

The service of `examples/kit` is under load meanwhile, with real servers where the piece
needs some; a minute of the document takes a fraction of a millisecond.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.testing.postgres import PostgresNotFound, find_binaries
from gonogo_flags import FlagFile

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "packages" / "hardening" / "rollouts").glob("[a-z]*.md"))
KIT = ROOT / "examples" / "kit"
PACE = "172800"
"""A day of the document takes half a second."""
SLOW = "7200"
"""A day takes twelve: so long a piece at 5 % has to show that something is wrong."""


def _is_installed():
    """Tell whether there is a PostgreSQL to run; nothing else may be missing."""
    try:
        find_binaries()
    except PostgresNotFound:
        return False
    return True


needs_servers = pytest.mark.skipif(
    not _is_installed(), reason="no PostgreSQL: scripts/system-deps"
)


@pytest.fixture
def kit(tmp_path):
    """Give a function that runs a piece's rollout, and checks how it ends."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}
    environment = {**kept, "PYTHONPATH": str(KIT)}

    def run(piece, *words, status):
        done = subprocess.run(
            [sys.executable, "-m", "kit", piece, *words, "--folder", str(tmp_path)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert status == done.returncode, done.stdout + done.stderr
        return done.stdout

    run.folder = tmp_path / "rollouts"
    return run


def requests_of(kit, arm):
    """Return how many requests one arm of the service has served."""
    with (kit.folder / "counts.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return sum(int(row["requests"]) for row in rows if row["arm"] == arm)


def test_the_documents_are_those_of_the_pieces():
    """Each piece of the kit has a rollout document, which the table lists."""
    source = ROOT / "packages" / "hardening" / "src" / "hardening"
    pieces = {path.parent.name for path in source.glob("*/__init__.py")}
    assert pieces - {"core", "testing"} == {path.stem for path in DOCUMENTS}
    listed = (DOCUMENTS[0].parent / "README.md").read_text("utf-8")
    assert all(f"| [{path.name}]({path.name}) |" in listed for path in DOCUMENTS)


def test_the_documents_are_understood_without_a_warning():
    """Nothing of them is an error, or something that a person should look into."""
    done = subprocess.run(
        [sys.executable, "-m", "gonogo", "lint", "--strict", *map(str, DOCUMENTS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, False) == (done.returncode, ": warning " in done.stdout), done.stdout


@needs_servers
@pytest.mark.parametrize("piece", [path.stem for path in DOCUMENTS])
def test_a_document_takes_its_piece_to_everybody(kit, piece):
    """The rollout completes with all its gates, and every request has the piece."""
    told = kit(piece, "--pace", PACE, status=0)
    assert "COMPLETED" in told
    flag = json.loads((kit.folder / "flags.json").read_text("utf-8"))["flags"]
    assert "on" == flag[f"hardening-{piece}"]["defaultVariant"]
    assert min(requests_of(kit, "canary"), requests_of(kit, "control")) > 0


@needs_servers
@pytest.mark.parametrize("piece", [path.stem for path in DOCUMENTS])
def test_a_piece_that_is_set_up_wrong_is_taken_back(kit, piece):
    """Each piece has a gate that trips at 5 %, before everybody meets the mistake."""
    told = kit(piece, "--broken", "--pace", SLOW, status=1)
    assert "ROLLED BACK" in told
    assert "Stage 2" not in told.split("ROLLING BACK")[0].split("▶ stage 3/4")[1]
    flags = FlagFile(kit.folder / "flags.json").snapshot()
    assert not any(flags.is_on(f"hardening-{piece}", f"user-{n}") for n in range(500))
