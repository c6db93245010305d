"""Every command of gonogo that a document tells to type is one, with its options."""

import re
import shlex
from pathlib import Path

import click
import pytest

from gonogo.entrypoints.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    # Written by programs, from the commands themselves.
    if "reference" not in path.parts
)
FENCE = re.compile(r"^```(?:console|sh|bash|ini)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^(?:\$ |ExecStart=\S*/)?(gonogo .*)$", re.MULTILINE)
SPAN = re.compile(r"`(gonogo\s[^`]+)`")
ENDS = {"|", ">", "&", "&&", ";", "<"}


def typed(page):
    """Return the commands that a page tells to type, each as its words."""
    text = page.read_text("utf-8")
    lines = [line for block in FENCE.findall(text) for line in LINE.findall(block)]
    spans = SPAN.findall(
        re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    return [words_of(each) for each in (*lines, *spans)]


def words_of(command):
    """Return the words of a command, up to where the shell takes over."""
    words = shlex.split(command, comments=True)
    end = next((n for n, word in enumerate(words) if word in ENDS), len(words))
    return words[1:end]


def mistakes(words):
    """Return the words that gonogo would not understand."""
    known, command, takes = options(cli), cli, None
    for word in words:
        if takes:
            takes = None
        elif word.startswith("-") and word != "-":
            option = known.get(word.partition("=")[0])
            if option is None:
                return [word]
            takes = not (option.is_flag or option.count or "=" in word)
        elif isinstance(command, click.Group):
            command = command.get_command(click.Context(command), word)
            if command is None:
                return [word]
            known = {**known, **options(command)}
    return []


def options(command):
    """Return the options of a command by the ways they are written."""
    found = command.get_params(click.Context(command))
    named = [each for each in found if isinstance(each, click.Option)]
    return {way: each for each in named for way in (*each.opts, *each.secondary_opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_a_page_shows_can_be_typed(page):
    """A command or option that was renamed is renamed for the reader, too."""
    wrong = {shlex.join(words): mistakes(words) for words in typed(page)}
    assert {} == {command: words for command, words in wrong.items() if words}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("gonogo frieze --reason x", ["frieze"]),
        ("gonogo freeze --because x", ["--because"]),
        ("gonogo journal shew 'the line'", ["shew"]),
        ("gonogo --state x freeze --reason '--no' --service y > z --nothing", []),
        ("gonogo run rollout.md -d  # --left to a worker", []),
    ],
)
def test_a_mistake_in_a_command_is_seen(command, wrong):
    """The check itself can fail."""
    assert wrong == mistakes(words_of(command))


def test_the_pages_show_commands():
    """The patterns find what there is to find."""
    assert sum(len(typed(page)) for page in PAGES) > 100
