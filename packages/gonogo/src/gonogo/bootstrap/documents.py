"""Documents: read from their file, with the bindings beside them, and compiled."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gonogo.document import Beside, Compiled, Reading, compile_document
from gonogo.document.advice.power import NOT_ASKED, Usual

BIGGEST_DOCUMENT = 16 * 1024 * 1024
BINDINGS = ".bindings.yaml"
PLAN_FILES = frozenset({".yaml", ".yml", ".json"})
"""The suffixes of plan files; any other file is Markdown."""


class DocumentUnreadable(Exception):
    """A file that was named as a document cannot be read; the text says why."""

    def __init__(
        self,
        path: Path,
        why: str,
        remedy: str = "Name a Markdown file, or a plan file.",
    ) -> None:
        """Compose the message from the file, the reason and what to do."""
        super().__init__(f"{path} cannot be read: {why}. {remedy}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as read, understood and compiled."""

    path: Path
    text: str
    reading: Reading
    compiled: Compiled


def open_document(path: Path, usual: Usual = NOT_ASKED) -> Document:
    """
    Read a document: a plan file by its suffix, else Markdown.

    Markdown is read with the bindings file beside it (`NAME.bindings.yaml`).

    Args:
        path: Of the file.
        usual: What its sources say is usual, where they were asked.

    Raises:
        DocumentUnreadable: It is missing, a folder, too large, or not to be opened; or
            it holds the bindings of a document.
    """
    _refuse_bindings(path)
    data = _bytes_of(path)
    if path.suffix.lower() in PLAN_FILES:
        # Not at the top: who opens a Markdown document need not wait for it.
        from gonogo.document.planfile.compiled import (  # noqa: PLC0415
            compile_plan_file,
        )

        reading, compiled = compile_plan_file(data, name=path.name, usual=usual)
    else:
        beside = _beside(path)
        reading, compiled = compile_document(
            data,
            name=path.name,
            beside=beside,
            calendars=partial(_calendar, path),
            usual=usual,
        )
    text = data.decode(errors="replace")
    return Document(path=path, text=text, reading=reading, compiled=compiled)


def _refuse_bindings(path: Path) -> None:
    if path.name.endswith(BINDINGS):
        document = path.with_name(f"{path.name.removesuffix(BINDINGS)}.md")
        why = "it holds bindings, which are read with the document beside them"
        raise DocumentUnreadable(path, why, f"Name that document: {document}.")


def bindings_path(document: Path) -> Path:
    """Return where the bindings of a document stand."""
    return document.with_name(f"{document.stem}{BINDINGS}")


def _beside(path: Path) -> Beside | None:
    file = bindings_path(path)
    if not file.exists():
        return None
    return Beside(name=file.name, text=_bytes_of(file).decode(errors="replace"))


def _calendar(document: Path, name: str) -> bytes | str:
    """Return a calendar file that lies beside a document, or why it cannot be read."""
    try:
        return _bytes_of(document.parent / name)
    except DocumentUnreadable as error:
        return error.why


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > BIGGEST_DOCUMENT:
            raise DocumentUnreadable(path, "it is larger than 16 MiB")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DocumentUnreadable(path, reason) from error
