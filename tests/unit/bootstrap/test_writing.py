"""Files are written whole, and stay what they are."""

import os
import stat
from pathlib import Path

import pytest

from gonogo.bootstrap.writing import write_whole


def test_a_device_stays_a_device():
    """`-o /dev/null` must not put a file in its place."""
    write_whole(Path(os.devnull), "text")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    """The file that it leads to is written."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before")
    link.symlink_to(target)
    write_whole(link, "after")
    assert link.is_symlink()
    assert "after" == target.read_text()


def test_a_file_keeps_its_mode(tmp_path):
    """What only its owner may read stays so."""
    file = tmp_path / "file"
    file.write_text("before")
    file.chmod(0o600)
    write_whole(file, "after")
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    """No half of a file stands anywhere when its folder is missing."""
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "missing" / "file", "text")
    assert not list(tmp_path.iterdir())
