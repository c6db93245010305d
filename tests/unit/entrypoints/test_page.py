"""A page: plain in a pipe, coloured and wrapped on a terminal."""

import io

import pytest

from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for


@pytest.fixture(autouse=True)
def unasked(monkeypatch):
    """Let no variable of whoever runs the tests ask for colours."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Say so."""
        return True


def printed(stream):
    """Return what a page prints on a stream."""
    page = page_for(to=stream)
    page.heading("Open points")
    page.row("  12  ", "first\tline  \nsecond \x1b[2J line " + "word " * 20)
    return stream.getvalue()


def test_a_pipe_gets_every_line_whole():
    """Nothing wraps, tabs stay, and what would move a cursor is made harmless."""
    words = " word" * 20
    assert printed(io.StringIO()) == (
        "\nOpen points\n  12  first\tline\n"
        f"      second \N{REPLACEMENT CHARACTER}[2J line{words}\n"
    )


def test_a_terminal_gets_colours_and_wrapped_lines(monkeypatch):
    """A body that is too wide goes on below itself, behind its lead."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    text = printed(Terminal())
    assert "\x1b[1mOpen points" in text
    assert "\n      word word" in text
    assert "\x1b[2J" not in text


@pytest.mark.parametrize("name", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_a_pipe_can_be_taken_for_a_terminal(monkeypatch, name):
    """Whoever asks for colours by the usual variables gets them in a pipe, too."""
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1mOpen points" in printed(io.StringIO())


def test_a_reader_that_went_away_is_no_error(tmp_path):
    """After `| head` has seen enough, the rest of a page goes nowhere."""
    with (tmp_path / "out").open("w") as stream:

        class Gone:
            """A pipe without a reader."""

            def write(self, _text):
                """Fail, as a write to it does."""
                raise BrokenPipeError

            def fileno(self):
                """Return what can be led elsewhere."""
                return stream.fileno()

        Page(Gone()).row("", "nobody reads this")
