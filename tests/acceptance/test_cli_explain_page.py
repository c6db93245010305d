"""`gonogo explain --html`: a page as a file, for whoever reviews a document."""

import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli


def explain(shop, *words):
    """Ask for the page of the shop's document."""
    document = str(shop.folder / "rollout.md")
    return CliRunner().invoke(cli, ["explain", document, "--html", *words])


def test_page_is_written_where_asked(shop):
    """The path is printed; the file is a whole page."""
    file = shop.folder / "review.html"
    done = explain(shop, "-o", str(file))
    assert (0, f"{file}\n") == (done.exit_code, done.stdout)
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [] == list(shop.folder.glob(".review*"))


def test_page_is_named_after_its_document(shop, monkeypatch):
    """Without a name the page lies in the folder of the person, and says so."""
    monkeypatch.chdir(shop.folder)
    assert "rollout.explained.html\n" == explain(shop).stdout
    assert (shop.folder / "rollout.explained.html").is_file()


def test_page_goes_to_stdout_for_a_dash(shop, monkeypatch):
    """A pipe gets the page, and nothing else."""
    monkeypatch.chdir(shop.folder)
    before = sorted(shop.folder.iterdir())
    text = explain(shop, "-o", "-").stdout
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</html>\n")
    assert before == sorted(shop.folder.iterdir())


def test_page_of_a_document_with_errors_is_written_too(shop):
    """The errors are on the page; the status says that it cannot run: 2."""
    shop.write(bindings="nonsense: 1")
    done = explain(shop, "-o", "-")
    assert 2 == done.exit_code
    assert "nonsense" in done.stdout


def test_document_is_never_written_over(shop):
    """A slip of the hand does not cost the document."""
    document = shop.folder / "rollout.md"
    before = document.read_bytes()
    done = explain(shop, "-o", str(document))
    assert 2 == done.exit_code
    assert "it is the document itself" in done.stderr
    assert before == document.read_bytes()


def test_page_that_cannot_be_written_is_told(shop):
    """The message names the page that was asked for, and the reason."""
    file = shop.folder / "nowhere" / "page.html"
    done = explain(shop, "-o", str(file))
    assert 2 == done.exit_code
    assert f"{file} cannot be written: no such file or directory" in done.stderr


def test_device_is_written_to_and_not_replaced(shop, tmp_path):
    """Whatever is no plain file stays what it is."""
    link = tmp_path / "nothing"
    link.symlink_to("/dev/null")
    assert 0 == explain(shop, "-o", str(link)).exit_code
    assert link.is_symlink()
    assert link.resolve().is_char_device()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--html", "--json"), "exclude each other"),
        (("-o", "page.html"), "add --html"),
    ],
    ids=["two forms", "a file for no page"],
)
def test_options_that_do_not_go_together_are_refused(shop, words, reason):
    """Nothing is guessed: the message says what to leave out or to add."""
    document = str(shop.folder / "rollout.md")
    done = CliRunner().invoke(cli, ["explain", document, *words])
    assert 2 == done.exit_code
    assert reason in done.stderr
