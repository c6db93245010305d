"""Following a file: every whole line once, whatever becomes of the file."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.adapters.sources.following import Followed


@pytest.fixture
def path(tmp_path):
    """Give the path of a file that is not there yet."""
    return tmp_path / "service.log"


def write(path, text):
    """Write more to a file."""
    with path.open("a") as file:
        file.write(text)


def read(followed):
    """Return all that is new, as text."""
    lines, more = [], True
    while more:
        new = followed.read()
        lines += [line.decode() for line in new.lines]
        more = new.more
    return lines


def test_a_line_is_given_once_and_when_it_is_whole(path):
    """Half a line waits for its other half."""
    followed = Followed(path)
    write(path, "one\ntw")
    assert ["one"] == read(followed)
    assert [] == read(followed)
    write(path, "o\r\n")
    assert ["two"] == read(followed)


def test_what_was_written_before_a_rotation_is_not_lost(path):
    """The old file is read to its end, then the new one from its beginning."""
    followed = Followed(path)
    write(path, "one\n")
    read(followed)
    write(path, "two\n")
    path.rename(path.with_suffix(".1"))
    write(path.with_suffix(".1"), "three\n")
    write(path, "four\n")
    assert ["two", "three"] == read(followed)
    assert ["four"] == read(followed)


def test_a_file_that_was_cut_is_read_from_its_beginning(path):
    """`copytruncate` is a rotation too."""
    followed = Followed(path)
    write(path, "one, which is long\n")
    read(followed)
    os.truncate(path, 0)
    write(path, "two\n")
    new = followed.read()
    assert ((b"two",), True) == (tuple(new.lines), new.began)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        pytest.param(None, ["one", "two"], id="all"),
        pytest.param(8, ["one", "two"], id="exactly all"),
        pytest.param(7, ["two"], id="one byte less"),
        pytest.param(4, [], id="the last line may be the end of a longer one"),
        pytest.param(0, [], id="nothing"),
    ],
)
def test_of_a_long_file_only_the_end_is_read(path, tail, expected):
    """A log of a year is not read to count its last minute."""
    write(path, "one\ntwo\n")
    followed = Followed(path, tail=tail)
    assert expected == read(followed)
    write(path, "three\nfour\n")
    assert "four" in read(followed)


def test_a_line_without_end_is_left_out(path):
    """Memory is bounded, whatever somebody writes."""
    followed = Followed(path)
    write(path, "x" * 3_000_000)
    assert [] == read(followed)
    write(path, "\nshort\n")
    assert ["short"] == read(followed)


def test_a_file_that_is_not_there_is_an_error(path):
    """Who asks says so in words."""
    followed = Followed(path)
    with pytest.raises(FileNotFoundError):
        followed.read()
    write(path, "one\n")
    assert ["one"] == read(followed)


def test_a_file_that_went_is_an_error_until_it_is_back(path):
    """What it held was read; what is missing is told."""
    followed = Followed(path)
    write(path, "one\n")
    read(followed)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        followed.read()
    write(path, "two\n")
    assert ["two"] == read(followed)


def test_after_closing_it_is_opened_anew(path):
    """Letting go loses no more than the place."""
    followed = Followed(path)
    write(path, "one\n")
    read(followed)
    followed.close()
    followed.close()
    assert ["one"] == read(followed)


@given(st.lists(st.tuples(st.text("ab\n", max_size=9), st.booleans()), max_size=12))
def test_however_it_is_written_each_line_comes_once(tmp_path_factory, pieces):
    """Pieces and rotations part no line and double none."""
    folder = tmp_path_factory.mktemp("log")
    path, number = folder / "service.log", 0
    path.touch()
    followed, expected, found = Followed(path), [], []
    written = ""
    for text, rotate in pieces:
        write(path, text)
        written += text
        if rotate:
            number += 1
            found += read(followed)
            path.rename(folder / f"{number}")
            path.touch()
            expected += written.split("\n")[:-1]
            written = ""
    expected += written.split("\n")[:-1]
    for _ in range(2):
        found += read(followed)
    followed.close()
    assert expected == found
