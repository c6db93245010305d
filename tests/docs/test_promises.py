"""What the documents name of the code is there: modules, tests, commands."""

import re
from pathlib import Path

import pytest

from gonogo.testing.world.campaign import main

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "packages/gonogo/src/gonogo"
KIT = ROOT / "packages/hardening/src/hardening"
PROMISES = (ROOT / "docs" / "promises.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PAGES = {"promises": PROMISES, "architecture": ARCHITECTURE}

SPAN = re.compile(r"`([^`\n]+)`")
PLACE = re.compile(r"[\w./-]+?(?:\.py|/)(?:::\w+)?")
COMMAND = re.compile(r"^ *(\S*python .*?|make .*?)(?: +#.*)?$", re.MULTILINE)
ROW = re.compile(r"^\| \*\*.*\|$", re.MULTILINE)


def places(text):
    """Return the spans that name a module, a folder or a test."""
    return [span for span in SPAN.findall(text) if PLACE.fullmatch(span)]


def found(place):
    """Return whether a place is there; a test within its file, too."""
    name, _, test = place.partition("::")
    path = next((at / name for at in (ROOT, SOURCE, KIT) if (at / name).exists()), None)
    if path is None:
        return False
    return not test or f"\ndef {test}(" in path.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_test_that_a_page_names_is_there(page):
    """A test that was renamed leaves no promise without its proof."""
    named = places(PAGES[page])
    assert len(named) > 10
    assert [] == [place for place in named if not found(place)]


@pytest.mark.parametrize(
    "place", ["decision/nowhere.py", "tests/nowhere/", "tests/docs/test_promises.py::x"]
)
def test_what_is_not_there_is_not_found(place):
    """The check itself can fail."""
    assert places(f"`{place}`") == [place]
    assert not found(place)


def test_every_promise_says_how_it_is_kept_and_tested():
    """No row is left with a word alone: its last cell names what can be run."""
    rows = ROW.findall(PROMISES)
    assert len(rows) > 25
    untested = [row for row in rows if not runs(row.rsplit("|", 2)[1])]
    assert [] == untested


def runs(cell):
    """Return whether a cell names a test, a law or a command."""
    return any(place.startswith(("tests/", "testing/")) for place in places(cell)) or (
        "`make " in cell
    )


def test_every_law_stands_on_the_page_in_its_place():
    """The ten laws of the design, by their numbers."""
    numbers = re.findall(r"^\| \*\*(\d+)\. ", PROMISES, re.MULTILINE)
    assert [str(n) for n in range(1, 11)] == numbers


def test_every_law_that_a_journal_can_show_is_named():
    """A law that is added gets its promise."""
    helps = {"__init__", "journal", "law", "order"}
    laws = {path.stem for path in (SOURCE / "testing/laws").glob("*.py")} - helps
    assert set() == {law for law in laws if f"`testing/laws/{law}.py`" not in PROMISES}


@pytest.mark.parametrize("command", COMMAND.findall(PROMISES))
def test_every_command_on_the_page_can_be_typed(command, capsys):
    """Its target, its file, and each of its options are there."""
    words = command.split()
    if words[0] == "make":
        assert words[1] in targets()
        return
    assert words[0] == ".venv/bin/python"
    if words[1] == "-m":
        with pytest.raises(SystemExit):
            main(["--help"])
        told = capsys.readouterr().out
    else:
        told = (ROOT / words[1]).read_text("utf-8")
    assert [] == [word for word in words if word[:2] == "--" and word not in told]


@pytest.mark.parametrize("page", PAGES)
def test_every_target_that_a_page_names_is_in_the_makefile(page):
    """A pattern of the Makefile stands for the benchmarks that there are."""
    named = re.findall(r"`make ([a-z-]+)", PAGES[page])
    assert [] == [name for name in named if name not in targets()]


def targets():
    """Return the targets of the Makefile, and those of its patterns."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    written = re.findall(r"^([a-z%-]+):", makefile, re.MULTILINE)
    files = (ROOT / "benchmarks").glob("[a-z]*")
    return {*written, *(f"bench-{path.stem}" for path in files)}
