"""Linted: the documents that are looked at, and everything found in each."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gonogo.bootstrap.documents import BINDINGS, DocumentUnreadable, open_document
from gonogo.document.reader.layout.codes import Code, diagnostic
from gonogo.entrypoints.cli.findings import place_of
from gonogo.model.diagnostic import Diagnostic


class NoDocument(Exception):
    """A folder was named that holds no document."""

    def __init__(self, folder: Path) -> None:
        """Compose the message from the folder."""
        super().__init__(f"{folder} holds no Markdown file. Name another folder.")


@dataclass(frozen=True, slots=True)
class Linted:
    """A document, and what was found in it and in the bindings beside it."""

    document: Path
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A diagnostic in its file.

    Attributes:
        file: The document, or the bindings beside it.
        source: The line it is about, as stored; '' where there is none.
    """

    file: Path
    diagnostic: Diagnostic
    source: str = ""

    @property
    def uri(self) -> str:
        """Return the path from the working folder, with slashes."""
        return Path(os.path.relpath(self.file)).as_posix()


def documents(named: Iterable[Path]) -> tuple[Path, ...]:
    """
    Return the documents that are meant, each once.

    A folder stands for the Markdown files in it, hidden folders left out; bindings
    stand for the document beside them, so that a hook may name whatever changed.

    Raises:
        NoDocument: A folder holds none.
    """
    return tuple(dict.fromkeys(one for path in named for one in _meant(path)))


def _meant(path: Path) -> Sequence[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*.md") if not _hidden(one, path))
        if not found:
            raise NoDocument(path)
        return found
    if path.name.endswith(BINDINGS):
        document = path.with_name(f"{path.name.removesuffix(BINDINGS)}.md")
        return (document,) if document.exists() else (path,)
    return (path,)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def lint(document: Path) -> Linted:
    """Return what is to be said about a document; one that cannot be read, too."""
    try:
        found = open_document(document).compiled.diagnostics
    except DocumentUnreadable as error:
        found = (diagnostic(Code.UNREADABLE, 1, why=error.why),)
    return Linted(document, found)


def findings_in(linted: Iterable[Linted]) -> Iterator[Finding]:
    """Yield every diagnostic with its file and the line that it is about."""
    for one in linted:
        lines: dict[Path, list[str]] = {}
        for each in one.diagnostics:
            file = place_of(one.document, each)
            if file not in lines:
                lines[file] = _lines(file)
            source = "".join(lines[file][each.line - 1 : each.line])
            yield Finding(file, each, source)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
