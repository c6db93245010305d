"""Which documents are linted, and what is found in them."""

import pytest

from gonogo.entrypoints.cli.linted import (
    Linted,
    NoDocument,
    documents,
    findings_in,
    lint,
)


@pytest.fixture
def folder(tmp_path):
    """Give a folder with documents, bindings, and what is neither."""
    for name in ("b.md", "a.md", "a.bindings.yaml", "c.bindings.yaml", "x.txt"):
        (tmp_path / name).write_text("")
    for hidden in (".git", "sub"):
        (tmp_path / hidden).mkdir()
        (tmp_path / hidden / "d.md").write_text("")
    return tmp_path


def test_a_folder_stands_for_the_documents_in_it(folder):
    """In order, with those of folders in it, without hidden ones."""
    found = [path.relative_to(folder).as_posix() for path in documents([folder])]
    assert ["a.md", "b.md", "sub/d.md"] == found


def test_bindings_stand_for_the_document_beside_them(folder):
    """A hook names what was changed; each document is linted once."""
    named = [folder / "a.bindings.yaml", folder / "a.md"]
    assert (folder / "a.md",) == documents(named)


def test_bindings_without_a_document_are_named_themselves(folder):
    """What is wrong with them is told, not passed over."""
    alone = folder / "c.bindings.yaml"
    assert (alone,) == documents([alone])


def test_a_folder_without_a_document_is_refused(tmp_path):
    """A build that lints nothing would always pass."""
    with pytest.raises(NoDocument, match=r"holds no Markdown file\. Name another"):
        documents([tmp_path])


def test_a_file_that_is_missing_is_an_error_among_the_others(tmp_path):
    """The code says so, and the reason is the system's."""
    (found,) = lint(tmp_path / "no.md").diagnostics
    assert ("GNG104", "error") == (found.code, found.severity)
    assert "no such file" in found.message


def test_a_finding_comes_with_its_file_and_line(tmp_path):
    """What is wrong with the bindings is found there, and not in the document."""
    document = tmp_path / "r.md"
    document.write_text("# R\n\n## Stage 1: A\n\nProse.\n\n- [ ] Do\n")
    (tmp_path / "r.bindings.yaml").write_text("service: x\nservice_of: y\n")
    found = {
        each.diagnostic.code: (each.file.name, each.source)
        for each in findings_in([lint(document)])
    }
    wanted = {
        "GNG130": ("r.md", "Prose."),
        "GNG203": ("r.bindings.yaml", "service_of: y"),
    }
    assert wanted == found


def test_a_document_without_a_finding_gives_none(tmp_path):
    """Nothing is read again for it."""
    assert [] == list(findings_in([Linted(tmp_path / "r.md", ())]))
