"""Documents: read from their file, with the bindings beside them, and compiled."""

from dataclasses import dataclass
from pathlib import Path

from gonogo.document import Beside, Compiled, Reading, compile_document

BIGGEST_DOCUMENT = 16 * 1024 * 1024


class DocumentUnreadable(Exception):
    """A file that was named as a document cannot be read; the text says why."""

    def __init__(self, path: Path, why: str) -> None:
        """Compose the message from the file and the reason."""
        super().__init__(f"{path} cannot be read: {why}. Name a Markdown file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as read, understood and compiled."""

    path: Path
    text: str
    reading: Reading
    compiled: Compiled


def open_document(path: Path) -> Document:
    """
    Read a document, and the bindings file beside it (`NAME.bindings.yaml`).

    Raises:
        DocumentUnreadable: It is missing, a folder, too large, or not to be opened.
    """
    data = _bytes_of(path)
    beside = path.with_name(f"{path.stem}.bindings.yaml")
    bindings = None
    if beside.exists():
        text_beside = _bytes_of(beside).decode(errors="replace")
        bindings = Beside(name=beside.name, text=text_beside)
    reading, compiled = compile_document(data, name=path.name, beside=bindings)
    text = data.decode(errors="replace")
    return Document(path=path, text=text, reading=reading, compiled=compiled)


def _beside(path: Path) -> Beside | None:
    file = path.with_name(f"{path.stem}.bindings.yaml")
    if not file.exists():
        return None
    return Beside(name=file.name, text=_bytes_of(file).decode(errors="replace"))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > BIGGEST_DOCUMENT:
            raise DocumentUnreadable(path, "it is larger than 16 MiB")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DocumentUnreadable(path, reason) from error
