"""The rules of the house, as far as a program can check them."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Where somebody's machine, or a registry, would show in a file.
PLACES = re.compile(
    r"(?<![\w.])/(?:work|root|home|Users)/\w"
    r"|\bfile:///"
    r"|\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org)\b"
)
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
SKIPPED = {".git", ".hypothesis", ".venv", ".venv-peers", "build", "__pycache__"}
LARGEST_B = 500_000


def is_ours(path):
    """Tell whether a path belongs to the project and not to its tools."""
    parts = path.relative_to(ROOT).parts
    return not any(part in SKIPPED or part.endswith("_cache") for part in parts)


def listed_by_git():
    """Return what git would keep; None where there is no git, or no history."""
    if shutil.which("git") is None:
        return None
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines() if done.returncode == 0 else None


def tracked():
    """Return the files that the repository has, or would have."""
    listed = listed_by_git()
    if listed is None:  # a copy of the tree, without its history
        paths = [path for path in ROOT.rglob("*") if is_ours(path)]
    else:
        paths = [ROOT / name for name in listed]
    return [path for path in paths if path.is_file()]


FILES = tracked()


def text_of(path):
    """Return a file's text; empty for what is no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_or_a_registry():
    """Whoever has the repository has all of it: no path or host of our machines."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in FILES
        if path != Path(__file__)
        for match in [PLACES.search(text_of(path))]
        if match
    ]
    assert [] == found


def test_no_file_is_called_by_a_word_that_says_nothing():
    """A file's name is the concept it holds."""
    vague = [path for path in FILES if path.stem.strip("_") in VAGUE]
    assert [] == vague


def test_no_file_is_too_large_for_a_repository():
    """Generated data belongs in build/."""
    large = [path for path in FILES if path.stat().st_size > LARGEST_B]
    assert [] == large


def test_every_hashed_requirement_has_its_hash():
    """What is installed is what was locked, wherever it comes from."""
    for name in ("requirements.lock", "requirements-uv.lock", "benchmarks/peers.lock"):
        blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text("utf-8"))
        pins = [block for block in blocks if re.match(r"[\w.-]+==", block)]
        assert pins
        assert [] == [pin for pin in pins if "--hash=sha256:" not in pin]


def test_the_installer_is_the_same_in_both_locks():
    """The version of uv that sets up is the one that the packages are built with."""
    version = re.compile(r"^uv==(\S+)", re.MULTILINE)
    locks = ["requirements.lock", "requirements-uv.lock", "requirements.in"]
    found = {
        version.search((ROOT / lock).read_text("utf-8")).group(1) for lock in locks
    }
    assert 1 == len(found)


@pytest.mark.parametrize("package", ["gonogo", "gonogo_flags", "hardening"])
def test_every_runtime_dependency_is_locked(package):
    """A dependency that was added without `make lock` shows here."""
    project = ROOT / "packages" / package / "pyproject.toml"
    wanted = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=~! ]", need)[0].lower() for need in wanted}
    locked = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    assert set() == names - set(locked) - {"gonogo-flags", "hardening"}
