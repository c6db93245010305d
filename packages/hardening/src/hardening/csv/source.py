"""Sources: a path, an open file or pieces of bytes, read piece by piece from anywhere."""

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Protocol, runtime_checkable

from hardening.core import InvalidSetting
from hardening.csv.layout import HEAD_BYTES
from hardening.csv.threads import in_thread

PIECE_BYTES = 1 << 17
"""How much is read at once: enough that a call costs nothing, little enough to hold."""

_DIGEST_BYTES = 1 << 16
_RULE = "a path, a file opened to read bytes, or an iterable of bytes"


@runtime_checkable
class BinaryFile(Protocol):
    """What was opened to read bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        ...


Bytes = str | os.PathLike[str] | BinaryFile | Iterable[bytes]
"""A path, a file opened to read bytes, or pieces of bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """
    The first bytes of a source.

    Attributes:
        head: They; up to 256 KiB.
        whole: Whether there are no others.
        size: Of the source, in bytes; None where only reading it all would tell.
    """

    head: bytes
    whole: bool
    size: int | None

    @property
    def digest(self) -> str:
        """What the source is recognised by, beside its size."""
        return sha256(self.head[:_DIGEST_BYTES]).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """
    Something to read, once.

    Attributes:
        first: Its first bytes.
        after: Yields what follows an offset, piece by piece; nothing past the end.
    """

    first: Head
    after: Callable[[int], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class AsyncSource:
    """Something to read, once, while others run; as `Source`."""

    first: Head
    after: Callable[[int], AsyncIterator[bytes]]


@contextmanager
def opened(source: Bytes) -> Iterator[Source]:
    """
    Give a source, with its first bytes read.

    Raises:
        InvalidSetting: It is none of those that can be read, or a file of text.
        OSError: It cannot be opened.
    """
    given: object = source
    if isinstance(given, str | os.PathLike):
        with Path(given).open("rb", buffering=0) as file:
            yield _of_file(file)
    elif isinstance(given, BinaryFile):
        yield _of_file(given)
    elif isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        yield _of_pieces(_parts(given), None)
    else:
        raise InvalidSetting(setting="source", value=type(given).__name__, rule=_RULE)


@asynccontextmanager
async def opened_async(
    source: Bytes | AsyncIterable[bytes],
) -> AsyncIterator[AsyncSource]:
    """Give a source, as `opened` does; what blocks is read on another thread."""
    if isinstance(source, AsyncIterable):
        pieces = _parts_async(source)
        taken, size = [], 0
        async for piece in pieces:
            taken.append(piece)
            size += len(piece)
            if size >= HEAD_BYTES:
                break
        head = _head(taken, None)
        yield AsyncSource(head, lambda offset: _after_async(taken, pieces, offset))
        return
    context = opened(source)
    given = await in_thread(context.__enter__)
    try:
        yield AsyncSource(given.first, lambda offset: _threaded(given.after(offset)))
    finally:
        context.__exit__(None, None, None)


def _of_file(file: BinaryFile) -> Source:
    """Return an open file as a source; it begins where the file stands."""
    size = _size_left(file)
    return _of_pieces(iter(lambda: _read(file), b""), size, file)


def _of_pieces(
    pieces: Iterator[bytes], size: int | None, file: BinaryFile | None = None
) -> Source:
    """Return pieces as a source."""
    taken, read = [], 0
    for piece in pieces:
        taken.append(piece)
        read += len(piece)
        if read >= HEAD_BYTES:
            break

    def after(offset: int) -> Iterator[bytes]:
        if file is not None and offset > read and _skip(file, offset - read):
            return pieces
        return _after(chain(taken, pieces), offset)

    return Source(_head(taken, size), after)


def _head(taken: Iterable[bytes], size: int | None) -> Head:
    """Return the first bytes, the same however they were cut into pieces."""
    head = b"".join(taken)
    return Head(head[:HEAD_BYTES], len(head) < HEAD_BYTES, size)


def _after(pieces: Iterable[bytes], offset: int) -> Iterator[bytes]:
    """Yield what follows an offset."""
    for piece in pieces:
        if rest := piece[offset:]:
            yield rest
        offset = max(0, offset - len(piece))
    _require_reached(offset)


async def _after_async(
    taken: Iterable[bytes], pieces: AsyncIterator[bytes], offset: int
) -> AsyncIterator[bytes]:
    """Yield what follows an offset."""
    for piece in taken:
        if rest := piece[offset:]:
            yield rest
        offset = max(0, offset - len(piece))
    async for piece in pieces:
        if rest := piece[offset:]:
            yield rest
        offset = max(0, offset - len(piece))
    _require_reached(offset)


def _require_reached(offset: int) -> None:
    """Refuse a stream that ends before what was read of it the last time."""
    if offset:
        message = f"it is {offset:,} bytes shorter than what was read of it before"
        raise OSError(message)


async def _threaded(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces that another thread reads."""
    while piece := await in_thread(next, pieces, b""):
        yield piece


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces, large ones in parts."""
    for piece in pieces:
        yield from _cut(piece)


async def _parts_async(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces, large ones in parts."""
    async for piece in pieces:
        for part in _cut(piece):
            yield part


def _cut(piece: bytes) -> Iterator[bytes]:
    """Yield the parts of a piece; an empty one is no end."""
    if not isinstance(piece, bytes | bytearray | memoryview):
        raise InvalidSetting(setting="source", value=type(piece).__name__, rule=_RULE)
    for start in range(0, len(piece), PIECE_BYTES):
        yield bytes(piece[start : start + PIECE_BYTES])


def _read(file: BinaryFile) -> bytes:
    """Return the next piece of a file."""
    piece: object = file.read(PIECE_BYTES)
    if not isinstance(piece, bytes):
        rule = f"{_RULE}, not of text"
        raise InvalidSetting(setting="source", value=type(file).__name__, rule=rule)
    return piece


def _size_left(file: BinaryFile) -> int | None:
    """Return how many bytes a file has from where it stands; None for a stream."""
    seek = getattr(file, "seek", None)
    tell = getattr(file, "tell", None)
    seekable = getattr(file, "seekable", None)
    if seek is None or tell is None or seekable is None or not seekable():
        return None
    here: int = tell()
    end: int = seek(0, os.SEEK_END)
    seek(here)
    return end - here


def _skip(file: BinaryFile, count: int) -> bool:
    """Move a file on; tell whether it could be moved."""
    seekable, seek = getattr(file, "seekable", None), getattr(file, "seek", None)
    if seekable is None or seek is None or not seekable():
        return False
    seek(count, os.SEEK_CUR)
    return True
