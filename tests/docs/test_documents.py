"""The documents around the code: complete, and without a dead link."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


def documents():
    """Return the documents that the project writes about itself."""
    folders = [ROOT, ROOT / "docs", *ROOT.glob("packages/*")]
    found = [path for folder in folders for path in folder.glob("*.md")]
    return sorted({*found, *(ROOT / "docs").rglob("*.md")})


DOCUMENTS = documents()


def name_of(path):
    """Return a document's name within the project."""
    return str(path.relative_to(ROOT))


def prose(path):
    """Return a document without its code blocks."""
    return FENCE.sub("", path.read_text("utf-8"))


def anchors(path):
    """Return the anchors of a document's headings, as the forges make them."""
    titles = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


def is_dead(path, link):
    """Tell whether a link within the project leads nowhere."""
    if re.match(r"[a-z]+:", link):
        return False
    target, _, anchor = link.partition("#")
    place = (path.parent / target).resolve() if target else path
    if not place.exists():
        return True
    return bool(anchor) and place.suffix == ".md" and anchor not in anchors(place)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path):
    """A reader who follows a link arrives."""
    dead = [link for link in LINK.findall(prose(path)) if is_dead(path, link)]
    assert [] == dead


def test_every_command_is_documented():
    """Each target of the Makefile that is there for people is explained to them."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z%-]+):.*##", makefile, re.MULTILINE))
    text = "".join(
        (ROOT / name).read_text("utf-8")
        for name in ("README.md", "CONTRIBUTING.md")
        if (ROOT / name).exists()
    )
    assert "test" in targets
    assert [] == sorted(name for name in targets if f"make {name}" not in text)


def test_every_command_of_the_makefile_can_be_named():
    """`make help` lists each target, and no target hides a file of its name."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    targets = re.findall(r"^([a-z%-]+):", makefile, re.MULTILINE)
    assert sorted(targets) == sorted(phony)


def test_decisions_are_numbered_without_a_gap():
    """Each decision has its own number, and its title says the same."""
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, page in enumerate(pages, start=1):
        assert page.name.startswith(f"{number:04d}-")
        assert page.read_text("utf-8").startswith(f"# {number}. ")


@pytest.mark.parametrize(
    "fragment", sorted(ROOT.glob("packages/*/changes/*.md")), ids=name_of
)
def test_a_change_fragment_has_a_known_kind(fragment):
    """A fragment of an unknown kind would be left out of the changelog in silence."""
    kinds = "added|changed|fixed|removed|security"
    assert re.fullmatch(rf"(\d+|\+[\w-]+)\.({kinds})\.md", fragment.name)
    assert fragment.read_text("utf-8").strip()


def test_the_word_for_a_concept_stands_once_in_the_glossary():
    """One term per concept: no term is explained twice."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    terms = re.findall(r"^\| \*\*(\w[\w -]*)\*\*", text, re.MULTILINE)
    assert terms
    assert [] == [term for term in set(terms) if terms.count(term) > 1]


@pytest.mark.parametrize(
    "generator", sorted((ROOT / "scripts" / "pages").glob("*.py")), ids=name_of
)
def test_a_generated_page_is_what_its_generator_prints(generator):
    """A page that is out of date is written anew with `make docs`."""
    done = subprocess.run(
        [sys.executable, generator],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    page = ROOT / "docs" / "reference" / f"{generator.stem}.md"
    assert done.stdout == page.read_text("utf-8")
