"""Drafts: a document opened to be bound, and its bindings file written whole."""

import os
from collections.abc import Iterable
from pathlib import Path

from gonogo.bootstrap.documents import PLAN_FILES, bindings_path, open_document
from gonogo.bootstrap.writing import write_whole
from gonogo.document import Beside
from gonogo.document.codes import Code
from gonogo.document.open_points.draft import Draft, draft_of

_BROKEN = frozenset({Code.BROKEN_YAML.value, Code.TOO_MUCH_YAML.value})


class NotToBeBound(Exception):
    """A file that bindings cannot be written for; the text says why."""


class BindingsChanged(Exception):
    """Somebody else has written the bindings file while questions were answered."""

    def __init__(self, path: Path, kept: Path) -> None:
        """Compose the message from the file, and where the answers are."""
        super().__init__(
            f"{path} was changed while you answered, and is left as it is. "
            f"Your answers are in {kept}: move them over."
        )


def open_draft(path: Path, environ: Iterable[str]) -> Draft:
    """
    Read a document with its bindings, to bind what is open.

    Args:
        path: A Markdown document.
        environ: The names of the variables that are set.

    Raises:
        DocumentUnreadable: It is missing, a folder, too large, or not to be opened.
        NotToBeBound: It is no document, or its bindings are no YAML.
    """
    if path.suffix.lower() in PLAN_FILES:
        text = f"{path} is no Markdown document: a plan file says all of it itself."
        raise NotToBeBound(text)
    document = open_document(path)
    file = bindings_path(path)
    beside = Beside(name=file.name, text=_text(file))
    draft = draft_of(document.reading, beside, frozenset(environ))
    for one in draft.wrong:
        if one.code in _BROKEN and one.file == beside.name:
            text = f"{file}:{one.line}:{one.column}: {one.message} {one.remedy}"
            raise NotToBeBound(text)
    return draft


def keep(path: Path, draft: Draft, before: str) -> Path:
    """
    Write the bindings of a draft beside its document, whole or not at all.

    Args:
        path: The document.
        draft: With the answers.
        before: What stood in the bindings file when the draft was opened.

    Raises:
        BindingsChanged: It is another text by now; the answers are kept beside it.
    """
    file = bindings_path(path)
    text = draft.beside.text
    if _text(file) != before:
        kept = file.with_name(f"{file.name}.new")
        write_whole(kept, text)
        raise BindingsChanged(file, kept)
    write_whole(file, text)
    return file


def _text(file: Path) -> str:
    return file.read_bytes().decode(errors="replace") if os.path.lexists(file) else ""
