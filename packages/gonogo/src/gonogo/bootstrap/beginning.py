"""Beginning: a first document and its bindings, written beside each other."""

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from gonogo.bootstrap.documents import bindings_path
from gonogo.bootstrap.writing import write_whole
from gonogo.document.templates.fill import Request, Written, fill
from gonogo.document.templates.sources import Sources


class AlreadyThere(Exception):
    """A file that would be written is there; nothing is overwritten unasked."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Compose the message from the files."""
        named = " and ".join(str(path) for path in paths)
        super().__init__(
            f"{named}: already there, and left alone. Name another file with -o, or "
            "write anew with --force."
        )


def root_from(document: Path, project: Path) -> str:
    """Return the project's folder as a path from the document's."""
    return Path(
        os.path.relpath(project.resolve(), document.resolve().parent)
    ).as_posix()


def begun(request: Request, sources: Sources) -> Written:
    """Return a first document and its bindings, from the templates of the package."""
    folder = files("gonogo.document.templates")
    return fill(request, sources, lambda name: (folder / name).read_text("utf-8"))


def write_both(document: Path, written: Written, *, force: bool) -> tuple[Path, Path]:
    """
    Write a document and its bindings.

    Raises:
        AlreadyThere: One of them exists, and `force` is not given.
        OSError: One cannot be written.
    """
    bindings = bindings_path(document)
    refuse_to_overwrite(document, force=force)
    write_whole(bindings, written.bindings)
    write_whole(document, written.document)
    return document, bindings


def refuse_to_overwrite(document: Path, *, force: bool) -> None:
    """
    Make sure that neither a document nor its bindings is there.

    Raises:
        AlreadyThere: One of them exists, and `force` is not given.
    """
    paths = (document, bindings_path(document))
    there = [path for path in paths if os.path.lexists(path)]
    if there and not force:
        raise AlreadyThere(there)
