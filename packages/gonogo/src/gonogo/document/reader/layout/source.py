r"""
The source: a file's bytes as text and lines, with its digest.

Every newline form becomes `\n`, a byte-order mark goes, and what cannot be text is
refused with a diagnostic instead of an exception.
"""

import hashlib
from dataclasses import dataclass

from gonogo.document.reader.layout.codes import Code, diagnostic
from gonogo.model.diagnostic import Diagnostic

_BOM = "\ufeff"
# More than one control character in a hundred is no text that a person wrote.
_BINARY_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of a document; `lines[0]` is line 1."""

    name: str
    digest: str
    text: str
    lines: tuple[str, ...]


def load(data: bytes, name: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """
    Return the source in `data`, and what was wrong with it.

    A source with an error diagnostic has no lines when it cannot be shown at all.
    """
    text, problems = _decode(data)
    source = Source(name=name, digest=digest(data), text=text, lines=_lines(text))
    if not text.strip() and not problems:
        problems = (diagnostic(Code.EMPTY, 1),)
    return source, problems


def digest(data: bytes) -> str:
    """Return `sha256:` and the hex digest of the bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _decode(data: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", (diagnostic(Code.NOT_UTF8, line, byte=error.start),)
    text = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    if _is_binary(text):
        return "", (diagnostic(Code.BINARY, 1),)
    return text.replace("\0", "\ufffd"), ()


def _is_binary(text: str) -> bool:
    odd = sum(1 for c in text if c < " " and c not in "\n\t\f\v\x1b")
    return odd > len(text) * _BINARY_SHARE


def _lines(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    return tuple(text.removesuffix("\n").split("\n"))
